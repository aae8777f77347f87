"""All."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", postgresql.BYTEA()),
        sa.Column("c1", postgresql.CIDR()),
        sa.Column("c2", postgresql.CITEXT()),
        sa.Column("c3", postgresql.DATEMULTIRANGE()),
        sa.Column("c4", postgresql.DATERANGE()),
        sa.Column("c5", postgresql.HSTORE()),
        sa.Column("c6", postgresql.INET()),
        sa.Column("c7", postgresql.INT4RANGE()),
        sa.Column("c8", postgresql.INT8RANGE()),
        sa.Column("c9", postgresql.INT4MULTIRANGE()),
        sa.Column("c10", postgresql.INT8MULTIRANGE()),
        sa.Column("c11", postgresql.JSONPATH()),
        sa.Column("c12", postgresql.MACADDR()),
        sa.Column("c13", postgresql.MACADDR8()),
        sa.Column("c14", postgresql.MONEY()),
        sa.Column("c15", postgresql.NUMRANGE()),
        sa.Column("c16", postgresql.NUMMULTIRANGE()),
        sa.Column("c17", postgresql.OID()),
        sa.Column("c18", postgresql.REGCLASS()),
        sa.Column("c19", postgresql.REGCONFIG()),
        sa.Column("c20", postgresql.TSQUERY()),
        sa.Column("c21", postgresql.TSRANGE()),
        sa.Column("c22", postgresql.TSMULTIRANGE()),
        sa.Column("c23", postgresql.TSTZRANGE()),
        sa.Column("c24", postgresql.TSTZMULTIRANGE()),
        sa.Column("c25", postgresql.TSVECTOR()),
        sa.Column("c26", postgresql.BIT()),
        sa.Column("c27", postgresql.BIT(5)),
        sa.Column("c28", postgresql.BIT(varying=True)),
        sa.Column("c29", postgresql.BIT(5, varying=True)),
        sa.Column("c30", postgresql.HSTORE(text_type=sa.Text())),
        sa.Column("c31", postgresql.DOUBLE_PRECISION(precision=53)),
        sa.Column("c32", postgresql.REAL()),
        sa.Column("c33", postgresql.VARCHAR(5)),
        sa.Column("c34", postgresql.TEXT()),
        sa.Column("c35", postgresql.INTEGER()),
        sa.Column("c36", postgresql.BIGINT()),
        sa.Column("c37", postgresql.SMALLINT()),
        sa.Column("c38", postgresql.NUMERIC(10, 2)),
        sa.Column("c39", postgresql.BOOLEAN()),
        sa.Column("c40", postgresql.DATE()),
        sa.Column("c41", postgresql.FLOAT()),
        sa.Column("c42", postgresql.CHAR(3)),
        sa.Column("c43", postgresql.TIMESTAMP()),
        sa.Column("c44", postgresql.TIMESTAMP(precision=3)),
        sa.Column("c45", postgresql.TIMESTAMP(timezone=True, precision=6)),
        sa.Column("c46", postgresql.TIME(timezone=True, precision=3)),
        sa.Column("c47", postgresql.TIME()),
        sa.Column("c48", postgresql.INTERVAL()),
        sa.Column("c49", postgresql.INTERVAL(precision=6)),
        sa.Column("c50", postgresql.INTERVAL(fields="YEAR")),
        sa.Column("c51", postgresql.INTERVAL(fields="DAY TO SECOND", precision=3)),
        sa.Column("c52", postgresql.base.UUID()),
    )


def downgrade():
    op.drop_table("t")
