"""Types."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.alter_column("t", "c", type_=sa.String(100))
    op.alter_column("t", "c", type_=sa.Text(), existing_type=sa.String(120), schema="character")
    op.alter_column("t", "c", type_=sa.String(100), existing_nullable=False, existing_server_default="abc")
    op.alter_column("t", "c", type_=sa.Integer(), existing_type=sa.Text(), postgresql_using="c::integer")
    op.alter_column("t", "c", existing_type=sa.Integer(), type_=sa.BigInteger(), nullable=False, existing_comment="kept")
    op.alter_column("t", "c", existing_type=sa.Enum("a", "b", name="e"), type_=sa.Enum("a", "b", "c", name="e"), existing_nullable=True)
    op.alter_column("t", "c", type_=sa.DateTime(timezone=True), existing_type=sa.DateTime(), existing_server_default=sa.text("now()"))


def downgrade():
    pass
