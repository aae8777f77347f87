"""Helpers."""

import sqlalchemy as sa
from alembic import op

from helpers import audit, columns
from helpers.columns import LENGTH as length, Names

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(Names.table, sa.Column("name", sa.String(length)), *audit(), *columns.audit("x_"))


def downgrade():
    op.drop_table(Names.table)
