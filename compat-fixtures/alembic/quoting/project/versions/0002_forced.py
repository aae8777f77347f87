"""Forced."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(sa.quoted_name("plain", True), sa.Column("a", sa.Integer(), quote=True), sa.Column("Mixed", sa.Integer(), quote=False))
    op.rename_table(sa.quoted_name("a", True), sa.quoted_name("B", False))
    op.create_table("quoted_table", sa.Column("a", sa.Integer()), quote=True)
    op.add_column("t", sa.Column(sa.sql.quoted_name("Bare", quote=False), sa.Integer()))


def downgrade():
    pass
