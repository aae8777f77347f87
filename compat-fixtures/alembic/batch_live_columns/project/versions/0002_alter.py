"""Alter."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("UPDATE t SET name = 'three' WHERE name IS NULL")
    with op.batch_alter_table("t") as batch_op:
        batch_op.alter_column("n", existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False)
        batch_op.alter_column("name", existing_type=sa.String(50), nullable=False, server_default="y", existing_server_default="x")


def downgrade():
    pass
