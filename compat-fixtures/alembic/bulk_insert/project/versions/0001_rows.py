"""Rows."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    t = sa.table("t", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("on", sa.Boolean), sa.column("day", sa.Date))
    op.bulk_insert(t, [{"id": 1, "name": "a", "on": True, "day": date(2020, 2, 29)}, {"name": "b", "id": 2, "on": False, "day": None}])
    op.bulk_insert(t, [{"id": 3}, {"name": "only"}])
    op.bulk_insert(t, [])
    op.bulk_insert(t, [{"id": n, "name": f"n{n}"} for n in range(3)])
    op.bulk_insert(t, [{"id": 9, "name": "x"}], multiinsert=False)
    op.bulk_insert(t, [{"id": op.inline_literal(10), "name": op.inline_literal("it's")}], multiinsert=False)
    made = op.create_table("made", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.String(5)), sa.Column("at", sa.DateTime(), server_default=sa.func.now()))
    op.bulk_insert(made, [{"id": 1, "code": "x"}, {"id": 2, "code": "한"}])
    op.bulk_insert(sa.Table("full", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("v", sa.Text), schema="s"), [{"id": 1, "v": "a"}])


def downgrade():
    op.drop_table("made")
