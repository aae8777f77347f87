"""Variants and sequences."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("variant", sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True))
    op.create_table("sequence", sa.Column("id", sa.Integer(), sa.Sequence("t_seq"), primary_key=True))
    op.create_table("named_constraint", sa.Column("id", sa.Integer()), sa.PrimaryKeyConstraint("id", name="pk_named"))


def downgrade():
    pass
