"""Strings."""

import json
import re
import textwrap
from string import Template

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SQL = """
    SELECT *
    FROM t
"""


def upgrade():
    schema, table = "app", "user"
    op.execute(f"SELECT * FROM {schema}.{table!s} WHERE n = {3 + 4} AND w = '{table:>6}' AND p = {3.14159:.2f} AND z = '{7:03d}'")
    op.execute("SELECT * FROM {}.{}".format(schema, table))
    op.execute("SELECT * FROM {s}.{t} -- {0}".format("x", s=schema, t=table))
    op.execute("SELECT * FROM %s.%s" % (schema, table))
    op.execute("SELECT '%(a)s' || '%(b)5.1f'" % {"a": 1, "b": 2.25})
    op.execute("SELECT '" + table.upper() + "'" + " -- " + table.title() + table.replace("u", "U"))
    op.execute("SELECT " + ", ".join(["a", "b"]) + " FROM t")
    op.execute(textwrap.dedent("""
        SELECT 1
          FROM t
    """))
    op.execute(SQL.strip())
    op.execute("SELECT " "1" " AS joined")
    op.execute(r"SELECT '\d+'")
    op.execute(f"SELECT '{{}}', '{table if schema else 'none'}'")
    op.execute("SELECT '" + "-".join("a,b,c".split(",")) + "'")
    op.execute(f"SELECT '{table[0]}{table[-1]}{table[1:3]}{table[::-1]}'")
    op.execute("SELECT '" + "x" * 3 + "', " + str(len(table)) + ", " + str(True))
    op.execute("SELECT '%s'" % json.dumps({"a": [1, None, True]}, separators=(",", " ")))
    op.execute(f"SELECT '{'a,b'.partition(',')[2]}' || '{'  x '.strip()}' || '{'Ab'.lower()}' || '{'ab'.capitalize()}'")
    op.execute(Template("SELECT $a, ${b}").substitute(a=1, b="two"))
    op.execute("""
        SELECT a
        FROM t
        WHERE b = 'multi
    line'
    """)
    op.execute(f"SELECT '{re.sub(r'[^a-z]+', '_', 'a b-c')}'")
    op.execute("SELECT 'a' \
        , 'b'")
    op.execute("SELECT 'tail';".rstrip(";"))


def downgrade():
    pass
