"""Unknown attribute."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade():
    op.create_tabel("t")


def downgrade():
    pass
