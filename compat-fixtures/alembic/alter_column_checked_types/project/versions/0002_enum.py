"""Enum."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.alter_column("t", "c", type_=sa.Enum("a", "b", name="e2", native_enum=False, create_constraint=True), existing_type=sa.Enum("a", name="e1", native_enum=False, create_constraint=True))


def downgrade():
    pass
