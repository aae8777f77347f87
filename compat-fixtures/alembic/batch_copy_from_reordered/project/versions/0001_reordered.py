"""Reordered."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.String(50)), sa.Column("n", sa.Integer()))
    with op.batch_alter_table("t", copy_from=table, recreate="always", partial_reordering=[("n", "id")]) as batch_op:
        batch_op.create_unique_constraint("uq_n", ["n"])


def downgrade():
    pass
