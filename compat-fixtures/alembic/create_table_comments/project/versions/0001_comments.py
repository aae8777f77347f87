"""Comments."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), primary_key=True, comment="식별자"),
        sa.Column("name", sa.String(50), nullable=False, server_default="x", comment="it's a 100% \\ name"),
        sa.Column("plain", sa.Integer()),
        sa.Column("made", sa.Integer(), sa.Computed("id + 1", persisted=True), comment="computed"),
        comment="테이블 'one'",
    )
    op.create_table("s", sa.Column("a", sa.Integer(), comment="in schema"), schema="other", comment="")
    op.create_table_comment("t", "it's", existing_comment="old", schema="s")
    op.create_table_comment("t", None)
    op.create_table_comment("Mixed Case", "설명")
    op.drop_table_comment("t")
    op.drop_table_comment("t", existing_comment="it's", schema="s")


def downgrade():
    op.drop_table("t")
