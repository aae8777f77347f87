"""Sequences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateSequence, DropSequence

revision = "0001"
down_revision = None


def upgrade():
    op.execute(CreateSequence(sa.Sequence("s1")))
    op.execute(CreateSequence(sa.Sequence("s", start=1, increment=1, minvalue=1, maxvalue=10, cycle=True, cache=5, schema="q", data_type=sa.BigInteger)))
    op.execute(DropSequence(sa.Sequence("s1")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("s2", metadata=sa.MetaData()), if_not_exists=True))


def downgrade():
    pass
