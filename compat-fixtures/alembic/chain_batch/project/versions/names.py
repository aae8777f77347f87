"""names

Revision ID: 0004
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.rename_table("child", "kid")
    with op.batch_alter_table("kid") as batch:
        batch.alter_column("note", new_column_name="remark", existing_type=sa.Text())
        batch.drop_index("ix_child_code")


def downgrade():
    with op.batch_alter_table("kid") as batch:
        batch.create_index("ix_child_code", ["code"])
        batch.alter_column("remark", new_column_name="note", existing_type=sa.Text())
    op.rename_table("kid", "child")
