import _support


class defaultdict(dict):
    def __init__(self, default_factory=None, *args, **kwargs):
        if default_factory is not None and not callable(default_factory):
            raise TypeError("first argument must be callable or None")
        super().__init__(*args, **kwargs)
        self.default_factory = default_factory

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        value = self.default_factory()
        self[key] = value
        return value

    def __repr__(self):
        return f"defaultdict({self.default_factory!r}, {dict(self)!r})"

    def copy(self):
        return defaultdict(self.default_factory, self)

    __copy__ = copy


class OrderedDict(dict):
    def move_to_end(self, key, last=True):
        value = self.pop(key)
        if last:
            self[key] = value
        else:
            rest = list(self.items())
            self.clear()
            self[key] = value
            self.update(rest)

    def popitem(self, last=True):
        if not self:
            raise KeyError("dictionary is empty")
        key = next(reversed(list(self))) if last else next(iter(self))
        return key, self.pop(key)

    def copy(self):
        return OrderedDict(self)

    def __repr__(self):
        if not self:
            return "OrderedDict()"
        return f"OrderedDict({list(self.items())!r})"


class Counter(dict):
    def __init__(self, iterable=None, /, **kwargs):
        super().__init__()
        self.update(iterable, **kwargs)

    def __missing__(self, key):
        return 0

    def update(self, iterable=None, /, **kwargs):
        if iterable is not None:
            if isinstance(iterable, dict):
                for key, count in iterable.items():
                    self[key] = self[key] + count
            else:
                for key in iterable:
                    self[key] = self[key] + 1
        for key, count in kwargs.items():
            self[key] = self[key] + count

    def subtract(self, iterable=None, /, **kwargs):
        if iterable is not None:
            if isinstance(iterable, dict):
                for key, count in iterable.items():
                    self[key] = self[key] - count
            else:
                for key in iterable:
                    self[key] = self[key] - 1
        for key, count in kwargs.items():
            self[key] = self[key] - count

    def most_common(self, n=None):
        ranked = sorted(self.items(), key=lambda item: item[1], reverse=True)
        return ranked if n is None else ranked[:n]

    def elements(self):
        for key, count in self.items():
            for _ in range(count):
                yield key

    def total(self):
        return sum(self.values())

    def copy(self):
        return Counter(self)

    def __add__(self, other):
        result = Counter()
        for key in list(self) + [key for key in other if key not in self]:
            count = self[key] + other[key]
            if count > 0:
                result[key] = count
        return result

    def __sub__(self, other):
        result = Counter()
        for key in list(self) + [key for key in other if key not in self]:
            count = self[key] - other[key]
            if count > 0:
                result[key] = count
        return result

    def __and__(self, other):
        result = Counter()
        for key in self:
            count = min(self[key], other[key])
            if count > 0:
                result[key] = count
        return result

    def __or__(self, other):
        result = Counter()
        for key in list(self) + [key for key in other if key not in self]:
            count = max(self[key], other[key])
            if count > 0:
                result[key] = count
        return result

    def __repr__(self):
        if not self:
            return "Counter()"
        inner = ", ".join(f"{key!r}: {count!r}" for key, count in self.most_common())
        return "Counter({" + inner + "})"


