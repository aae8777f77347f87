"""Geometry."""

import geoalchemy2
from geoalchemy2 import Geometry

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("g", geoalchemy2.types.Geometry("POINT", srid=4326)), sa.Column("h", Geometry(geometry_type="POLYGON", srid=4326, spatial_index=False)), sa.Column("i", geoalchemy2.types.Geography(geometry_type="POINT", srid=4326, from_text="ST_GeogFromText", name="geography")))
    op.add_column("t", sa.Column("j", Geometry(geometry_type="POINT", srid=3857, spatial_index=False)))


def downgrade():
    op.drop_table("t")
