"""Unnamed boolean."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.create_table("u", sa.Column("a", sa.Boolean(create_constraint=True)))


def downgrade():
    pass
