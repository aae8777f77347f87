"""Options."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("part", sa.Column("k", sa.Integer()), postgresql_partition_by="RANGE (k)", postgresql_tablespace="ts", postgresql_with={"fillfactor": 70})
    op.create_table("child", sa.Column("k", sa.Integer()), postgresql_inherits="base")
    op.create_table("children", sa.Column("k", sa.Integer()), postgresql_inherits=("base", "Other"))
    op.create_table("heap", sa.Column("k", sa.Integer()), postgresql_using="heap")
    op.create_table("gone", sa.Column("k", sa.Integer()), prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
    op.create_table("unlogged", sa.Column("k", sa.Integer()), prefixes=["UNLOGGED"])
    op.create_table("oids", sa.Column("k", sa.Integer()), postgresql_with_oids=False)


def downgrade():
    op.drop_table("part")
