"""Names."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    for name in ["id", "a$b", "key", "type", "value", "rank", "camelCase", "order", "1st", "$x", "a-b", "é", 'q"t', "b`t", "user", "offset", "to", "x%y", "row", "query", "plan", "groups", "desc", "lead", "a b", "한글", "_x", "ALL", "a.b", "TO"]:
        op.add_column("t", sa.Column(name, sa.Integer()))
    op.create_table("User", sa.Column("Group", sa.Integer(), primary_key=True), sa.Column("select", sa.Integer(), unique=True), sa.UniqueConstraint("Group", name="Uq"), schema="Select")
    op.create_table("테이블", sa.Column("열", sa.Integer(), sa.ForeignKey("User.Group"), comment="설명"))
    op.create_index("ix", "order", ["user", "desc"])


def downgrade():
    op.drop_table("User", schema="Select")
    op.drop_column("t", "order")
