"""two
lines

still

not"""
revision = "c"
down_revision = "b"
def upgrade(): pass
def downgrade(): pass
