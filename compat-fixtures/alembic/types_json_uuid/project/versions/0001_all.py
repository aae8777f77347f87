"""All."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql, sqlite

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sa.JSON()),
        sa.Column("c1", sa.JSON(none_as_null=True)),
        sa.Column("c2", sa.types.JSON()),
        sa.Column("c3", sa.Uuid()),
        sa.Column("c4", sa.Uuid(as_uuid=False)),
        sa.Column("c5", sa.Uuid(native_uuid=False)),
        sa.Column("c6", sa.UUID()),
        sa.Column("c7", sa.UUID(as_uuid=True)),
        sa.Column("c8", postgresql.UUID()),
        sa.Column("c9", postgresql.UUID(as_uuid=True)),
        sa.Column("c10", postgresql.UUID(True)),
        sa.Column("c11", postgresql.JSON(astext_type=sa.Text())),
        sa.Column("c12", mysql.JSON()),
        sa.Column("c13", sqlite.JSON()),
    )


def downgrade():
    op.drop_table("t")
