"""Everything."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade():
    op.alter_column("t", "c", type_=sa.BigInteger(), nullable=False, server_default="7", comment="cm", new_column_name="d", schema="s", existing_type=sa.Integer(), postgresql_using="c::bigint")


def downgrade():
    pass
