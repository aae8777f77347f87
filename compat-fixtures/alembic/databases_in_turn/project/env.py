import logging
from logging.config import fileConfig

from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
fileConfig(config.config_file_name)
log = logging.getLogger("alembic.env")
NAMES = [name.strip() for name in config.get_main_option("databases", "").split(",")]


def printed():
    for name in NAMES:
        log.info("Migrating database %s" % name)
        log.info("Writing output to %s.sql" % name)
        with open("%s.sql" % name, "w") as file:
            context.configure(
                url=config.get_section_option(name, "sqlalchemy.url"),
                output_buffer=file,
                literal_binds=True,
                dialect_opts={"paramstyle": "named"},
            )
            with context.begin_transaction():
                context.run_migrations(engine_name=name)


def connected():
    connections = {}
    for name in NAMES:
        engine = engine_from_config(config.get_section(name, {}), poolclass=pool.NullPool)
        connections[name] = engine.connect()
    transactions = [connection.begin() for connection in connections.values()]
    try:
        for name, connection in connections.items():
            log.info("Migrating database %s" % name)
            context.configure(connection=connection, upgrade_token="%s_up" % name)
            context.run_migrations(engine_name=name)
        for transaction in transactions:
            transaction.commit()
    except BaseException:
        for transaction in transactions:
            transaction.rollback()
        raise
    finally:
        for connection in connections.values():
            connection.close()


if context.is_offline_mode():
    printed()
else:
    connected()
