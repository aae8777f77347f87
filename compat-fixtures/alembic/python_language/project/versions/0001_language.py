"""Language."""

import itertools
from collections import Counter, OrderedDict, defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

counter = 0


def upgrade():
    global counter
    counter = 5
    counter += 2
    if (size := len("four")) > 3:
        op.execute(f"SELECT {size}, {counter}")
    a, (b, c) = 1, (2, 3)
    a, b = b, a
    op.execute(f"SELECT {a} {b} {c} {a if a < b else b} {1 < 2 <= 2} {not a} {a and 'x'} {0 or 'y'}")
    data = {"k": [1, 2, 3], "l": None}
    data["k"].append(4)
    data.setdefault("m", []).extend((5, 6))
    data.update(n=7)
    del data["l"]
    op.execute(f"SELECT {data} {data['k'][1:]} {list(data)} {data.pop('n')} {'m' in data}")
    match size:
        case 4:
            op.execute("SELECT 'four'")
        case _:
            op.execute("SELECT 'other'")
    op.execute(f"SELECT {7 // 2} {-7 // 2} {7 % 3} {2 ** 10} {1 / 4} {10**20} {0xff} {1_000} {5 & 3} {5 ^ 1} {1 << 4} {round(2.5)} {round(2.675, 2)} {1e3}")
    op.execute(f"SELECT {(1, 2) + (3,)} {[1] * 2} {sorted(set([1]) | set([2]))} {'a' < 'b'} {[1, 2] == [1, 2]} {None is None} {(1,)} {()}")
    op.execute(f"SELECT {str(1.0)} {repr('it')} {bool([])} {int('42') + int(3.9)} {float('1.5')} {'%05.1f' % 3.14159} {'abc'.find('c')} {sorted([3, 1, 2], key=lambda x: -x)}")
    op.execute(f"SELECT {tuple(x for x in range(3))} {dict(a=1)} {set('a')} {list(zip([1, 2], 'ab'))} {all([])} {chr(65)} {ord('A')} {hex(255)} {type(1).__name__}")
    x = y = [1]
    y.append(2)
    op.execute(f"SELECT {x} {x is y} {list(enumerate('ab'))} {sum([[1], [2]], [])} {isinstance(True, int)}")
    values = list(itertools.chain([1], [2, 3])) + list(itertools.product("ab", repeat=1)) + list(itertools.islice(itertools.count(5), 2))
    op.execute(f"SELECT {values}")
    groups = defaultdict(list)
    for word in ["apple", "avocado", "bean"]:
        groups[word[0]].append(word)
    op.execute(f"SELECT {dict(groups)} {Counter('aab').most_common(1)} {OrderedDict(a=1)['a']}")
    for _ in ():
        pass


def downgrade():
    pass
