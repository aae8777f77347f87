import os

from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config


def get_url():
    url = os.getenv("USERS_DATABASE_URL") or os.getenv("DATABASE_URL") or "postgresql://localhost/none"
    return url.replace("+asyncpg", "").replace("+aiosqlite", "")


config.set_main_option("sqlalchemy.url", get_url())


def run_migrations_online():
    connectable = engine_from_config(config.get_section(config.config_ini_section, {}), prefix="sqlalchemy.", poolclass=pool.NullPool)
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=None, version_table="versions_of_users")
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
