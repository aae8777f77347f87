"""Runtime error."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    raise RuntimeError("not today: {}".format(3))


def downgrade():
    raise Exception()
