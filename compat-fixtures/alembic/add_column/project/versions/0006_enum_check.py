"""Enum check."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Enum("a", "b", name="e1", native_enum=False, create_constraint=True)))


def downgrade():
    pass
