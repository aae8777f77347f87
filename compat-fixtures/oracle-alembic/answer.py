"""Runs Alembic's commands for the tests: a line of JSON with `arguments`, `folder` and
`environment` for each; what `commands.run` tells of it as an answer, with an empty line behind."""

import json
import os

import commands

with os.fdopen(commands.STDIN, encoding="utf-8") as requests:
    for request in requests:
        print(json.dumps(commands.run(**json.loads(request))), end="\n\n", flush=True)
