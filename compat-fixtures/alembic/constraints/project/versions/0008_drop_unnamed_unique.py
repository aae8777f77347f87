"""Drop unnamed unique."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    pass


def downgrade():
    op.drop_constraint(None, "t", type_="unique")
