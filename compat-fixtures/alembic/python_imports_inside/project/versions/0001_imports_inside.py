"""Imports inside."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    from sqlalchemy import Column, Integer, String, func, text
    from sqlalchemy.dialects.postgresql import UUID as PgUuid
    from sqlalchemy.sql import column, table
    import sqlalchemy
    from alembic import op as operations

    operations.create_table("t", Column("id", Integer, primary_key=True), Column("u", PgUuid(as_uuid=True)), Column("s", String(5), server_default=text("'x'")), Column("n", sqlalchemy.DateTime, server_default=func.now()))
    t = table("t", column("s", String))
    operations.execute(t.update().values(s="y"))
    operations.execute(sqlalchemy.sql.expression.select(sqlalchemy.literal(1)))


def downgrade():
    from alembic import op as o

    o.drop_table("t")
