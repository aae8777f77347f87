"""Computed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("a", sa.Integer()),
        sa.Column("stored", sa.Integer(), sa.Computed("a * 2", persisted=True)),
        sa.Column("virtual", sa.Integer(), sa.Computed("a * 3", persisted=False)),
        sa.Column("unset", sa.Integer(), sa.Computed("a + 4")),
        sa.Column("required", sa.Integer(), sa.Computed("a + 5", persisted=True), nullable=False),
        sa.Column("expression", sa.Integer(), sa.Computed(sa.column("a") + 1, persisted=True)),
        sa.Column("keyword", sa.Integer(), server_default=sa.Computed(sa.text("a - 1"))),
    )
    op.add_column("t", sa.Column("later", sa.Integer(), sa.Computed("a / 2", persisted=True)))
    op.create_table(
        "mail",
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("search", sa.String(50), sa.Computed("lower(name)", persisted=True), unique=True),
    )


def downgrade():
    op.drop_table("mail")
    op.drop_table("t")
