"""Enums."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("a", sa.Enum("a", "bcd", name="e1")),
        sa.Column("b", sa.Enum("a", "it's", name="E2"), nullable=False, server_default="a"),
        sa.Column("c", sa.Enum("a", "b", name="e3", schema="s1")),
        sa.Column("d", sa.Enum("a", "bcd", name="e4", native_enum=False)),
        sa.Column("e", sa.Enum("a", "bcd", name="e5", native_enum=False, length=20)),
        sa.Column("f", sa.Enum("a", "bcd", name="e6", native_enum=False, create_constraint=True)),
        sa.Column("g", sa.Enum("a", "bcd", name="e7", create_constraint=True)),
        sa.Column("h", sa.Enum("a", "bcd", native_enum=False, create_constraint=True)),
        sa.Column("i", sa.Enum("가", "나다", name="한글")),
        sa.Column("j", sa.Enum(*["x", "y"], name="e8")),
        sa.Column("k", sa.Enum(*("p", "q"), name="e9", validate_strings=True)),
    )
    op.create_table("u", sa.Column("a", sa.Enum("a", "bcd", name="e1")), sa.Column("b", sa.Enum("a", name="e10", inherit_schema=True)), schema="other")
    op.create_table("generic_without_type", sa.Column("a", sa.Enum("a", "b", name="e11", create_type=False)))
    op.create_table("with_metadata", sa.Column("a", sa.Enum("a", "b", name="e12", metadata=sa.MetaData())))


def downgrade():
    op.drop_table("t")
    op.execute("DROP TYPE e1")
    sa.Enum(name="e3").drop(op.get_bind(), checkfirst=False)
