import os


class PurePath:
    def __init__(self, *parts):
        text = os.path.join(*[os.fspath(part) for part in parts]) if parts else "."
        self._text = self._normal(text)

    @staticmethod
    def _normal(text):
        root = "/" if text.startswith("/") else ""
        pieces = [piece for piece in text.split("/") if piece and piece != "."]
        return (root + "/".join(pieces)) or "."

    def __fspath__(self):
        return self._text

    def __str__(self):
        return self._text

    def __repr__(self):
        return f"{type(self).__name__}({self._text!r})"

    def __eq__(self, other):
        return isinstance(other, PurePath) and self._text == other._text

    def __hash__(self):
        return hash(self._text)

    def __lt__(self, other):
        return self.parts < other.parts

    def __truediv__(self, other):
        return type(self)(self._text, other)

    def __rtruediv__(self, other):
        return type(self)(other, self._text)

    def joinpath(self, *parts):
        return type(self)(self._text, *parts)

    def as_posix(self):
        return self._text

    @property
    def parts(self):
        pieces = tuple(piece for piece in self._text.split("/") if piece and piece != ".")
        return ("/",) + pieces if self._text.startswith("/") else pieces

    @property
    def name(self):
        return "" if self._text in ("/", ".") else self._text.rsplit("/", 1)[-1]

    @property
    def suffix(self):
        name = self.name
        place = name.rfind(".")
        return name[place:] if 0 < place < len(name) - 1 else ""

    @property
    def suffixes(self):
        return ["." + part for part in self.name.lstrip(".").split(".")[1:]]

    @property
    def stem(self):
        name = self.name
        return name[: len(name) - len(self.suffix)] if self.suffix else name

    @property
    def parent(self):
        if self._text in ("/", "."):
            return self
        head = self._text.rsplit("/", 1)[0] if "/" in self._text else "."
        return type(self)(head or "/")

    @property
    def parents(self):
        found = []
        at = self
        while at.parent != at:
            at = at.parent
            found.append(at)
        return tuple(found)

    @property
    def root(self):
        return "/" if self._text.startswith("/") else ""

    anchor = root
    drive = ""

    def is_absolute(self):
        return self._text.startswith("/")

    def with_name(self, name):
        return self.parent / name

    def with_suffix(self, suffix):
        return self.parent / (self.stem + suffix)

    def with_stem(self, stem):
        return self.parent / (stem + self.suffix)

    def relative_to(self, other):
        base = PurePath(other).parts
        if self.parts[: len(base)] != base:
            raise ValueError(f"{self._text!r} is not in the subpath of {str(other)!r}")
        rest = self.parts[len(base):]
        return type(self)(*rest) if rest else type(self)(".")

    def is_relative_to(self, other):
        base = PurePath(other).parts
        return self.parts[: len(base)] == base


class PurePosixPath(PurePath):
    pass


class Path(PurePath):
    def __repr__(self):
        return f"PosixPath({self._text!r})"

    def resolve(self, strict=False):
        return type(self)(os.path.normpath(self._text))

    absolute = resolve

    def expanduser(self):
        return self

    def open(self, mode="r", buffering=-1, encoding=None, errors=None, newline=None):
        return open(self._text, mode, encoding=encoding)

    def read_text(self, encoding=None, errors=None):
        with open(self._text, "r", encoding=encoding) as file:
            return file.read()

    def read_bytes(self):
        with open(self._text, "rb") as file:
            return file.read()

    def exists(self):
        return os.path.exists(self._text)

    def is_file(self):
        return os.path.isfile(self._text)


PosixPath = Path
