"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sa.LargeBinary()),
        sa.Column("c1", sa.PickleType()),
        sa.Column("c2", sa.LargeBinary(100)),
        sa.Column("c3", sa.LargeBinary(length=70000)),
        sa.Column("c4", sa.BLOB()),
        sa.Column("c5", sa.BINARY(16)),
        sa.Column("c6", sa.VARBINARY(16)),
        sa.Column("c7", sa.types.LargeBinary()),
    )


def downgrade():
    op.drop_table("t")
