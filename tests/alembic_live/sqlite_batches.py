def upgrade():
    op.create_table('log', sa.Column('t', sa.Text))
    op.create_table('parent', sa.Column('id', sa.Integer, primary_key=True))
    op.execute("""CREATE TABLE t (id INTEGER NOT NULL, name VARCHAR(50) DEFAULT 'x', pid INTEGER, n INTEGER, s TEXT, created DATETIME DEFAULT CURRENT_TIMESTAMP, b BOOLEAN, CONSTRAINT pk_t PRIMARY KEY (id), CONSTRAINT fk_t_p FOREIGN KEY(pid) REFERENCES parent (id) ON DELETE CASCADE, CONSTRAINT uq_name UNIQUE (name), CONSTRAINT ck_n CHECK (n > 0), UNIQUE (n), CHECK (id > 0))""") if op.get_bind().dialect.name=='sqlite' else op.execute("""CREATE TABLE t (id INTEGER NOT NULL, name VARCHAR(50) DEFAULT 'x', pid INTEGER, n INTEGER, s TEXT, created TIMESTAMP DEFAULT CURRENT_TIMESTAMP, b BOOLEAN, CONSTRAINT pk_t PRIMARY KEY (id), CONSTRAINT fk_t_p FOREIGN KEY(pid) REFERENCES parent (id) ON DELETE CASCADE, CONSTRAINT uq_name UNIQUE (name), CONSTRAINT ck_n CHECK (n > 0), UNIQUE (n), CHECK (id > 0))""")
    op.create_index('ix_t_s','t',['s'])
    op.create_index('ix_t_part','t',['pid'],sqlite_where=sa.text('pid > 3'))
    op.execute("insert into parent values (1)"); op.execute("insert into t(id,name,pid,n,s,created) values (1,'a',1,5,'7','2020-01-01')"); op.execute("insert into t(id,name,n,s,created) values (2,'b',6,'8','2020-01-01')")
#---
def upgrade():
    with op.batch_alter_table('t') as b:
        b.add_column(sa.Column('c1', sa.Integer, server_default='3', nullable=False))
        b.alter_column('name', new_column_name='title', nullable=False, type_=sa.String(80), existing_type=sa.String(50))
    log(op.get_bind().execute(sa.text('select id,title,c1 from t order by id')).fetchall())
#---
def upgrade():
    with op.batch_alter_table('t', schema=None) as b:
        b.alter_column('s', type_=sa.Integer(), existing_type=sa.Text(), postgresql_using='s::integer')
        b.drop_constraint('ck_n', type_='check')
        b.create_unique_constraint('uq_pid', ['pid','n'])
        b.drop_index('ix_t_s')
        b.create_index('ix_new', ['n','pid'], unique=True)
        b.create_foreign_key('fk2','parent',['n'],['id'],ondelete='SET NULL', deferrable=True, initially='DEFERRED') if False else None
#---
def upgrade():
    if op.get_bind().dialect.name!='sqlite': return
    with op.batch_alter_table('t', recreate='always') as b:
        b.drop_index('ix_new') if True else None
        b.drop_index('ix_t_part')
        b.drop_column('pid')
        b.add_column(sa.Column('z', sa.String(5)), insert_after='id')
        b.add_column(sa.Column('zz', sa.String(5)), insert_before='n')
#---
def upgrade():
    with op.batch_alter_table('t') as b:
        b.alter_column('created', server_default=None)
        b.alter_column('title', server_default=sa.text("'hey'"))
        b.alter_column('b', nullable=True, server_default=sa.false())
#---
def upgrade():
    for f in ('b.drop_constraint("nope", type_="unique")','b.drop_column("nope")','b.create_unique_constraint(None,["n"])','b.drop_index("nope")','b.add_column(sa.Column("q",sa.Integer,sa.ForeignKey("parent.id")))','b.alter_column("nope",nullable=True)', 'b.add_column(sa.Column("q",sa.Integer,unique=True))'):
        if op.get_bind().dialect.name!='sqlite': break
        try:
            with op.batch_alter_table('t') as b: eval(f) if False else run(b,f)
        except Exception as e: log(f, type(e).__name__, e)
    try:
        with op.batch_alter_table('nope') as b: b.alter_column('x', nullable=False)
    except Exception as e: log(type(e).__name__, e) if op.get_bind().dialect.name=='sqlite' else None
def run(b,f):
    if 'drop_constraint' in f: b.drop_constraint("nope", type_="unique")
    elif 'drop_column' in f: b.drop_column("nope")
    elif 'None' in f: b.create_unique_constraint(None,["n"])
    elif 'drop_index' in f: b.drop_index("nope")
    elif 'alter' in f: b.alter_column("nope",nullable=True)
    elif 'unique=True' in f: b.add_column(sa.Column("q",sa.Integer,unique=True))
    else: b.add_column(sa.Column("q",sa.Integer,sa.ForeignKey("parent.id")))
#---
def upgrade():
    if op.get_bind().dialect.name!='sqlite': return
    with op.batch_alter_table('t', naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"}) as b:
        b.drop_constraint('uq_t_n', type_='unique')
        b.add_column(sa.Column('e', sa.Enum('a','b',name='ee',create_constraint=True)))
        b.add_column(sa.Column('fk', sa.Integer, sa.ForeignKey('parent.id', name='fkx')))
        b.add_column(sa.Column('bb', sa.Boolean(create_constraint=True, name='ck_bb')))
    with op.batch_alter_table('t', table_args=(sa.CheckConstraint('n < 1000', name='cc'),), table_kwargs={'sqlite_autoincrement': True}) as b:
        b.drop_constraint('pk_t', type_='primary')
        b.create_primary_key('pk_new', ['id'])
    with op.batch_alter_table('t', reflect_args=[sa.Column('b', sa.Boolean(create_constraint=True, name='ck_flag'))]) as b:
        b.alter_column('zz', type_=sa.Text())
    t=sa.Table('t', sa.MetaData(), sa.Column('id', sa.Integer, primary_key=True), sa.Column('n', sa.Integer), sa.Column('title', sa.String(20), sa.CheckConstraint('title > 0', name='coltest')), sa.Column('q', sa.Integer, unique=True), sa.Index('ixq','n'))
    op.add_column('t', sa.Column('q', sa.Integer))
    with op.batch_alter_table('t', copy_from=t) as b:
        b.drop_constraint('coltest', type_='check')
        b.alter_column('n', nullable=True)
    with op.batch_alter_table('t') as b:
        b.alter_column('id', new_column_name='ident')
        b.drop_column('q')
