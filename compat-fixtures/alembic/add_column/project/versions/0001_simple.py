"""Simple."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.add_column("t", sa.Column("a", sa.String(50)))
    op.add_column("t", sa.Column("b", sa.String(50), nullable=False, server_default="x"))
    op.add_column("t", sa.Column("c", sa.Integer(), nullable=True), schema="s")
    op.add_column("t", sa.Column("d", sa.Integer(), index=True))
    op.add_column("t", sa.Column("e", sa.Integer(), sa.CheckConstraint("e > 0", name="ck")))
    op.add_column("t", sa.Column("f", sa.Integer()), if_not_exists=True)
    op.add_column("t", sa.Column("g", sa.Integer(), comment="hey"))
    op.add_column("t", sa.Column("h", sa.Integer(), sa.Computed("a + 1", persisted=True)))
    op.add_column("t", sa.Column("i", sa.Integer(), sa.Identity(always=True)))
    op.add_column("t", sa.Column("j", sa.Enum("a", "b", name="e1")))
    op.add_column("t", sa.Column("k", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False))
    op.add_column("t", sa.Column("l", sa.Integer(), unique=True, index=True))
    op.add_column("t", sa.Column("m", sa.Boolean(), default=True))
    op.add_column("Mixed", sa.Column("camelCase", sa.Text(), comment="it's"), schema="Odd")
    op.add_column("t", sa.Column("n", sa.Integer(), primary_key=True))
    op.add_column("t", sa.Column("o", sa.Integer(), primary_key=True), inline_primary_key=True)
    op.add_column("t", sa.Column("p", sa.Integer(), sa.ForeignKey("p.id", ondelete="CASCADE")), inline_references=True)
    op.add_column("t", sa.Column("q", sa.Integer(), sa.ForeignKey("s.p.id", name="fk_q", deferrable=True)), inline_references=True)
    op.add_column("t", sa.Column("r", sa.Text()), schema=None)


def downgrade():
    op.drop_column("t", "a")
    op.drop_column("t", "b", schema="s")
    op.drop_column("t", "c", if_exists=True)
    op.drop_column("Mixed", "camelCase", schema="Odd")
    op.drop_column("t", "k", mssql_drop_default=True)
