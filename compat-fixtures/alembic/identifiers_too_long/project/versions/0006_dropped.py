"""Dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.drop_constraint("fk_" + "z" * 70, "t", type_="foreignkey")


def downgrade():
    pass
