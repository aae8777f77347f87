//! The condition of a join that was left to the foreign keys between its sides.

use std::rc::Rc;

use super::error::{CompileError, ErrorClass};
use super::expression::{Element, Expr, LabelName, Operand, Operator, and_};
use super::selectable::{FromClause, Source};

/// A foreign key of a table, as joins look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReference {
    /// The columns by their keys, each with the column that it refers to.
    pub columns: Vec<(Rc<str>, Rc<str>)>,
    /// The schema referred to, if said.
    pub schema: Option<String>,
    /// The table referred to.
    pub table: String,
}

/// One column of a foreign key, seen from what a query reads from.
struct Link {
    /// The foreign key: its table, and its place there.
    constraint: (usize, usize),
    /// Its place in the foreign key.
    position: usize,
    /// The column, as it is named from outside.
    own: Expr,
    reference: TableReference,
    /// The schema of the foreign key's own table.
    schema: Option<String>,
}

/// The columns that a foreign key compares.
struct Comparison {
    constraint: (usize, usize),
    pairs: Vec<(Expr, Expr)>,
}

/// The column of a table that stands behind a column of an alias or subquery.
fn origin(column: &Expr) -> Option<(FromClause, Rc<str>)> {
    let mut current = column.clone();
    // Each step goes one level further in, and there are few of them.
    for _ in 0..256 {
        let next = match current.element() {
            Element::Label(label) => label.element.clone(),
            Element::Column(column) => match &column.proxied {
                Some(proxied) => proxied.clone(),
                None => return Some((column.table.clone()?, column.key.clone())),
            },
            _ => return None,
        };
        current = next;
    }
    None
}

fn links(from: &FromClause) -> Vec<Link> {
    let mut links = Vec::new();
    for own in from.columns() {
        let Some((table, key)) = origin(&own) else {
            continue;
        };
        let Some(clause) = table.as_table() else {
            continue;
        };
        for (at, reference) in clause.references.borrow().iter().enumerate() {
            let position = reference.columns.iter().position(|(own, _)| *own == key);
            links.extend(position.map(|position| Link {
                constraint: (table.identity(), at),
                position,
                own: own.clone(),
                reference: reference.clone(),
                schema: clause.schema.as_ref().map(ToString::to_string),
            }));
        }
    }
    links.sort_by_key(|link| (link.constraint.1, link.position));
    links
}

impl Link {
    /// The column it refers to, among those of a source.
    fn referent(&self, from: &FromClause) -> Option<Expr> {
        let (_, wanted) = self.reference.columns.get(self.position)?;
        from.columns().into_iter().find(|column| {
            let Some((table, key)) = origin(column) else {
                return false;
            };
            let Some((schema, name)) = table.table_name() else {
                return false;
            };
            let within = schema == self.reference.schema.as_deref()
                || (self.reference.schema.is_none() && schema == self.schema.as_deref());
            within && name == self.reference.table && key == *wanted
        })
    }
}

/// The foreign keys between two sources, with the columns that they compare.
fn comparisons(left: &FromClause, right: &FromClause) -> Vec<Comparison> {
    let mut found: Vec<Comparison> = Vec::new();
    let mut add = |link: &Link, referent: Expr| {
        let pair = (referent, link.own.clone());
        match found
            .iter_mut()
            .find(|known| known.constraint == link.constraint)
        {
            Some(known) => known.pairs.push(pair),
            None => found.push(Comparison {
                constraint: link.constraint,
                pairs: vec![pair],
            }),
        }
    };
    for link in links(right) {
        if let Some(referent) = link.referent(left) {
            add(&link, referent);
        }
    }
    if !left.is_same(right) {
        for link in links(left) {
            if let Some(referent) = link.referent(right) {
                add(&link, referent);
            }
        }
    }
    found
}

/// Those of a whole left side, of which the source joined last comes first.
fn nearest_comparisons(left: &FromClause, right: &FromClause) -> Vec<Comparison> {
    if let Source::Join { right: nearest, .. } = left.source() {
        let found = comparisons(nearest, right);
        if !found.is_empty() {
            return found;
        }
    }
    comparisons(left, right)
}

/// What a column is, whichever object stands for it.
fn identity(column: &Expr) -> Option<(usize, Rc<str>)> {
    let column = column.as_column()?;
    Some((column.table.as_ref()?.identity(), column.key.clone()))
}

