"""Before without copy."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    with op.batch_alter_table("t", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("z", sa.Integer()), insert_before="a")


def downgrade():
    pass
