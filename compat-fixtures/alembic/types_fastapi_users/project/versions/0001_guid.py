"""Guid."""

import fastapi_users_db_sqlalchemy
from fastapi_users_db_sqlalchemy.generics import GUID

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("a", fastapi_users_db_sqlalchemy.generics.GUID(), nullable=False), sa.Column("b", fastapi_users_db_sqlalchemy.generics.TIMESTAMPAware(timezone=True)), sa.Column("c", GUID()))


def downgrade():
    op.drop_table("t")
