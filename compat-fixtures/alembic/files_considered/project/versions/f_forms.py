'joined ' 'docstring'
from typing import Sequence, Union
revision: str = 'd' + '6'
down_revision: Union[str, Sequence[str], None] = ('d5',)
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = []
def upgrade() -> None: ...
def downgrade() -> None: ...
