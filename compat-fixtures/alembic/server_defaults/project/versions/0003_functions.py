"""Functions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table(
        "functions",
        sa.Column("a", sa.DateTime(), server_default=sa.func.now()),
        sa.Column("b", sa.DateTime(), server_default=sa.func.current_timestamp()),
        sa.Column("c", sa.DateTime(), server_default=sa.func.CURRENT_TIMESTAMP()),
        sa.Column("d", sa.Date(), server_default=sa.func.current_date()),
        sa.Column("e", sa.Time(), server_default=sa.func.current_time()),
        sa.Column("f", sa.DateTime(), server_default=sa.func.localtimestamp()),
        sa.Column("g", sa.String(9), server_default=sa.func.lower("AB")),
        sa.Column("h", sa.Uuid(), server_default=sa.func.gen_random_uuid()),
        sa.Column("i", sa.DateTime(), server_default=sa.func.timezone("utc", sa.func.now())),
        sa.Column("j", sa.Boolean(), server_default=sa.false()),
        sa.Column("k", sa.Boolean(), server_default=sa.true()),
        sa.Column("l", sa.Integer(), server_default=sa.null()),
        sa.Column("m", sa.String(9), server_default=sa.literal("lit")),
        sa.Column("n", sa.Integer(), server_default=sa.literal(3)),
        sa.Column("o", sa.Integer(), server_default=sa.cast(1, sa.Integer)),
        sa.Column("p", sa.Integer(), server_default=sa.literal_column("7")),
        sa.Column("q", sa.DateTime(), server_default=sa.sql.func.now(), server_onupdate=sa.func.now(), onupdate=sa.func.now()),
        sa.Column("r", sa.Integer(), default=5),
        sa.Column("s", sa.Integer(), default=lambda: 5),
        sa.Column("t", sa.String(9), server_default=sa.sql.expression.literal("x")),
    )


def downgrade():
    op.drop_table("functions")
