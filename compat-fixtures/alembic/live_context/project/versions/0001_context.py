"""Context."""

import sqlalchemy as sa
from alembic import op
from alembic import context

revision = "0001"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER, what TEXT)")
    bind = op.get_bind()
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 1, "what": str((op.get_context().as_sql, op.get_context().dialect.name == bind.dialect.name, bind.engine.dialect.name == bind.dialect.name))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 2, "what": str(context.is_offline_mode())})


def downgrade():
    pass
