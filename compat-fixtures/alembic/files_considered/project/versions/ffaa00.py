from alembic import op

down_revision = "d4"


def upgrade():
    op.execute("SELECT 1")


def downgrade():
    pass
