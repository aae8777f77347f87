"""Other schema."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table("s_ref", sa.Column("a", sa.Integer(), sa.ForeignKey("s.p.id")), sa.ForeignKeyConstraint(["a"], ["s.p.id"], name="fk_s"))
    op.create_table("same", sa.Column("a", sa.Integer(), sa.ForeignKey("s.p.id")), schema="s")


def downgrade():
    pass
