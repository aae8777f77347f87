"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sa.String(50)),
        sa.Column("c1", sa.String(length=50)),
        sa.Column("c2", sa.Unicode(50)),
        sa.Column("c3", sa.VARCHAR(50)),
        sa.Column("c4", sa.CHAR()),
        sa.Column("c5", sa.CHAR(5)),
        sa.Column("c6", sa.CHAR(length=5)),
        sa.Column("c7", sa.NCHAR(5)),
        sa.Column("c8", sa.NVARCHAR(5)),
        sa.Column("c9", sa.Text()),
        sa.Column("c10", sa.TEXT()),
        sa.Column("c11", sa.UnicodeText()),
        sa.Column("c12", sa.Text(100)),
        sa.Column("c13", sa.CLOB()),
        sa.Column("c14", sa.String(50, collation="C")),
        sa.Column("c15", sa.Text(collation="ko_KR")),
        sa.Column("c16", sa.String(50, collation="utf8mb4_bin")),
        sa.Column("c17", sa.types.String(5)),
        sa.Column("c18", sa.types.VARCHAR(length=7)),
    )


def downgrade():
    op.drop_table("t")
