"""Order of constraints."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("q", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("r", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("a", sa.Integer(), sa.ForeignKey("p.id")),
        sa.Column("b", sa.Integer(), unique=True),
        sa.Column("c", sa.Enum("x", name="e1", native_enum=False, create_constraint=True)),
        sa.UniqueConstraint("a", "b", name="u1"),
        sa.CheckConstraint("a > 0", name="c1"),
        sa.Column("d", sa.Integer(), sa.ForeignKey("q.id"), unique=True),
        sa.ForeignKeyConstraint(["b"], ["r.id"], name="f1"),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade():
    op.drop_table("t")
    op.drop_table("r")
    op.drop_table("q")
    op.drop_table("p")
