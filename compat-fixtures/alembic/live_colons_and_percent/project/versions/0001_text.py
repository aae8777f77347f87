"""Text."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE s (a TEXT)")
    op.execute("INSERT INTO s VALUES ('50% of \\:x at 12:30 {\"a\": 1}	tab')")
    op.execute("INSERT INTO s VALUES ('%s %(a)s %%');")
    op.execute("INSERT INTO s SELECT CAST(1 AS TEXT) WHERE 7 % 2 = 1")
    op.execute(sa.text("INSERT INTO s VALUES (:v)").bindparams(v="bound % : \\"))


def downgrade():
    pass
