"""All."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sa.ARRAY(sa.Integer())),
        sa.Column("c1", sa.ARRAY(sa.Integer)),
        sa.Column("c2", postgresql.ARRAY(sa.String(20), dimensions=2)),
        sa.Column("c3", postgresql.ARRAY(sa.String(5, collation="C"))),
        sa.Column("c4", postgresql.ARRAY(sa.Text(), zero_indexes=True)),
        sa.Column("c5", postgresql.ARRAY(postgresql.UUID(as_uuid=True))),
        sa.Column("c6", postgresql.ARRAY(sa.Enum("a", "b", name="letters"))),
        sa.Column("c7", postgresql.ARRAY(sa.DateTime(timezone=True))),
        sa.Column("c8", postgresql.ARRAY(postgresql.JSONB())),
    )


def downgrade():
    op.drop_table("t")
