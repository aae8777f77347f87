"""Command error."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0007"
down_revision = "0006"


def upgrade():
    raise CommandError("a command error")


def downgrade():
    pass
