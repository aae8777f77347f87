//! The answer to one statement, with values as what they are.

/// A value that a server returned.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// NULL.
    Null,
    /// Text, or a value of a type that has no kind of its own.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// An exact number, as written.
    Decimal(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A date, as ISO 8601 writes it.
    Date(String),
    /// A time of day, with its offset where it has one.
    Time(String),
    /// A date with a time, with its offset where it has one.
    Timestamp(String),
    /// A span of time, as the server writes it.
    Interval(String),
    /// A UUID, with hyphens.
    Uuid(String),
    /// A JSON document.
    Json(String),
    /// An array.
    Array(Vec<Datum>),
}

impl Datum {
    /// The text of a value that was sent as text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text)
            | Self::Decimal(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::Timestamp(text)
            | Self::Interval(text)
            | Self::Uuid(text)
            | Self::Json(text) => Some(text),
            _ => None,
        }
    }
}

/// The answer to one statement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply {
    /// Whether it is a query; one that found nothing too.
    pub returns_rows: bool,
    /// Column names. A server may leave them out where nothing was found.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Datum>>,
    /// Rows it changed or found, where the server says so.
    pub changed: Option<u64>,
    /// The number of the row that the session added last, where the server counts them.
    pub last_row: Option<i64>,
}
