"""Loops."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TABLES = ["alpha", "beta", "gamma"]
INDEXES = {"users": ["a", "b"], "orders": ["c"]}


def upgrade():
    for table in TABLES:
        op.add_column(table, sa.Column("tenant", sa.Integer()))
    for number, (table, columns) in enumerate(sorted(INDEXES.items()), start=1):
        op.create_index(f"ix_{table}_{number}", table, columns)
    for name in (t.upper() for t in TABLES if not t.startswith("b")):
        op.execute(f"SELECT '{name}'")
    names = [c for c in "abc" if c != "b"] + [str(n) for n in range(0, 10, 3)]
    op.execute("SELECT " + ", ".join(repr(n) for n in names))
    squares = {n: n**2 for n in range(4)}
    op.execute(f"SELECT {squares}")
    unique = sorted({len(t) for t in TABLES}, reverse=True)
    op.execute(f"SELECT {unique!r}, {max(unique)}, {sum(unique)}, {any(u > 3 for u in unique)}")
    for left, right in zip(TABLES, reversed(TABLES)):
        if left == right:
            continue
        op.execute(f"SELECT '{left}-{right}'")
    count = 0
    while True:
        count += 1
        if count > 2:
            break
        op.execute(f"SELECT {count}")
    else:
        op.execute("SELECT 'never'")
    nested = [[1, 2], [3]]
    op.execute(f"SELECT {[x for row in nested for x in row]}")
    for key, value in {"a": 1, **{"b": 2}}.items():
        op.execute("SELECT '%s', %d" % (key, value))
    first, *rest = TABLES
    op.execute(f"SELECT '{first}', {len(rest)}")
    op.execute(f"SELECT {list(map(len, TABLES))} {list(filter(None, [0, 1, '']))} {min(3, 2)} {abs(-4)} {divmod(7, 2)}")


def downgrade():
    for table in reversed(TABLES):
        op.drop_column(table, "tenant")
    for table in INDEXES:
        op.execute(f"SELECT '{table}'")
