//! Queries as text.

use std::fmt::Write as _;
use std::rc::Rc;

use super::context::{Context, Scope};
use super::naming::{Named, columns_plus_names};
use super::source::mentioned;
use super::{Compiler, QUERY_PARTS};
use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::expression::{
    Anonymous, Element, Expr, Operator, where_conditions,
};
use crate::dialect::alembic::sqlalchemy::joining::{can_join, join_condition};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{
    Compound, LabelStyle, Query, QueryKind, Select, TextualSelect,
};
use crate::dialect::alembic::sqlalchemy::selectable::{FromClause, Source};
use crate::dialect::alembic::sqlalchemy::types::Family;

/// The sources of a query without those that others contain.
fn normalized(sources: Vec<FromClause>) -> Vec<FromClause> {
    let mut froms: Vec<FromClause> = Vec::new();
    for source in sources {
        if !froms.iter().any(|known| known.is_same(&source)) {
            froms.push(source);
        }
    }
    let mut hidden = Vec::new();
    for from in &froms {
        from.hidden(&mut hidden);
    }
    froms.retain(|from| !hidden.iter().any(|other| other.is_same(from)));
    froms
}

fn contains(sources: &[FromClause], wanted: &FromClause) -> bool {
    sources.iter().any(|source| source.is_same(wanted))
}

