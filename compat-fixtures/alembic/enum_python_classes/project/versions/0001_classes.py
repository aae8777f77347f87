"""Classes."""

import enum
from enum import Enum, IntEnum

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

class Color(enum.Enum):
    RED = "red"
    GREEN = "green"
    CRIMSON = "red"


class Size(str, Enum):
    small = "S"
    large = "L"


class Level(IntEnum):
    low = 1
    high = enum.auto()


class Word(enum.StrEnum):
    first = enum.auto()
    Second = enum.auto()


def upgrade():
    op.create_table(
        "t",
        sa.Column("a", sa.Enum(Color)),
        sa.Column("b", sa.Enum(Color, name="paint", values_callable=lambda cls: [member.value for member in cls])),
        sa.Column("c", sa.Enum(Size, name="size")),
        sa.Column("d", sa.Enum(*[color.value for color in Color], name="values")),
        sa.Column("e", sa.Enum(*Size.__members__.keys(), name="names")),
        sa.Column("f", sa.Enum(Level, native_enum=False)),
        sa.Column("g", sa.Enum(Word)),
        sa.Column("h", sa.Enum(Color), server_default=Color.RED.name),
        sa.Column("i", sa.Text(), server_default=Color.GREEN.value),
    )
    op.execute(sa.table("t", sa.column("a", sa.Enum(Color))).insert().values(a=Color.RED))


def downgrade():
    op.drop_table("t")
