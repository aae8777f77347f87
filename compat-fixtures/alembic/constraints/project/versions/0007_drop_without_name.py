"""Drop without name."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    pass


def downgrade():
    op.drop_constraint(None, "t", type_="foreignkey")
