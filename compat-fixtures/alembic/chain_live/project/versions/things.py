"""things

Revision ID: 0001
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    kind = sa.Enum("plain", "fancy", name="kind")
    op.create_table("thing", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(20)), sa.Column("kind", kind, nullable=False, server_default="plain"))
    op.execute("INSERT INTO thing (id, name) VALUES (1, 'a:1'), (2, 'b:2'), (3, 'c')")


def downgrade():
    op.drop_table("thing")
    sa.Enum(name="kind").drop(op.get_bind())
