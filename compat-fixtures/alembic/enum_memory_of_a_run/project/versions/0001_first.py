"""First."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("a", sa.Enum("a", "b", name="mood")))
    op.create_table("t2", sa.Column("a", sa.Enum("a", "b", name="mood")))
    op.drop_table("t")
    op.execute("DROP TYPE mood")
    op.create_table("t", sa.Column("a", sa.Enum("a", "c", name="mood")))


def downgrade():
    op.drop_table("t")
