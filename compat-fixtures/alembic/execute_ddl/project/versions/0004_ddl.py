"""Ddl."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.execute(sa.DDL("ALTER TABLE x %(y)s 50%%", context={"y": "z"}))
    op.execute(sa.schema.DDL("SELECT 1"))


def downgrade():
    pass
