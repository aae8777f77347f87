"""50% done: it's \"fine\""""
revision = "e"
down_revision = "d"
def upgrade(): pass
def downgrade(): pass
