import os

from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config

url = os.getenv("DATABASE_URL", config.get_main_option("sqlalchemy.url"))
if url and url.startswith("postgres://"):
    url = url.replace("postgres://", "postgresql://", 1)
if url:
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))


def run_migrations_online():
    connectable = engine_from_config(config.get_section(config.config_ini_section, {}), prefix="sqlalchemy.", poolclass=pool.NullPool)
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=None)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
