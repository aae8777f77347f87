"""constraints

Revision ID: 0003
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("child") as batch:
        batch.create_unique_constraint("uq_child_code", ["code"])
        batch.create_foreign_key("fk_child_parent", "parent", ["parent_id"], ["id"], ondelete="CASCADE")
        batch.create_check_constraint("ck_child_amount", "amount > 0")


def downgrade():
    with op.batch_alter_table("child") as batch:
        batch.drop_constraint("ck_child_amount", type_="check")
        batch.drop_constraint("fk_child_parent", type_="foreignkey")
        batch.drop_constraint("uq_child_code", type_="unique")
