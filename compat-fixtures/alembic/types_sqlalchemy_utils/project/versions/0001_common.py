"""Common."""

import sqlalchemy as sa
from alembic import op
import sqlalchemy_utils
import sqlalchemy_utils.types

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("c0", sqlalchemy_utils.UUIDType()),
        sa.Column("c1", sqlalchemy_utils.types.uuid.UUIDType(binary=False)),
        sa.Column("c2", sqlalchemy_utils.EmailType()),
        sa.Column("c3", sqlalchemy_utils.types.email.EmailType(length=255)),
        sa.Column("c4", sqlalchemy_utils.ChoiceType([("a", "A")])),
        sa.Column("c5", sqlalchemy_utils.URLType()),
        sa.Column("c6", sqlalchemy_utils.ScalarListType()),
        sa.Column("c7", sqlalchemy_utils.IPAddressType()),
        sa.Column("c8", sqlalchemy_utils.types.ip_address.IPAddressType(length=50)),
        sa.Column("c9", sqlalchemy_utils.CountryType()),
        sa.Column("c10", sqlalchemy_utils.JSONType()),
        sa.Column("c11", sqlalchemy_utils.types.json.JSONType()),
    )


def downgrade():
    op.drop_table("t")
