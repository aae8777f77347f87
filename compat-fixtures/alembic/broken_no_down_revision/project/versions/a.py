revision = "aaaa1"


def upgrade():
    pass
