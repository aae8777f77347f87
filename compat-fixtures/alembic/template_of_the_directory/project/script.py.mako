## a comment that vanishes
"""${message}

ID ${up_revision} after ${down_revision | comma,n}
% if branch_labels:
Labels: ${", ".join(branch_labels)}
% elif depends_on:
Depends: ${repr(depends_on)}
% else:
Nothing special
% endif
%% literal percent
Created ${create_date}
"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision: str = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}

# <%text>${not_evaluated}</%text>
def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
