//! Turns statements and expressions into text.

mod bind;
mod cast;
mod context;
mod cte;
mod expression;
mod function;
mod insert;
pub(super) mod naming;
mod operator;
mod query;
mod source;
mod tail;
mod update;

use std::collections::HashMap;

use context::{Context, Scope};
use cte::CteEntry;

use super::error::CompileError;
use super::expression::{Anonymous, Expr, LabelName};
use super::literal::Literal;
use super::select::Statement;
use super::target::Target;
use super::types::SqlType;

/// How values stand in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Binds {
    /// As literals: `literal_binds=True`.
    #[default]
    Literal,
    /// As `:name`.
    Named,
    /// As `$1` on PostgreSQL and `?1` on SQLite, for execution.
    Numbered,
    /// As the driver would send them, written into the text, for execution.
    Inline,
}

/// How a statement is rendered.
#[derive(Debug, Clone)]
pub struct Options {
    /// How values stand in the text.
    pub binds: Binds,
    /// Whether columns stand behind their tables.
    pub include_table: bool,
    /// Values for named parameters.
    pub parameters: HashMap<String, Literal>,
    /// Whether a named parameter without a value is refused; the original writes NULL without a word.
    pub refuse_unbound: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            binds: Binds::Literal,
            include_table: true,
            parameters: HashMap::new(),
            refuse_unbound: false,
        }
    }
}

/// A statement as text.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    /// The text.
    pub sql: String,
    /// The values for `$1` and following.
    pub parameters: Vec<Parameter>,
}

/// A value that is sent beside the text.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The parameter's name.
    pub name: String,
    /// The value as the driver sends it: `None`, a truth value, a number, text or bytes.
    pub value: Literal,
    /// Its type.
    pub type_: SqlType,
}

/// Renders an expression.
pub fn compile_expression(
    expression: &Expr,
    target: &Target,
    options: &Options,
) -> Result<Compiled, CompileError> {
    Compiler::new(target, options).run(|compiler, context| compiler.expression(expression, context))
}

/// Renders a statement.
pub fn compile_statement(
    statement: &Statement,
    target: &Target,
    options: &Options,
) -> Result<Compiled, CompileError> {
    Compiler::new(target, options).run(|compiler, context| match statement {
        Statement::Expression(expression) => compiler.expression(expression, context),
        Statement::Query(query) => compiler.query(query, context),
        Statement::Dml(dml) => compiler.dml(dml, context),
    })
}

/// Renders an expression as literal text, the way constraints, defaults and offline statements need it.
pub fn literal_sql(expression: &Expr, target: &Target) -> Result<String, CompileError> {
    let options = Options {
        refuse_unbound: true,
        ..Options::default()
    };
    compile_expression(expression, target, &options).map(|compiled| compiled.sql)
}

/// Renders an expression as literal text with columns that stand alone.
pub fn bare_sql(expression: &Expr, target: &Target) -> Result<String, CompileError> {
    let options = Options {
        include_table: false,
        refuse_unbound: true,
        ..Options::default()
    };
    compile_expression(expression, target, &options).map(|compiled| compiled.sql)
}

/// The state of one rendering.
struct Compiler<'t> {
    target: &'t Target,
    options: &'t Options,
    scopes: Vec<Scope>,
    names: HashMap<Anonymous, String>,
    counters: HashMap<String, u32>,
    truncated: HashMap<(&'static str, String), String>,
    truncations: HashMap<&'static str, u32>,
    ctes: Vec<CteEntry>,
    parameters: Vec<Parameter>,
    numbers: HashMap<String, usize>,
    insert_alias: Option<super::selectable::FromClause>,
    depth: u16,
    /// How many parts were rendered, and how long the values among them are.
    parts: usize,
    values: usize,
}

/// Statements with more parts are refused: parts are shared, and each is rendered again.
const MOST_PARTS: usize = 1 << 21;

/// How many parts the frame of a query counts for.
const QUERY_PARTS: usize = 32;

