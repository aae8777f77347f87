"""Plain."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("k", sa.Integer()))
    op.create_table(
        "t",
        sa.Column("a", sa.Integer(), sa.ForeignKey("p.id", ondelete="CASCADE", onupdate="SET NULL", name="fk_x")),
        sa.Column("b", sa.Integer(), sa.ForeignKey("p.id", deferrable=True, initially="DEFERRED")),
        sa.Column("c", sa.Integer(), sa.ForeignKey("p.id", ondelete="cascade")),
        sa.Column("d", sa.Integer(), sa.ForeignKey("p.id"), sa.ForeignKey("p.k")),
        sa.Column("e", sa.Integer()),
        sa.ForeignKeyConstraint(["a", "b"], ["p.id", "p.k"], name="fk_two"),
        sa.ForeignKeyConstraint(["e"], ["p.id"], deferrable=False, initially="IMMEDIATE", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(("e",), ("p.k",), onupdate="NO ACTION", ondelete="SET DEFAULT"),
    )


def downgrade():
    op.drop_table("t")
    op.drop_table("p")
