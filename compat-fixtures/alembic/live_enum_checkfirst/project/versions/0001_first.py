"""First."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    mood = postgresql.ENUM("sad", "ok", name="mood")
    mood.create(op.get_bind(), checkfirst=True)
    mood.create(op.get_bind(), checkfirst=True)
    op.create_table("t", sa.Column("m", postgresql.ENUM("sad", "ok", name="mood", create_type=False), server_default="ok"), sa.Column("o", sa.Enum("x", "y", name="other")))


def downgrade():
    op.drop_table("t")
    sa.Enum(name="mood").drop(op.get_bind(), checkfirst=True)
    sa.Enum(name="mood").drop(op.get_bind(), checkfirst=True)
    op.execute("DROP TYPE other")
