"""Texts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    for number, text in enumerate(
        [
            "0", "'abc'", "-1", "0.5", "1 + 2", "now()", "uuid()", "b'0'", "CURRENT_TIMESTAMP", "NULL", "true", "x",
            "(now())", "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP(6)", "now(6)",
            "'{}'::jsonb", "'a' || 'b'", "  'spaced'", "timezone('utc', now())", "array[]::text[]", '"quoted"',
            "gen_random_uuid()", "nextval('t_id_seq'::regclass)", "'12:30'", "current_timestamp on update current_timestamp",
        ]
    ):
        op.add_column("texts", sa.Column(f"c{number}", sa.String(50), server_default=sa.text(text)))


def downgrade():
    pass
