"""Inspector."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    sa.inspect(op.get_bind()).get_table_names()


def downgrade():
    pass
