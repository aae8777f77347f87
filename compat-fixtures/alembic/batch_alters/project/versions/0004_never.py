"""Never."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    with op.batch_alter_table("t", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("z", sa.Integer()))
        batch_op.drop_column("y")


def downgrade():
    pass
