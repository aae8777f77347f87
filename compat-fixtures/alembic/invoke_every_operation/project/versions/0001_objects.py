"""Objects."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import ops

revision = "0001"
down_revision = None


def upgrade():
    op.invoke(ops.CreateTableOp("t", [sa.Column("a", sa.Integer(), primary_key=True), sa.UniqueConstraint("a", name="uq")], schema="s", comment="x"))
    op.invoke(ops.AddColumnOp("t", sa.Column("b", sa.Integer(), sa.ForeignKey("u.id")), schema="s"))
    op.invoke(ops.AlterColumnOp("t", "a", modify_nullable=False, existing_type=sa.Integer(), schema="s"))
    op.invoke(ops.AlterColumnOp("t", "a", modify_type=sa.Text(), modify_server_default="x", modify_name="c", existing_type=sa.Integer()))
    op.invoke(ops.CreateCheckConstraintOp("ck", "t", "a > 1", schema="s"))
    op.invoke(ops.CreateForeignKeyOp("fk", "t", "u", ["a"], ["b"], ondelete="CASCADE", source_schema="s"))
    op.invoke(ops.CreateIndexOp("ix", "t", ["a", sa.text("lower(b)")], unique=True, postgresql_using="gin"))
    op.invoke(ops.CreatePrimaryKeyOp("pk", "t", ["a"], schema="s"))
    op.invoke(ops.CreateTableCommentOp("t", "hello", schema="s"))
    op.invoke(ops.CreateUniqueConstraintOp("uq", "t", ["a"], deferrable=True))
    op.invoke(ops.BulkInsertOp(sa.table("t", sa.column("a", sa.Integer())), [{"a": 1}, {"a": 2}]))
    operation = ops.RenameTableOp("a", "b", schema="s")
    operation.new_table_name = "c"
    op.invoke(operation)
    op.execute("-- " + operation.table_name)


def downgrade():
    op.invoke(ops.ExecuteSQLOp(sa.text("SELECT 1")))
    op.invoke(ops.DropTableCommentOp("t"))
    op.invoke(ops.DropConstraintOp("uq", "t", "unique", schema="s"))
    op.invoke(ops.DropIndexOp("ix", "t", schema="s"))
    op.invoke(ops.DropColumnOp("t", "a", schema="s"))
    op.invoke(ops.DropTableOp("t", schema="s", if_exists=True))
