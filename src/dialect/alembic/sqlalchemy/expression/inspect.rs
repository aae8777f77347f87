//! Questions that schema statements ask of an expression.

use std::rc::Rc;

use super::element::{Element, Expr, LabelName};
use super::operator::Operator;

impl Expr {
    /// Whether it is SQL of the author's own.
    pub fn is_text(&self) -> bool {
        matches!(self.element(), Element::Text(_))
    }

    /// Whether it is a column or `literal_column()`.
    pub fn is_column(&self) -> bool {
        matches!(self.element(), Element::Column(_))
    }

    /// The key by which options of an index refer to it: a column's key, a label's name, the text of
    /// a text.
    pub fn key(&self) -> Option<Rc<str>> {
        match self.element() {
            Element::Column(column) => Some(column.key.clone()),
            Element::Label(label) => match &label.name {
                LabelName::Given(name) => Some(name.as_str().into()),
                LabelName::Anonymous(_) => None,
            },
            Element::Text(clause) => Some(clause.text.clone()),
            _ => None,
        }
    }

    /// Whether MySQL wants parentheses around it in an index.
    pub fn is_grouped_in_mysql_index(&self) -> bool {
        match self.element() {
            Element::Binary(_) | Element::Unary { .. } | Element::Function(_) => true,
            Element::Modified { modifier, .. } => {
                !matches!(modifier, Operator::Asc | Operator::Desc)
            }
            _ => false,
        }
    }

    /// The expression as PostgreSQL wants it in an index.
    #[must_use]
    pub fn grouped_in_index(&self) -> Self {
        self.self_group(None)
    }

    /// The names of the columns in it, in order of their coming.
    pub fn column_names(&self) -> Vec<Rc<str>> {
        let mut names = Vec::new();
        self.collect_columns(&mut names);
        names
    }

    fn collect_columns(&self, names: &mut Vec<Rc<str>>) {
        match self.element() {
            Element::Column(column) if !column.is_literal => names.push(column.key.clone()),
            Element::Label(label) => label.element.collect_columns(names),
            Element::Grouping(inner)
            | Element::Cast(inner)
            | Element::TryCast(inner)
            | Element::TypeCoerce(inner)
            | Element::CaseInsensitive(inner)
            | Element::AsBoolean { element: inner, .. }
            | Element::Unary { element: inner, .. }
            | Element::Modified { element: inner, .. }
            | Element::Extract {
                expression: inner, ..
            } => inner.collect_columns(names),
            Element::Binary(binary) => {
                binary.left.collect_columns(names);
                binary.right.collect_columns(names);
            }
            Element::List(list) => {
                for clause in &list.clauses {
                    clause.collect_columns(names);
                }
            }
            Element::Clauses(clauses) | Element::Tuple(clauses) | Element::Array(clauses) => {
                for clause in clauses {
                    clause.collect_columns(names);
                }
            }
            Element::Function(function) => {
                for argument in &function.arguments {
                    argument.collect_columns(names);
                }
            }
            _ => {}
        }
    }
}
