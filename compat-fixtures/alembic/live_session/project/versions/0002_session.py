"""Session."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import orm

revision = "0002"
down_revision = "0001"

Base = orm.declarative_base()


class User(Base):
    __tablename__ = "users"

    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String)
    mail = sa.Column(sa.String)
    org = sa.Column(sa.Integer)


def upgrade():
    session = orm.Session(bind=op.get_bind())
    for user in session.query(User).filter(User.org.isnot(None)).order_by(User.id).all():
        user.name = user.name + "!"
    session.add(User(id=50, name="added", org=2))
    session.execute(sa.text("UPDATE users SET mail = 'm' WHERE id = 50"))
    first = session.query(User).filter_by(id=3).first()
    first.mail = None
    session.delete(session.get(User, 2))
    session.flush()
    count = session.query(sa.func.count(User.id)).scalar()
    session.execute(sa.insert(User).values(id=60, name=f"count {count}"))
    session.commit()


def downgrade():
    pass
