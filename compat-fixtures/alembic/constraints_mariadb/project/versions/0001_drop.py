"""Drop."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_check_constraint("ck_a", "t", "a > 5")
    op.drop_constraint("ck_a", "t", type_="check")
    op.drop_constraint("uq_a", "t", type_="unique")
    op.drop_constraint("fk_a", "t", type_="foreignkey")
    op.create_table("u", sa.Column("id", sa.Uuid(), primary_key=True), sa.Column("row", sa.Integer()), sa.Column("offset", sa.Integer()))
    op.drop_index("ix", table_name="t")


def downgrade():
    op.drop_table("u")
