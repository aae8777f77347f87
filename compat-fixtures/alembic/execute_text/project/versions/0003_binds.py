"""Binds."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.execute(sa.text("UPDATE t SET a = :a, b = :b").bindparams(a="it's", b=5))
    op.execute(sa.text("DELETE FROM t WHERE a IN :names").bindparams(sa.bindparam("names", value=["x", "y"], expanding=True)))
    op.execute(sa.text("UPDATE t SET f = :f, d = :d").bindparams(f=True, d=None))
    op.execute(sa.text("SELECT :x").bindparams(sa.bindparam("x", value=datetime.date(2020, 1, 2), type_=sa.Date)))


def downgrade():
    pass
