//! Objects that servers and their extensions bring along.

use crate::sql::Flavor;

/// Schemas that belong to a server or to an extension.
const SCHEMAS: [&str; 14] = [
    "pg_catalog",
    "information_schema",
    "pg_temp",
    "pg_toast",
    "mysql",
    "performance_schema",
    "sys",
    "temp",
    "cron",
    "partman",
    "topology",
    "tiger",
    "timescaledb_information",
    "pgmq",
];

/// Relations and types of common extensions.
const OF_EXTENSIONS: [&str; 60] = [
    // PostGIS
    "geometry",
    "geography",
    "raster",
    "box2d",
    "box3d",
    "geometry_dump",
    "valid_detail",
    "topogeometry",
    "spatial_ref_sys",
    "geometry_columns",
    "geography_columns",
    "raster_columns",
    "raster_overviews",
    // types of PostgreSQL's own additions
    "citext",
    "hstore",
    "ltree",
    "lquery",
    "ltxtquery",
    "cube",
    "seg",
    "lo",
    "query_int",
    "gtrgm",
    "ean13",
    "isbn",
    "isbn13",
    "ismn",
    "ismn13",
    "issn",
    "issn13",
    "upc",
    "tablefunc_crosstab_2",
    "tablefunc_crosstab_3",
    "tablefunc_crosstab_4",
    "dblink_pkey_results",
    "earth",
    "xpath_table",
    // others
    "vector",
    "halfvec",
    "sparsevec",
    "hll",
    "h3index",
    "ip4",
    "ip4r",
    "ip6",
    "ip6r",
    "ipaddress",
    "iprange",
    "roaringbitmap",
    "roaringbitmap64",
    "semver",
    "uint1",
    "uint2",
    "uint4",
    "uint8",
    "uri",
    "email",
    "pgtap_seq",
    "tap_funky",
    "hypopg_list_indexes",
];

/// Whether the name is one that no migration has to create.
pub(super) fn is_known(schema: Option<&str>, name: &str, flavor: Flavor) -> bool {
    let reserved = match flavor {
        Flavor::Postgres => name.starts_with("pg_"),
        Flavor::Sqlite => name.starts_with("sqlite_"),
        Flavor::Mysql => name.eq_ignore_ascii_case("dual"),
    };
    let schema_known = schema.is_some_and(|schema| {
        let schema = schema.to_ascii_lowercase();
        SCHEMAS.contains(&schema.as_str())
            || schema.starts_with("pg_")
            || schema.starts_with("_timescaledb")
    });
    reserved || schema_known || (flavor == Flavor::Postgres && OF_EXTENSIONS.contains(&name))
}
