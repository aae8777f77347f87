"""Caught."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER, what TEXT)")
    bind = op.get_bind()
    try:
        with bind.begin_nested():
            bind.execute(sa.text("SELECT * FROM nowhere"))
    except (sa.exc.ProgrammingError, sa.exc.OperationalError) as error:
        bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 1, "what": str(type(error).__name__ in ('ProgrammingError', 'OperationalError'))})


def downgrade():
    pass
