"""Boolean check."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Boolean(create_constraint=True, name="ck_b")))


def downgrade():
    pass
