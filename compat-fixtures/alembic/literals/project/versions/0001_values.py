"""Values."""

import datetime
import uuid
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    t = sa.table(
        "t",
        sa.column("s", sa.String), sa.column("i", sa.Integer), sa.column("f", sa.Float), sa.column("n", sa.Numeric), sa.column("b", sa.Boolean),
        sa.column("d", sa.Date), sa.column("dt", sa.DateTime), sa.column("tz", sa.DateTime(timezone=True)), sa.column("t", sa.Time), sa.column("u", sa.Uuid), sa.column("us", sa.Uuid(as_uuid=False)),
        sa.column("y", sa.LargeBinary), sa.column("e", sa.Enum("a", "b", name="e")), sa.column("big", sa.BigInteger), sa.column("txt", sa.Text), sa.column("j", sa.JSON),
    )
    for row in [
        {"s": "it's"}, {"s": ""}, {"s": "é 한글"}, {"s": "50%"}, {"s": "a\\b"}, {"s": "a\nb"}, {"s": "a\tb"}, {"s": ":x"}, {"s": None},
        {"i": 5}, {"i": "5"}, {"i": True}, {"i": -7}, {"big": 9223372036854775807}, {"f": 1.5}, {"f": 1e20}, {"f": 3}, {"f": 1e-7}, {"n": Decimal("1.50")}, {"n": Decimal("1E+5")}, {"n": 2},
        {"b": True}, {"b": False}, {"b": 0}, {"b": 1}, {"b": None},
        {"d": datetime.date(2020, 1, 2)}, {"dt": datetime.datetime(2020, 1, 2, 3, 4, 5)}, {"dt": datetime.datetime(2020, 1, 2, 3, 4, 5, 678)},
        {"tz": datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)}, {"t": datetime.time(1, 2, 3)}, {"t": datetime.time(1, 2, 3, 4)},
        {"u": uuid.UUID("00000000-0000-0000-0000-000000000005")}, {"us": "00000000-0000-0000-0000-000000000005"}, {"y": b"ab"}, {"e": "a"}, {"e": None}, {"txt": 'say "x"'}, {"j": None},
        {"s": "x", "i": 1, "b": True},
    ]:
        op.execute(t.insert().values(**row))
    op.bulk_insert(t, [{"s": "it's", "i": 1, "b": False, "d": datetime.date(2021, 12, 31), "u": uuid.UUID(int=7)}])
    op.bulk_insert(t, [{"dt": datetime.datetime(1999, 12, 31, 23, 59, 59)}, {"dt": None}])


def downgrade():
    pass
