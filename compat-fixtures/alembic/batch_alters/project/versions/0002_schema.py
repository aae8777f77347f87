"""Schema."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("t", schema="s") as batch_op:
        batch_op.add_column(sa.Column("x", sa.Integer(), sa.ForeignKey("s.p.id", name="fk_x")))
        batch_op.create_index("ix_x", ["x"])
        batch_op.drop_column("y")


def downgrade():
    with op.batch_alter_table("t", schema="s") as batch_op:
        batch_op.drop_column("x")
