def upgrade():
    op.create_table('log', sa.Column('t', sa.Text))
    op.execute('create schema "character"')
    op.execute('create table "character".items (id int primary key, kind int, name varchar(120) not null, code varchar(120), constraint uq_old unique (name))')
    op.execute("insert into \"character\".items values (1, 2, 'a', 'b')")
#---
def upgrade():
    from alembic import op
    from sqlalchemy import inspect
    bind = op.get_bind()
    inspector = inspect(bind)
    existing = {c["name"] for c in inspector.get_columns("items", schema="character")}
    uniques = [u["name"] for u in inspector.get_unique_constraints("items", schema="character")]
    idx = [i["name"] for i in inspector.get_indexes("items", schema="character")]
    if "slot" not in existing:
        op.add_column("items", sa.Column("slot", sa.Integer(), nullable=True), schema="character")
        op.execute('UPDATE "character".items AS i SET slot = k.v FROM (SELECT id, kind AS v FROM "character".items) k WHERE k.id = i.id')
        op.alter_column("items", "slot", nullable=False, schema="character")
    if "uq_old" in uniques:
        op.drop_constraint("uq_old", "items", schema="character", type_="unique")
    if "uq_new" not in uniques:
        op.create_unique_constraint("uq_new", "items", ["name", "slot"], schema="character")
    if "ix_items_code" not in idx:
        op.create_index("ix_items_code", "items", ["code"], schema="character")
    for c in ("name", "code"):
        op.alter_column("items", c, type_=sa.Text(), existing_type=sa.String(120), schema="character")
    log(sorted(existing), uniques, idx)
#---
def upgrade():
    from sqlalchemy import inspect
    bind = op.get_bind(); inspector = inspect(bind)
    existing = {c["name"] for c in inspector.get_columns("items", schema="character")}
    uniques = [u["name"] for u in inspector.get_unique_constraints("items", schema="character")]
    idx = [i["name"] for i in inspector.get_indexes("items", schema="character")]
    if "slot" not in existing: op.add_column("items", sa.Column("slot", sa.Integer(), nullable=True), schema="character")
    if "uq_old" in uniques: op.drop_constraint("uq_old", "items", schema="character", type_="unique")
    if "uq_new" not in uniques: op.create_unique_constraint("uq_new", "items", ["name", "slot"], schema="character")
    if "ix_items_code" not in idx: op.create_index("ix_items_code", "items", ["code"], schema="character")
    log(sorted(existing), uniques, idx)
    with op.get_context().autocommit_block():
        op.execute("create type mood as enum('a')")
        op.execute("alter type mood add value 'b'")
        log('in')
    op.execute("create table m (x mood default 'b')")
    log(op.get_bind().execute(sa.text("select enum_range(null::mood)::text")).scalar())
