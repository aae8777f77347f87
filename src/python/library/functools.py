from _support import cached_property


WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    for name in assigned:
        try:
            value = getattr(wrapped, name)
        except AttributeError:
            continue
        setattr(wrapper, name, value)
    for name in updated:
        for key, value in getattr(wrapped, name, {}).items():
            setattr(wrapper, key, value)
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    def decorate(wrapper):
        return update_wrapper(wrapper, wrapped, assigned, updated)

    return decorate


class partial:
    def __init__(self, func, /, *args, **keywords):
        if not callable(func):
            raise TypeError("the first argument must be callable")
        self.func = func
        self.args = args
        self.keywords = keywords

    def __call__(self, /, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})

    def __repr__(self):
        parts = [repr(self.func)]
        parts.extend(map(repr, self.args))
        parts.extend(f"{name}={value!r}" for name, value in self.keywords.items())
        return f"functools.partial({', '.join(parts)})"


class partialmethod:
    def __init__(self, func, /, *args, **keywords):
        self.func = func
        self.args = args
        self.keywords = keywords

    def __get__(self, instance, owner=None):
        def call(*args, **keywords):
            return self.func(instance, *self.args, *args, **{**self.keywords, **keywords})

        return call


_missing = object()


def reduce(function, iterable, initial=_missing, /):
    iterator = iter(iterable)
    if initial is _missing:
        try:
            value = next(iterator)
        except StopIteration:
            raise TypeError("reduce() of empty iterable with no initial value") from None
    else:
        value = initial
    for item in iterator:
        value = function(value, item)
    return value


class _CacheInfo:
    def __init__(self, hits, misses, maxsize, currsize):
        self.hits = hits
        self.misses = misses
        self.maxsize = maxsize
        self.currsize = currsize

    def __repr__(self):
        return (
            f"CacheInfo(hits={self.hits}, misses={self.misses}, "
            f"maxsize={self.maxsize}, currsize={self.currsize})"
        )


def lru_cache(maxsize=128, typed=False):
    def decorate(function):
        known = {}
        counts = [0, 0]

        @wraps(function)
        def call(*args, **keywords):
            key = (args, tuple(keywords.items()))
            if key in known:
                counts[0] += 1
                value = known.pop(key)
            else:
                counts[1] += 1
                value = function(*args, **keywords)
            known[key] = value
            if maxsize is not None and len(known) > maxsize:
                del known[next(iter(known))]
            return value

        call.cache_clear = known.clear
        call.cache_info = lambda: _CacheInfo(counts[0], counts[1], maxsize, len(known))
        return call

    if callable(maxsize):
        function, maxsize = maxsize, 128
        return decorate(function)
    return decorate


def cache(function):
    return lru_cache(maxsize=None)(function)


def total_ordering(cls):
    names = ("__lt__", "__le__", "__gt__", "__ge__")
    given = [name for name in names if name in cls.__dict__]
    if not given:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    first = given[0]

    def less(self, other):
        if first == "__lt__":
            return self.__lt__(other)
        if first == "__le__":
            return self.__le__(other) and self != other
        if first == "__gt__":
            return not self.__gt__(other) and self != other
        return not self.__ge__(other)

    derived = {
        "__lt__": less,
        "__le__": lambda self, other: less(self, other) or self == other,
        "__gt__": lambda self, other: not less(self, other) and self != other,
        "__ge__": lambda self, other: not less(self, other),
    }
    for name in names:
        if name not in cls.__dict__:
            setattr(cls, name, derived[name])
    return cls


def cmp_to_key(compare):
    class Key:
        def __init__(self, value):
            self.value = value

        def __lt__(self, other):
            return compare(self.value, other.value) < 0

        def __eq__(self, other):
            return compare(self.value, other.value) == 0

    return Key


def singledispatch(function):
    registry = {}

    def dispatch(cls):
        for base in cls.__mro__:
            if base in registry:
                return registry[base]
        return function

    def register(cls, implementation=None):
        if implementation is None:
            return lambda made: register(cls, made)
        registry[cls] = implementation
        return implementation

    @wraps(function)
    def call(*args, **keywords):
        return dispatch(type(args[0]))(*args, **keywords)

    call.register = register
    call.dispatch = dispatch
    return call
