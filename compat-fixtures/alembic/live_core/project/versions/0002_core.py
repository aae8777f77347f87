"""Core."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER, what TEXT)")
    bind = op.get_bind()
    users = sa.table("users", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("mail", sa.String), sa.column("org", sa.Integer))
    orgs = sa.table("orgs", sa.column("id", sa.Integer), sa.column("title", sa.Text))
    for row in bind.execute(sa.select(users.c.id, users.c.mail).where(users.c.mail.is_not(None)).order_by(users.c.id)):
        bind.execute(users.update().where(users.c.id == row.id).values(mail=row.mail.lower()))
    titles = {row.id: row.title for row in bind.execute(sa.select(orgs))}
    for id, org in bind.execute(sa.select(users.c.id, users.c.org).order_by(users.c.id)).fetchall():
        op.execute(sa.insert(sa.table("log", sa.column("n", sa.Integer), sa.column("what", sa.Text))).values(n=id, what=titles.get(org, "none")))
    op.bulk_insert(orgs, [{"id": 3, "title": "it's third"}, {"id": 4, "title": "50% :x"}])
    bind.execute(users.insert(), [{"id": 10, "name": "x"}, {"id": 11, "name": None}])
    bind.execute(sa.delete(users).where(users.c.id == 11))
    result = bind.execute(sa.select(sa.func.count()).select_from(users).where(users.c.name.in_(["x", "ann"])))
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 20, "what": str(result.scalar())})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 21, "what": str(bind.execute(sa.select(orgs.c.title).order_by(orgs.c.id.desc()).limit(1)).scalar_one())})


def downgrade():
    pass
