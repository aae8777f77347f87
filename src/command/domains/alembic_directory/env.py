"""How the migrations of the @SCHEMA@ domain are run. No service code is imported here."""

import os
from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine, pool, text

SCHEMA = @SCHEMA_LITERAL@

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

# Models to compare with, for `alembic revision --autogenerate`.
target_metadata = None


def database_url():
    """The URL, with a synchronous driver."""
    url = os.environ.get("@OWN_VARIABLE@") or os.environ.get("@VARIABLE@")
    if not url:
        raise RuntimeError("set @OWN_VARIABLE@ or @VARIABLE@")
    return url.replace("+asyncpg", "+psycopg2")


def run_migrations_offline():
    context.configure(
        url=database_url(),
        target_metadata=target_metadata,
        literal_binds=True,
        version_table="alembic_version",
        version_table_schema=SCHEMA,
        include_schemas=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    engine = create_engine(database_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        # The version table lies in the schema that the first revision is about.
        connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{SCHEMA}"'))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            version_table="alembic_version",
            version_table_schema=SCHEMA,
            include_schemas=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
