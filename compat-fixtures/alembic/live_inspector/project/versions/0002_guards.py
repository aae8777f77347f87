"""Guards."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER, what TEXT)")
    from sqlalchemy import inspect

    bind = op.get_bind()
    inspector = inspect(bind)
    columns = {column["name"] for column in inspector.get_columns("users")}
    if "extra" not in columns:
        op.add_column("users", sa.Column("extra", sa.Integer()))
    if "name" not in columns:
        op.add_column("users", sa.Column("name", sa.Integer()))
    indexes = [index["name"] for index in inspector.get_indexes("users")]
    if "ix_users_name" in indexes:
        op.drop_index("ix_users_name", table_name="users")
    if "ix_nope" in indexes:
        op.drop_index("ix_nope", table_name="users")
    if not inspector.has_table("made"):
        op.create_table("made", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", name="fk_made_user", ondelete="CASCADE")), sa.Column("code", sa.String(5), nullable=False, server_default="c"), sa.UniqueConstraint("code", name="uq_code"), sa.CheckConstraint("id > 0", name="ck_id"))
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 1, "what": str(sorted(inspector.get_table_names()))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 2, "what": str(indexes)})
    inspector = sa.inspect(bind)
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 3, "what": str([c['name'] for c in inspector.get_columns('made')])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 4, "what": str([(c['nullable'], str(c['type'])) for c in inspector.get_columns('made')])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 5, "what": str([u['name'] for u in inspector.get_unique_constraints('made')])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 6, "what": str([(f['name'], f['constrained_columns'], f['referred_table'], f['referred_columns']) for f in inspector.get_foreign_keys('made')])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 7, "what": str(inspector.get_pk_constraint('made')['constrained_columns'])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 8, "what": str([c['name'] for c in inspector.get_check_constraints('made')])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 9, "what": str([(i['name'], i['unique'], i['column_names']) for i in inspector.get_indexes('users')])})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 10, "what": str(inspector.get_view_names())})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 11, "what": str('users' in inspector.get_table_names())})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 12, "what": str(inspector.has_index('users', 'uq_users_mail'))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 13, "what": str(bind.dialect.has_table(bind, 'users'))})
    bind.execute(sa.text("INSERT INTO log (n, what) VALUES (:n, :what)"), {"n": 14, "what": str(inspector.default_schema_name)})


def downgrade():
    pass
