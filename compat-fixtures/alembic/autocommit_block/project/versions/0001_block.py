"""Block."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("SELECT 1")
    with op.get_context().autocommit_block():
        op.create_index("ix_c", "t", ["a"], postgresql_concurrently=True, if_not_exists=True)
        op.execute("VACUUM")
    op.execute("SELECT 2")


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_c", table_name="t", postgresql_concurrently=True)
