import os

from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config


def get_url():
    return os.environ.get("DATABASE_URL")


def run_migrations_offline():
    context.configure(url=get_url(), target_metadata=None, literal_binds=True, dialect_opts={"paramstyle": "named"}, version_table=VERSION_TABLE)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    configuration = config.get_section(config.config_ini_section)
    configuration["sqlalchemy.url"] = get_url()
    connectable = engine_from_config(configuration, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=None, version_table=VERSION_TABLE, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


VERSION_TABLE = "v_" + "table"
if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