class ChainMap:
    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __getitem__(self, key):
        for mapping in self.maps:
            if key in mapping:
                return mapping[key]
        raise KeyError(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __contains__(self, key):
        return any(key in mapping for mapping in self.maps)

    def __setitem__(self, key, value):
        self.maps[0][key] = value

    def __delitem__(self, key):
        del self.maps[0][key]

    def __iter__(self):
        merged = {}
        for mapping in reversed(self.maps):
            merged.update(dict.fromkeys(mapping))
        return iter(merged)

    def __len__(self):
        return len(set().union(*self.maps))

    def keys(self):
        return list(self)

    def values(self):
        return [self[key] for key in self]

    def items(self):
        return [(key, self[key]) for key in self]

    def new_child(self, m=None, **kwargs):
        return ChainMap({} if m is None else m, *self.maps)

    def __repr__(self):
        return "ChainMap(" + ", ".join(map(repr, self.maps)) + ")"


class deque:
    def __init__(self, iterable=(), maxlen=None):
        self._items = []
        self.maxlen = maxlen
        self.extend(iterable)

    def append(self, item):
        self._items.append(item)
        if self.maxlen is not None and len(self._items) > self.maxlen:
            del self._items[0]

    def appendleft(self, item):
        self._items.insert(0, item)
        if self.maxlen is not None and len(self._items) > self.maxlen:
            del self._items[-1]

    def extend(self, items):
        for item in items:
            self.append(item)

    def extendleft(self, items):
        for item in items:
            self.appendleft(item)

    def pop(self):
        if not self._items:
            raise IndexError("pop from an empty deque")
        return self._items.pop()

    def popleft(self):
        if not self._items:
            raise IndexError("pop from an empty deque")
        return self._items.pop(0)

    def rotate(self, n=1):
        if self._items:
            n %= len(self._items)
            self._items = self._items[-n:] + self._items[:-n]

    def clear(self):
        self._items.clear()

    def remove(self, item):
        if item not in self._items:
            raise ValueError("deque.remove(x): x not in deque")
        self._items.remove(item)

    def count(self, item):
        return self._items.count(item)

    def index(self, item):
        return self._items.index(item)

    def insert(self, place, item):
        self._items.insert(place, item)

    def reverse(self):
        self._items.reverse()

    def copy(self):
        return deque(self._items, self.maxlen)

    def __iter__(self):
        return iter(self._items)

    def __reversed__(self):
        return reversed(self._items)

    def __len__(self):
        return len(self._items)

    def __contains__(self, item):
        return item in self._items

    def __getitem__(self, place):
        if isinstance(place, slice):
            raise TypeError("sequence index must be integer, not 'slice'")
        return self._items[place]

    def __setitem__(self, place, item):
        self._items[place] = item

    def __delitem__(self, place):
        del self._items[place]

    def __eq__(self, other):
        return isinstance(other, deque) and self._items == other._items

    def __add__(self, other):
        return deque(self._items + list(other), self.maxlen)

    def __iadd__(self, other):
        self.extend(other)
        return self

    def __repr__(self):
        if self.maxlen is None:
            return f"deque({self._items!r})"
        return f"deque({self._items!r}, maxlen={self.maxlen})"


class UserDict(dict):
    @property
    def data(self):
        return self


class UserList(list):
    @property
    def data(self):
        return self


def _tuple_class(typename, fields, defaults, members, module):
    def __new__(cls, *args, **kwargs):
        if len(args) > len(fields):
            raise TypeError(
                f"{typename}.__new__() takes {len(fields) + 1} positional arguments "
                f"but {len(args) + 1} were given"
            )
        values = list(args)
        missing = []
        for field in fields[len(args):]:
            if field in kwargs:
                values.append(kwargs.pop(field))
            elif field in defaults:
                values.append(defaults[field])
            else:
                missing.append(repr(field))
        if missing:
            plural = "s" if len(missing) > 1 else ""
            if len(missing) > 2:
                named = ", ".join(missing[:-1]) + ", and " + missing[-1]
            else:
                named = " and ".join(missing)
            raise TypeError(
                f"{typename}.__new__() missing {len(missing)} required "
                f"positional argument{plural}: {named}"
            )
        for name in kwargs:
            if name in fields:
                raise TypeError(f"{typename}.__new__() got multiple values for argument {name!r}")
            raise TypeError(f"{typename}.__new__() got an unexpected keyword argument {name!r}")
        return tuple.__new__(cls, values)

    def _replace(self, /, **kwargs):
        values = dict(zip(fields, self))
        unknown = [name for name in kwargs if name not in values]
        if unknown:
            raise ValueError(f"Got unexpected field names: {unknown!r}")
        values.update(kwargs)
        return type(self)(**values)

    def _asdict(self):
        return dict(zip(fields, self))

    def __repr__(self):
        inner = ", ".join(f"{field}={value!r}" for field, value in zip(fields, self))
        return f"{type(self).__name__}({inner})"

    def __getnewargs__(self):
        return tuple(self)

    namespace = {
        "__module__": module,
        "__qualname__": typename,
        "__new__": __new__,
        "_replace": _replace,
        "_asdict": _asdict,
        "__repr__": __repr__,
        "__getnewargs__": __getnewargs__,
        "_fields": fields,
        "_field_defaults": dict(defaults),
        "__match_args__": fields,
        "_make": classmethod(lambda cls, iterable: cls(*iterable)),
    }
    for place, field in enumerate(fields):
        namespace[field] = property(lambda self, place=place: tuple.__getitem__(self, place))
    namespace.update(members)
    return type(typename, (tuple,), namespace)


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    fields = [str(name) for name in field_names]
    seen = set()
    for place, name in enumerate(fields):
        bad = not name.isidentifier() or name.startswith("_") or name in seen
        if bad and rename:
            fields[place] = f"_{place}"
        elif not name.isidentifier():
            raise ValueError(
                f"Type names and field names must be valid identifiers: {name!r}"
            )
        elif name.startswith("_"):
            raise ValueError(f"Field names cannot start with an underscore: {name!r}")
        elif name in seen:
            raise ValueError(f"Encountered duplicate field name: {name!r}")
        seen.add(name)
    defaults = list(defaults or ())
    if len(defaults) > len(fields):
        raise TypeError("Got more default values than field names")
    fields = tuple(fields)
    given = dict(zip(fields[len(fields) - len(defaults):], defaults))
    return _tuple_class(typename, fields, given, {}, module or "__main__")


def _class_of_annotations(name, namespace):
    fields = []
    defaults = {}
    members = {}
    for field, _ in _support.annotations(namespace):
        fields.append(field)
        if field in namespace:
            defaults[field] = namespace[field]
        elif defaults:
            raise TypeError(
                f"non-default namedtuple field {field} cannot follow default "
                f"field{'s' if len(defaults) > 1 else ''} {', '.join(defaults)}"
            )
    for key, value in namespace.items():
        if key not in fields and key not in ("__qualname__",):
            members[key] = value
    return _tuple_class(name, tuple(fields), defaults, members, namespace.get("__module__"))
