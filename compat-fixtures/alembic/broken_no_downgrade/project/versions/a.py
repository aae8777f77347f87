from alembic import op

revision = "aaaa1"
down_revision = None


def upgrade():
    op.execute("SELECT 1")
