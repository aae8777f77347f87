"""Tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

metadata = sa.MetaData()
users = sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20), default="d"), sa.Column("touched", sa.DateTime, onupdate=sa.func.now()))
posts = sa.Table("posts", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("user_id", sa.ForeignKey("users.id")), schema=None)


def upgrade():
    op.execute(users.insert().values(id=1))
    op.execute(users.insert().values(id=1, name="n"))
    op.execute(users.update().values(name="x"))
    op.execute(users.update().where(users.c.id == 1).values({users.c.name: "y"}))
    op.execute(sa.select(users.c.id, posts.c.id).join(posts))
    op.execute(sa.select(users).where(users.c.id.in_([1])))
    op.bulk_insert(users, [{"id": 1, "name": "a"}])
    op.execute(users.insert())


def downgrade():
    pass
