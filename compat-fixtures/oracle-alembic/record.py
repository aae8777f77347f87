"""Records what Alembic does with the cases in ../alembic into their expected/ folders.

The form of cases and recordings is described in ../README.md.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import commands

HERE = Path(__file__).resolve().parent
CASES = HERE.parent / "alembic"
SERVER = os.environ.get("STILLWAY_TEST_POSTGRES_URL")
OFFLINE = {
    "postgresql": "postgresql+psycopg2://stillway@localhost/stillway",
    "mysql": "mysql+pymysql://stillway@localhost/stillway",
    "mariadb": "mariadb+pymysql://stillway@localhost/stillway",
}
# How often a case whose output depends on the order of a set is run.
SEEDS = 24


class Copy:
    """A working copy of a case, with a database."""

    def __init__(self, name, case, backend, scratch):
        self.case, self.backend = case, backend
        self.root = Path(tempfile.mkdtemp(prefix="stillway", dir=scratch)).resolve()
        self.database = None
        if backend == "sqlite":
            self.url = f"sqlite:///{self.root}/database.db"
        elif case.get("step") and backend == "postgresql":
            self.database = f"stillway_record_{self.root.name.lower()}"
            self.admin(f'CREATE DATABASE "{self.database}" TEMPLATE template0 ENCODING \'UTF8\'')
            base = SERVER.rsplit("/", 1)[0].split("://", 1)[1]
            self.url = f"postgresql+psycopg2://{base}/{self.database}"
        else:
            self.url = OFFLINE[backend]
        if case.get("template", True):
            shutil.copytree(HERE / "project", self.root, dirs_exist_ok=True)
            (self.root / "versions").mkdir()
        for folder in ("project", f"project.{backend}"):
            if (CASES / name / folder).is_dir():
                shutil.copytree(CASES / name / folder, self.root, dirs_exist_ok=True)
        for path in sorted(self.root.rglob("*")):
            if path.is_file():
                self.fill(path)

    def fill(self, path):
        """Puts the settings of the case in the places that the files name."""
        data = path.read_bytes()
        if b"@" not in data:
            return
        text = data.decode("utf-8", "surrogateescape")
        configure = "\n        ".join(f"{k}={v}," for k, v in self.case.get("configure", {}).items())
        ini = "\n".join(f"{k} = {v}" for k, v in self.case.get("ini", {}).items())
        text = text.replace("# @configure@", configure).replace("# @ini@", ini)
        if metadata := self.case.get("metadata"):
            text = text.replace("target_metadata = MetaData()", f"target_metadata = {metadata}")
        path.write_bytes(self.insert(text).encode("utf-8", "surrogateescape"))

    def insert(self, text):
        port = self.url.rsplit("/", 1)[0].rsplit(":", 1)[-1]
        text = text.replace("@url@", self.url).replace("@root@", str(self.root))
        return text.replace("@database@", self.database or "").replace("@port@", port)

    def admin(self, sql):
        import psycopg2

        connection = psycopg2.connect(SERVER)
        connection.autocommit = True
        connection.cursor().execute(sql)
        connection.close()

    def connect(self):
        if self.backend == "sqlite":
            return sqlite3.connect(self.root / "database.db", isolation_level=None)
        import psycopg2

        connection = psycopg2.connect(self.url.replace("+psycopg2", ""))
        connection.autocommit = True
        return connection

    def drop(self):
        if self.database:
            self.admin(f'DROP DATABASE "{self.database}" WITH (FORCE)')
        shutil.rmtree(self.root)

    def plain(self, text):
        """What is the same on every machine and in every run."""
        text = text.replace(self.url, "<url>").replace(str(self.root), "<root>")
        if self.database:
            text = text.replace(self.database, "<database>")
        for pattern in self.case.get("mask", []):
            text = re.sub(pattern, "<masked>", text)
        return text

    def files(self):
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and path.suffix not in (".db", ".pyc") and "-journal" not in path.name
        }


def run(copy, arguments, environment, place="."):
    """Runs one command and tells what it said."""
    told = commands.run(
        [copy.insert(argument) for argument in arguments],
        copy.root / place,
        {key: copy.insert(value) for key, value in environment.items()},
    )
    entry = {"run": arguments, "code": told["code"]}
    stdout = copy.plain(told["stdout"])
    if stdout:
        lines = stdout.split("\n")
        if copy.case.get("tables_in_any_order"):
            lines = tables_in_any_order(lines)
        entry["stdout"] = sorted_runs(lines, copy.case)
    log = copy.plain("\n".join(told["log"])).splitlines()
    said = copy.plain("\n".join(told["warnings"])).splitlines()
    if log:
        entry["log"] = sorted_runs(log, copy.case)
    if said:
        entry["warnings"] = said
    if error := told["error"]:
        error["message"] = copy.plain(error["message"])
        entry["error"] = error
    return entry


def sorted_runs(lines, case):
    """Sorts what follows each other and may come in any order: whole paragraphs, or lines."""
    patterns = [(pattern, "" in lines[:-1]) for pattern in case.get("any_order", [])]
    patterns += [(pattern, False) for pattern in case.get("any_order_lines", [])]
    for pattern, by_paragraph in patterns:
        separator = "\n\n" if by_paragraph else "\n"
        parts, out, group = "\n".join(lines).split(separator), [], []
        for part in [*parts, None]:
            if part is not None and re.search(pattern, part):
                group.append(part)
                continue
            out += sorted(group)
            group = []
            if part is not None:
                out.append(part)
        lines = separator.join(out).split("\n")
    return lines


def tables_in_any_order(lines):
    """Sorts what stands inside of each CREATE TABLE."""
    parts = "\n".join(lines).split("\n\n")
    parts = [in_any_order(part) if part.startswith("CREATE TABLE ") else part for part in parts]
    return "\n\n".join(parts).split("\n")


def rows(copy, table):
    """The rows of the version table, null when there is none."""
    table = table or copy.case.get("version_table", "alembic_version")
    if not (copy.root / "database.db").exists() and copy.backend == "sqlite":
        return None
    connection = copy.connect()
    cursor = connection.cursor()
    try:
        cursor.execute(f"SELECT version_num FROM {table} ORDER BY 1")
        return sorted(row[0] for row in cursor.fetchall())
    except Exception:
        return None
    finally:
        connection.close()


def query(copy, sql, any_order):
    connection = copy.connect()
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        found = [[None if value is None else str(value) for value in row] for row in cursor.fetchall()]
        if any_order:
            found = [[in_any_order(value) for value in row] for row in found]
        return {"query": sql, "rows": json.loads(copy.plain(json.dumps(found, ensure_ascii=False)))}
    except Exception:
        return {"query": sql, "error": True}
    finally:
        connection.close()


def in_any_order(value):
    """A reflected table has its constraints in the order of a set."""
    if value is None:
        return None
    first, *rest = (line.rstrip(", ") for line in value.split("\n"))
    return "\n".join([first, *sorted(rest)])


def render(copy):
    """Both directions of the whole, and of each revision where the whole fails."""
    for path in (copy.root / "versions").rglob("*.py"):
        path.chmod(0o644)
    entries = [
        run(copy, ["upgrade", "base:heads", "--sql"], copy.case.get("env", {})),
        run(copy, ["downgrade", "heads:base", "--sql"], copy.case.get("env", {})),
    ]
    if all(entry["code"] == 0 for entry in entries):
        return entries
    for path in sorted((copy.root / "versions").glob("*.py")):
        text = path.read_text("utf-8")
        own = re.search(r'^revision(?:: str)? = "(.+)"', text, re.M)
        parent = re.search(r'^down_revision(?:: [^=]+)? = (?:None|"(.+)")', text, re.M)
        if not own or not parent:
            continue
        own, parent = own[1], parent[1] or "base"
        for arguments in (
            ["upgrade", f"{parent}:{own}", "--sql"],
            ["downgrade", f"{own}:{parent}", "--sql"],
        ):
            entries.append(run(copy, arguments, copy.case.get("env", {})))
    return entries


def changed(before, after, copy, names_only):
    out = {}
    for name in sorted(after):
        if before.get(name) != after[name]:
            text = copy.plain(after[name].decode("utf-8", "replace"))
            out[copy.plain(name)] = None if names_only else text.split("\n")
    return out


def steps(copy):
    entries = []
    for step in copy.case["step"]:
        if step.get("on", copy.backend) != copy.backend:
            continue
        if "run" in step:
            arguments = step["run"]
            before = copy.files()
            environment = {**copy.case.get("env", {}), **step.get("env", {})}
            entry = run(copy, arguments, environment, step.get("in", "."))
            if files := changed(before, copy.files(), copy, step.get("names_only", False)):
                entry["files"] = files
            if copy.backend in ("sqlite", "postgresql") and "--sql" not in arguments:
                entry["rows"] = rows(copy, step.get("version_table"))
            entries.append(entry)
        elif "query" in step:
            entries.append(query(copy, step["query"], step.get("lines_in_any_order", False)))
        elif "sql" in step:
            connection = copy.connect()
            if copy.backend == "sqlite":
                connection.executescript(step["sql"])
            else:
                connection.cursor().execute(step["sql"])
            connection.close()
        elif "versions" in step:
            set_versions(copy, step["versions"])
        elif "write" in step:
            path = copy.root / step["write"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(copy.insert(step.get("text", "")), "utf-8")
        elif "remove" in step:
            (copy.root / step["remove"]).unlink()
    return entries


def set_versions(copy, versions):
    """Puts rows in the version table by hand."""
    table = copy.case.get("version_table", "alembic_version")
    connection = copy.connect()
    cursor = connection.cursor()
    cursor.execute(
        f"CREATE TABLE IF NOT EXISTS {table} (version_num VARCHAR(32) NOT NULL,"
        " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    cursor.execute(f"DELETE FROM {table}")
    for version in versions:
        cursor.execute(f"INSERT INTO {table} VALUES ('{version}')")
    connection.close()


def load(name):
    return tomllib.loads((CASES / name / "case.toml").read_text("utf-8"))


def once(name, backend, scratch):
    copy = Copy(name, load(name), backend, scratch)
    try:
        return steps(copy) if copy.case.get("step") else render(copy)
    finally:
        copy.drop()


def record(name, backend, scratch):
    case = load(name)
    if not case.get("varies"):
        return {"steps": once(name, backend, scratch)}
    answers = []
    for seed in range(SEEDS):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        words = [sys.executable, __file__, "--once", name, backend, scratch]
        output = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
        answers.append(json.loads(output.stdout))
    # Each command is a run of its own, so any answer to one goes with any answer to the next.
    steps = []
    for entries in zip(*answers, strict=True):
        distinct = [entry for at, entry in enumerate(entries) if entry not in entries[:at]]
        distinct.sort(key=json.dumps)
        steps.append(distinct[0] if len(distinct) == 1 else {"any_of": distinct})
    return {"steps": steps}


def main():
    if sys.argv[1:2] == ["--once"]:
        print(json.dumps(once(*sys.argv[2:])))
        return
    scratch, names = sys.argv[1], sys.argv[2:]
    for name in names or sorted(path.parent.name for path in CASES.glob("*/case.toml")):
        case = load(name)
        target = CASES / name / "expected"
        kept = {p.name: p.read_text("utf-8") for p in target.glob("stillway.*")}
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for file, text in kept.items():
            (target / file).write_text(text, "utf-8")
        for backend in case["backends"]:
            if case.get("step") and backend == "postgresql" and not SERVER:
                print(f"{name}: no PostgreSQL server", file=sys.stderr)
                continue
            found = record(name, backend, scratch)
            text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
            (target / f"{backend}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
