import _support


class _Missing:
    def __repr__(self):
        return "MISSING"


MISSING = _Missing()


class KW_ONLY:
    pass


class FrozenInstanceError(AttributeError):
    pass


class Field:
    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = metadata or {}
        self.kw_only = kw_only


def field(
    *,
    default=MISSING,
    default_factory=MISSING,
    init=True,
    repr=True,
    hash=None,
    compare=True,
    metadata=None,
    kw_only=MISSING,
):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def _own_fields(cls, kw_only):
    found = []
    only = kw_only
    for name, text in _support.annotations(cls.__dict__):
        if text.endswith("KW_ONLY"):
            only = True
            continue
        if "ClassVar" in text:
            continue
        given = cls.__dict__.get(name, MISSING)
        if isinstance(given, Field):
            one = given
            if one.default is MISSING:
                if name in cls.__dict__:
                    delattr(cls, name)
            else:
                setattr(cls, name, one.default)
        else:
            if isinstance(given, (list, dict, set)):
                raise ValueError(
                    f"mutable default {type(given)} for field {name} is not allowed: "
                    "use default_factory"
                )
            one = field(default=given)
        one.name = name
        one.type = text
        if one.kw_only is MISSING:
            one.kw_only = only
        found.append(one)
    return found


def _words(names):
    quoted = [repr(name) for name in names]
    if len(quoted) > 2:
        return ", ".join(quoted[:-1]) + ", and " + quoted[-1]
    return " and ".join(quoted)


def _make_init(cls, members, frozen):
    positional = [one for one in members if one.init and not one.kw_only]
    by_name = {one.name: one for one in members if one.init}

    def __init__(self, /, *args, **keywords):
        label = f"{type(self).__name__}.__init__()"
        if len(args) > len(positional):
            required = len([one for one in positional if one.default is MISSING
                            and one.default_factory is MISSING])
            most = len(positional) + 1
            takes = f"from {required + 1} to {most}" if required + 1 < most else f"{most}"
            plural = "" if most == 1 else "s"
            raise TypeError(
                f"{label} takes {takes} positional argument{plural} "
                f"but {len(args) + 1} were given"
            )
        values = {}
        for one, value in zip(positional, args):
            values[one.name] = value
        for name, value in keywords.items():
            if name not in by_name:
                raise TypeError(f"{label} got an unexpected keyword argument {name!r}")
            if name in values:
                raise TypeError(f"{label} got multiple values for argument {name!r}")
            values[name] = value
        missing = [one.name for one in positional if one.name not in values
                   and one.default is MISSING and one.default_factory is MISSING]
        kind = "positional"
        if not missing:
            missing = [one.name for one in by_name.values() if one.kw_only
                       and one.name not in values
                       and one.default is MISSING and one.default_factory is MISSING]
            kind = "keyword-only"
        if missing:
            plural = "s" if len(missing) > 1 else ""
            raise TypeError(
                f"{label} missing {len(missing)} required {kind} argument{plural}: "
                f"{_words(missing)}"
            )
        for one in members:
            if one.name in values:
                value = values[one.name]
            elif one.default_factory is not MISSING:
                value = one.default_factory()
            elif one.default is not MISSING:
                value = one.default
            else:
                continue
            object.__setattr__(self, one.name, value) if frozen else setattr(self, one.name, value)
        after = getattr(self, "__post_init__", None)
        if after is not None:
            after()

    return __init__


def _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only):
    members = {}
    for base in reversed(cls.__mro__[1:]):
        for name, one in base.__dict__.get("__dataclass_fields__", {}).items():
            members[name] = one
    for one in _own_fields(cls, kw_only):
        members[one.name] = one
    cls.__dataclass_fields__ = members
    all_fields = list(members.values())
    optional = None
    for one in all_fields:
        if not one.init or one.kw_only:
            continue
        if one.default is MISSING and one.default_factory is MISSING:
            if optional is not None:
                raise TypeError(
                    f"non-default argument {one.name!r} follows default argument {optional!r}"
                )
        elif optional is None:
            optional = one.name
    own = cls.__dict__
    if init:
        cls.__init__ = _make_init(cls, all_fields, frozen)
    shown = [one.name for one in all_fields if one.repr]
    compared = [one.name for one in all_fields if one.compare]

    def as_tuple(self):
        return tuple(getattr(self, name) for name in compared)

    if repr and "__repr__" not in own:
        def __repr__(self):
            inner = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
            return f"{type(self).__qualname__}({inner})"

        cls.__repr__ = __repr__
    if eq and "__eq__" not in own:
        def __eq__(self, other):
            if type(other) is not type(self):
                return NotImplemented
            return as_tuple(self) == as_tuple(other)

        cls.__eq__ = __eq__
        if (frozen or unsafe_hash) and own.get("__hash__") is None:
            cls.__hash__ = lambda self: hash(as_tuple(self))
        elif "__hash__" not in own:
            cls.__hash__ = None
    if order:
        def comparison(test):
            def compare(self, other):
                if type(other) is not type(self):
                    return NotImplemented
                return test(as_tuple(self), as_tuple(other))

            return compare

        cls.__lt__ = comparison(lambda a, b: a < b)
        cls.__le__ = comparison(lambda a, b: a <= b)
        cls.__gt__ = comparison(lambda a, b: a > b)
        cls.__ge__ = comparison(lambda a, b: a >= b)
    if frozen:
        def __setattr__(self, name, value):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")

        def __delattr__(self, name):
            raise FrozenInstanceError(f"cannot delete field {name!r}")

        cls.__setattr__ = __setattr__
        cls.__delattr__ = __delattr__
    if match_args and "__match_args__" not in own:
        cls.__match_args__ = tuple(
            one.name for one in all_fields if one.init and not one.kw_only
        )
    return cls


def dataclass(
    cls=None,
    /,
    *,
    init=True,
    repr=True,
    eq=True,
    order=False,
    unsafe_hash=False,
    frozen=False,
    match_args=True,
    kw_only=False,
    slots=False,
    weakref_slot=False,
):
    def decorate(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only)

    return decorate if cls is None else decorate(cls)


def is_dataclass(thing):
    return hasattr(thing, "__dataclass_fields__")


def fields(thing):
    if not is_dataclass(thing):
        raise TypeError("must be called with a dataclass type or instance")
    return tuple(thing.__dataclass_fields__.values())


def _plain(value, factory):
    if is_dataclass(value) and not isinstance(value, type):
        return factory((one.name, _plain(getattr(value, one.name), factory)) for one in fields(value))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[_plain(item, factory) for item in value])
    if isinstance(value, (list, tuple)):
        return type(value)([_plain(item, factory) for item in value])
    if isinstance(value, dict):
        return {_plain(key, factory): _plain(item, factory) for key, item in value.items()}
    return value


def asdict(thing, *, dict_factory=dict):
    if not is_dataclass(thing) or isinstance(thing, type):
        raise TypeError("asdict() should be called on dataclass instances")
    return _plain(thing, dict_factory)


def astuple(thing, *, tuple_factory=tuple):
    if not is_dataclass(thing) or isinstance(thing, type):
        raise TypeError("astuple() should be called on dataclass instances")
    return tuple_factory(
        _plain(getattr(thing, one.name), dict) for one in fields(thing)
    )


def replace(thing, /, **changes):
    for one in fields(thing):
        if one.init and one.name not in changes:
            changes[one.name] = getattr(thing, one.name)
    return type(thing)(**changes)
