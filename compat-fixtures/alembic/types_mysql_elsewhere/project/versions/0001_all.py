"""All."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", mysql.INTEGER(11)),
        sa.Column("c1", mysql.BIGINT(20, unsigned=True)),
        sa.Column("c2", mysql.SMALLINT(6)),
        sa.Column("c3", mysql.DECIMAL(10, 2, unsigned=True)),
        sa.Column("c4", mysql.FLOAT(10, 2)),
        sa.Column("c5", mysql.DOUBLE(10, 2)),
        sa.Column("c6", mysql.VARCHAR(255, charset="utf8mb4", collation="x")),
        sa.Column("c7", mysql.TEXT(collation="utf8_bin")),
        sa.Column("c8", mysql.DATETIME(fsp=6)),
        sa.Column("c9", mysql.TIMESTAMP(fsp=3)),
        sa.Column("c10", mysql.TIME(fsp=3)),
        sa.Column("c11", mysql.JSON()),
        sa.Column("c12", mysql.CHAR(5)),
    )


def downgrade():
    op.drop_table("t")
