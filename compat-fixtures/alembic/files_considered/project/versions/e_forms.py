r'''raw docstring'''
revision = 'd5'
down_revision = ['ffaa00']
branch_labels = ['lab']
depends_on = ()
def upgrade(): pass
def downgrade(): pass
