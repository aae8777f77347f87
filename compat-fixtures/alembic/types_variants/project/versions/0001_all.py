"""All."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sa.Integer().with_variant(sa.BigInteger(), "postgresql")),
        sa.Column("c1", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
        sa.Column("c2", postgresql.JSONB().with_variant(sa.JSON(), "sqlite", "mysql")),
        sa.Column("c3", sa.Text().with_variant(mysql.LONGTEXT(), "mysql").with_variant(sa.String(5), "sqlite")),
        sa.Column("c4", sa.String(30).with_variant(sa.Text(), "postgresql", "sqlite")),
        sa.Column("c5", sa.BigInteger().with_variant(sa.Integer, "sqlite")),
        sa.Column("c6", sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")),
        sa.Column("c7", sa.Text(length=65000).with_variant(sa.Text(), "postgresql")),
    )


def downgrade():
    op.drop_table("t")
