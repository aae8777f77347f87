//! CTEs: where they are written and how they are referred to.

use super::Compiler;
use super::context::Context;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::expression::{Expr, LabelName};
use crate::dialect::alembic::sqlalchemy::literal::{Literal, python_repr};
use crate::dialect::alembic::sqlalchemy::select::{LabelStyle, QueryKind};
use crate::dialect::alembic::sqlalchemy::selectable::{Cte, CteElement, FromClause, Source};
use std::fmt::Write as _;

/// A CTE that the statement refers to.
#[derive(Debug)]
pub(super) struct CteEntry {
    cte: FromClause,
    name: String,
    level: usize,
    nesting: bool,
    recursive: bool,
    /// Its text, once it is done.
    text: Option<String>,
}

impl Compiler<'_> {
    fn cte_name(&mut self, name: &LabelName) -> String {
        match name {
            LabelName::Given(name) => name.as_str().to_owned(),
            LabelName::Anonymous(anonymous) => {
                let name = self.anonymous(anonymous);
                self.shortened("alias", name)
            }
        }
    }

    /// Writes CTEs that a statement was given with `add_cte`.
    pub(super) fn independent_ctes(
        &mut self,
        ctes: &[FromClause],
        context: &Context,
    ) -> Result<(), CompileError> {
        for from in ctes {
            if let Source::Cte(cte) = from.source() {
                self.cte_reference(from, cte, context)?;
            }
        }
        Ok(())
    }

    /// A CTE behind `FROM`; its text is written when it is first met.
    pub(super) fn cte_reference(
        &mut self,
        from: &FromClause,
        cte: &Cte,
        context: &Context,
    ) -> Result<String, CompileError> {
        if let Some(aliased) = &cte.aliased
            && let Source::Cte(original) = aliased.source()
        {
            let original = self.cte_reference(aliased, original, context)?;
            return Ok(format!("{original} AS {}", self.alias_text(&cte.name)));
        }
        let name = self.cte_name(&cte.name);
        let level = if cte.nesting { self.scopes.len() } else { 1 };
        let existing = self
            .ctes
            .iter()
            .position(|entry| entry.level == level && entry.name == name);
        let mut is_new = true;
        if let Some(at) = existing {
            let known = self.ctes[at].cte.clone();
            let restates = |one: &FromClause, other: &FromClause| match one.source() {
                Source::Cte(cte) => cte
                    .restates
                    .as_ref()
                    .is_some_and(|restated| restated.is_same(other)),
                _ => false,
            };
            if from.is_same(&known) || restates(&known, from) {
                is_new = false;
            } else if restates(from, &known) {
                self.ctes.remove(at);
            } else {
                return Err(CompileError::new(format!(
                    "Multiple, unrelated CTEs found with the same name: {}",
                    python_repr(&Literal::text(&name))
                )));
            }
        }
        if is_new {
            self.write_cte(from, cte, name, level, context)?;
        }
        Ok(self.alias_text(&cte.name))
    }

    fn write_cte(
        &mut self,
        from: &FromClause,
        cte: &Cte,
        name: String,
        level: usize,
        context: &Context,
    ) -> Result<(), CompileError> {
        self.ctes.push(CteEntry {
            cte: from.clone(),
            name,
            level,
            nesting: cte.nesting,
            recursive: cte.recursive,
            text: None,
        });
        let mut text = self.alias_text(&cte.name);
        let inner = Context {
            include_table: true,
            compound: None,
            insert_into: false,
            lateral: false,
            ..context.clone()
        };
        let body = match &cte.element {
            CteElement::Query(query) => {
                if cte.recursive || matches!(query.kind(), QueryKind::Values(_)) {
                    let columns = super::naming::columns_plus_names(
                        &query.selected(),
                        LabelStyle::Disambiguate,
                    );
                    let mut names = Vec::with_capacity(columns.len());
                    for column in columns.iter().filter(|column| !column.repeated) {
                        names.push(if let Some(fallback) = &column.fallback {
                            self.label_text(fallback)
                        } else {
                            let key = column.key.as_deref().unwrap_or("_no_label");
                            self.target.quote_text(key).into_owned()
                        });
                    }
                    let _ = write!(text, "({})", names.join(", "));
                }
                self.query(
                    query,
                    &Context {
                        as_from: true,
                        ..inner
                    },
                )?
            }
            CteElement::Statement(statement) => self.dml(
                statement,
                &Context {
                    as_from: false,
                    ..inner
                },
            )?,
        };
        let prefixes = self.prefixes(&cte.prefixes, context)?;
        let _ = write!(text, " AS {prefixes}\n({body})");
        let suffixes = self.prefixes(&cte.suffixes, context)?;
        if !suffixes.is_empty() {
            text.push(' ');
            text.push_str(&suffixes);
        }
        // It is written where its text is done, behind those it refers to.
        if let Some(at) = self.ctes.iter().position(|entry| entry.cte.is_same(from)) {
            let mut entry = self.ctes.remove(at);
            entry.text = Some(text);
            self.ctes.push(entry);
        }
        Ok(())
    }

    /// `WITH ..`, for the statement as a whole or for the query that is about to end.
    pub(super) fn with_clause(&mut self, top: bool, following: bool) -> String {
        let level = self.scopes.len();
        let wanted = |entry: &CteEntry| {
            entry.text.is_some()
                && (top
                    || (entry.nesting
                        && (entry.level == level || (following && entry.level == level + 1))))
        };
        if !self.ctes.iter().any(wanted) {
            return String::new();
        }
        let recursive = self
            .ctes
            .iter()
            .any(|entry| wanted(entry) && entry.recursive);
        let texts: Vec<&str> = self
            .ctes
            .iter()
            .filter(|entry| wanted(entry))
            .filter_map(|entry| entry.text.as_deref())
            .collect();
        let word = if recursive { "WITH RECURSIVE" } else { "WITH" };
        let clause = format!("{word} {}\n ", texts.join(", \n"));
        if !top {
            self.ctes.retain(|entry| !wanted(entry));
        }
        clause
    }

    /// Words before or behind a statement, each for the dialect it was given for.
    pub(super) fn prefixes(
        &mut self,
        prefixes: &[(Expr, Option<String>)],
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut out = String::new();
        for (prefix, dialect) in prefixes {
            let fits = dialect
                .as_deref()
                .is_none_or(|dialect| dialect == "*" || dialect == self.target.dialect_name());
            if fits {
                out.push_str(&self.expression(prefix, context)?);
                out.push(' ');
            }
        }
        Ok(out)
    }
}
