revision, down_revision = 'd7', 'd6'
def upgrade(): pass
def downgrade(): pass
