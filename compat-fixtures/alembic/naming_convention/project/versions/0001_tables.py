"""Tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("a", sa.Integer(), index=True),
        sa.Column("b", sa.Integer(), unique=True),
        sa.Column("c", sa.Integer(), sa.ForeignKey("p.id")),
        sa.Column("flag", sa.Boolean(create_constraint=True, name="bb")),
        sa.Column("e", sa.Enum("x", name="e1", native_enum=False, create_constraint=True)),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("a", "b"),
        sa.UniqueConstraint("b", name="given"),
        sa.CheckConstraint("a > 1", name="pos"),
        sa.CheckConstraint("a > 2", name="ck_t_pos"),
        sa.CheckConstraint("a > 3", name=op.f("ck_t_final")),
        sa.ForeignKeyConstraint(["b"], ["p.id"], name=op.f("fk_given")),
    )
    op.create_table("s", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer(), index=True), schema="x")


def downgrade():
    op.drop_table("s", schema="x")
    op.drop_table("t")
