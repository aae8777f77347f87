"""Only for one dialect."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table(
        "d",
        sa.Column("a", sa.Integer()),
        sa.CheckConstraint("a > 1", name="ck_pg").ddl_if(dialect="postgresql"),
        sa.CheckConstraint("a > 2", name="ck_my").ddl_if(dialect="mysql"),
        sa.UniqueConstraint("a", name="uq_lite").ddl_if(dialect="sqlite"),
    )


def downgrade():
    op.drop_table("d")
