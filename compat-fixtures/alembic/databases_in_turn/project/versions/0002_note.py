"""A note for purchases only."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade(engine_name):
    if engine_name == "orders":
        op.add_column("purchase", sa.Column("note", sa.Text))


def downgrade(engine_name):
    if engine_name == "orders":
        op.drop_column("purchase", "note")
