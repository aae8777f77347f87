//! Queries.

use std::rc::Rc;

use super::dml::Dml;
use super::error::CompileError;
use super::expression::{Anonymous, Element, Expr, LabelName, TextClause, column};
use super::extent::Extent;
use super::selectable::{Cte, CteElement, Exported, FromClause, Source};
use super::target::Name;
use super::types::SqlType;

/// A query of any kind. Clones share one identity.
#[derive(Debug, Clone)]
pub struct Query(Rc<QueryNode>);

#[derive(Debug)]
struct QueryNode {
    kind: QueryKind,
    extent: Extent,
}

/// What kind of query it is.
#[derive(Debug, Clone)]
pub enum QueryKind {
    /// `SELECT`.
    Select(Box<Select>),
    /// `UNION` and its siblings.
    Compound(Box<Compound>),
    /// `text().columns(..)`.
    Textual(TextualSelect),
    /// `VALUES` that stand for rows by themselves.
    Values(FromClause),
}

/// How columns of the same name are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LabelStyle {
    /// Only repeated names get another one.
    #[default]
    Disambiguate,
    /// Every name is put behind its table's.
    TableNamePlusColumn,
    /// Names stay as they are.
    None,
}

/// `SELECT`.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// The columns.
    pub columns: Vec<Expr>,
    /// `select_from`.
    pub from: Vec<FromClause>,
    /// `join`, in order.
    pub joins: Vec<JoinStep>,
    /// `WHERE`, joined by `AND`.
    pub conditions: Vec<Expr>,
    /// `GROUP BY`.
    pub group_by: Vec<Expr>,
    /// `HAVING`, joined by `AND`.
    pub having: Vec<Expr>,
    /// What follows the rows.
    pub tail: Tail,
    /// `DISTINCT`.
    pub distinct: bool,
    /// `DISTINCT ON`.
    pub distinct_on: Vec<Expr>,
    /// `prefix_with`.
    pub prefixes: Vec<(Expr, Option<String>)>,
    /// `suffix_with`.
    pub suffixes: Vec<(Expr, Option<String>)>,
    /// `correlate`: `None` for automatic correlation, an empty list for none.
    pub correlate: Option<Vec<FromClause>>,
    /// `correlate_except`.
    pub correlate_except: Option<Vec<FromClause>>,
    /// `set_label_style`.
    pub label_style: LabelStyle,
    /// `with_statement_hint`.
    pub statement_hints: Vec<(String, Option<String>)>,
    /// `with_hint`.
    pub hints: Vec<(FromClause, String, Option<String>)>,
    /// `add_cte`.
    pub ctes: Vec<FromClause>,
}

/// One `join` of a query.
#[derive(Debug, Clone)]
pub struct JoinStep {
    /// The right side.
    pub right: FromClause,
    /// The condition.
    pub on: Option<Expr>,
    /// `join_from`: the left side.
    pub left: Option<FromClause>,
    /// Whether the right side may be missing.
    pub outer: bool,
    /// Whether either side may be missing.
    pub full: bool,
}

/// `ORDER BY`, `LIMIT` and what follows.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    /// `ORDER BY`.
    pub order_by: Vec<Expr>,
    /// `LIMIT`.
    pub limit: Option<Expr>,
    /// `OFFSET`.
    pub offset: Option<Expr>,
    /// `FETCH FIRST`.
    pub fetch: Option<Fetch>,
    /// `FOR UPDATE`.
    pub for_update: Option<ForUpdate>,
}

impl Tail {
    fn extend(&self, parts: &mut Extent) {
        extend(parts, &self.order_by);
        let fetch = self.fetch.as_ref().map(|fetch| &fetch.count);
        extend(parts, self.limit.iter().chain(&self.offset).chain(fetch));
    }

    pub(super) fn limits_rows(&self) -> bool {
        self.limit.is_some() || self.offset.is_some() || self.fetch.is_some()
    }
}

/// `FETCH FIRST`.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// How many.
    pub count: Expr,
    /// `PERCENT`.
    pub percent: bool,
    /// `WITH TIES`.
    pub with_ties: bool,
}

