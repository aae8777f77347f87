"""Dialect switch."""

import sqlalchemy as sa
from alembic import op
from alembic import context
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

STATEMENTS = {"postgresql": "SELECT 'p'", "sqlite": "SELECT 's'", "mysql": "SELECT 'm'"}


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def json_type():
    dialect = op.get_context().dialect
    if dialect.name == "postgresql":
        return postgresql.JSONB(astext_type=sa.Text())
    return sa.JSON()


def upgrade():
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("SELECT 'pg'")
    elif bind.dialect.name in ("mysql", "mariadb"):
        op.execute("SELECT 'my'")
    else:
        op.execute("SELECT 'other'")
    kind = postgresql.JSONB() if op.get_context().dialect.name == "postgresql" else sa.JSON()
    op.create_table("t", sa.Column("a", kind), sa.Column("b", json_type()), sa.Column("c", sa.String(36) if is_sqlite() else sa.Uuid()))
    op.execute(STATEMENTS[context.get_context().dialect.name])
    op.execute(STATEMENTS.get(bind.engine.name, "SELECT 'none'"))
    if context.is_offline_mode():
        op.execute("SELECT 'offline'")
    if is_sqlite():
        return
    op.execute("SELECT 'late'")


def downgrade():
    if op.get_bind().dialect.name != "sqlite":
        op.execute("SELECT 'not sqlite'")
    op.drop_table("t")
