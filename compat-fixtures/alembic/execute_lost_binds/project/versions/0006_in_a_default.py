"""In a default."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.add_column("t", sa.Column("j", sa.JSON(), server_default=sa.text("'{\"b\":1}'")))


def downgrade():
    pass
