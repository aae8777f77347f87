"""Domain."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("a", postgresql.DOMAIN("posint", sa.Integer(), check="VALUE > 0", not_null=True, default=sa.text("1"))), sa.Column("b", postgresql.DOMAIN("short", sa.String(9), collation="C", constraint_name="ck_short", check=sa.text("VALUE <> ''"))))


def downgrade():
    op.drop_table("t")
    postgresql.DOMAIN("posint", sa.Integer()).drop(op.get_bind(), checkfirst=False)
