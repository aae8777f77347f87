"""Decorator."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeDecorator, UserDefinedType
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

class Money(TypeDecorator):
    impl = sa.Numeric(12, 2)
    cache_ok = True


class Guid(TypeDecorator):
    impl = sa.CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(sa.CHAR(32))


class Point(UserDefinedType):
    def get_col_spec(self, **kw):
        return "POINT"


class Sized(UserDefinedType):
    def __init__(self, size):
        self.size = size

    def get_col_spec(self):
        return "SIZED(%d)" % self.size


def upgrade():
    op.create_table("t", sa.Column("a", Money()), sa.Column("b", Guid()), sa.Column("c", Point()), sa.Column("d", Sized(7)))


def downgrade():
    op.drop_table("t")
