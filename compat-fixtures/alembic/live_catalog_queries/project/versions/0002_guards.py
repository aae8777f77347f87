"""Guards."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER, what TEXT)")
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        query = "SELECT 1 FROM information_schema.columns WHERE table_name = :t AND column_name = :c"
        exists = bind.execute(sa.text(query), {"t": "users", "c": "org"}).scalar() is not None
        missing = bind.execute(sa.text(query), {"t": "users", "c": "nope"}).scalar() is not None
    else:
        names = [row[1] for row in bind.execute(sa.text("PRAGMA table_info('users')"))]
        exists, missing = "org" in names, "nope" in names
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 1, "what": str((exists, missing))})


def downgrade():
    pass
