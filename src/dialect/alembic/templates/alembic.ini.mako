# Migrations: where they are, and how the database is reached.

[alembic]
% if script_location:
script_location = ${script_location}

# Names of new files; % is doubled here.
# file_template = %%(year)d_%%(month).2d_%%(day).2d_%%(rev)s-%%(slug)s

# Where Python looks for the project's own modules.
prepend_sys_path = .

# How lists of paths are separated: os, space, newline, ":" or ";".
path_separator = os

% endif
% if databases:
databases = engine1, engine2

[engine1]
sqlalchemy.url = driver://user:pass@localhost/dbname

[engine2]
sqlalchemy.url = driver://user:pass@localhost/dbname2
% else:
sqlalchemy.url = driver://user:pass@localhost/dbname
% endif

[post_write_hooks]

[loggers]
keys = root,sqlalchemy,alembic

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
