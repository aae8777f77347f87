"""Final name."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_index(op.f("ix_" + "x" * 70), "t", ["a"])


def downgrade():
    op.drop_index(op.f("ix_" + "x" * 70), table_name="t")
