"""Columns that many tables have."""

import sqlalchemy as sa

LENGTH = 40


def audit(prefix=""):
    return [sa.Column(prefix + "created_by", sa.String(LENGTH)), sa.Column(prefix + "created_at", sa.DateTime(), server_default=sa.func.now())]


class Names:
    table = "audited"
