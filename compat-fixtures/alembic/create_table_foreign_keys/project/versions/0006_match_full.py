"""Match full."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.create_table("mf", sa.Column("a", sa.Integer(), sa.ForeignKey("p.id", match="FULL", name="fk_mf")))


def downgrade():
    pass
