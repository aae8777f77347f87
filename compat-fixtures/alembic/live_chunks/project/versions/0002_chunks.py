"""Chunks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER, what TEXT)")
    bind = op.get_bind()
    rounds = 0
    while True:
        result = bind.execute(sa.text("UPDATE users SET org = 9 WHERE id IN (SELECT id FROM users WHERE org IS NULL OR org <> 9 ORDER BY id LIMIT 1)"))
        if result.rowcount == 0:
            break
        rounds += 1
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 1, "what": str(rounds)})


def downgrade():
    pass
