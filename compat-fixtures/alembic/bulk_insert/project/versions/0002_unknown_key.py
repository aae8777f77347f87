"""Unknown key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.bulk_insert(sa.table("t", sa.column("id", sa.Integer)), [{"nope": 1}])


def downgrade():
    pass
