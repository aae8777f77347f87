class Error(Exception):
    pass


def copy(x):
    method = getattr(type(x), "__copy__", None)
    if method is not None:
        return x.__copy__()
    if isinstance(x, (str, bytes, int, float, tuple, frozenset, type)) or x is None:
        return x
    if type(x) in (list, dict, set):
        return x.copy()
    if isinstance(x, (list, dict, set)) or hasattr(x, "__dict__"):
        return _rebuild(x, {}, False)
    return x


def deepcopy(x, memo=None):
    if memo is None:
        memo = {}
    if isinstance(x, (str, bytes, int, float, bool, type)) or x is None:
        return x
    key = id(x)
    if key in memo:
        return memo[key][0]
    kind = type(x)
    if kind is list:
        made = []
        memo[key] = (made, x)
        made.extend([deepcopy(item, memo) for item in x])
        return made
    if kind is dict:
        made = {}
        memo[key] = (made, x)
        for name, item in x.items():
            made[deepcopy(name, memo)] = deepcopy(item, memo)
        return made
    if kind is tuple:
        return tuple([deepcopy(item, memo) for item in x])
    if kind is set:
        return {deepcopy(item, memo) for item in x}
    if kind is frozenset:
        return frozenset([deepcopy(item, memo) for item in x])
    method = getattr(kind, "__deepcopy__", None)
    if method is not None:
        return x.__deepcopy__(memo)
    if hasattr(x, "_name_") or callable(x):
        return x
    if isinstance(x, (list, dict, set)) or hasattr(x, "__dict__"):
        return _rebuild(x, memo, True)
    return x


def _rebuild(x, memo, deep):
    kind = type(x)
    if isinstance(x, tuple):
        return x
    made = kind.__new__(kind)
    memo[id(x)] = (made, x)
    take = (lambda item: deepcopy(item, memo)) if deep else (lambda item: item)
    if isinstance(x, dict):
        for name, item in x.items():
            dict.__setitem__(made, take(name), take(item))
    elif isinstance(x, list):
        made.extend([take(item) for item in x])
    elif isinstance(x, set):
        made.update([take(item) for item in x])
    for name, item in x.__dict__.items():
        object.__setattr__(made, name, take(item))
    return made


def replace(x, /, **changes):
    return x.__replace__(**changes)