impl Compiler<'_> {
    /// A query.
    pub(super) fn query(
        &mut self,
        query: &Query,
        context: &Context,
    ) -> Result<String, CompileError> {
        self.parts += QUERY_PARTS;
        self.deeper(|compiler| match query.kind() {
            QueryKind::Select(select) => compiler.select(select, context),
            QueryKind::Compound(compound) => compiler.compound(compound, context),
            QueryKind::Textual(textual) => compiler.textual(textual, context),
            QueryKind::Values(from) => match from.source() {
                Source::Values(values) => compiler.values_rows(values, context),
                _ => compiler.source(from, context),
            },
        })
    }

    fn textual(
        &mut self,
        textual: &TextualSelect,
        context: &Context,
    ) -> Result<String, CompileError> {
        let top = self.scopes.is_empty();
        self.scopes.push(Scope::default());
        let inner = Context {
            as_from: false,
            in_columns: false,
            ..context.clone()
        };
        let text = self.text(&textual.text, &inner)?;
        let text = format!("{}{text}", self.with_clause(top, false));
        self.scopes.pop();
        Ok(text)
    }

    fn compound(&mut self, compound: &Compound, context: &Context) -> Result<String, CompileError> {
        let top = self.scopes.is_empty();
        let outer = self.scopes.last().cloned().unwrap_or_default();
        let columns = compound
            .queries
            .first()
            .map(Query::selected)
            .unwrap_or_default();
        self.scopes.push(Scope {
            correlate: outer.correlate,
            own: outer.own,
            columns,
            froms: Vec::new(),
            compound: true,
            resolves: true,
        });
        self.independent_ctes(&compound.ctes, context)?;
        let mut parts = Vec::with_capacity(compound.queries.len());
        let expected = compound
            .queries
            .first()
            .map_or(0, |query| query.selected().len());
        for (index, query) in compound.queries.iter().enumerate() {
            let count = query.selected().len();
            if count != expected {
                return Err(CompileError::new(format!(
                    "All selectables passed to CompoundSelect must have identical numbers of columns; select #1 has \
                     {expected} columns, select #{} has {count}",
                    index + 1
                )));
            }
            let inner = Context {
                compound: Some(index),
                insert_into: false,
                ..context.clone()
            };
            let text = self.query(query, &inner)?;
            parts.push(if needs_parentheses(query) {
                format!("({text})")
            } else {
                text
            });
        }
        let mut text = parts.join(&format!(" {} ", compound.keyword));
        let tail = Context {
            include_table: false,
            compound: None,
            ..context.clone()
        };
        if !compound.group_by.is_empty() {
            let _ = write!(
                text,
                " GROUP BY {}",
                self.joined(&compound.group_by, ", ", &tail)?
            );
        }
        text.push_str(&self.order_by(&compound.tail, &tail)?);
        text.push_str(&self.row_limits(&compound.tail, &tail)?);
        let text = format!("{}{text}", self.with_clause(top, true));
        self.scopes.pop();
        Ok(text)
    }

    /// The sources behind `FROM` once joins are made and correlation has had its say.
    fn display_froms(
        &self,
        select: &Select,
        context: &Context,
    ) -> Result<(Vec<FromClause>, Vec<FromClause>), CompileError> {
        let given = Self::joined_sources(select)?;
        let mut sources = given;
        for expression in select.columns.iter().chain(&select.conditions) {
            mentioned(expression, &mut sources);
        }
        let all = normalized(sources);
        let outer = self.scopes.last().cloned().unwrap_or_default();
        let from_only = context.as_from && !context.lateral;
        let explicit: Vec<FromClause> = if from_only {
            outer
                .correlate
                .iter()
                .filter(|from| !contains(&outer.own, from))
                .cloned()
                .collect()
        } else {
            outer.correlate.clone()
        };
        let implicit: &[FromClause] = if from_only { &[] } else { &outer.own };
        let mut froms = all.clone();
        if let Some(correlate) = &select.correlate {
            froms.retain(|from| !(contains(&explicit, from) && contains(correlate, from)));
        }
        if let Some(except) = &select.correlate_except {
            froms.retain(|from| !contains(&explicit, from) || contains(except, from));
        }
        let automatic = select.correlate.is_none() && select.correlate_except.is_none();
        if automatic && !implicit.is_empty() && froms.len() > 1 {
            froms.retain(|from| !contains(implicit, from));
            if froms.is_empty() {
                return Err(CompileError::of(
                    ErrorClass::InvalidRequest,
                    "Select statement returned no FROM clauses due to auto-correlation; specify correlate(<tables>) to \
                     control correlation manually.",
                ));
            }
        }
        Ok((froms, all))
    }

    /// `select_from` with the joins put in their places.
    fn joined_sources(select: &Select) -> Result<Vec<FromClause>, CompileError> {
        let mut froms = select.from.clone();
        for step in &select.joins {
            let (left, place) = match &step.left {
                Some(left) => {
                    let place = froms.iter().position(|from| from.contains(left));
                    (
                        place.map_or_else(|| left.clone(), |place| froms[place].clone()),
                        place,
                    )
                }
                None => Self::left_side(select, &froms, &step.right, step.on.as_ref())?,
            };
            let on = match &step.on {
                Some(on) => on.clone(),
                None => join_condition(&left, &step.right)?,
            };
            let joined = left.join(&step.right, &on, step.outer, step.full);
            match place {
                Some(place) => froms[place] = joined,
                None => froms.push(joined),
            }
        }
        Ok(froms)
    }

    /// Which source a join starts from, when nobody said.
    fn left_side(
        select: &Select,
        froms: &[FromClause],
        right: &FromClause,
        on: Option<&Expr>,
    ) -> Result<(FromClause, Option<usize>), CompileError> {
        let given = !froms.is_empty();
        let candidates = if given {
            froms.to_vec()
        } else {
            let mut candidates = Vec::new();
            for expression in select.columns.iter().chain(&select.conditions) {
                mentioned(expression, &mut candidates);
            }
            let mut unique: Vec<FromClause> = Vec::new();
            for candidate in candidates {
                if !contains(&unique, &candidate) {
                    unique.push(candidate);
                }
            }
            unique
        };
        let mut in_condition = Vec::new();
        if let Some(on) = on {
            mentioned(on, &mut in_condition);
        }
        let fits = |candidate: &FromClause| match on {
            None => can_join(candidate, right),
            Some(_) => {
                let ambiguous = candidates.len() > 1 && !in_condition.is_empty();
                !ambiguous
                    || in_condition
                        .iter()
                        .all(|source| candidate.contains(source) || right.contains(source))
            }
        };
        let mut fitting: Vec<usize> = (0..candidates.len())
            .filter(|index| !candidates[*index].is_same(right) && fits(&candidates[*index]))
            .collect();
        if fitting.is_empty() && on.is_some() {
            fitting = (0..candidates.len()).collect();
        }
        match fitting.as_slice() {
            [only] => Ok((candidates[*only].clone(), given.then_some(*only))),
            [] => Err(CompileError::of(
                ErrorClass::InvalidRequest,
                "Don't know how to join to the given source. Please use the .select_from() method to establish an \
                 explicit left side, as well as providing an explicit ON clause if not present already to help resolve \
                 the ambiguity.",
            )),
            _ => Err(CompileError::of(
                ErrorClass::InvalidRequest,
                "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. \
                 Please use the .select_from() method to establish an explicit left side, as well as providing an \
                 explicit ON clause if not present already to help resolve the ambiguity.",
            )),
        }
    }

    fn select(&mut self, select: &Select, outside: &Context) -> Result<String, CompileError> {
        let top = self.scopes.is_empty();
        let (froms, all) = self.display_froms(select, outside)?;
        let mut own = Vec::new();
        for from in &froms {
            from.leaves(&mut own);
        }
        let outer = self.scopes.last().cloned().unwrap_or_default();
        let mut correlate = outer.correlate;
        for from in &own {
            if !contains(&correlate, from) {
                correlate.push(from.clone());
            }
        }
        let context = Context {
            in_columns: false,
            in_label: false,
            label: None,
            ambiguous: ambiguous_names(&all),
            as_from: false,
            lateral: false,
            compound: None,
            insert_into: false,
            ..outside.clone()
        };
        self.scopes.push(Scope {
            correlate,
            own,
            columns: select.columns.clone(),
            froms: all,
            compound: false,
            resolves: true,
        });
        let result = self.select_text(select, &froms, top, outside, &context);
        self.scopes.pop();
        result
    }

    fn select_text(
        &mut self,
        select: &Select,
        froms: &[FromClause],
        top: bool,
        outside: &Context,
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut text = String::from("SELECT ");
        self.independent_ctes(&select.ctes, context)?;
        text.push_str(&self.prefixes(&select.prefixes, context)?);
        text.push_str(&self.distinct(select, context)?);
        let mut columns = Vec::with_capacity(select.columns.len());
        for named in columns_plus_names(&select.columns, select.label_style) {
            columns.push(self.selected_column(&named, outside.as_from, context)?);
        }
        text.push_str(&columns.join(", "));
        if columns.is_empty() {
            text.truncate(text.trim_end().len());
        }
        if froms.is_empty() {
            if self.target.is_mysql() && !select.conditions.is_empty() {
                text.push_str(" FROM DUAL");
            }
        } else {
            let mut sources = Vec::with_capacity(froms.len());
            for from in froms {
                let source = self.source(from, context)?;
                sources.push(self.hinted(select, from, source)?);
            }
            let _ = write!(text, " \nFROM {}", sources.join(", "));
        }
        let conditions = self.conditions(&select.conditions, context)?;
        if !conditions.is_empty() {
            text.push_str(" \nWHERE ");
            text.push_str(&conditions);
        }
        if !select.group_by.is_empty() {
            let group_by = self.joined(&select.group_by, ", ", context)?;
            if !group_by.is_empty() {
                let _ = write!(text, " GROUP BY {group_by}");
            }
        }
        let having = self.conditions(&select.having, context)?;
        if !having.is_empty() {
            text.push_str(" \nHAVING ");
            text.push_str(&having);
        }
        text.push_str(&self.order_by(&select.tail, context)?);
        text.push_str(&self.row_limits(&select.tail, context)?);
        if let Some(lock) = &select.tail.for_update {
            text.push_str(&self.for_update(lock));
        }
        let hints: Vec<&str> = select
            .statement_hints
            .iter()
            .filter(|(_, dialect)| {
                dialect
                    .as_deref()
                    .is_none_or(|name| name == "*" || name == self.target.dialect_name())
            })
            .map(|(hint, _)| hint.as_str())
            .collect();
        if !hints.is_empty() {
            text.push(' ');
            text.push_str(&hints.join(" "));
        }
        if top || (outside.compound.is_none() && !outside.insert_into) {
            text = format!("{}{text}", self.with_clause(top, false));
        }
        let suffixes = self.prefixes(&select.suffixes, context)?;
        if !suffixes.is_empty() {
            text.push(' ');
            text.push_str(&suffixes);
        }
        Ok(text)
    }

    /// `%(name)s` of a hint, and the hint in its place.
    fn hinted(
        &mut self,
        select: &Select,
        from: &FromClause,
        source: String,
    ) -> Result<String, CompileError> {
        let hint = select.hints.iter().find(|(hinted, _, dialect)| {
            hinted.is_same(from)
                && dialect
                    .as_deref()
                    .is_none_or(|name| name == "*" || name == self.target.dialect_name())
        });
        let Some((_, hint, _)) = hint else {
            return Ok(source);
        };
        let name = from
            .label_name()
            .map(|name| self.alias_text(&name))
            .unwrap_or_default();
        let hint = hint.replace("%(name)s", &name);
        if self.target.is_postgres() {
            if !hint.eq_ignore_ascii_case("ONLY") {
                return Err(CompileError::new(format!(
                    "Unrecognized hint: {}",
                    crate::dialect::alembic::sqlalchemy::literal::python_repr(&Literal::text(
                        &hint
                    ))
                )));
            }
            return Ok(format!("ONLY {source}"));
        }
        Ok(if self.target.is_mysql() && !hint.is_empty() {
            format!("{source} {hint}")
        } else {
            source
        })
    }

    fn distinct(&mut self, select: &Select, context: &Context) -> Result<String, CompileError> {
        if self.target.is_postgres() && !select.distinct_on.is_empty() {
            return Ok(format!(
                "DISTINCT ON ({}) ",
                self.joined(&select.distinct_on, ", ", context)?
            ));
        }
        Ok(if select.distinct || !select.distinct_on.is_empty() {
            "DISTINCT ".into()
        } else {
            String::new()
        })
    }

    /// A column of a query or of `RETURNING`, with the name it goes by.
    pub(super) fn selected_column(
        &mut self,
        named: &Named,
        as_from: bool,
        context: &Context,
    ) -> Result<String, CompileError> {
        let column = &named.column;
        if self.scopes.len() == 1 && column.type_().family() == Family::Tuple {
            return Err(CompileError::new(
                "Most backends don't support SELECTing from a tuple() object.  If this is an ORM query, consider using \
                 the Bundle object.",
            ));
        }
        if self.scopes.len() == 1
            && let Some(function) = column.type_().hooks().and_then(|hooks| hooks.read_by())
        {
            return Err(CompileError::of(
                ErrorClass::NotImplemented,
                format!(
                    "Reading a column of this type, which is done by {function}(), is not \
                     supported; write the statement with sa.text()."
                ),
            ));
        }
        let inside = Context {
            in_columns: true,
            ..context.clone()
        };
        if matches!(column.element(), Element::Label(_)) {
            return self.expression(column, &inside);
        }
        let name = match &named.required {
            Some(name) => Some(name.clone()),
            None => self.wants_label(column, as_from).then(|| {
                named
                    .fallback
                    .clone()
                    .unwrap_or_else(|| column.anonymous_label())
            }),
        };
        let Some(name) = name else {
            return self.expression(column, &inside);
        };
        let inside = Context {
            in_label: true,
            ..inside
        };
        let text = self.expression(&column.self_group(Some(&Operator::As)), &inside)?;
        Ok(format!("{text} AS {}", self.label_text(&name)))
    }

    fn wants_label(&self, column: &Expr, as_from: bool) -> bool {
        match column.element() {
            Element::Column(inner) => as_from && !inner.is_literal && inner.table.is_some(),
            Element::Text(_) | Element::TableValued { .. } => false,
            Element::AsBoolean { element, .. } => {
                !self.target.is_postgres() || element.as_column().is_none() || as_from
            }
            Element::Unary { element, .. } | Element::Modified { element, .. } => {
                let mut inner = element;
                while let Element::Grouping(next) = inner.element() {
                    inner = next;
                }
                inner.own_label().is_none() || as_from
            }
            _ => column.own_label().is_none(),
        }
    }

    /// Conditions joined by `AND`.
    pub(super) fn conditions(
        &mut self,
        conditions: &[Expr],
        context: &Context,
    ) -> Result<String, CompileError> {
        self.joined(&where_conditions(conditions), " AND ", context)
    }

    /// `RETURNING ..`.
    pub(super) fn returning(
        &mut self,
        columns: &[Expr],
        context: &Context,
    ) -> Result<String, CompileError> {
        let context = Context {
            include_table: !self.target.is_sqlite(),
            as_from: false,
            ..context.clone()
        };
        let mut parts = Vec::with_capacity(columns.len());
        for named in columns_plus_names(columns, LabelStyle::Disambiguate) {
            parts.push(self.selected_column(&named, false, &context)?);
        }
        Ok(format!("RETURNING {}", parts.join(", ")))
    }
}

/// Whether a query inside a compound needs parentheses to keep its own order and limits.
fn needs_parentheses(query: &Query) -> bool {
    match query.kind() {
        QueryKind::Select(select) => select.tail.limits_rows() || !select.tail.order_by.is_empty(),
        QueryKind::Compound(_) => true,
        QueryKind::Textual(_) | QueryKind::Values(_) => false,
    }
}

/// The names of tables with a schema, which a table of the same name without one must not be taken for.
fn ambiguous_names(froms: &[FromClause]) -> Option<Rc<Vec<(String, Anonymous)>>> {
    let mut leaves = Vec::new();
    for from in froms {
        from.leaves(&mut leaves);
    }
    let mut names: Vec<(String, Anonymous)> = Vec::new();
    for leaf in &leaves {
        if leaf.schema().is_some()
            && let Some(table) = leaf.as_table()
            && !names.iter().any(|(name, _)| name == table.name.as_str())
        {
            let name = table.name.as_str();
            names.push((
                name.to_owned(),
                Anonymous {
                    seed: leaf.identity(),
                    body: name.into(),
                },
            ));
        }
    }
    (!names.is_empty()).then(|| Rc::new(names))
}
