[tool.alembic]

# Where the migrations are.
script_location = "${script_location}"

# Names of new files; % is doubled here.
# file_template = "%%(year)d_%%(month).2d_%%(day).2d_%%(rev)s-%%(slug)s"

# Where Python looks for the project's own modules.
prepend_sys_path = ["."]
