"""Second."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("u", sa.Column("m", sa.Enum("sad", "ok", name="mood")))


def downgrade():
    op.drop_table("u")