/// Statements whose values are longer in all are refused.
const LONGEST_VALUES: usize = 1 << 28;

/// Below so much stack, rendering continues on a new segment.
const RED_ZONE: usize = 256 * 1024;
const SEGMENT: usize = 4 * 1024 * 1024;

impl<'t> Compiler<'t> {
    fn new(target: &'t Target, options: &'t Options) -> Self {
        Self {
            target,
            options,
            scopes: Vec::new(),
            names: HashMap::new(),
            counters: HashMap::new(),
            truncated: HashMap::new(),
            truncations: HashMap::new(),
            ctes: Vec::new(),
            parameters: Vec::new(),
            numbers: HashMap::new(),
            insert_alias: None,
            depth: 0,
            parts: 0,
            values: 0,
        }
    }

    fn run(
        mut self,
        render: impl FnOnce(&mut Self, &Context) -> Result<String, CompileError>,
    ) -> Result<Compiled, CompileError> {
        let context = Context::new(self.options);
        let sql = render(&mut self, &context)?;
        Ok(Compiled {
            sql,
            parameters: self.parameters,
        })
    }

    /// A made up name: its first part and a number that counts the names with that part.
    fn anonymous(&mut self, anonymous: &Anonymous) -> String {
        if let Some(name) = self.names.get(anonymous) {
            return name.clone();
        }
        let counter = self.counters.entry(anonymous.body.to_string()).or_insert(0);
        *counter += 1;
        let name = format!("{}_{counter}", anonymous.body);
        self.names.insert(anonymous.clone(), name.clone());
        name
    }

    /// A name cut to the backend's limit, with a number behind it.
    fn shortened(&mut self, kind: &'static str, name: String) -> String {
        let kept = self.target.label_limit().saturating_sub(6);
        if name.chars().count() <= kept {
            return name;
        }
        if let Some(known) = self.truncated.get(&(kind, name.clone())) {
            return known.clone();
        }
        let counter = self.truncations.entry(kind).or_insert(0);
        *counter += 1;
        let head: String = name.chars().take(kept).collect();
        let short = format!("{head}_{counter:x}");
        self.truncated.insert((kind, name), short.clone());
        short
    }

    /// The name of an alias, quoted where it needs it.
    fn alias_text(&mut self, name: &LabelName) -> String {
        match name {
            LabelName::Given(name) => self.target.quote(name).into_owned(),
            LabelName::Anonymous(anonymous) => {
                let name = self.anonymous(anonymous);
                let name = self.shortened("alias", name);
                self.target.quote_text(&name).into_owned()
            }
        }
    }

    /// The name of a label, quoted where it needs it.
    fn label_text(&mut self, name: &LabelName) -> String {
        match name {
            LabelName::Given(name) => {
                if name.is_shortenable() {
                    let short = self.shortened("colident", name.as_str().to_owned());
                    return self.target.quote_text(&short).into_owned();
                }
                self.target.quote(name).into_owned()
            }
            LabelName::Anonymous(anonymous) => {
                let name = self.anonymous(anonymous);
                let name = self.shortened("colident", name);
                self.target.quote_text(&name).into_owned()
            }
        }
    }

    /// Counts a value that was written, and refuses what is too much to be one statement.
    fn written(&mut self, value: String) -> Result<String, CompileError> {
        self.values = self.values.saturating_add(value.len());
        if self.values > LONGEST_VALUES {
            return Err(CompileError::new("the statement is too long"));
        }
        Ok(value)
    }

    /// Refuses what Python itself would give up on.
    fn deeper<T>(
        &mut self,
        render: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        if self.depth > 400 {
            return Err(CompileError::new("the statement is nested too deeply"));
        }
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(CompileError::new("the statement is too large"));
        }
        self.depth += 1;
        let result = stacker::maybe_grow(RED_ZONE, SEGMENT, || render(self));
        self.depth -= 1;
        result
    }
}

#[cfg(test)]
mod tests;
