"""Before after."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    with op.batch_alter_table("t", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("first", sa.Integer()), insert_before="id")
        batch_op.add_column(sa.Column("after", sa.Integer()), insert_after="name")
        batch_op.alter_column("n", insert_before="name", existing_type=sa.Integer())


def downgrade():
    pass
