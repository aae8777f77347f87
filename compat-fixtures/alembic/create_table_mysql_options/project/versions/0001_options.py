"""Options."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("engine", sa.Column("id", sa.Integer(), primary_key=True), mysql_engine="InnoDB")
    op.create_table("charset", sa.Column("id", sa.Integer(), primary_key=True), mysql_engine="InnoDB", mysql_charset="utf8mb4")
    op.create_table("collated", sa.Column("id", sa.Integer(), primary_key=True), mysql_charset="utf8mb4", mysql_collate="utf8mb4_unicode_ci")
    op.create_table("default_charset", sa.Column("id", sa.Integer(), primary_key=True), mysql_default_charset="utf8", mysql_engine="InnoDB")
    op.create_table("partitioned", sa.Column("id", sa.Integer(), primary_key=True), mysql_partition_by="HASH(id)", mysql_partitions="4")
    op.create_table("rows", sa.Column("id", sa.Integer(), primary_key=True), mysql_row_format="DYNAMIC")
    op.create_table("counted", sa.Column("id", sa.Integer(), primary_key=True), mysql_auto_increment="10", comment="with comment")


def downgrade():
    op.drop_table("engine")
