"""Classes."""

import enum
from collections import namedtuple
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

class Color(str, enum.Enum):
    RED = "red"
    GREEN = "green"


class Level(enum.IntEnum):
    low = 1
    high = 2


class Flag(enum.IntFlag):
    a = 1
    b = 2


@dataclass
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list)

    def total(self):
        return self.x + self.y


Row = namedtuple("Row", ["name", "size"])


class Pair(NamedTuple):
    left: int
    right: int = 0


class Config:
    TABLE: ClassVar[str] = "t"

    def __init__(self, factor=1):
        self.factor = factor

    @property
    def columns(self):
        return ["a"] * self.factor

    @classmethod
    def build(cls, factor):
        return cls(factor)

    @staticmethod
    def text():
        return "static"


class Child(Config):
    def hello(self):
        return super().text() + self.TABLE


def upgrade():
    op.execute(f"SELECT '{Color.RED.value}', '{Color('green').name}', {[c.name for c in Color]}")
    op.execute(f"SELECT '{Point(1, 2)}', {Point(3, y=4).total()}")
    op.execute(f"SELECT '{Row('a', 5).name}', {Row('a', 5)[1]}")
    op.execute(f"SELECT {Config.TABLE!r}, {Config().columns}, {Config.build(2).factor}")
    op.execute(f"SELECT {Child().hello()!r}, {isinstance(Child(), Config)}, {issubclass(Child, Config)}")
    op.execute(f"SELECT {hasattr(Config, 'nope')}, {getattr(Config, 'nope', 'default')!r}")
    op.execute(f"SELECT '{Level.low < Level.high}', {int(Level.high)}, {Flag.a | Flag.b}")


def downgrade():
    pass
