"""Sqlite autoincrement."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.create_table("counted", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Text()), sqlite_autoincrement=True)


def downgrade():
    pass
