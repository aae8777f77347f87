"""Environment."""

import os

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    schema = os.environ.get("APP_SCHEMA", "public")
    op.execute(f"SELECT '{schema}', '{os.getenv('APP_UNSET')}', '{os.getenv('APP_UNSET', 'fallback')}', '{os.environ['APP_SCHEMA']}', '{'APP_SCHEMA' in os.environ}'")


def downgrade():
    pass
