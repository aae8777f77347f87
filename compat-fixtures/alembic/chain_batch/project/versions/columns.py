"""columns

Revision ID: 0002
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("child") as batch:
        batch.add_column(sa.Column("note", sa.Text(), nullable=True))
        batch.alter_column("code", existing_type=sa.String(5), type_=sa.String(30), nullable=False)
        batch.alter_column("amount", existing_type=sa.Integer(), server_default="1")


def downgrade():
    with op.batch_alter_table("child") as batch:
        batch.alter_column("amount", existing_type=sa.Integer(), server_default="0")
        batch.alter_column("code", existing_type=sa.String(30), type_=sa.String(5), nullable=True)
        batch.drop_column("note")
