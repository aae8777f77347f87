"""Reflect."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER, what TEXT)")
    bind = op.get_bind()
    users = sa.Table("users", sa.MetaData(), autoload_with=bind)
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 1, "what": str([column.name for column in users.columns])})
    bind.execute(users.update().where(users.c.id == 1).values(name="reflected"))
    metadata = sa.MetaData()
    metadata.reflect(bind=bind, only=["orgs"])
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 2, "what": str(sorted(metadata.tables))})
    orgs = metadata.tables["orgs"]
    for row in bind.execute(orgs.select().order_by(orgs.c.id)):
        bind.execute(users.insert().values(id=row.id + 100, name=row.title))


def downgrade():
    pass
