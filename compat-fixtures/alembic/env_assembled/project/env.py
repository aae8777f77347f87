import os

from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config

host = os.getenv("DB_HOST", "127.0.0.1")
config.set_main_option("sqlalchemy.url", f"postgresql+psycopg2://{os.getenv('DB_USER', 'postgres')}@{host}:{os.environ['DB_PORT']}/{os.environ['DB_NAME']}")


def run_migrations_online():
    connectable = engine_from_config(config.get_section(config.config_ini_section, {}), prefix="sqlalchemy.", poolclass=pool.NullPool)
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=None)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
