revision = "bbbb1"
down_revision = "aaaa1"

def upgrade(:
