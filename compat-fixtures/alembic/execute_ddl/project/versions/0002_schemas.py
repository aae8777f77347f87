"""Schemas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateSchema, DropSchema

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute(CreateSchema("s1", if_not_exists=True))
    op.execute(CreateSchema("Odd"))
    op.execute(DropSchema("s1", cascade=True))
    op.execute(DropSchema("s1", if_exists=True))


def downgrade():
    pass
