"""Table args."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    with op.batch_alter_table("t", recreate="always", table_args=(sa.CheckConstraint("id > 0", name="ck_id"), sa.UniqueConstraint("pid", name="uq_pid")), table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("a", sa.Integer()))


def downgrade():
    pass
