"""Tables."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    table = sa.Table("made", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(5), index=True))
    op.execute(sa.schema.CreateTable(table))
    op.execute(sa.schema.DropTable(table))
    op.execute(sa.schema.CreateTable(table, if_not_exists=True))


def downgrade():
    pass
