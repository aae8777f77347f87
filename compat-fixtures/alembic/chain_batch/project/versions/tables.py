"""tables

Revision ID: 0001
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("parent", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(10)))
    t = op.create_table(
        "child",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(5)),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("amount", sa.Integer(), server_default="0"),
    )
    op.create_index("ix_child_code", "child", ["code"])
    op.execute("INSERT INTO parent (id, name) VALUES (1, 'one'), (2, 'two')")
    op.bulk_insert(t, [{"id": 1, "code": "a", "parent_id": 1, "amount": 5}, {"id": 2, "code": "b", "parent_id": 2, "amount": 7}])


def downgrade():
    op.drop_table("child")
    op.drop_table("parent")
