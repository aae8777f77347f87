f"""no docstring"""
revision = "d"
down_revision = "c"
def upgrade(): pass
def downgrade(): pass
