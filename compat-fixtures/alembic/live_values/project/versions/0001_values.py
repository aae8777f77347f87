"""Values."""

import datetime
import uuid
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("v", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("j", sa.JSON()), sa.Column("d", sa.DateTime()), sa.Column("day", sa.Date()), sa.Column("t", sa.Time()), sa.Column("u", sa.Uuid()), sa.Column("e", sa.Enum("a", "b", name="e")), sa.Column("b", sa.Boolean()), sa.Column("n", sa.Numeric(10, 2)), sa.Column("f", sa.Float()), sa.Column("s", sa.Text()))
    v = sa.table("v", sa.column("id", sa.Integer), sa.column("j", sa.JSON), sa.column("d", sa.DateTime), sa.column("day", sa.Date), sa.column("t", sa.Time), sa.column("u", sa.Uuid), sa.column("e", sa.Enum("a", "b", name="e")), sa.column("b", sa.Boolean), sa.column("n", sa.Numeric(10, 2)), sa.column("f", sa.Float), sa.column("s", sa.Text))
    op.bulk_insert(v, [
        {"id": 1, "j": {"a": [1, None, True, "é", 1.0]}, "d": datetime.datetime(2020, 1, 2, 3, 4, 5, 6), "day": datetime.date(2020, 1, 2), "t": datetime.time(1, 2, 3), "u": uuid.UUID(int=5), "e": "a", "b": True, "n": Decimal("1.50"), "f": 3.25, "s": "it's 50% \\ :x\tz"},
        {"id": 2, "j": None, "d": None, "day": None, "t": None, "u": None, "e": None, "b": False, "n": None, "f": None, "s": None},
    ])
    op.execute(v.insert().values(id=3, j=[1, "한"], b=None, s="", d=datetime.datetime(1999, 12, 31)))
    bind = op.get_bind()
    row = bind.execute(sa.select(v).where(v.c.id == 1)).one()
    bind.execute(v.insert().values(id=4, j=row.j, d=row.d + datetime.timedelta(days=1), day=row.day, u=row.u, b=not row.b, n=row.n * 2, s=row.s * 2, e=row.e))
    plain = bind.execute(sa.text("SELECT s FROM v WHERE id = 1")).scalar()
    op.execute(sa.text("UPDATE v SET s = :s WHERE id = 2").bindparams(s=plain + "?"))


def downgrade():
    op.drop_table("v")
