"""Next revision."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("u", sa.Column("a", sa.Enum("a", "b", name="mood")), sa.Column("b", sa.Enum("x", name="other", schema="s")))
    op.create_table("v", sa.Column("b", sa.Enum("x", name="other")))


def downgrade():
    op.drop_table("u")
