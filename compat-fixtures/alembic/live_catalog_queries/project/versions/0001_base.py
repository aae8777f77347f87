"""Base."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(50)), sa.Column("mail", sa.String(90)), sa.Column("org", sa.Integer()))
    op.create_table("orgs", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("title", sa.Text(), nullable=False))
    op.create_index("ix_users_name", "users", ["name"])
    op.create_index("uq_users_mail", "users", ["mail"], unique=True)
    op.execute("INSERT INTO orgs (id, title) VALUES (1, 'first'), (2, 'second')")
    op.execute("INSERT INTO users (id, name, mail, org) VALUES (1, 'ann', 'ANN@x', 1), (2, 'bob', NULL, 2), (3, '한글', 'c@x', NULL)")


def downgrade():
    op.drop_table("users")
    op.drop_table("orgs")
