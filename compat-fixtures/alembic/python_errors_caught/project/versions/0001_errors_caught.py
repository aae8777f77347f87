"""Errors caught."""

import contextlib

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

class Custom(Exception):
    def __init__(self, text, number):
        super().__init__(text)
        self.number = number


def upgrade():
    try:
        {}["missing"]
    except KeyError as error:
        op.execute(f"SELECT '{type(error).__name__}'")
    else:
        op.execute("SELECT 'else'")
    finally:
        op.execute("SELECT 'finally'")
    try:
        int("x")
    except (TypeError, ValueError):
        op.execute("SELECT 'value'")
    try:
        op.execute("SELECT 'may fail'")
    except sa.exc.ProgrammingError:
        op.execute("SELECT 'never'")
    try:
        raise Custom("own", 3)
    except Custom as error:
        op.execute(f"SELECT '{error}', '{error.number}'")
    assert True, "fine"
    with contextlib.suppress(ZeroDivisionError):
        1 / 0
    op.execute("SELECT 'end'")


def downgrade():
    try:
        op.drop_table("t")
    except Exception:
        pass
