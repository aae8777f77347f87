"""Check."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "c",
        sa.Column("a", sa.Integer(), sa.CheckConstraint("a > 5", name="ck_column")),
        sa.Column("b", sa.Integer(), sa.CheckConstraint("b > 6")),
        sa.Column("name", sa.String(20)),
        sa.CheckConstraint("a > 0"),
        sa.CheckConstraint("a < b", name="ck_named"),
        sa.CheckConstraint(sa.text("b <> 7"), name="ck_text"),
        sa.CheckConstraint("name ~ '^[[:alpha:]]+$'", name="ck_class"),
        sa.CheckConstraint(sa.func.length(sa.column("name")) > 3, name="ck_function"),
        sa.CheckConstraint(sa.column("name").in_(["x", "it's"]), name="ck_in"),
        sa.CheckConstraint(sa.or_(sa.column("a").is_(None), sa.column("b").isnot(None)), name="ck_or"),
        sa.CheckConstraint("a % 2 = 0", name="ck_percent"),
    )


def downgrade():
    op.drop_table("c")