/// `FOR UPDATE`.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent keyword of SQLAlchemy's"
)]
pub struct ForUpdate {
    /// `NOWAIT`.
    pub nowait: bool,
    /// `FOR SHARE`.
    pub read: bool,
    /// The tables locked.
    pub of: Vec<FromClause>,
    /// `SKIP LOCKED`.
    pub skip_locked: bool,
    /// `KEY SHARE`.
    pub key_share: bool,
}

/// `UNION` and its siblings.
#[derive(Debug, Clone)]
pub struct Compound {
    /// The word between the queries.
    pub keyword: &'static str,
    /// The queries.
    pub queries: Vec<Query>,
    /// `GROUP BY`.
    pub group_by: Vec<Expr>,
    /// What follows the rows.
    pub tail: Tail,
    /// `add_cte`.
    pub ctes: Vec<FromClause>,
}

/// `text().columns(..)`.
#[derive(Debug, Clone)]
pub struct TextualSelect {
    /// The text.
    pub text: TextClause,
    /// The columns it returns.
    pub columns: Vec<Expr>,
}

fn extend<'e>(parts: &mut Extent, expressions: impl IntoIterator<Item = &'e Expr>) {
    for expression in expressions {
        parts.add(expression.extent());
    }
}

impl From<Select> for Query {
    fn from(select: Select) -> Self {
        Self::new(QueryKind::Select(Box::new(select)))
    }
}

impl From<Compound> for Query {
    fn from(compound: Compound) -> Self {
        Self::new(QueryKind::Compound(Box::new(compound)))
    }
}

impl Select {
    fn extend(&self, parts: &mut Extent) {
        for expressions in [
            &self.columns,
            &self.conditions,
            &self.group_by,
            &self.having,
            &self.distinct_on,
        ] {
            extend(parts, expressions);
        }
        extend(parts, self.prefixes.iter().map(|(prefix, _)| prefix));
        extend(parts, self.suffixes.iter().map(|(suffix, _)| suffix));
        self.tail.extend(parts);
        for from in self.from.iter().chain(&self.ctes) {
            parts.add(from.extent());
        }
        for join in &self.joins {
            parts.add(join.right.extent());
            extend(parts, &join.on);
            if let Some(left) = &join.left {
                parts.deepen(left.extent());
            }
        }
    }

    /// `select(columns)`.
    pub fn new(columns: Vec<Expr>) -> Self {
        Self {
            columns,
            ..Self::default()
        }
    }

    /// `join(right, on)`: what `select(..).join(..)` makes of the sources so far, done when the query is rendered.
    pub fn join(&mut self, right: FromClause, on: Option<Expr>, outer: bool, full: bool) {
        self.joins.push(JoinStep {
            right,
            on,
            left: None,
            outer,
            full,
        });
    }
}

impl Query {
    /// A query.
    pub fn new(kind: QueryKind) -> Self {
        let mut parts = Extent::default();
        match &kind {
            QueryKind::Select(select) => select.extend(&mut parts),
            QueryKind::Compound(compound) => {
                for query in &compound.queries {
                    parts.add(query.extent());
                }
                extend(&mut parts, &compound.group_by);
                compound.tail.extend(&mut parts);
            }
            QueryKind::Textual(textual) => extend(&mut parts, &textual.columns),
            QueryKind::Values(values) => parts.add(values.extent()),
        }
        let (kind, extent) = match parts.around() {
            Ok(extent) => (kind, extent),
            Err(excess) => {
                let cut_off = Select::new(vec![Expr::cut_off(excess)]);
                (QueryKind::Select(Box::new(cut_off)), excess.extent())
            }
        };
        Self(Rc::new(QueryNode { kind, extent }))
    }

    /// How large it is.
    pub(in crate::dialect::alembic) fn extent(&self) -> Extent {
        self.0.extent
    }

    /// What kind of query it is.
    pub fn kind(&self) -> &QueryKind {
        &self.0.kind
    }

