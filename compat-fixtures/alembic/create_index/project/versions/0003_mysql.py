"""Mysql."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_index("ix_len", "t", ["a", "b"], mysql_length=10)
    op.create_index("ix_lend", "t", ["a", "b"], mysql_length={"a": 10})
    op.create_index("ix_hash", "t", ["a"], mysql_using="hash")
    op.create_index("ix_ft", "t", ["a"], mysql_prefix="FULLTEXT", mysql_with_parser="ngram")


def downgrade():
    op.drop_index("ix_len", table_name="t", mysql_length=10)
