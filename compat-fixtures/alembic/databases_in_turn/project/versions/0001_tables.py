"""Tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade(engine_name):
    globals()["upgrade_%s" % engine_name]()


def downgrade(engine_name):
    globals()["downgrade_%s" % engine_name]()


def upgrade_people():
    op.create_table("person", sa.Column("id", sa.Integer, primary_key=True), sa.Column("이름", sa.String(40)))


def downgrade_people():
    op.drop_table("person")


def upgrade_orders():
    op.create_table("purchase", sa.Column("id", sa.Integer, primary_key=True))


def downgrade_orders():
    op.drop_table("purchase")
