"""한글 메시지 — ünïcode"""
revision = "b"
down_revision = "a"
def upgrade(): pass
def downgrade(): pass
