"""소유 정보에 코드 추가

Revision ID: 0002
Revises: 0001
Create Date: 2025-11-28 16:20:00+09:00
"""

from typing import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    from alembic import op
    from sqlalchemy import inspect

    conn = op.get_bind()
    inspector = inspect(conn)
    schema = "character"
    table = "character_ownerships"

    columns = [column["name"] for column in inspector.get_columns(table, schema=schema)]
    constraints = [item["name"] for item in inspector.get_unique_constraints(table, schema=schema)]
    indexes = [item["name"] for item in inspector.get_indexes(table, schema=schema)]

    # 1. 코드 열을 추가하고 채운다
    if "character_code" not in columns:
        op.add_column(table, sa.Column("character_code", sa.String(64), nullable=True), schema=schema)
        op.execute(
            """
            UPDATE character.character_ownerships AS o
            SET character_code = c.code
            FROM character.characters AS c
            WHERE o.character_id = c.id
            """
        )
        op.alter_column(table, "character_code", nullable=False, schema=schema)

    # 2. 고유 제약을 코드로 바꾼다
    if "uq_ownership_user_character" in constraints:
        op.drop_constraint("uq_ownership_user_character", table, schema=schema, type_="unique")
    if "uq_ownership_user_code" not in constraints:
        op.create_unique_constraint("uq_ownership_user_code", table, ["user_id", "character_code"], schema=schema)

    # 3. 색인
    if "ix_ownership_code" not in indexes:
        op.create_index("ix_ownership_code", table, ["character_code"], schema=schema)

    # 4. 길이 제한을 없앤다
    op.alter_column("characters", "name", type_=sa.Text(), existing_type=sa.String(120), schema="character")
    op.alter_column("characters", "description", type_=sa.Text(), existing_type=sa.String(120), schema="character")
    op.alter_column("characters", "type_label", type_=sa.Text(), existing_type=sa.String(120), schema="character")
    op.alter_column("characters", "dialog", type_=sa.Text(), existing_type=sa.String(120), schema="character")


def downgrade() -> None:
    op.alter_column("characters", "dialog", type_=sa.String(120), existing_type=sa.Text(), schema="character")
    op.alter_column("characters", "type_label", type_=sa.String(120), existing_type=sa.Text(), schema="character")
    op.alter_column("characters", "description", type_=sa.String(120), existing_type=sa.Text(), schema="character")
    op.alter_column("characters", "name", type_=sa.String(120), existing_type=sa.Text(), schema="character")
    op.drop_index("ix_ownership_code", table_name="character_ownerships", schema="character")
    op.drop_constraint("uq_ownership_user_code", "character_ownerships", schema="character", type_="unique")
    op.create_unique_constraint(
        "uq_ownership_user_character", "character_ownerships", ["user_id", "character_id"], schema="character"
    )
    op.drop_column("character_ownerships", "character_code", schema="character")
