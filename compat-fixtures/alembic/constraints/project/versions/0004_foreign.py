"""Foreign."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_foreign_key("fk_a", "t", "p", ["a"], ["id"])
    op.create_foreign_key(None, "t", "p", ["a"], ["id"], ondelete="CASCADE", onupdate="CASCADE")
    op.create_foreign_key("fk_s", "t", "p", ["a", "b"], ["x", "y"], source_schema="s1", referent_schema="s2")
    op.create_foreign_key("fk_d", "t", "p", ["a"], ["id"], deferrable=True, initially="DEFERRED", use_alter=True)
    op.create_foreign_key("fk_nd", "t", "p", ["a"], ["id"], deferrable=False, initially="IMMEDIATE")
    op.create_foreign_key("fk_nv", "t", "p", ["a"], ["id"], postgresql_not_valid=True)
    op.create_foreign_key("fk_self", "t", "t", ["parent"], ["id"])
    op.create_foreign_key("Fk", "Order", "User", ["userId"], ["ID"])


def downgrade():
    op.drop_constraint("fk_a", "t", type_="foreignkey")
    op.drop_constraint("fk_s", "t", schema="s1", type_="foreignkey")
    op.drop_constraint("fk_i", "t", type_="foreignkey", if_exists=True)
