"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sa.Date()),
        sa.Column("c1", sa.DATE()),
        sa.Column("c2", sa.DateTime()),
        sa.Column("c3", sa.DateTime(timezone=True)),
        sa.Column("c4", sa.DateTime(True)),
        sa.Column("c5", sa.DATETIME()),
        sa.Column("c6", sa.TIMESTAMP()),
        sa.Column("c7", sa.TIMESTAMP(timezone=True)),
        sa.Column("c8", sa.Time()),
        sa.Column("c9", sa.TIME()),
        sa.Column("c10", sa.Time(timezone=True)),
        sa.Column("c11", sa.Interval()),
        sa.Column("c12", sa.Interval(native=False)),
        sa.Column("c13", sa.Interval(second_precision=3, day_precision=2)),
    )


def downgrade():
    op.drop_table("t")
