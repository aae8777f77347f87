"""Strings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "strings",
        sa.Column("a", sa.String(9), server_default="x"),
        sa.Column("b", sa.String(9), server_default="it's"),
        sa.Column("c", sa.String(9), server_default=""),
        sa.Column("d", sa.Integer(), server_default="0"),
        sa.Column("e", sa.Boolean(), server_default="false"),
        sa.Column("f", sa.DateTime(), server_default="now()"),
        sa.Column("g", sa.String(9), server_default="a\\b"),
        sa.Column("h", sa.String(9), server_default="한글"),
        sa.Column("i", sa.String(9), server_default="50%"),
        sa.Column("j", sa.String(9), server_default="two\nlines"),
        sa.Column("k", sa.String(9), server_default=":colon"),
    )


def downgrade():
    pass
