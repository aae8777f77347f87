"""Check."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_check_constraint("ck_a", "t", "a > 5")
    op.create_check_constraint("ck_nv", "t", "a > 5", postgresql_not_valid=True)
    op.create_check_constraint("ck_f", "t", sa.func.length(sa.column("name")) > 5, schema="s")
    op.create_check_constraint("ck_in", "t", sa.column("x").in_(["a", "b"]))
    op.create_check_constraint("ck_num", "t", sa.column("x").in_([1, 2]))
    op.create_check_constraint("ck_and", "t", sa.and_(sa.column("x") > 1, sa.text("y < 2")))
    op.create_check_constraint(None, "t", "a > 6")
    op.create_check_constraint("ck_like", "t", sa.column("x").like("a%"))


def downgrade():
    op.drop_constraint("ck_a", "t", type_="check")
