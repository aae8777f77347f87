//! A transfer as it is declared: which rows move where, how values are mapped, and what is done about
//! those that do not fit. Plain data; [`super::read`] makes it from a file.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::model::{Backend, Need, Place};

/// What one file declares.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// Its name: the file's, without the extension.
    pub name: String,
    /// The file's path as it was given, for messages.
    pub path: String,
    /// MD5 of the file's bytes, 32 hexadecimal digits.
    pub digest: String,
    /// What it is for, in the words of whoever wrote it.
    pub description: Option<String>,
    /// The domain in whose database the target lies.
    pub domain: String,
    /// The domain in whose database the source lies, where that is another one.
    pub source_domain: Option<String>,
    /// Migrations that must have been applied.
    pub needs: Vec<Need>,
    /// What all columns of this transfer take for granted.
    pub settings: Settings,
    /// The tables, parents before children: the order in which they are moved.
    pub tables: Vec<Table>,
    /// Source tables that stay behind on purpose, with the reason.
    pub left_behind: IndexMap<TableName, String>,
}

/// What all columns of a transfer take for granted.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The region whose rules hold for telephone numbers without a country code (ISO 3166, `KR`).
    pub phone_region: Option<String>,
    /// The time zone of timestamps without one (IANA, `Asia/Seoul`).
    pub time_zone: Option<String>,
    /// Texts that mean no value, after trimming; the empty text is always one of them.
    pub blanks: Vec<String>,
    /// How many rows may be quarantined before a run is refused.
    pub quarantine_limit: Option<Limit>,
}

/// A bound on rows of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// This many rows.
    Rows(u64),
    /// This part of the source's rows, from 0 to 100.
    Percent(f64),
}

/// A table's name, with its schema where one is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    /// The schema, or the attached file.
    pub schema: Option<String>,
    /// The table.
    pub name: String,
}

impl std::fmt::Display for TableName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(schema) = &self.schema {
            write!(formatter, "{schema}.")?;
        }
        formatter.write_str(&self.name)
    }
}

/// SQL as the user writes it: one text, or one for each backend.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sql {
    /// Where nothing else is said.
    pub any: Option<String>,
    /// For single backends.
    pub by_backend: BTreeMap<String, String>,
}

impl Sql {
    /// The text for a backend.
    pub fn of(&self, backend: Backend) -> Option<&str> {
        let own = self.by_backend.get(&backend.to_string().to_lowercase());
        own.or(self.any.as_ref()).map(String::as_str)
    }
}

/// Where the rows of a table come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A table.
    Table(TableName),
    /// A query.
    Query(Sql),
}

/// One target table and where its rows come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name within the transfer, in reports and as what children refer to.
    pub name: String,
    /// Where it is declared.
    pub place: Place,
    /// Where the rows come from.
    pub source: Source,
    /// Whether a source that does not exist means that there are no rows (an older generation of a
    /// database).
    pub optional: bool,
    /// The columns of the source that tell its rows apart. Never empty.
    pub key: Vec<String>,
    /// The table that rows go to.
    pub target: TableName,
    /// A column of the source that is later after every change of a row.
    pub watermark: Option<String>,
    /// Further tables that a row takes values from.
    pub lookups: IndexMap<String, Lookup>,
    /// Rows that stay behind by a rule that has a name: a condition on the source row (named `source`).
    pub exclude: IndexMap<String, Sql>,
    /// The target's columns, by name.
    pub columns: IndexMap<String, Column>,
    /// Columns of the source that have no target on purpose, with the reason.
    pub dropped: IndexMap<String, String>,
    /// What is done where rows meet under a unique constraint of the target.
    pub unique: Vec<UniqueRule>,
    /// What is done about a target row with the same key that this transfer has not written.
    pub existing: Existing,
    /// What is done about a target row whose source row has gone since.
    pub deleted: Deleted,
    /// What is done about values that are longer than their column.
    pub too_long: Misfit,
    /// What is done about rows without a value for a column that needs one.
    pub missing: Misfit,
    /// What is done about rows that break a check constraint of the target.
    pub check: Misfit,
}

