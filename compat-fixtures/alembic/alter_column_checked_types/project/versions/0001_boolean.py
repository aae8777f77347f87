"""Boolean."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.alter_column("t", "c", type_=sa.Boolean(create_constraint=True, name="ck_new"), existing_type=sa.Integer())
    op.alter_column("t", "c", type_=sa.Integer(), existing_type=sa.Boolean(create_constraint=True, name="ck_old"))


def downgrade():
    pass
