"""Constraints."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_unique_constraint(None, "t", ["a", "b"])
    op.create_foreign_key(None, "t", "p", ["c"], ["id"])
    op.create_primary_key(None, "t", ["id"])
    op.create_check_constraint("pos", "t", "a > 1")
    op.create_check_constraint(op.f("ck_t_pos"), "t", "a > 1")
    op.create_foreign_key("named", "t", "p", ["c"], ["id"])
    op.add_column("t", sa.Column("d", sa.Integer(), sa.ForeignKey("p.id"), unique=True))


def downgrade():
    op.drop_constraint("pos", "t", type_="check")
    op.drop_constraint("pos", "t")
    op.drop_constraint(None, "t", type_="primary")
    op.drop_constraint(op.f("ck_t_pos"), "t", type_="check")
    op.drop_constraint("named", "t", type_="foreignkey")
