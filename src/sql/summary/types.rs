//! Names of types: which ones the server brings along, and how far a written type goes.

use super::cursor::{Cursor, Named};
use super::reader::Reader;
use super::tokens::Sort;
use super::touch::{Action, ObjectKind};

/// What PostgreSQL calls its own types, including SQL's words for them; sorted.
const BUILT_IN: [&str; 123] = [
    "aclitem",
    "any",
    "anyarray",
    "anycompatible",
    "anycompatiblearray",
    "anycompatiblemultirange",
    "anycompatiblenonarray",
    "anycompatiblerange",
    "anyelement",
    "anyenum",
    "anymultirange",
    "anynonarray",
    "anyrange",
    "bigint",
    "bigserial",
    "bit",
    "bool",
    "boolean",
    "box",
    "bpchar",
    "bytea",
    "char",
    "character",
    "cid",
    "cidr",
    "circle",
    "cstring",
    "date",
    "datemultirange",
    "daterange",
    "dec",
    "decimal",
    "double",
    "event_trigger",
    "fdw_handler",
    "float",
    "float4",
    "float8",
    "gtsvector",
    "index_am_handler",
    "inet",
    "int",
    "int2",
    "int2vector",
    "int4",
    "int4multirange",
    "int4range",
    "int8",
    "int8multirange",
    "int8range",
    "integer",
    "internal",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "language_handler",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "national",
    "nchar",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "oidvector",
    "path",
    "pg_lsn",
    "pg_snapshot",
    "point",
    "polygon",
    "real",
    "record",
    "refcursor",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "serial",
    "serial2",
    "serial4",
    "serial8",
    "setof",
    "smallint",
    "smallserial",
    "table",
    "table_am_handler",
    "text",
    "tid",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "trigger",
    "tsm_handler",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "txid_snapshot",
    "unknown",
    "uuid",
    "varbit",
    "varchar",
    "void",
    "xid",
    "xid8",
    "xml",
    "zone",
    "varying",
];

/// Whether PostgreSQL brings the type along; also its array type `_name`.
fn is_built_in(name: &str) -> bool {
    let known = |name: &str| BUILT_IN.contains(&name);
    known(name) || name.strip_prefix('_').is_some_and(known) || name.starts_with("pg_")
}

/// First words of types that consist of several.
const SEVERAL_WORDS: [&str; 7] = [
    "double",
    "character",
    "national",
    "bit",
    "timestamp",
    "time",
    "interval",
];

/// Words that go on a type which one of `SEVERAL_WORDS` starts.
const FURTHER_WORDS: [&str; 14] = [
    "precision",
    "varying",
    "character",
    "char",
    "with",
    "without",
    "time",
    "zone",
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
];

impl Reader<'_> {
    /// Reads a type and moves past it; it is a touch where it is one of the user's.
    pub(super) fn type_name(&mut self, cursor: &mut Cursor<'_>) {
        cursor.take("setof");
        let Some(named) = cursor.name() else { return };
        let copied = cursor.is_ahead(1, "type") || cursor.is_ahead(1, "rowtype");
        if cursor.is_symbol(0, "%") && copied {
            self.type_of(cursor, named);
        } else {
            if named.bare && cursor_goes_on(&named) {
                while cursor.take_any(&FURTHER_WORDS) {}
            }
            self.use_type(&named);
        }
        // Precision, dimensions and what follows them.
        while cursor.sort() == Some(Sort::Open) {
            cursor.skip();
        }
        cursor.take("array");
        while cursor.sort() == Some(Sort::Open) {
            cursor.skip();
        }
        if named_time(cursor) {
            while cursor.take_any(&FURTHER_WORDS) {}
        }
    }

    /// Reads `table%ROWTYPE` or `table.column%TYPE`.
    fn type_of(&mut self, cursor: &mut Cursor<'_>, named: Named) {
        cursor.advance();
        let of_column = cursor.is("type");
        cursor.advance();
        if !of_column {
            self.touch(ObjectKind::Table, named, Action::Reads);
        } else if named.parts.len() > 1 {
            self.touch(ObjectKind::Table, named.without_column(), Action::Reads);
        }
    }

    fn use_type(&mut self, named: &Named) {
        let (Some(name), true) = (named.last(), self.has_types()) else {
            return;
        };
        let system = named.parts.len() > 1 && named.parts[named.parts.len() - 2] == "pg_catalog";
        if system || (named.parts.len() == 1 && is_built_in(name)) {
            return;
        }
        self.touch(ObjectKind::Type, named.clone(), Action::UsesType);
    }

    /// Reads one argument of a routine: mode, name, type, default.
    pub(super) fn argument(&mut self, mut cursor: Cursor<'_>) {
        while cursor.take_any(&["in", "out", "inout", "variadic"]) {}
        let named = matches!(cursor.sort_ahead(1), Some(Sort::Word | Sort::Name))
            && !cursor.is_ahead(1, "default")
            && !(SEVERAL_WORDS.iter().any(|word| cursor.is(word))
                && FURTHER_WORDS.iter().any(|word| cursor.is_ahead(1, word)));
        if named {
            cursor.advance();
            // Some write the mode behind the name.
            cursor.take_any(&["in", "out", "inout", "variadic"]);
        }
        self.type_name(&mut cursor);
        self.expression(cursor);
    }
}

fn cursor_goes_on(named: &Named) -> bool {
    named
        .last()
        .is_some_and(|name| SEVERAL_WORDS.contains(&name))
}

/// Whether `WITH TIME ZONE` stands behind a precision.
fn named_time(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(&["with", "without"]) && cursor.is_ahead(1, "time")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_and_system_types_are_built_in() {
        for (name, expected) in [
            ("int4", true),
            ("_text", true),
            ("pg_node_tree", true),
            ("status", false),
            ("_status", false),
            ("citext", false),
        ] {
            assert_eq!(is_built_in(name), expected, "{name}");
        }
    }
}
