"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sa.Integer()),
        sa.Column("c1", sa.INTEGER()),
        sa.Column("c2", sa.INT()),
        sa.Column("c3", sa.SmallInteger()),
        sa.Column("c4", sa.SMALLINT()),
        sa.Column("c5", sa.BigInteger()),
        sa.Column("c6", sa.BIGINT()),
        sa.Column("c7", sa.Numeric()),
        sa.Column("c8", sa.Numeric(10)),
        sa.Column("c9", sa.Numeric(10, 2)),
        sa.Column("c10", sa.Numeric(precision=10, scale=2, asdecimal=False)),
        sa.Column("c11", sa.NUMERIC(precision=12, scale=4)),
        sa.Column("c12", sa.DECIMAL(10, 2)),
        sa.Column("c13", sa.DECIMAL()),
        sa.Column("c14", sa.Float()),
        sa.Column("c15", sa.FLOAT()),
        sa.Column("c16", sa.Float(asdecimal=True)),
        sa.Column("c17", sa.Float(10)),
        sa.Column("c18", sa.Float(53)),
        sa.Column("c19", sa.Float(precision=24)),
        sa.Column("c20", sa.REAL()),
        sa.Column("c21", sa.Double()),
        sa.Column("c22", sa.DOUBLE()),
        sa.Column("c23", sa.DOUBLE_PRECISION()),
        sa.Column("c24", sa.Boolean()),
        sa.Column("c25", sa.BOOLEAN()),
        sa.Column("c26", sa.types.Integer()),
        sa.Column("c27", sa.sql.sqltypes.Integer()),
    )


def downgrade():
    op.drop_table("t")
