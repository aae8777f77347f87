"""If not exists."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_table("maybe", sa.Column("a", sa.Integer()), if_not_exists=True)
    op.create_table("temp", sa.Column("a", sa.Integer()), prefixes=["TEMPORARY"])
    op.create_table("info", sa.Column("a", sa.Integer(), info={"x": 1}), info={"owner": "me"})


def downgrade():
    op.drop_table("maybe", if_exists=True)
    op.drop_table("temp", if_exists=False)
