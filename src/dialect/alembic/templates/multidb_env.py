"""Tells Alembic how to reach several databases, each with its own section of the ini file."""
import re
from logging.config import fileConfig

from sqlalchemy import engine_from_config, pool

from alembic import context

config = context.config

if config.config_file_name is not None:
    fileConfig(config.config_file_name)

names = [name for name in re.split(r",\s*", config.get_main_option("databases", "")) if name]

# Metadata by the name of the database, for `revision --autogenerate`.
target_metadata = {}


def run_migrations_offline() -> None:
    """Writes one file of SQL for each database."""
    for name in names:
        with open(f"{name}.sql", "w") as output:
            context.configure(
                url=context.config.get_section_option(name, "sqlalchemy.url"),
                output_buffer=output,
                target_metadata=target_metadata.get(name),
                literal_binds=True,
                dialect_opts={"paramstyle": "named"},
            )
            with context.begin_transaction():
                context.run_migrations(engine_name=name)


def run_migrations_online() -> None:
    """Runs migrations on all databases; commits when all have succeeded."""
    open_connections = []
    try:
        for name in names:
            engine = engine_from_config(
                context.config.get_section(name, {}),
                prefix="sqlalchemy.",
                poolclass=pool.NullPool,
            )
            connection = engine.connect()
            open_connections.append((name, connection, connection.begin()))
        for name, connection, _ in open_connections:
            context.configure(
                connection=connection,
                upgrade_token=f"{name}_upgrades",
                downgrade_token=f"{name}_downgrades",
                target_metadata=target_metadata.get(name),
            )
            context.run_migrations(engine_name=name)
        for _, _, transaction in open_connections:
            transaction.commit()
    except BaseException:
        for _, _, transaction in open_connections:
            transaction.rollback()
        raise
    finally:
        for _, connection, _ in open_connections:
            connection.close()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
