"""Drop without type."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    pass


def downgrade():
    op.drop_constraint("c1", "t")
