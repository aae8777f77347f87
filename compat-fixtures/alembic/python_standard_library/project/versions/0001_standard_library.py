"""Standard library."""

import base64
import copy
import datetime
import hashlib
import json
import logging
import math
import operator
import os
import re
import string
import uuid
from decimal import Decimal
from functools import reduce

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

logger = logging.getLogger("alembic.runtime.migration.own")


def upgrade():
    op.execute(f"SELECT '{datetime.date(2020, 2, 28) + datetime.timedelta(days=2)}', '{datetime.datetime(2020, 1, 2, 3, 4).isoformat()}', '{datetime.datetime(2020, 1, 2).strftime('%Y/%m/%d')}'")
    op.execute(f"SELECT '{uuid.UUID('12345678-1234-5678-1234-567812345678').hex}', '{uuid.uuid5(uuid.NAMESPACE_DNS, 'example.org')}'")
    op.execute(f"SELECT '{json.dumps({'b': 1, 'a': [True, None, 'é']}, sort_keys=True)}'".replace(": ", " ").replace(":", " "))
    op.execute(f"SELECT {json.loads('[1, 2.5, null]')}")
    op.execute(f"SELECT '{hashlib.sha256(b'x').hexdigest()}', '{hashlib.md5(b'x').hexdigest()}'")
    op.execute(f"SELECT '{base64.b64encode(b'hello').decode()}'")
    op.execute(f"SELECT '{Decimal('1.10') + Decimal('2.2')}', {math.floor(2.7)}, {math.pi:.4f}")
    op.execute(f"SELECT {re.findall('[0-9]+', 'a1b22')} {bool(re.match('a', 'abc'))} {re.split('[,;]', 'a,b;c')} '{re.compile('(a)(b)').sub('[g2]', 'ab')}'")
    op.execute(f"SELECT '{os.environ.get('STILLWAY_UNSET_VARIABLE', 'fallback')}', '{os.getenv('STILLWAY_UNSET_VARIABLE')}'")
    op.execute(f"SELECT '{datetime.datetime.fromisoformat('2021-05-06T07:08:09')}', '{datetime.timezone.utc}'")
    op.execute(f"SELECT '{reduce(operator.add, [1, 2, 3])}' '{copy.deepcopy({'a': [1]})}' '{string.ascii_lowercase[:3]}'")


def downgrade():
    pass
