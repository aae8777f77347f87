def count(start=0, step=1):
    while True:
        yield start
        start += step


def cycle(iterable):
    saved = []
    for item in iterable:
        yield item
        saved.append(item)
    while saved:
        yield from saved


def repeat(object, times=None):
    if times is None:
        while True:
            yield object
    for _ in range(times):
        yield object


class chain:
    def __init__(self, *iterables):
        self._items = self._run(iterables)

    @staticmethod
    def _run(iterables):
        for iterable in iterables:
            yield from iterable

    @classmethod
    def from_iterable(cls, iterables):
        return cls._run(iterables)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._items)


def accumulate(iterable, func=None, *, initial=None):
    iterator = iter(iterable)
    total = initial
    if initial is None:
        try:
            total = next(iterator)
        except StopIteration:
            return
    yield total
    for item in iterator:
        total = total + item if func is None else func(total, item)
        yield total


def batched(iterable, n, *, strict=False):
    if n < 1:
        raise ValueError("n must be at least one")
    iterator = iter(iterable)
    while batch := tuple(islice(iterator, n)):
        if strict and len(batch) != n:
            raise ValueError("batched(): incomplete batch")
        yield batch


def compress(data, selectors):
    return (item for item, keep in zip(data, selectors) if keep)


def dropwhile(predicate, iterable):
    iterator = iter(iterable)
    for item in iterator:
        if not predicate(item):
            yield item
            break
    yield from iterator


def takewhile(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            break
        yield item


def filterfalse(predicate, iterable):
    for item in iterable:
        if not (item if predicate is None else predicate(item)):
            yield item


def groupby(iterable, key=None):
    group = []
    current = None
    first = True
    for item in iterable:
        value = item if key is None else key(item)
        if not first and value == current:
            group.append(item)
            continue
        if not first:
            yield current, iter(group)
        first = False
        current = value
        group = [item]
    if not first:
        yield current, iter(group)


def islice(iterable, *args):
    bounds = slice(*args)
    start = bounds.start or 0
    step = bounds.step or 1
    stop = bounds.stop
    if start < 0 or step < 1 or (stop is not None and stop < 0):
        raise ValueError(
            "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize."
        )
    return _islice(iter(iterable), start, stop, step)


def _islice(iterator, start, stop, step):
    place = 0
    wanted = start
    while stop is None or place < stop:
        try:
            item = next(iterator)
        except StopIteration:
            return
        if place == wanted:
            yield item
            wanted += step
        place += 1


def pairwise(iterable):
    iterator = iter(iterable)
    try:
        before = next(iterator)
    except StopIteration:
        return
    for item in iterator:
        yield before, item
        before = item


def starmap(function, iterable):
    for args in iterable:
        yield function(*args)


def tee(iterable, n=2):
    items = list(iterable)
    return tuple(iter(items) for _ in range(n))


def zip_longest(*iterables, fillvalue=None):
    iterators = [iter(iterable) for iterable in iterables]
    done = [False] * len(iterators)
    while True:
        row = []
        for place, iterator in enumerate(iterators):
            if done[place]:
                row.append(fillvalue)
                continue
            try:
                row.append(next(iterator))
            except StopIteration:
                done[place] = True
                row.append(fillvalue)
        if all(done):
            return
        yield tuple(row)


def product(*iterables, repeat=1):
    pools = [tuple(pool) for pool in iterables] * repeat
    if any(not pool for pool in pools):
        return
    places = [0] * len(pools)
    while True:
        yield tuple(pool[place] for pool, place in zip(pools, places))
        column = len(pools) - 1
        while column >= 0:
            places[column] += 1
            if places[column] < len(pools[column]):
                break
            places[column] = 0
            column -= 1
        if column < 0:
            return


def combinations(iterable, r):
    pool = tuple(iterable)
    if r > len(pool):
        return
    places = list(range(r))
    while True:
        yield tuple(pool[place] for place in places)
        column = r - 1
        while column >= 0 and places[column] == column + len(pool) - r:
            column -= 1
        if column < 0:
            return
        places[column] += 1
        for later in range(column + 1, r):
            places[later] = places[later - 1] + 1


def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)
    for places in product(range(len(pool)), repeat=r):
        if list(places) == sorted(places):
            yield tuple(pool[place] for place in places)


def permutations(iterable, r=None):
    pool = tuple(iterable)
    r = len(pool) if r is None else r
    for places in product(range(len(pool)), repeat=r):
        if len(set(places)) == r:
            yield tuple(pool[place] for place in places)
