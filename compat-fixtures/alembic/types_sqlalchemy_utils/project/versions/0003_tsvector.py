"""Tsvector."""

import sqlalchemy as sa
from alembic import op
import sqlalchemy_utils
import sqlalchemy_utils.types

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("t", sa.Column("c", sqlalchemy_utils.types.TSVectorType()))


def downgrade():
    pass
