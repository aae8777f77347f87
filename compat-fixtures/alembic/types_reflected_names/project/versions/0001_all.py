"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sa.VARCHAR(length=50)),
        sa.Column("c1", sa.INTEGER()),
        sa.Column("c2", sa.NUMERIC(precision=10, scale=2)),
        sa.Column("c3", sa.TEXT()),
        sa.Column("c4", sa.BOOLEAN()),
        sa.Column("c5", sa.DATE()),
        sa.Column("c6", sa.TIMESTAMP()),
        sa.Column("c7", sa.BIGINT()),
        sa.Column("c8", sa.CHAR(length=3)),
        sa.Column("c9", sa.VARCHAR(length=9, collation="C")),
    )


def downgrade():
    op.drop_table("t")
