"""Autostring."""

import sqlmodel
import sqlmodel.sql.sqltypes

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("a", sqlmodel.sql.sqltypes.AutoString(), nullable=False), sa.Column("b", sqlmodel.sql.sqltypes.AutoString(length=50)), sa.Column("c", sqlmodel.AutoString()))
    op.create_index(op.f("ix_t_a"), "t", ["a"], unique=True)


def downgrade():
    op.drop_index(op.f("ix_t_a"), table_name="t")
    op.drop_table("t")
