"""Single keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("integer", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"))
    op.create_table("flag", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("big", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.create_table("small", sa.Column("id", sa.SmallInteger(), primary_key=True))
    op.create_table("off", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False))
    op.create_table("keyed", sa.Column("id", sa.Integer(), sa.ForeignKey("flag.id"), primary_key=True))
    op.create_table("ignored", sa.Column("id", sa.Integer(), sa.ForeignKey("flag.id"), primary_key=True, autoincrement="ignore_fk"))
    op.create_table("python_default", sa.Column("id", sa.Integer(), primary_key=True, default=5))
    op.create_table("server_default", sa.Column("id", sa.Integer(), primary_key=True, server_default="5"))
    op.create_table("text_key", sa.Column("id", sa.String(9), primary_key=True))
    op.create_table("numeric", sa.Column("id", sa.Numeric(10, 0), primary_key=True))
    op.create_table("not_key", sa.Column("id", sa.Integer(), autoincrement=True), sa.Column("k", sa.Text(), primary_key=True))


def downgrade():
    pass
