"""Change."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.add_column(sa.Column("b", sa.Integer(), server_default="7", nullable=False))
        batch_op.drop_constraint("uq_a", type_="unique")
        batch_op.alter_column("a", new_column_name="c", existing_type=sa.String(10))


def downgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.alter_column("c", new_column_name="a", existing_type=sa.String(10))
        batch_op.drop_column("b")
    with op.batch_alter_table("t") as batch_op:
        batch_op.create_unique_constraint("uq_a", ["a"])
