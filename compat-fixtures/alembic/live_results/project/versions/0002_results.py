"""Results."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER, what TEXT)")
    bind = op.get_bind()
    rows = bind.execute(sa.text("SELECT id, name FROM users ORDER BY id")).fetchall()
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 1, "what": str(len(rows))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 2, "what": str([row[1] for row in rows])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 3, "what": str([row.name for row in rows])})
    for id, name in bind.execute(sa.text("SELECT id, name FROM users WHERE org IS NOT NULL ORDER BY id")):
        bind.execute(sa.text("UPDATE users SET name = :name WHERE id = :id"), {"name": name.upper(), "id": id})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 4, "what": str(bind.execute(sa.text("SELECT count(*) FROM users")).scalar())})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 5, "what": str(bind.scalar(sa.text("SELECT max(id) FROM users")))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 6, "what": str(bind.execute(sa.text("SELECT name FROM users WHERE id = :id"), {"id": 99}).fetchone())})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 7, "what": str([dict(row) for row in bind.execute(sa.text("SELECT id, org FROM users ORDER BY id")).mappings()])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 8, "what": str(bind.execute(sa.text("SELECT id FROM users ORDER BY id")).scalars().all())})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 9, "what": str(bind.execute(sa.text("SELECT id, name FROM users WHERE id = 2")).first()._mapping["name"])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 10, "what": str(bind.execute(sa.text("UPDATE users SET org = 1 WHERE org IS NULL")).rowcount)})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 11, "what": str(bind.execute(sa.text("SELECT id FROM users WHERE id IN :ids ORDER BY id").bindparams(sa.bindparam("ids", expanding=True)), {"ids": [1, 3]}).all())})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 12, "what": str(list(bind.execute(sa.text("SELECT id AS i, name AS n FROM users ORDER BY id")).keys()))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 13, "what": str(bind.execute(sa.text("SELECT 1 WHERE 1 = 0")).scalar_one_or_none())})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 14, "what": str(bind.execute(sa.text("SELECT id FROM users ORDER BY id")).fetchmany(2))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :w)"), [{"n": 15, "w": "many a"}, {"n": 15, "w": "many b"}])
    if bind.execute(sa.text("SELECT 1")).scalar_one():
        op.execute("INSERT INTO log VALUES (16, 'true')")


def downgrade():
    pass
