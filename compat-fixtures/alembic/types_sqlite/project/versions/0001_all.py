"""All."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sqlite.INTEGER()),
        sa.Column("c1", sqlite.VARCHAR(5)),
        sa.Column("c2", sqlite.BOOLEAN()),
        sa.Column("c3", sqlite.NUMERIC(5, 2)),
        sa.Column("c4", sqlite.REAL()),
        sa.Column("c5", sqlite.TEXT()),
        sa.Column("c6", sqlite.DATE()),
        sa.Column("c7", sqlite.DATETIME()),
        sa.Column("c8", sqlite.TIME()),
        sa.Column("c9", sqlite.TIMESTAMP()),
        sa.Column("c10", sqlite.CHAR(4)),
        sa.Column("c11", sqlite.FLOAT()),
        sa.Column("c12", sqlite.JSON()),
        sa.Column("c13", sqlite.SMALLINT()),
        sa.Column("c14", sqlite.BLOB()),
        sa.Column("c15", sqlite.DECIMAL(4, 1)),
    )


def downgrade():
    op.drop_table("t")
