"""Helpers."""

import contextlib
from functools import partial, wraps

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

def common_columns(with_id: bool = True) -> list:
    columns = [sa.Column("created", sa.DateTime(), server_default=sa.func.now())]
    if with_id:
        columns.insert(0, sa.Column("id", sa.Integer(), primary_key=True))
    return columns


def extra(*names, length=5):
    return [sa.Column(name, sa.String(length)) for name in names]


def options(**kwargs):
    return dict(kwargs, info={})


def add(table, name, nullable=True, default=None):
    op.add_column(table, sa.Column(name, sa.Integer(), nullable=nullable, server_default=default))


def drop(*tables):
    for table in tables:
        op.drop_table(table)


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def countdown(n):
    while n:
        yield n
        n -= 1


@contextlib.contextmanager
def quiet():
    op.execute("SELECT 'before'")
    try:
        yield
    finally:
        op.execute("SELECT 'after'")


def announce(function):
    @wraps(function)
    def inner(*args, **kwargs):
        op.execute(f"SELECT '{function.__name__} {args} {kwargs}'")
        return function(*args, **kwargs)

    return inner


@announce
def logged(*args, **kwargs):
    return None


def upgrade():
    op.create_table("t", *common_columns(), *extra("x", "y", length=9), **options(comment="c"))
    op.create_table("u", *common_columns(with_id=False))
    add("t", "z")
    add("t", "w", nullable=False, default="1")

    def local(name, *, suffix="_idx"):
        return name + suffix

    op.create_index(local("t"), "t", ["x"])
    op.create_index(local("u", suffix="_i"), "t", ["y"])
    shout = lambda text: text.upper() + "!"
    op.execute(f"SELECT '{shout('hey')}'")
    op.execute(f"SELECT {factorial(5)}")
    op.execute(f"SELECT {list(countdown(3))}")
    with quiet():
        op.execute("SELECT 'inside'")
    op.execute(f"SELECT '{partial(local, suffix='_p')('q')}'")
    logged("a", b=2)


def downgrade():
    drop("t", "u")
