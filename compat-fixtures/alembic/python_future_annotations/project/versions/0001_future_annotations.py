"""Future annotations."""

from typing import TYPE_CHECKING, Dict, Optional, Sequence, TypeAlias, TypeVar, Union, cast

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

if TYPE_CHECKING:
    from nowhere import Nothing

T = TypeVar("T")
Name: TypeAlias = "str | None"


def typed(a: int | None = None, *b: "Nothing", c: Sequence[str] = ()) -> Union[str, None]:
    return None


def upgrade():
    names: list[str] = ["a"]
    mapping: Dict[str, "Unknown"] = {}
    value: Optional[int]
    op.add_column("t", sa.Column(cast(str, names[0]), sa.Integer()))


def downgrade():
    pass
