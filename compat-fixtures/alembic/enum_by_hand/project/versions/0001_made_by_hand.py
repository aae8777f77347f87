"""Made by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    mood = postgresql.ENUM("sad", "ok", "happy", name="mood")
    mood.create(op.get_bind(), checkfirst=True)
    op.add_column("t", sa.Column("mood", mood, nullable=True))
    op.add_column("t", sa.Column("again", postgresql.ENUM("sad", "ok", "happy", name="mood", create_type=False), server_default="ok"))
    op.alter_column("t", "mood", server_default="sad", existing_type=mood)
    generic = sa.Enum("x", "y", name="generic")
    generic.create(op.get_bind())


def downgrade():
    op.drop_column("t", "mood")
    postgresql.ENUM(name="mood").drop(op.get_bind(), checkfirst=True)
    sa.Enum(name="generic").drop(op.get_bind(), checkfirst=False)
