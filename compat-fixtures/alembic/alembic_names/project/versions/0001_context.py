"""Context."""

import sqlalchemy as sa
from alembic import op
from alembic import context

revision = "0001"
down_revision = None


def upgrade():
    op.execute(f"SELECT {op.get_context().as_sql}, '{op.get_context().dialect.name}', '{op.get_context().version_table}'")
    op.execute(f"SELECT '{context.get_context().impl.transactional_ddl}'")
    op.execute(f"SELECT {context.get_x_argument(as_dictionary=True)}")
    op.execute(op.f("SELECT 1"))
    op.execute(f"SELECT '{op.get_bind().dialect.supports_native_boolean}'")


def downgrade():
    pass
