"""Order with execute."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.add_column(sa.Column("z", sa.Integer()))
        op.execute("UPDATE t SET z = 1")
        batch_op.execute("UPDATE t SET z = 2")
        batch_op.alter_column("z", existing_type=sa.Integer(), nullable=False)


def downgrade():
    pass
