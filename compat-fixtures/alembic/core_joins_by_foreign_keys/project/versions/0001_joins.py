"""Joins."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

metadata = sa.MetaData()
people = sa.Table("people", metadata, sa.Column("id", sa.Integer(), primary_key=True), sa.Column("boss", sa.ForeignKey("people.id")))
posts = sa.Table("posts", metadata, sa.Column("id", sa.Integer(), primary_key=True), sa.Column("author", sa.ForeignKey("people.id")))
places = sa.Table("places", metadata, sa.Column("x", sa.Integer()), sa.Column("y", sa.Integer()))
visits = sa.Table("visits", metadata, sa.Column("x", sa.Integer()), sa.Column("y", sa.Integer()), sa.ForeignKeyConstraint(["x", "y"], ["places.x", "places.y"]))
bosses = people.alias("bosses")


def upgrade():
    op.execute(sa.select(people.c.id).join(posts))
    op.execute(sa.select(posts.c.id).join(people))
    op.execute(sa.select(posts.c.id).outerjoin(people))
    op.execute(sa.select(places.c.x).join(visits))
    op.execute(sa.select(people.c.id).select_from(people.join(bosses)))
    op.execute(sa.select(posts.c.id, visits.c.x).join(people))
    op.execute(sa.select(posts.c.id).join(sa.select(people.c.id.label("who")).subquery("s")))
    op.execute(sa.select(posts.c.id).join(sa.select(people.c.id.label("who")).cte("c")))
    op.execute(sa.select(posts.c.id).join_from(posts, bosses))
    op.execute(sa.select(sa.func.count()).select_from(people).join(posts))


def downgrade():
    pass
