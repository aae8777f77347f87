def upgrade():
    op.create_table('log', sa.Column('t', sa.Text))
    b=op.get_bind(); pgq=b.dialect.name=='postgresql'
    import datetime, decimal, uuid, enum
    class Color(enum.Enum):
        red=1; blue=2
    meta=sa.MetaData()
    t=sa.Table('d', meta, sa.Column('id', sa.Integer, primary_key=True), sa.Column('n', sa.Numeric(12,4)), sa.Column('d', sa.DateTime(timezone=True)), sa.Column('tm', sa.Time), sa.Column('iv', sa.Interval), sa.Column('bl', sa.LargeBinary), sa.Column('e', sa.Enum('x','y',name='exy')), sa.Column('def_', sa.String(10), default=lambda: 'called'), sa.Column('u', sa.Uuid, default=lambda: uuid.UUID(int=5)), sa.Column('us', sa.Uuid(as_uuid=False)), sa.Column('cnt', sa.Integer, default=3), sa.Column('big', sa.BigInteger), sa.Column('asf', sa.Numeric(10,2,asdecimal=False)))
    meta.create_all(b)
    b.execute(t.insert().values(id=1,n=decimal.Decimal('12.5'),d=datetime.datetime(2020,1,2,3,4,5,tzinfo=datetime.timezone.utc),tm=datetime.time(1,2,3),iv=datetime.timedelta(days=2,seconds=5),bl=b'\x00\xff',e='y',us='12345678-1234-5678-1234-567812345678', big=2**40, asf=1.25))
    r=b.execute(sa.select(t)).one()
    log(r.n, repr(r.n), r.d, r.tm, r.iv, r.bl, r.e, r.def_, type(r.u).__name__, r.us, r.cnt, r.big, r.asf)
    b.execute(t.insert(), [{'id':2,'n':1},{'id':3,'n':None}])
    log([(x.id,x.n,x.def_,x.cnt) for x in b.execute(sa.select(t.c.id,t.c.n,t.c.def_,t.c.cnt).order_by(t.c.id))])
    log(b.execute(sa.select(sa.func.sum(t.c.n))).scalar(), b.execute(sa.select(sa.cast(t.c.id, sa.String)).where(t.c.id==1)).scalar(), b.execute(sa.select(sa.func.coalesce(t.c.n,0)).order_by(t.c.id)).scalars().all())
    log(b.execute(sa.select(t.c.id).where(t.c.d < datetime.datetime(2021,1,1,tzinfo=datetime.timezone.utc))).all(), b.execute(sa.select(t.c.id).where(t.c.n == decimal.Decimal('12.5'))).all())
    if pgq:
        log(b.execute(sa.text("select n, tm, iv, bl from d where id=1")).one())
        log(b.execute(sa.text("select 'infinity'::float8, '-1 day 2 hours'::interval, date '2020-02-03', timestamp '2020-01-01 10:00', 10::smallint, '1.10'::numeric(5,2), array['2020-01-01'::date], array[1.5::numeric, null], null::int[]")).one())
        op.execute("insert into log values ('m1'); insert into log values ('m2')")
        op.execute("do $$ begin insert into log values ('do'); end $$;")
        b.execute(sa.text("create function f() returns int as $$ select 1; $$ language sql; select f()"))
        try:
            with b.begin_nested(): b.execute(sa.text("insert into d(id) values (1)"))
        except sa.exc.IntegrityError as e: log(e.orig.sqlstate, e.statement, str(e).split('\n')[0])
        try:
            with b.begin_nested(): b.execute(sa.text("select 1/0"))
        except sa.exc.DBAPIError as e: log(type(e).__name__, e.orig)
    else:
        log(b.execute(sa.text("select n, d, tm, bl from d where id=1")).one())
        try: op.execute("insert into log values ('m1'); insert into log values ('m2')")
        except sa.exc.ProgrammingError as e: log(str(e).split('\n')[0])
        op.execute("insert into log values ('semi;colon');")
        op.execute("-- only a comment\n") if False else None
    op.execute(t.update().where(t.c.id==2).values(cnt=t.c.cnt+1))
    log(b.execute(sa.select(t.c.cnt).where(t.c.id==2)).scalar())
    class Foo: pass
    try: b.execute(Foo())
    except Exception as e: log(type(e).__name__)
#---
def upgrade():
    b=op.get_bind()
    op.create_table('r', sa.Column('id', sa.Integer, primary_key=True), sa.Column('p', sa.Integer), sa.Column('name', sa.String(10), server_default='z'), sa.Column('ts', sa.DateTime, server_default=sa.func.now()))
    op.create_index('ix_r','r',['name'])
    op.execute("insert into r(id,name,ts) values (1,'a','2020-01-01'),(2,'b','2020-01-01')")
    with op.batch_alter_table('r', recreate='always') as bb:
        bb.add_column(sa.Column('q', sa.Integer, nullable=True))
        bb.alter_column('name', type_=sa.Text())
    with op.batch_alter_table('r') as bb:
        bb.add_column(sa.Column('own', sa.Integer, nullable=True))
        bb.create_foreign_key('fk_own','log' if False else 'r',['own'],['id'])
        bb.create_check_constraint('ck_q', 'q > 0')
        bb.create_index('ix_q', ['q'])
    log(b.execute(sa.text('select id,name,q from r order by id')).fetchall())
    if b.dialect.name=='sqlite':
        with op.batch_alter_table('r', schema='main') as bb: bb.drop_column('q') if False else bb.alter_column('own', nullable=True, new_column_name='own2')
        with op.batch_alter_table('r') as bb:
            bb.drop_constraint('ck_q', type_='check'); bb.drop_index('ix_q'); bb.drop_column('q')
        op.execute('create table "Mixed Case" ("Some Col" integer primary key, "order" text, "group" text unique)')
        op.execute('insert into "Mixed Case" values (1,\'x\',\'y\')')
        with op.batch_alter_table('Mixed Case') as bb: bb.alter_column('order', nullable=False, type_=sa.String(5)); bb.add_column(sa.Column('new', sa.Boolean, server_default=sa.true()))
