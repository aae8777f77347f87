"""Index options."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "w",
        sa.Column("a", sa.Integer()),
        sa.Column("b", sa.Integer()),
        sa.Index("ix_partial", "a", postgresql_where=sa.text("b > 1"), sqlite_where=sa.text("b > 2"), mysql_length={"a": 3}),
    )


def downgrade():
    pass
