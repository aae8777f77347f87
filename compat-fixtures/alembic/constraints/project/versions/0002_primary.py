"""Primary."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_primary_key("pk_t", "t", ["a"])
    op.create_primary_key(None, "t", ["a", "b"], schema="s")


def downgrade():
    op.drop_constraint("pk_t", "t", type_="primary")
