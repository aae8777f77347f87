"""Ddl."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    op.execute("CREATE SCHEMA app")
    op.create_table("t", sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True), sa.Column("a", sa.String(20), nullable=False, comment="설명"), sa.Column("b", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb")), sa.Column("c", sa.BigInteger(), sa.Computed("id * 2", persisted=True)), sa.Column("tags", postgresql.ARRAY(sa.Text())), sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False), sa.CheckConstraint("a <> ''", name="ck_a"), schema="app", comment="it's")
    op.create_index("ix_b", "t", ["b"], postgresql_using="gin", schema="app")
    op.create_index("ix_a", "t", [sa.text("lower(a)")], unique=True, postgresql_where=sa.text("a IS NOT NULL"), schema="app")
    op.add_column("t", sa.Column("p", sa.BigInteger(), sa.ForeignKey("app.t.id", name="fk_p", ondelete="SET NULL", deferrable=True, initially="DEFERRED")), schema="app")
    op.alter_column("t", "a", type_=sa.Text(), server_default="x", new_column_name="aa", schema="app", existing_type=sa.String(20))
    op.create_unique_constraint("uq", "t", ["aa", "p"], schema="app", postgresql_nulls_not_distinct=True)
    op.rename_table("t", "tt", schema="app")


def downgrade():
    op.drop_constraint("uq", "tt", type_="unique", schema="app")
    op.drop_table("tt", schema="app")
    op.execute("DROP SCHEMA app")
