"""Copied."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("a", sa.String(50), server_default="x"),
        sa.Column("p", sa.Integer(), sa.ForeignKey("p.id", name="fk_p")),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.UniqueConstraint("a", name="uq_a"),
        sa.CheckConstraint("n > 0", name="ck_n"),
        sa.Index("ix_n", "n"),
    )
    with op.batch_alter_table("t", copy_from=table, recreate="always") as batch_op:
        batch_op.add_column(sa.Column("added", sa.Integer(), nullable=True))
        batch_op.alter_column("a", new_column_name="b", nullable=False)
        batch_op.drop_constraint("uq_a", type_="unique")
    with op.batch_alter_table("t", copy_from=table, recreate="always") as batch_op:
        batch_op.drop_column("p")
        batch_op.alter_column("n", type_=sa.String(10))
        batch_op.drop_index("ix_n")
    with op.batch_alter_table("t", copy_from=table, recreate="always", table_args=(sa.CheckConstraint("id > 0", name="ck_id"),), table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("first", sa.Integer()), insert_before="a")
        batch_op.add_column(sa.Column("after", sa.Integer()), insert_after="id")
    with op.batch_alter_table("t", copy_from=table, recreate="always") as batch_op:
        batch_op.create_unique_constraint("uq_n", ["n"])
        batch_op.create_foreign_key("fk_n", "q", ["n"], ["id"])
        batch_op.create_check_constraint("ck_a", "a <> ''")
    with op.batch_alter_table("t", copy_from=table) as batch_op:
        batch_op.create_index("ix_plain", ["a"])


def downgrade():
    pass