    /// A number that tells objects apart while they live.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<()>() as usize
    }

    /// `union(..)` and its siblings, by the word between the queries.
    pub fn compound(keyword: &'static str, queries: Vec<Query>) -> Self {
        Self::from(Compound {
            keyword,
            queries,
            group_by: Vec::new(),
            tail: Tail::default(),
            ctes: Vec::new(),
        })
    }

    /// `text(..).columns(name=type, ..)`.
    pub fn textual(text: TextClause, columns: Vec<(Name, SqlType)>) -> Self {
        let columns = columns
            .into_iter()
            .map(|(name, type_)| column(name, Some(type_)))
            .collect();
        Self::new(QueryKind::Textual(TextualSelect { text, columns }))
    }

    /// The query as one value: `scalar_subquery()`.
    pub fn scalar(&self) -> Expr {
        let type_ = self
            .selected()
            .first()
            .map_or_else(SqlType::null, |first| first.type_().clone());
        Expr::new(Element::ScalarQuery(self.clone()), type_)
    }

    fn anonymous_or(name: Option<Name>) -> LabelName {
        name.map_or_else(
            || LabelName::Anonymous(Anonymous::fresh("anon")),
            LabelName::Given,
        )
    }

    /// `subquery(name)`.
    pub fn subquery(&self, name: Option<Name>) -> FromClause {
        FromClause::new(Source::Subquery {
            query: self.clone(),
            name: Self::anonymous_or(name),
            lateral: false,
        })
    }

    /// `lateral(name)`.
    pub fn lateral(&self, name: Option<Name>) -> FromClause {
        FromClause::new(Source::Subquery {
            query: self.clone(),
            name: Self::anonymous_or(name),
            lateral: true,
        })
    }

    /// `cte(name, recursive, nesting)`.
    pub fn cte(&self, name: Option<Name>, recursive: bool, nesting: bool) -> FromClause {
        FromClause::new(Source::Cte(Cte {
            element: CteElement::Query(self.clone()),
            name: Self::anonymous_or(name),
            recursive,
            nesting,
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            aliased: None,
            restates: None,
        }))
    }

    /// The columns it selects, those of whole sources one by one.
    pub fn selected(&self) -> Vec<Expr> {
        match self.kind() {
            QueryKind::Select(select) => select.columns.clone(),
            QueryKind::Compound(compound) => compound
                .queries
                .first()
                .map(Self::selected)
                .unwrap_or_default(),
            QueryKind::Textual(textual) => textual.columns.clone(),
            QueryKind::Values(values) => values.columns(),
        }
    }

    /// The columns it offers to what stands around it.
    pub fn exported(&self) -> Vec<Exported> {
        let style = match self.kind() {
            QueryKind::Select(select) => select.label_style,
            _ => LabelStyle::Disambiguate,
        };
        let names = super::compiler::naming::columns_plus_names(&self.selected(), style);
        names
            .into_iter()
            .filter(|entry| !matches!(entry.column.element(), Element::Text(_)))
            .map(|entry| Exported {
                name: entry
                    .required
                    .or(entry.fallback)
                    .or_else(|| entry.column.own_label()),
                key: entry.key,
                column: entry.column,
            })
            .collect()
    }
}

impl FromClause {
    /// `cte.union(query)` and its siblings: the recursive part of a CTE.
    pub fn cte_compound(
        &self,
        keyword: &'static str,
        others: Vec<Query>,
    ) -> Result<Self, CompileError> {
        let Source::Cte(cte) = self.source() else {
            return Err(CompileError::argument(
                "union() on a source is a method of a CTE",
            ));
        };
        let CteElement::Query(first) = &cte.element else {
            return Err(CompileError::argument(
                "a CTE that changes rows has no union()",
            ));
        };
        let mut queries = vec![first.clone()];
        queries.extend(others);
        Ok(Self::new(Source::Cte(Cte {
            element: CteElement::Query(Query::compound(keyword, queries)),
            name: cte.name.clone(),
            recursive: cte.recursive,
            nesting: cte.nesting,
            prefixes: cte.prefixes.clone(),
            suffixes: cte.suffixes.clone(),
            aliased: None,
            restates: Some(self.clone()),
        })))
    }
}

/// A statement of any kind.
#[derive(Debug, Clone)]
pub enum Statement {
    /// A query.
    Query(Query),
    /// An INSERT, UPDATE or DELETE.
    Dml(Dml),
    /// `text()`, a function or any other expression.
    Expression(Expr),
}
