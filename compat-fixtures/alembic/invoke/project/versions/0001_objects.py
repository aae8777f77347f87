"""Objects."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import ops

revision = "0001"
down_revision = None


def upgrade():
    op.invoke(ops.DropTableOp("zz"))
    op.invoke(ops.RenameTableOp("a", "b"))
    op.invoke(ops.ExecuteSQLOp("SELECT 1"))


def downgrade():
    pass
