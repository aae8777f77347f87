"""Drop with wrong type."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade():
    pass


def downgrade():
    op.drop_constraint("x", "t", type_="index")
