"""Drop."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    bind = op.get_bind()
    inspector = sa.inspect(bind)
    for key in inspector.get_foreign_keys("users"):
        if key["referred_table"] == "orgs" and key["constrained_columns"] == ["org"]:
            op.drop_constraint(key["name"], "users", type_="foreignkey")
    for constraint in inspector.get_unique_constraints("users"):
        if set(constraint["column_names"]) == {"org", "name"}:
            op.drop_constraint(constraint["name"], "users", type_="unique")


def downgrade():
    pass
