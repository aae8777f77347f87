"""Colons."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("SELECT a::text FROM t")
    op.execute("SELECT '12:30', 'http://x', x[1:2], 'x:y', '{\"a\": 1}'")
    op.execute("SELECT '\\:foo', 'it''s'")
    op.execute("SELECT :foo::int")
    op.execute("SELECT a := 1")
    op.execute("SELECT 100 % 7, '50%', 'a%%b', '%s'")
    op.execute("SELECT 1;")
    op.execute("  \n SELECT 2  \n ")
    op.execute("SELECT 'a\tb'")
    op.execute("CREATE TABLE a (x int); CREATE TABLE b (y int);")
    op.execute("")
    op.execute("-- only a comment")
    op.execute("SELECT '한글', 'ünïcödé', '🙂'")
    op.execute(sa.text("SELECT '12:34:56', now()"))
    op.execute(sqltext="SELECT 'keyword'")
    op.execute("SELECT 3", execution_options={"autocommit": True})


def downgrade():
    pass
