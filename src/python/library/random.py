import _support


class Random:
    def __init__(self, seed=None):
        pass

    def seed(self, value=None, version=2):
        pass

    def random(self):
        return int.from_bytes(_support.random(7), "big") / (1 << 56)

    def getrandbits(self, count):
        size = (count + 7) // 8
        return int.from_bytes(_support.random(size), "big") >> (size * 8 - count)

    def randbytes(self, count):
        return _support.random(count)

    def randrange(self, start, stop=None, step=1):
        if stop is None:
            start, stop = 0, start
        choices = range(start, stop, step)
        if not choices:
            raise ValueError(f"empty range for randrange() ({start}, {stop}, {stop - start})")
        return choices[self.getrandbits(64) % len(choices)]

    def randint(self, low, high):
        return self.randrange(low, high + 1)

    def choice(self, items):
        if not items:
            raise IndexError("Cannot choose from an empty sequence")
        return items[self.randrange(len(items))]

    def choices(self, items, weights=None, *, cum_weights=None, k=1):
        if weights is not None or cum_weights is not None:
            raise NotImplementedError("weights are not supported")
        return [self.choice(items) for _ in range(k)]

    def sample(self, items, k):
        pool = list(items)
        if k > len(pool):
            raise ValueError("Sample larger than population or is negative")
        return [pool.pop(self.randrange(len(pool))) for _ in range(k)]

    def shuffle(self, items):
        for place in range(len(items) - 1, 0, -1):
            other = self.randrange(place + 1)
            items[place], items[other] = items[other], items[place]

    def uniform(self, low, high):
        return low + (high - low) * self.random()


class SystemRandom(Random):
    pass


_shared = Random()
seed = _shared.seed
random = _shared.random
getrandbits = _shared.getrandbits
randbytes = _shared.randbytes
randrange = _shared.randrange
randint = _shared.randint
choice = _shared.choice
choices = _shared.choices
sample = _shared.sample
shuffle = _shared.shuffle
uniform = _shared.uniform
