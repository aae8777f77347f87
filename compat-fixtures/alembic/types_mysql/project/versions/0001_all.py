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
        sa.Column("c1", mysql.INTEGER(display_width=10, unsigned=True)),
        sa.Column("c2", mysql.INTEGER(unsigned=True, zerofill=True)),
        sa.Column("c3", mysql.INTEGER()),
        sa.Column("c4", mysql.BIGINT(20)),
        sa.Column("c5", mysql.BIGINT(unsigned=True)),
        sa.Column("c6", mysql.SMALLINT(6)),
        sa.Column("c7", mysql.TINYINT()),
        sa.Column("c8", mysql.TINYINT(1)),
        sa.Column("c9", mysql.TINYINT(display_width=1)),
        sa.Column("c10", mysql.MEDIUMINT(9)),
        sa.Column("c11", mysql.TINYINT(unsigned=True)),
        sa.Column("c12", mysql.DECIMAL(10, 2, unsigned=True)),
        sa.Column("c13", mysql.NUMERIC(10, 2)),
        sa.Column("c14", mysql.FLOAT(10, 2)),
        sa.Column("c15", mysql.FLOAT(unsigned=True)),
        sa.Column("c16", mysql.DOUBLE(10, 2)),
        sa.Column("c17", mysql.DOUBLE()),
        sa.Column("c18", mysql.DOUBLE(asdecimal=True)),
        sa.Column("c19", mysql.REAL()),
        sa.Column("c20", mysql.BIT(1)),
        sa.Column("c21", mysql.BIT()),
        sa.Column("c22", mysql.YEAR()),
        sa.Column("c23", mysql.YEAR(4)),
        sa.Column("c24", mysql.SET("a", "b")),
        sa.Column("c25", mysql.VARCHAR(255, charset="utf8mb4", collation="utf8mb4_bin")),
        sa.Column("c26", mysql.VARCHAR(length=50)),
        sa.Column("c27", mysql.CHAR(5)),
        sa.Column("c28", mysql.TEXT(collation="utf8_bin")),
        sa.Column("c29", mysql.TEXT()),
        sa.Column("c30", mysql.TEXT(500)),
        sa.Column("c31", mysql.TINYTEXT()),
        sa.Column("c32", mysql.MEDIUMTEXT()),
        sa.Column("c33", mysql.LONGTEXT()),
        sa.Column("c34", mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin")),
        sa.Column("c35", mysql.TINYBLOB()),
        sa.Column("c36", mysql.MEDIUMBLOB()),
        sa.Column("c37", mysql.LONGBLOB()),
        sa.Column("c38", mysql.ENUM("a", "b")),
        sa.Column("c39", mysql.ENUM("a", "it's", charset="utf8mb4", collation="utf8mb4_bin")),
        sa.Column("c40", mysql.DATETIME()),
        sa.Column("c41", mysql.DATETIME(fsp=6)),
        sa.Column("c42", mysql.TIMESTAMP()),
        sa.Column("c43", mysql.TIMESTAMP(fsp=3)),
        sa.Column("c44", mysql.TIME(fsp=3)),
        sa.Column("c45", mysql.JSON()),
        sa.Column("c46", mysql.BOOLEAN()),
        sa.Column("c47", mysql.VARBINARY(5)),
        sa.Column("c48", mysql.MEDIUMTEXT(charset="latin1")),
        sa.Column("c49", mysql.NVARCHAR(5)),
        sa.Column("c50", mysql.NCHAR(5)),
    )


def downgrade():
    op.drop_table("t")