/// A further table that a row takes values from: at most one row of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// The table.
    pub source: TableName,
    /// Columns of the lookup, and the columns of the source they are equal to.
    pub on: IndexMap<String, String>,
    /// Which row is taken where several fit: first of this order. The order is made total by all of
    /// the lookup's key columns.
    pub pick: Vec<Order>,
    /// Columns of the lookup that tell its rows apart, for the end of `pick` and for reports.
    pub key: Vec<String>,
    /// Whether a database without the table means that no row has values from it.
    pub optional: bool,
    /// What is done about rows of the lookup that no row of the source reaches: reported, or left
    /// out of the report.
    pub report_unreached: bool,
}

/// An order by a column or expression of the source row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// A column (`last_login_at`, `profile.created_at`).
    pub column: String,
    /// Greatest first; no value comes last either way.
    pub descending: bool,
}

/// How a target column gets its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Where it is declared.
    pub place: Place,
    /// Where the raw value comes from.
    pub value: Value,
    /// What is done to it, in this order.
    pub clean: Vec<Normalizer>,
    /// A table of values; texts that are not in it are unmapped.
    pub map: Option<IndexMap<String, Option<String>>>,
    /// What is done about a value that is not in `map`.
    pub unmapped: Misfit,
    /// What is done about a value that a normaliser does not understand.
    pub invalid: Misfit,
    /// The transfer's table whose rows the value refers to, so that rows follow merged parents.
    pub parent: Option<String>,
    /// What is done about a value whose parent will not be there.
    pub orphan: Misfit,
    /// How the value of a row is made of those of the rows that are merged into it.
    pub merge: MergeValue,
}

/// Where a raw value comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The first that is there of these columns, of the source or of lookups (`profile.nickname`).
    Columns(Vec<String>),
    /// An expression in SQL on `source` and lookups by their names.
    Expression(Sql),
    /// The same for all rows; nothing is NULL.
    Constant(Option<String>),
}

/// What is done to a text on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Normalizer {
    /// Removes blanks at both ends: Unicode's blanks, zero-width ones too.
    Trim,
    /// Makes no value of texts that only say so, after trimming: [`Settings::blanks`].
    BlankToNull,
    /// Small letters for A to Z; other letters stay as they are, whatever the server's language.
    Lower,
    /// Capital letters for a to z.
    Upper,
    /// Unicode's composed form.
    Nfc,
    /// Unicode's composed form without compatibility variants (full-width letters and the like).
    Nfkc,
    /// One blank for each run of blanks.
    CollapseBlanks,
    /// A telephone number in the form of E.164.
    Phone {
        /// The region of numbers without a country code; the transfer's where nothing is said.
        region: Option<String>,
    },
    /// A timestamp without a time zone becomes one with: the zone; the transfer's where nothing is said.
    TimeZone {
        /// IANA's name.
        zone: Option<String>,
    },
}

/// What is done about a value that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Misfit {
    /// The row goes to the quarantine.
    #[default]
    Quarantine,
    /// The value is left out and the loss is recorded; the row moves.
    Null,
    /// The raw value is kept where the target takes it.
    Keep,
    /// Nothing runs while there is one.
    Abort,
}

/// What is done where rows meet under a unique constraint.
#[derive(Debug, Clone, PartialEq)]
pub struct UniqueRule {
    /// Where it is declared.
    pub place: Place,
    /// The target's columns.
    pub columns: Vec<String>,
    /// What is done.
    pub action: ConflictAction,
    /// Who comes first: columns of the source; the key decides at last.
    pub keep: Vec<Order>,
}

/// What is done with rows that share the values of a unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictAction {
    /// The first stays, the others go to the quarantine.
    KeepFirst,
    /// The first stays, the others move without these columns.
    NullOthers(Vec<String>),
    /// The others become part of the first, and their children follow.
    Merge,
    /// All go to the quarantine.
    Quarantine,
    /// Nothing runs while there are such rows.
    Abort,
}

/// How the value of a row is made of those of the rows merged into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MergeValue {
    /// The first that is there, in the order of the rule.
    #[default]
    First,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
}

/// What is done about a target row with the same key that this transfer has not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Existing {
    /// It stays as it is, and the source row counts as skipped.
    #[default]
    Keep,
    /// The source row goes to the quarantine where the two differ.
    Quarantine,
    /// Nothing runs while there is one that differs.
    Abort,
}

/// What is done about a target row whose source row has gone since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    /// It is removed, where nobody has changed it.
    #[default]
    Remove,
    /// It stays, and is told.
    Keep,
}
