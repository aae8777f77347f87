"""parts

Revision ID: 0002
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    bind = op.get_bind()
    op.add_column("thing", sa.Column("part", sa.Integer()))
    rows = bind.execute(sa.text("SELECT id, name FROM thing ORDER BY id")).fetchall()
    for row in rows:
        name, _, part = row.name.partition(":")
        if part:
            bind.execute(sa.text("UPDATE thing SET name = :name, part = :part WHERE id = :id"), {"name": name, "part": int(part), "id": row.id})
    if bind.execute(sa.text("SELECT count(*) FROM thing WHERE part IS NULL")).scalar() == 0:
        op.alter_column("thing", "part", nullable=False)


def downgrade():
    op.execute("UPDATE thing SET name = name || ':' || part WHERE part IS NOT NULL")
    op.drop_column("thing", "part")
