import _support
import base64
from random import SystemRandom

_shared = SystemRandom()
choice = _shared.choice
randbits = _shared.getrandbits
DEFAULT_ENTROPY = 32


def randbelow(limit):
    if limit <= 0:
        raise ValueError("Upper bound must be positive.")
    return _shared.randrange(limit)


def token_bytes(count=None):
    return _support.random(DEFAULT_ENTROPY if count is None else count)


def token_hex(count=None):
    return token_bytes(count).hex()


def token_urlsafe(count=None):
    return base64.urlsafe_b64encode(token_bytes(count)).rstrip(b"=").decode("ascii")


def compare_digest(a, b):
    return a == b
