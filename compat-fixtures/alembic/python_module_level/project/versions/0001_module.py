"""Module."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ROLES = sa.table("roles", sa.column("id", sa.Integer), sa.column("name", sa.String))
ROWS = ((1, "admin"), (2, "user"))
STATEMENTS = [f"GRANT SELECT ON roles TO {name}" for _, name in ROWS]
LATEST = max(number for number, _ in ROWS)
if LATEST > 1:
    STATEMENTS.append("SELECT 'more'")


def upgrade():
    op.execute(f"SELECT '{revision}', '{down_revision}', '{__name__ != '__main__'}', '{LATEST}'")
    op.bulk_insert(ROLES, [dict(zip(("id", "name"), row)) for row in ROWS])
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade():
    op.execute(ROLES.delete())
