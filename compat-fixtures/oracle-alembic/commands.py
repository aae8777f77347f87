"""Alembic's command line, in forked copies of a process that has loaded it once.

Loading takes most of a second, and nothing of one command may be left for the next.
"""

import json
import os
import re
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

# Alembic asks for the width of the terminal when it is loaded.
STDIN = os.dup(0)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
import alembic.command  # noqa: E402, F401
import sqlalchemy.dialects.mysql  # noqa: E402, F401
import sqlalchemy.dialects.postgresql  # noqa: E402, F401
import sqlalchemy.dialects.sqlite  # noqa: E402, F401
from alembic.config import CommandLine  # noqa: E402
from sqlalchemy.exc import DBAPIError  # noqa: E402


def run(arguments, folder, environment):
    """Runs one command in a folder and tells what it said.

    Of the own environment only PATH and HOME are passed on.
    """
    scratch = Path(tempfile.mkdtemp(prefix="command"))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = command(arguments, folder, environment, scratch)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    log, said = [], []
    for line in plain((scratch / "stderr").read_text("utf-8")).splitlines():
        if line.startswith("\x01"):
            said.append(line[1:])
        else:
            log.append(line)
    error = scratch / "error"
    told = {
        "code": os.waitstatus_to_exitcode(status),
        "stdout": plain((scratch / "stdout").read_text("utf-8")),
        "log": log,
        "warnings": said,
        "error": json.loads(error.read_text("utf-8")) if error.exists() else None,
    }
    shutil.rmtree(scratch)
    return told


def plain(text):
    """Without what is different in every environment of Python."""
    text = re.sub(r"\S+/alembic/templates/", "", text)
    return re.sub(r"0x[0-9a-f]{6,}", "<address>", text)


def command(arguments, folder, environment, scratch):
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(scratch / name, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(folder)
    keep = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    os.environ.clear()
    os.environ.update(keep, LC_ALL="C.UTF-8", TZ="UTC")
    os.environ.update(environment)
    # What Python itself would have taken from there when it started.
    if "PYTHONPATH" in environment:
        sys.path[1:1] = environment["PYTHONPATH"].split(os.pathsep)
    sys.argv = ["alembic", *arguments]
    sys.dont_write_bytecode = True
    warnings.formatwarning = lambda message, category, *_: (
        f"\x01{category.__name__}: {' '.join(str(message).split())}\n"
    )
    try:
        CommandLine(prog="alembic").main(arguments)
    except SystemExit as exit:
        return 0 if exit.code is None else exit.code & 255
    except BaseException as error:
        if isinstance(error, DBAPIError) and error.orig is not None:
            message = str(error.orig).strip().split("\n")[0]
        else:
            message = re.split(r"\s\(Background on this error", str(error))[0]
        where = type(error).__module__.split(".")[0]
        what = {"type": f"{where}.{type(error).__name__}", "message": plain(message)}
        (scratch / "error").write_text(json.dumps(what), "utf-8")
        return 1
    return 0
