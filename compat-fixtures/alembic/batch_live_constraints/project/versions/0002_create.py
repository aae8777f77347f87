"""Create."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.create_unique_constraint("uq_two", ["name", "n"])
        batch_op.create_check_constraint("ck_new", "n < 100")
        batch_op.create_foreign_key("fk_self", "t", ["n"], ["id"])


def downgrade():
    pass
