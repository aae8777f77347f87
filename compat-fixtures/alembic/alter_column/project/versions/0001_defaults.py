"""Defaults."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.alter_column("t", "c", server_default="x")
    op.alter_column("t", "c", server_default=sa.text("now()"))
    op.alter_column("t", "c", server_default=None)
    op.alter_column("t", "c", server_default=False)
    op.alter_column("t", "c", server_default="it's", schema="s", existing_type=sa.String(9))
    op.alter_column("t", "c", existing_type=sa.Integer(), existing_nullable=False)
    op.alter_column("t", "c", server_default=sa.func.now(), existing_type=sa.DateTime())
    op.alter_column("t", "c", server_default=sa.false(), existing_type=sa.Boolean(), existing_server_default=sa.text("true"))


def downgrade():
    pass
