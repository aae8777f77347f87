"""Create through bind."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    table = sa.Table("created", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(5), index=True, comment="c"))
    table.create(op.get_bind(), checkfirst=False)
    table.drop(op.get_bind(), checkfirst=False)


def downgrade():
    pass
