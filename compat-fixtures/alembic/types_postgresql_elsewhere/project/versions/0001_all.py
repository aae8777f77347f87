"""All."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", postgresql.TIMESTAMP(timezone=True, precision=6)),
        sa.Column("c1", postgresql.TIME(timezone=True, precision=3)),
        sa.Column("c2", postgresql.UUID()),
        sa.Column("c3", postgresql.INTEGER()),
        sa.Column("c4", postgresql.VARCHAR(5)),
    )


def downgrade():
    op.drop_table("t")
