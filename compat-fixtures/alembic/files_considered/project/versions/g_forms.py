revision, down_revision = 'd7', 'lab'
def upgrade(): pass
def downgrade(): pass
