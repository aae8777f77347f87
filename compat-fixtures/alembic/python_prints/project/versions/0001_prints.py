"""Prints."""

import logging

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

logger = logging.getLogger("alembic.runtime.migration.own")


def upgrade():
    print("harmless", 1)
    logger.info("harmless %s", 1)
    logging.getLogger("other").warning("also harmless")
    op.execute("SELECT 1")


def downgrade():
    pass
