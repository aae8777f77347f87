"""Is none."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    result = op.get_bind().execute(sa.text("SELECT 1"))
    if result:
        op.execute("SELECT 'never'")
    op.execute(f"SELECT '{result}'")


def downgrade():
    pass
