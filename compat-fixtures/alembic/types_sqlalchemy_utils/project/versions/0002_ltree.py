"""Ltree."""

import sqlalchemy as sa
from alembic import op
import sqlalchemy_utils
import sqlalchemy_utils.types

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("t", sa.Column("c", sqlalchemy_utils.LtreeType()))


def downgrade():
    pass
