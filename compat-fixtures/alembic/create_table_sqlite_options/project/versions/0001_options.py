"""Options."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("w", sa.Column("id", sa.Integer(), primary_key=True), sqlite_with_rowid=False, sqlite_strict=True)
    op.create_table("strict", sa.Column("id", sa.Integer(), primary_key=True), sqlite_strict=True)
    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False, sqlite_on_conflict_not_null="IGNORE"),
        sa.Column("a", sa.Integer(), unique=True, sqlite_on_conflict_unique="REPLACE"),
        sa.PrimaryKeyConstraint("id", sqlite_on_conflict="FAIL"),
        sa.UniqueConstraint("a", "id", name="uq", sqlite_on_conflict="ROLLBACK"),
        sa.CheckConstraint("a > 1", name="ck", sqlite_on_conflict="ABORT"),
    )


def downgrade():
    op.drop_table("w")
