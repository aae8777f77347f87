"""All at once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Integer(), sa.ForeignKey("p.id"), index=True, comment="all"))


def downgrade():
    pass
