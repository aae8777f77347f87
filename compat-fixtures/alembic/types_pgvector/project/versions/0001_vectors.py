"""Vectors."""

import pgvector.sqlalchemy
from pgvector.sqlalchemy import HALFVEC, SPARSEVEC, Vector

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table("t", sa.Column("a", pgvector.sqlalchemy.Vector(dim=1536)), sa.Column("b", Vector()), sa.Column("c", HALFVEC(3)), sa.Column("d", pgvector.sqlalchemy.vector.VECTOR(dim=8)), sa.Column("e", Vector(768)), sa.Column("f", SPARSEVEC(4)))
    op.create_index("ix_hnsw", "t", ["a"], postgresql_using="hnsw", postgresql_with={"m": 16, "ef_construction": 64}, postgresql_ops={"a": "vector_cosine_ops"})


def downgrade():
    op.drop_table("t")
