"""Names."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.alter_column("t", "c", new_column_name="d", existing_type=sa.Integer())
    op.alter_column("t", "Old", new_column_name="new name", existing_type=sa.String(5), existing_nullable=False, existing_server_default=sa.text("'x'"))
    op.alter_column("t", column_name="c", new_column_name="c", existing_type=sa.Integer())


def downgrade():
    pass
