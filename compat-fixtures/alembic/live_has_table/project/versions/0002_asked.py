"""Asked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER, what TEXT)")
    bind = op.get_bind()
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 1, "what": str(bind.dialect.has_table(bind, 'users'))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 2, "what": str(bind.dialect.has_table(bind, 'nope'))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 3, "what": str(bind.engine.dialect.has_table(bind, 'log'))})


def downgrade():
    pass
