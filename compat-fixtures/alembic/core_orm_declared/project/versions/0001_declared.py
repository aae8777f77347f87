"""Declared."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import declarative_base

revision = "0001"
down_revision = None

Base = declarative_base()


class User(Base):
    __tablename__ = "user"
    __table_args__ = {"schema": "app"}

    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(20))


def upgrade():
    op.execute(sa.update(User).where(User.id == 3).values(name="x"))
    op.execute(User.__table__.insert().values(id=1, name="a"))
    op.execute(sa.delete(User).where(User.name.is_(None)))
    op.execute(sa.select(User.id, User.name))
    op.bulk_insert(User.__table__, [{"id": 2, "name": "b"}])
    op.execute(sa.insert(User).values(id=5))


def downgrade():
    pass
