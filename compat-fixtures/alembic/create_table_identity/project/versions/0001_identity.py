"""Identity."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("plain", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True))
    op.create_table(
        "options",
        sa.Column(
            "id",
            sa.Integer(),
            sa.Identity(always=True, start=42, increment=3, minvalue=1, maxvalue=1000, cycle=True, cache=5),
            primary_key=True,
        ),
    )
    op.create_table("no_cycle", sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1, minvalue=1, maxvalue=9223372036854775807, cycle=False, cache=1), nullable=False))
    op.create_table("nullable", sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=True))
    op.create_table("keyword", sa.Column("id", sa.BigInteger(), server_default=sa.Identity(always=True), nullable=False))
    op.create_table("bounds", sa.Column("id", sa.BigInteger(), sa.Identity(nominvalue=True, nomaxvalue=True, start=0, minvalue=0)))


def downgrade():
    for name in ("bounds", "keyword", "nullable", "no_cycle", "options", "plain"):
        op.drop_table(name)
