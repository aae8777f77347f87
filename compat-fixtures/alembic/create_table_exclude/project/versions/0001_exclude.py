"""Exclude."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "booking",
        sa.Column("room", sa.Integer()),
        sa.Column("during", postgresql.TSRANGE()),
        postgresql.ExcludeConstraint((sa.column("during"), "&&"), ("room", "="), name="ex_room", where=sa.text("room > 1"), using="gist"),
        postgresql.ExcludeConstraint(("during", "&&"), using="gist", deferrable=True, initially="DEFERRED"),
        postgresql.ExcludeConstraint((sa.text("lower(during)"), "="), (sa.column("room"), "="), name="ex_ops", ops={"room": "int4_ops"}),
    )
    op.create_exclude_constraint("ex1", "booking", ("during", "&&"), ("room", "="), where="active", using="gist")
    op.create_exclude_constraint("ex2", "booking", (sa.column("room"), "="), deferrable=True, initially="IMMEDIATE", schema="s")
    op.drop_constraint("ex1", "booking")


def downgrade():
    op.drop_table("booking")
