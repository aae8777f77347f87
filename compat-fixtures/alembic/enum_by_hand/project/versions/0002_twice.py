"""Twice."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade():
    state = postgresql.ENUM("on", "off", name="state")
    state.create(op.get_bind(), checkfirst=True)
    op.create_table("machine", sa.Column("state", state, nullable=False))


def downgrade():
    op.drop_table("machine")
    op.execute("DROP TYPE state")
