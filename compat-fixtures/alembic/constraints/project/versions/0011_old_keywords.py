"""Old keywords."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade():
    op.create_unique_constraint(name="uq", source="t", local_cols=["a"])


def downgrade():
    pass
