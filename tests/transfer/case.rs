//! A case: a transfer, tables with rows, and what happens to them between runs. Plain data that is
//! written to files, so that a case that was found once stays one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::model::{Row, Shape};

/// A case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Case {
    /// What it is about.
    #[serde(default)]
    pub(crate) about: String,
    /// The file of the transfer, line by line.
    pub(crate) file: Vec<String>,
    /// Tables of source and target, parents first.
    pub(crate) tables: Vec<TableDefinition>,
    /// Rows at the beginning, by table.
    pub(crate) rows: BTreeMap<String, Vec<Row>>,
    /// What happens before each further run.
    pub(crate) steps: Vec<Vec<Change>>,
}

/// A table; `id` is its primary key unless another is named.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TableDefinition {
    /// `legacy.users`.
    pub(crate) name: String,
    /// The columns, in their order.
    pub(crate) columns: Vec<ColumnDefinition>,
    /// Unique constraints, the key's left out.
    #[serde(default)]
    pub(crate) unique: Vec<Vec<String>>,
    /// Foreign keys: a column, and the table whose `id` it refers to.
    #[serde(default)]
    pub(crate) references: Vec<(String, String)>,
}

/// A column.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ColumnDefinition {
    /// Its name.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Whether it needs a value.
    #[serde(default)]
    pub(crate) needed: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// Text.
    Text,
    /// Text with so many letters at most.
    Short(usize),
    /// A whole number; all are written with two digits, so that their order is that of texts.
    Number,
    /// A time without a zone.
    Time,
    /// A time with a zone.
    Moment,
}

/// What somebody does to a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Change {
    /// Writes it anew, or these columns of it.
    Put(String, Row),
    /// Deletes it.
    Delete(String, String),
    /// Two rows swap a value.
    Swap(String, String, String, String),
}

impl Case {
    /// The file's text.
    pub(crate) fn text(&self) -> String {
        self.file.join("\n")
    }

    /// What target tables demand, by name.
    pub(crate) fn shapes(&self) -> BTreeMap<String, Shape> {
        let tables = self.tables.iter();
        tables
            .map(|table| (table.name.clone(), table.shape()))
            .collect()
    }
}

impl TableDefinition {
    fn shape(&self) -> Shape {
        let needed = self.columns.iter().filter(|column| column.needed);
        let lengths = self.columns.iter().filter_map(|column| match column.kind {
            Kind::Short(most) => Some((column.name.clone(), most)),
            _ => None,
        });
        Shape {
            needed: needed.map(|column| column.name.clone()).collect(),
            lengths: lengths.collect(),
            unique: self.unique.clone(),
            references: self.references.clone(),
        }
    }
}
