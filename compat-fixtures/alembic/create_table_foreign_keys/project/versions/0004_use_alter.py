"""Use alter."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_table("cycle", sa.Column("a", sa.Integer()), sa.ForeignKeyConstraint(["a"], ["p.id"], name="fk_cycle", use_alter=True))
    op.create_table("cycle_column", sa.Column("a", sa.Integer(), sa.ForeignKey("p.id", name="fk_cc", use_alter=True)))


def downgrade():
    pass
