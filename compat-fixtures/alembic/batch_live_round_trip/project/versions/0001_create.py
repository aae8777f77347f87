"""Create."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.String(10), nullable=False), sa.UniqueConstraint("a", name="uq_a"))
    op.execute("INSERT INTO t (id, a) VALUES (1, 'x')")


def downgrade():
    op.drop_table("t")
