"""Unknown dialect keyword."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer()), mysql_engine="x", foo_bar=1)


def downgrade():
    pass
