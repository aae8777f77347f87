"""Parameters."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.get_bind().execute(sa.text("UPDATE t SET a = :a"), {"a": 1})


def downgrade():
    pass
