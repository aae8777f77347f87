"""Session."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import orm

revision = "0006"
down_revision = "0005"


def upgrade():
    orm.Session(bind=op.get_bind()).execute(sa.text("SELECT 1"))


def downgrade():
    pass
