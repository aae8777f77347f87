"""Next value."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.create_table("next_value", sa.Column("id", sa.Integer(), server_default=sa.Sequence("t_seq").next_value(), primary_key=True))


def downgrade():
    pass
