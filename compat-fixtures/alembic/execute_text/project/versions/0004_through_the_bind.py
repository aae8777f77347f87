"""Through the bind."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE t SET a = 1"))
    connection.execute(sa.text("UPDATE t SET a = :v").bindparams(v="bound"))
    bind = op.get_bind()
    if bind.dialect.name == "postgresql" and bind.engine.name == "postgresql":
        bind.execute(sa.select(sa.func.now()))
    op.get_context().execute("SELECT 'context'")
    op.get_context().bind


def downgrade():
    op.get_bind().execute(sa.text("SELECT 1"))
