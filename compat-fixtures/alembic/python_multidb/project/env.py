import re

from alembic import context

config = context.config
for name in re.split(r",\s*", config.get_main_option("databases")):
    context.configure(url=context.config.get_section_option(name, "sqlalchemy.url"), literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations(engine_name=name)
