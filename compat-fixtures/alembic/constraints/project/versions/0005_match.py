"""Match."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.create_foreign_key("fk_m", "t", "p", ["a"], ["id"], match="FULL")


def downgrade():
    pass
