"""make 0001

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
    t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer))
    op.execute(t.update().where(t.c.b == 5).values(a="50%"))
    op.execute("SELECT '100%'")
    op.create_table("u", sa.Column("a%b", sa.String(9), server_default="5%", comment="7%"), sa.CheckConstraint("1 % 2 = 1"))
    op.bulk_insert(t, [{"a": "x%", "b": 1}])


def downgrade():
    op.execute("DROP TABLE r_0001")
