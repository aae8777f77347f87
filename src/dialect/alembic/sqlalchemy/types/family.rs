//! Families of types: what decides an operator's meaning and a literal's form.

/// The closest thing to SQLAlchemy's `_type_affinity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// No type known.
    Null,
    /// Whole numbers.
    Integer,
    /// Exact decimal numbers.
    Numeric,
    /// Floating-point numbers.
    Float,
    /// Truth values.
    Boolean,
    /// Text.
    String,
    /// One of a set of names.
    Enum,
    /// Bytes.
    Binary,
    /// A day.
    Date,
    /// A day and a time.
    DateTime,
    /// A time of day.
    Time,
    /// A span of time.
    Interval,
    /// JSON documents.
    Json,
    /// A path into a JSON document.
    JsonPath,
    /// UUIDs.
    Uuid,
    /// Arrays.
    Array,
    /// A row of values.
    Tuple,
    /// PostgreSQL's ranges.
    Range,
    /// PostgreSQL's multiranges.
    Multirange,
    /// PostgreSQL's key-value pairs.
    Hstore,
    /// PostgreSQL's bit strings.
    PostgresBit,
    /// MySQL's bit fields.
    MysqlBit,
    /// PostgreSQL's network addresses.
    Network,
    /// PostgreSQL's domains.
    Domain,
    /// Everything else.
    Other,
}
