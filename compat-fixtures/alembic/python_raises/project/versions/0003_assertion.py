"""Assertion."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    assert 1 == 2, "never equal"


def downgrade():
    assert False
