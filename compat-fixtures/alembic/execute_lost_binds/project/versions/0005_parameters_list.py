"""Parameters list."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.get_bind().execute(sa.text("INSERT INTO t VALUES (:a)"), [{"a": 1}, {"a": 2}])


def downgrade():
    pass
