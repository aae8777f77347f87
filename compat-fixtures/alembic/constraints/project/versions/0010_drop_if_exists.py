"""Drop if exists."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade():
    pass


def downgrade():
    op.drop_constraint("x", "t", type_="check", if_exists=True)
