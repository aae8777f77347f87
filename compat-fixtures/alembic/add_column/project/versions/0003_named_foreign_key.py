"""Named foreign key."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Integer(), sa.ForeignKey("s.p.id", name="fk_tc")), schema="s")


def downgrade():
    pass
