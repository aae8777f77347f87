"""Zero division."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.execute(str(1 / 0))


def downgrade():
    pass
