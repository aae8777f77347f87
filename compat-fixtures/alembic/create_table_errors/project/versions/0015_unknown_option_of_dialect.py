"""Unknown option of dialect."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer()), postgresql_nonsense=1)


def downgrade():
    pass
