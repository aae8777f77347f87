"""fewer

Revision ID: 0005
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("kid") as batch:
        batch.drop_column("remark")


def downgrade():
    with op.batch_alter_table("kid") as batch:
        batch.add_column(sa.Column("remark", sa.Text(), nullable=True))