fn description(from: &FromClause) -> String {
    match (from.source(), from.label_name()) {
        (Source::Join { left, right, .. }, _) => {
            format!(
                "Join object on {} and {}",
                description(left),
                description(right)
            )
        }
        (Source::Grouping(inner), _) => description(inner),
        (_, Some(LabelName::Given(name))) => name.to_string(),
        (_, Some(LabelName::Anonymous(anonymous))) => anonymous.body.to_string(),
        (_, None) => String::new(),
    }
}

/// Whether exactly one foreign key, or several that say the same, join two sources.
pub(super) fn can_join(left: &FromClause, right: &FromClause) -> bool {
    !nearest_comparisons(left, right).is_empty()
}

/// The condition of a join that was left to the foreign keys.
///
/// # Errors
///
/// No foreign key between the two, or several.
pub fn join_condition(left: &FromClause, right: &FromClause) -> Result<Expr, CompileError> {
    let found = nearest_comparisons(left, right);
    let Some((first, others)) = found.split_first() else {
        let hint = match right.source() {
            Source::Grouping(_) => {
                " Perhaps you meant to convert the right side to a subquery using alias()?"
            }
            _ => "",
        };
        return Err(CompileError::of(
            ErrorClass::NoForeignKeys,
            format!(
                "Can't find any foreign key relationships between '{}' and '{}'.{hint}",
                description(left),
                description(right)
            ),
        ));
    };
    let columns = |comparison: &Comparison| -> Vec<_> {
        comparison
            .pairs
            .iter()
            .map(|(left, right)| (identity(left), identity(right)))
            .collect()
    };
    let wanted = columns(first);
    if others.iter().any(|other| columns(other) != wanted) {
        return Err(CompileError::of(
            ErrorClass::AmbiguousForeignKeys,
            format!(
                "Can't determine join between '{}' and '{}'; tables have more than one foreign \
                 key constraint relationship between them. Please specify the 'onclause' of this \
                 join explicitly.",
                description(left),
                description(right)
            ),
        ));
    }
    let conditions = first
        .pairs
        .iter()
        .map(|(left, right)| left.operate(&Operator::Eq, &Operand::Expr(right.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    match conditions.as_slice() {
        [only] => Ok(only.clone()),
        several => Ok(and_(several)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::alembic::sqlalchemy::compiler::literal_sql;
    use crate::dialect::alembic::sqlalchemy::expression::TableColumn;
    use crate::dialect::alembic::sqlalchemy::target::{Name, Target};
    use crate::dialect::alembic::sqlalchemy::types::SqlType;
    use crate::model::Backend;

    fn table(name: &str, columns: &[&str], references: &[(&str, &[(&str, &str)])]) -> FromClause {
        let columns = columns
            .iter()
            .map(|column| TableColumn::new(*column, SqlType::integer()))
            .collect();
        let from = FromClause::schema_table(name, None, columns);
        let references = references.iter().map(|(table, columns)| TableReference {
            columns: columns
                .iter()
                .map(|(own, other)| (Rc::from(*own), Rc::from(*other)))
                .collect(),
            schema: None,
            table: (*table).to_owned(),
        });
        if let Some(clause) = from.as_table() {
            clause.references.borrow_mut().extend(references);
        }
        from
    }

    fn condition(left: &FromClause, right: &FromClause) -> String {
        let target = Target::new(Backend::Postgres);
        match join_condition(left, right).and_then(|made| literal_sql(&made, &target)) {
            Ok(text) => text,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn foreign_keys_make_conditions() {
        let parent = table("p", &["id", "x", "y"], &[]);
        let child = table("c", &["id", "p_id"], &[("p", &[("p_id", "id")])]);
        let twice = table(
            "d",
            &["a", "b"],
            &[("p", &[("a", "id")]), ("p", &[("b", "id")])],
        );
        let pairs = table("e", &["x", "y"], &[("p", &[("x", "x"), ("y", "y")])]);
        let tree = table("t", &["id", "up"], &[("t", &[("up", "id")])]);
        let other = tree.alias(Some(Name::new("o")));
        assert_eq!(condition(&parent, &child), "p.id = c.p_id");
        assert_eq!(condition(&child, &parent), "p.id = c.p_id");
        assert_eq!(condition(&parent, &pairs), "p.x = e.x AND p.y = e.y");
        assert_eq!(
            condition(&parent.alias(Some(Name::new("q"))), &child),
            "q.id = c.p_id"
        );
        assert!(condition(&parent, &twice).starts_with("AmbiguousForeignKeysError"));
        assert_eq!(
            condition(&child, &tree),
            "NoForeignKeysError: Can't find any foreign key relationships between 'c' and 't'."
        );
        assert_eq!(condition(&tree, &other), "t.id = o.up AND o.id = t.up");
    }
}
