"""Drop and rename."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.drop_table("t")
    op.drop_table("t", schema="s")
    op.drop_table("t", if_exists=True)
    op.drop_table("Mixed", schema="Odd Schema", if_exists=True)
    op.rename_table("a", "b")
    op.rename_table("a", "b", schema="s")
    op.rename_table("Old", "New Name")
    op.rename_table("order", "주문")


def downgrade():
    op.rename_table("b", "a")
    op.drop_table("x", mysql_engine="InnoDB")
