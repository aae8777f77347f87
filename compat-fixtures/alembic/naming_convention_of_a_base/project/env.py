from alembic import context
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

convention = {
    "fk": "fk__%(table_name)s__%(column_0_name)s",
    "pk": "pk__%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=convention)


target_metadata = Base.metadata
context.configure(url=context.config.get_main_option("sqlalchemy.url"), target_metadata=target_metadata, literal_binds=True, dialect_opts={"paramstyle": "named"})
with context.begin_transaction():
    context.run_migrations()
