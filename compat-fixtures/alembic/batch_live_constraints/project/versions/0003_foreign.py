"""Foreign."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.drop_constraint("fk_t_p", type_="foreignkey")
        batch_op.drop_constraint("fk_self", type_="foreignkey")


def downgrade():
    pass
