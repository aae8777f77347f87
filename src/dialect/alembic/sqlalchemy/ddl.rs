//! The text of CREATE, DROP and COMMENT statements, as SQLAlchemy writes it.
//!
//! Statements come as SQLAlchemy makes them, with tabs and outer line breaks; whoever prints them
//! replaces and strips.

use std::fmt::Write as _;

use regex::Regex;

use super::compiler::{bare_sql, literal_sql};
use super::error::{CompileError, ErrorClass};
use super::expression::Expr;
use super::literal::{Literal, literal_text};
use super::naming::ConstraintName;
use super::schema::{
    Column, Computed, Constraint, ConstraintCommon, ConstraintKind, Identity, Index, IndexElement,
    OptionValue, Options, ReferenceRules, Sequence, SequenceOptions, ServerDefault, Table,
    referent,
};
use super::target::{Name, Target};
use super::types::{CheckValue, ColumnContext, Family, SqlType, ddl as type_text};

/// What a CREATE or DROP is guarded by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guard {
    /// Nothing.
    #[default]
    None,
    /// `IF [NOT] EXISTS`.
    IfExists,
}

impl Guard {
    /// From the argument of an operation.
    pub fn when(guarded: bool) -> Self {
        if guarded { Self::IfExists } else { Self::None }
    }

    fn not_exists(self) -> &'static str {
        match self {
            Self::None => "",
            Self::IfExists => "IF NOT EXISTS ",
        }
    }

    fn exists(self) -> &'static str {
        match self {
            Self::None => "",
            Self::IfExists => "IF EXISTS ",
        }
    }
}

/// Writes statements for one target.
#[derive(Debug, Clone, Copy)]
pub struct Ddl<'target> {
    target: &'target Target,
}

fn option<'options>(options: &'options Options, name: &str) -> Option<&'options OptionValue> {
    match options.get(name) {
        None | Some(OptionValue::None) => None,
        Some(value) => Some(value),
    }
}

fn text_option<'options>(options: &'options Options, name: &str) -> Option<&'options str> {
    option(options, name).and_then(OptionValue::text)
}

/// Whether a default needs parentheses on SQLite and MySQL: it is neither one word nor a literal.
fn needs_parentheses(default: &str) -> bool {
    let start = default.trim_start().chars().next();
    !matches!(start, Some('\'' | '"' | '('))
        && default
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .any(|character| !character.is_alphanumeric() && character != '_')
}

fn has_precision_call(default: &str) -> bool {
    let lower = default.to_ascii_lowercase();
    ["now(", "current_timestamp("].iter().any(|call| {
        lower.strip_prefix(call).is_some_and(|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            digits > 0 && rest[digits..].starts_with(')')
        })
    })
}

fn updates_itself(default: &str) -> bool {
    let lower = default.to_ascii_lowercase();
    lower.match_indices("on ").any(|(at, _)| {
        lower[at + 2..]
            .trim_start_matches(' ')
            .starts_with("update")
    })
}

/// Words that stand in a statement as they are, such as `SET NULL`.
fn phrase<'text>(text: &'text str, pattern: &str) -> Result<&'text str, CompileError> {
    let accepted = Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text));
    if accepted {
        Ok(text)
    } else {
        Err(CompileError::new(format!(
            "Unexpected SQL phrase: {} (matching against {})",
            quoted_python(text),
            quoted_python(pattern)
        )))
    }
}

/// A text between quotes as `repr()` writes it, near enough for a message.
fn quoted_python(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

const INDEX_METHOD: &str = r"(?i)^(?:btree|hash|gist|gin|[\w_]+)$";
const ON_DELETE_POSTGRES: &str = r#"(?x) ^ \w+ (?:\s+\w+)* (?: \s* \( \s* (?:[\w$]+|"(?:[^"]|"")+") (?: \s*,\s* (?:[\w$]+|"(?:[^"]|"")+") )* \s* \) )? $"#;

impl<'target> Ddl<'target> {
    /// A writer for a target.
    pub fn new(target: &'target Target) -> Self {
        Self { target }
    }

    /// The target.
    pub fn target(self) -> &'target Target {
        self.target
    }

    /// An expression within a statement about its own table: columns without their table.
    pub fn expression(self, expression: &Expr) -> Result<String, CompileError> {
        bare_sql(expression, self.target)
    }

    /// A text literal.
    pub fn literal(self, text: &str) -> Result<String, CompileError> {
        literal_text(&Literal::text(text), &SqlType::string(), self.target)
    }

    fn type_text(self, column: &Column) -> Result<String, CompileError> {
        type_text(&column.sql_type, self.target, ColumnContext::Definition)
    }

    /// A type outside a column.
    pub fn bare_type(self, sql_type: &SqlType) -> Result<String, CompileError> {
        type_text(sql_type, self.target, ColumnContext::Definition)
    }

    /// The default that a statement sets.
    pub fn default_text(self, default: &ServerDefault) -> Result<Option<String>, CompileError> {
        match default {
            ServerDefault::Text(text) => self.literal(text).map(Some),
            ServerDefault::Expr(expression) => literal_sql(expression, self.target).map(Some),
            ServerDefault::Fetched => Ok(None),
        }
    }

    fn column_default(self, column: &Column) -> Result<Option<String>, CompileError> {
        match &column.server_default {
            Some(default) => self.default_text(default),
            None => Ok(None),
        }
    }

    /// A column as it stands in CREATE TABLE and ADD COLUMN.
    ///
    /// # Errors
    ///
    /// Types and expressions that the target cannot have.
    pub fn column_specification(
        self,
        column: &Column,
        table: &Table,
    ) -> Result<String, CompileError> {
        if self.target.is_postgres() {
            self.postgres_column(column, table)
        } else if self.target.is_sqlite() {
            self.sqlite_column(column, table)
        } else {
            self.mysql_column(column, table)
        }
    }

    fn counts(self, column: &Column, table: &Table) -> Result<bool, CompileError> {
        Ok(table
            .autoincrement_column()?
            .is_some_and(|counting| counting.name.as_str() == column.name.as_str()))
    }

    fn postgres_column(self, column: &Column, table: &Table) -> Result<String, CompileError> {
        let mut text = self.target.quote(&column.name).into_owned();
        let serial = if column.primary_key
            && column.identity.is_none()
            && !column.python_default
            && column
                .sequence
                .as_ref()
                .is_none_or(|sequence| sequence.optional)
            && self.counts(column, table)?
        {
            Some(serial_name(&column.sql_type, self.target)?)
        } else {
            None
        };
        text.push(' ');
        if let Some(serial) = serial {
            text.push_str(serial);
        } else {
            text.push_str(&self.type_text(column)?);
            if let Some(default) = self.column_default(column)? {
                text.push_str(" DEFAULT ");
                text.push_str(&default);
            }
        }
        if let Some(computed) = &column.computed {
            text.push(' ');
            text.push_str(&self.computed(computed)?);
        }
        if let Some(identity) = &column.identity {
            text.push(' ');
            text.push_str(&identity_text(identity));
        }
        match (column.is_nullable(), column.identity.is_some()) {
            (false, false) => text.push_str(" NOT NULL"),
            (true, true) => text.push_str(" NULL"),
            _ => {}
        }
        Ok(text)
    }

    fn sqlite_column(self, column: &Column, table: &Table) -> Result<String, CompileError> {
        let mut text = format!(
            "{} {}",
            self.target.quote(&column.name),
            self.type_text(column)?
        );
        if let Some(default) = self.column_default(column)? {
            if needs_parentheses(&default) {
                let _ = write!(text, " DEFAULT ({default})");
            } else {
                let _ = write!(text, " DEFAULT {default}");
            }
        }
        if !column.is_nullable() {
            text.push_str(" NOT NULL");
            if let Some(clause) = text_option(&column.options, "sqlite_on_conflict_not_null") {
                let _ = write!(text, " ON CONFLICT {clause}");
            }
        }
        if column.primary_key {
            let single = table.primary_key_columns().len() == 1;
            if column.autoincrement == super::schema::Autoincrement::Yes && !single {
                return Err(CompileError::new(
                    "SQLite does not support autoincrement for composite primary keys",
                ));
            }
            if single && counts_inline(table, column) {
                text.push_str(" PRIMARY KEY");
                if let Some(clause) = text_option(&column.options, "sqlite_on_conflict_primary_key")
                {
                    let _ = write!(text, " ON CONFLICT {clause}");
                }
                text.push_str(" AUTOINCREMENT");
            }
        }
        if let Some(computed) = &column.computed {
            text.push(' ');
            text.push_str(&self.computed(computed)?);
        }
        Ok(text)
    }

    fn mysql_column(self, column: &Column, table: &Table) -> Result<String, CompileError> {
        let mut text = format!(
            "{} {}",
            self.target.quote(&column.name),
            self.type_text(column)?
        );
        if let Some(computed) = &column.computed {
            text.push(' ');
            text.push_str(&self.computed(computed)?);
        }
        if !column.is_nullable() {
            text.push_str(" NOT NULL");
        } else if column.sql_type.resolve(self.target)?.class().visit_name() == "TIMESTAMP" {
            text.push_str(" NULL");
        }
        if let Some(comment) = &column.comment {
            let _ = write!(text, " COMMENT {}", self.literal(comment)?);
        }
        if column.server_default.is_none() && self.counts(column, table)? {
            text.push_str(" AUTO_INCREMENT");
        } else if let Some(default) = self.column_default(column)? {
            if needs_parentheses(&default)
                && !updates_itself(&default)
                && !has_precision_call(&default)
            {
                let _ = write!(text, " DEFAULT ({default})");
            } else {
                let _ = write!(text, " DEFAULT {default}");
            }
        }
        Ok(text)
    }

    fn computed(self, computed: &Computed) -> Result<String, CompileError> {
        let mut text = format!(
            "GENERATED ALWAYS AS ({})",
            self.expression(&computed.expression)?
        );
        match computed.persisted {
            Some(true) => text.push_str(" STORED"),
            Some(false) => text.push_str(" VIRTUAL"),
            None => {}
        }
        Ok(text)
    }

    /// `CREATE TABLE`, with tabs and line breaks as SQLAlchemy has them.
    ///
    /// # Errors
    ///
    /// Types and expressions that the target cannot have.
    pub fn create_table(self, table: &Table, guard: Guard) -> Result<String, CompileError> {
        let mut text = "\nCREATE ".to_owned();
        for prefix in &table.prefixes {
            text.push_str(prefix);
            text.push(' ');
        }
        let _ = write!(
            text,
            "TABLE {}{} (",
            guard.not_exists(),
            self.target.format_table(table.schema.as_ref(), &table.name)
        );
        let mut separator = "\n";
        for column in table.columns.iter().filter(|column| !column.system) {
            let written = self
                .table_column(column, table)
                .map_err(|error| CompileError {
                    message: format!(
                        "(in table '{}', column '{}'): {}",
                        table.name, column.name, error.message
                    ),
                    ..error
                })?;
            text.push_str(separator);
            separator = ", \n";
            text.push('\t');
            text.push_str(&written);
        }
        let constraints = self.table_constraints(table)?;
        if !constraints.is_empty() {
            text.push_str(separator);
            text.push('\t');
            text.push_str(&constraints.join(", \n\t"));
        }
        let _ = write!(text, "\n){}\n\n", self.table_options(table)?);
        Ok(text)
    }

    fn table_column(self, column: &Column, table: &Table) -> Result<String, CompileError> {
        let mut text = self.column_specification(column, table)?;
        for check in &column.checks {
            text.push(' ');
            text.push_str(&self.constraint_or_empty(check, table)?);
        }
        Ok(text)
    }

    fn table_constraints(self, table: &Table) -> Result<Vec<String>, CompileError> {
        let mut written = Vec::with_capacity(table.constraints.len());
        let (keys, others): (Vec<_>, Vec<_>) = table
            .constraints
            .iter()
            .partition(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }));
        for constraint in keys.into_iter().chain(others) {
            if !self.is_written(constraint) {
                continue;
            }
            if let ConstraintKind::ForeignKey { rules, .. } = &constraint.kind
                && rules.use_alter
                && !self.target.is_sqlite()
            {
                continue;
            }
            if let ConstraintKind::PrimaryKey { columns } = &constraint.kind
                && columns.is_empty()
            {
                continue;
            }
            if let Some(text) = self.constraint(constraint, table)? {
                written.push(text);
            }
        }
        Ok(written)
    }

    /// Whether a constraint is written for this target at all.
    pub fn is_written(self, constraint: &Constraint) -> bool {
        if let Some(only_on) = &constraint.common.only_on
            && !only_on
                .iter()
                .any(|dialect| &**dialect == self.target.dialect_name())
        {
            return false;
        }
        true
    }

    fn constraint_or_empty(
        self,
        constraint: &Constraint,
        table: &Table,
    ) -> Result<String, CompileError> {
        Ok(self.constraint(constraint, table)?.unwrap_or_default())
    }

    /// A constraint as it stands in CREATE TABLE and after ADD; `None` where the target leaves it
    /// out.
    ///
    /// # Errors
    ///
    /// Expressions that the target cannot have.
    pub fn constraint(
        self,
        constraint: &Constraint,
        table: &Table,
    ) -> Result<Option<String>, CompileError> {
        let mut text = String::new();
        if let ConstraintKind::ForeignKey { targets, .. } = &constraint.kind
            && self.target.is_sqlite()
        {
            let remote = targets.first().map(|target| referent(target).schema);
            let local = table
                .schema
                .as_ref()
                .map(|schema| schema.as_str().to_owned());
            if remote.flatten() != local {
                return Ok(None);
            }
        }
        if let ConstraintKind::PrimaryKey { columns } = &constraint.kind
            && let [only] = columns.as_slice()
            && self.target.is_sqlite()
            && let Some(column) = table.column(only.as_str())
            && counts_inline(table, column)
        {
            return Ok(None);
        }
        if let Some(name) = self.constraint_name(&table.deferred_name(constraint)?)? {
            let _ = write!(text, "CONSTRAINT {name} ");
        }
        match &constraint.kind {
            ConstraintKind::PrimaryKey { columns } => {
                self.primary_key(&mut text, constraint, columns, table)?;
            }
            ConstraintKind::Unique { columns } => {
                self.unique(&mut text, constraint, columns, table)?;
            }
            ConstraintKind::TypeCheck { column, values } => {
                let values = values
                    .iter()
                    .map(|value| match value {
                        CheckValue::Number(number) => Ok(number.to_string()),
                        CheckValue::Text(label) => self.literal(label),
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                let _ = write!(
                    text,
                    "CHECK ({} IN ({}))",
                    self.target.quote(column),
                    values.join(", ")
                );
            }
            ConstraintKind::Check { condition } => {
                let _ = write!(text, "CHECK ({})", self.expression(condition)?);
                self.deferrability(&mut text, &constraint.common)?;
                self.validity(&mut text, &constraint.common);
                self.on_conflict(
                    &mut text,
                    text_option(&constraint.common.options, "sqlite_on_conflict"),
                );
            }
            ConstraintKind::ForeignKey {
                columns,
                targets,
                rules,
            } => {
                self.foreign_key(&mut text, columns, targets, table);
                self.reference_rules(&mut text, rules)?;
                self.deferrability(&mut text, &constraint.common)?;
                self.validity(&mut text, &constraint.common);
            }
            ConstraintKind::Exclude {
                elements,
                using,
                condition,
                ops,
            } => {
                if !self.target.is_postgres() {
                    return Err(CompileError::unsupported(
                        self.target.ddl_compiler_name(),
                        "<class 'sqlalchemy.dialects.postgresql.ext.ExcludeConstraint'>",
                    ));
                }
                let mut compared = Vec::with_capacity(elements.len());
                for element in elements {
                    let class = element
                        .key
                        .as_ref()
                        .and_then(|key| ops.iter().find(|(name, _)| name == key))
                        .map(|(_, class)| format!(" {class}"))
                        .unwrap_or_default();
                    compared.push(format!(
                        "{}{class} WITH {}",
                        self.expression(&element.expression)?,
                        element.operator
                    ));
                }
                let _ = write!(
                    text,
                    "EXCLUDE USING {} ({})",
                    phrase(using, INDEX_METHOD)?.to_lowercase(),
                    compared.join(", ")
                );
                if let Some(condition) = condition {
                    let _ = write!(text, " WHERE ({})", literal_sql(condition, self.target)?);
                }
                self.deferrability(&mut text, &constraint.common)?;
            }
            ConstraintKind::Named | ConstraintKind::NamedCheck => {}
        }
        Ok(Some(text))
    }

    fn primary_key(
        self,
        text: &mut String,
        constraint: &Constraint,
        columns: &[Name],
        table: &Table,
    ) -> Result<(), CompileError> {
        let mut names = self.names(columns, table);
        // A key that nobody wrote down begins with the column that counts up.
        if !constraint.common.options.contains_key("explicit")
            && constraint.common.created == 0
            && let Some(counting) = table.autoincrement_column()?
        {
            let counting = self.target.quote(&counting.name).into_owned();
            if let Some(at) = names.iter().position(|name| *name == counting) {
                let first = names.remove(at);
                names.insert(0, first);
            }
        }
        let _ = write!(text, "PRIMARY KEY ({})", names.join(", "));
        self.include(text, &constraint.common.options, table);
        self.deferrability(text, &constraint.common)?;
        let own = text_option(&constraint.common.options, "sqlite_on_conflict").or_else(|| {
            let [only] = columns else { return None };
            text_option(
                &table.column(only.as_str())?.options,
                "sqlite_on_conflict_primary_key",
            )
        });
        self.on_conflict(text, own);
        if self.target.is_mysql()
            && let Some(using) = self.mysql_option(&constraint.common.options, "using")
        {
            let _ = write!(text, " USING {}", self.target.quote_text(&using.written()));
        }
        Ok(())
    }

    fn unique(
        self,
        text: &mut String,
        constraint: &Constraint,
        columns: &[Name],
        table: &Table,
    ) -> Result<(), CompileError> {
        if columns.is_empty() {
            text.clear();
            return Ok(());
        }
        text.push_str("UNIQUE ");
        if self.target.is_postgres() {
            text.push_str(
                match constraint
                    .common
                    .options
                    .get("postgresql_nulls_not_distinct")
                {
                    Some(OptionValue::Bool(true)) => "NULLS NOT DISTINCT ",
                    Some(OptionValue::Bool(false)) => "NULLS DISTINCT ",
                    _ => "",
                },
            );
        }
        let _ = write!(text, "({})", self.names(columns, table).join(", "));
        self.include(text, &constraint.common.options, table);
        self.deferrability(text, &constraint.common)?;
        let own = text_option(&constraint.common.options, "sqlite_on_conflict").or_else(|| {
            let [only] = columns else { return None };
            text_option(
                &table.column(only.as_str())?.options,
                "sqlite_on_conflict_unique",
            )
        });
        self.on_conflict(text, own);
        Ok(())
    }

    fn on_conflict(self, text: &mut String, clause: Option<&str>) {
        if self.target.is_sqlite()
            && let Some(clause) = clause
        {
            let _ = write!(text, " ON CONFLICT {clause}");
        }
    }

    fn include(self, text: &mut String, options: &Options, table: &Table) {
        if !self.target.is_postgres() {
            return;
        }
        if let Some(OptionValue::List(columns)) = option(options, "postgresql_include")
            && !columns.is_empty()
        {
            let columns: Vec<String> = columns
                .iter()
                .map(|column| {
                    let name = match column {
                        OptionValue::Expr(expression) => expression
                            .column_names()
                            .first()
                            .map(ToString::to_string)
                            .unwrap_or_default(),
                        other => other.written(),
                    };
                    let name = table
                        .column(&name)
                        .map_or_else(|| Name::from(name.as_str()), |column| column.name.clone());
                    self.target.quote(&name).into_owned()
                })
                .collect();
            let _ = write!(text, " INCLUDE ({})", columns.join(", "));
        }
    }

    fn validity(self, text: &mut String, common: &ConstraintCommon) {
        if self.target.is_postgres()
            && option(&common.options, "postgresql_not_valid").is_some_and(OptionValue::is_true)
        {
            text.push_str(" NOT VALID");
        }
    }

    /// Columns by their names, where constraints know them by their keys.
    fn names(self, keys: &[Name], table: &Table) -> Vec<String> {
        keys.iter()
            .map(|key| {
                let name = table
                    .column(key.as_str())
                    .map_or(key, |column| &column.name);
                self.target.quote(name).into_owned()
            })
            .collect()
    }

    fn foreign_key(
        self,
        text: &mut String,
        columns: &[Name],
        targets: &[std::rc::Rc<str>],
        table: &Table,
    ) {
        let referents: Vec<_> = targets.iter().map(|target| referent(target)).collect();
        let remote: Vec<String> = referents
            .iter()
            .zip(columns)
            .map(|(referent, own)| {
                let name = referent.column.as_deref().unwrap_or(own.as_str());
                self.target.quote_text(name).into_owned()
            })
            .collect();
        let remote_table = referents.first().map_or_else(String::new, |first| {
            let schema = first.schema.as_deref().map(Name::from);
            let schema = if self.target.is_sqlite() {
                None
            } else {
                schema
            };
            self.target
                .format_table(schema.as_ref(), &Name::from(first.table.as_str()))
        });
        let _ = write!(
            text,
            "FOREIGN KEY({}) REFERENCES {remote_table} ({})",
            self.names(columns, table).join(", "),
            remote.join(", ")
        );
    }

    /// What a reference does: MATCH, ON DELETE, ON UPDATE.
    ///
    /// # Errors
    ///
    /// Words that do not belong there.
    pub fn reference_rules(
        self,
        text: &mut String,
        rules: &ReferenceRules,
    ) -> Result<(), CompileError> {
        if let Some(match_) = &rules.match_ {
            if self.target.is_mysql() {
                return Err(CompileError::new(
                    "MySQL ignores the 'MATCH' keyword while at the same time causes ON UPDATE/ON \
                     DELETE clauses to be ignored.",
                ));
            }
            let _ = write!(text, " MATCH {}", plain_phrase(match_)?);
        }
        if let Some(ondelete) = &rules.ondelete {
            let words = if self.target.is_postgres() {
                phrase(ondelete, ON_DELETE_POSTGRES)?
            } else {
                plain_phrase(ondelete)?
            };
            let _ = write!(text, " ON DELETE {words}");
        }
        if let Some(onupdate) = &rules.onupdate {
            let _ = write!(text, " ON UPDATE {}", plain_phrase(onupdate)?);
        }
        Ok(())
    }

    /// DEFERRABLE and INITIALLY.
    ///
    /// # Errors
    ///
    /// Words that do not belong there.
    pub fn deferrability(
        self,
        text: &mut String,
        common: &ConstraintCommon,
    ) -> Result<(), CompileError> {
        match common.deferrable {
            Some(true) => text.push_str(" DEFERRABLE"),
            Some(false) => text.push_str(" NOT DEFERRABLE"),
            None => {}
        }
        if let Some(initially) = &common.initially {
            let _ = write!(text, " INITIALLY {}", plain_phrase(initially)?);
        }
        Ok(())
    }

    /// A constraint's name as it is written.
    ///
    /// # Errors
    ///
    /// A name that is too long for the target.
    pub fn constraint_name(self, name: &ConstraintName) -> Result<Option<String>, CompileError> {
        name.text()
            .map(|name| self.target.format_constraint_name(name))
            .transpose()
    }

    /// `ALTER TABLE … ADD` of a constraint.
    ///
    /// # Errors
    ///
    /// As for [`Ddl::constraint`].
    pub fn add_constraint(
        self,
        constraint: &Constraint,
        table: &Table,
    ) -> Result<String, CompileError> {
        Ok(format!(
            "ALTER TABLE {} ADD {}",
            self.target.format_table(table.schema.as_ref(), &table.name),
            self.constraint_or_empty(constraint, table)?
        ))
    }

    /// `ALTER TABLE … DROP` of a constraint.
    ///
    /// # Errors
    ///
    /// A constraint without a name.
    pub fn drop_constraint(
        self,
        constraint: &Constraint,
        table: &Table,
        guard: Guard,
    ) -> Result<String, CompileError> {
        let table_name = self.target.format_table(table.schema.as_ref(), &table.name);
        let name = self.constraint_name(&table.deferred_name(constraint)?)?;
        if self.target.is_mysql() {
            let unnamed = || {
                CompileError::of(
                    ErrorClass::Assertion,
                    "a constraint without a name cannot be dropped",
                )
            };
            let (word, name) = match &constraint.kind {
                ConstraintKind::ForeignKey { .. } => ("FOREIGN KEY ", name.ok_or_else(unnamed)?),
                ConstraintKind::PrimaryKey { .. } => ("PRIMARY KEY ", String::new()),
                ConstraintKind::Unique { .. } => ("INDEX ", name.ok_or_else(unnamed)?),
                ConstraintKind::Check { .. }
                | ConstraintKind::TypeCheck { .. }
                | ConstraintKind::NamedCheck => (
                    if self.target.mariadb {
                        "CONSTRAINT "
                    } else {
                        "CHECK "
                    },
                    name.ok_or_else(unnamed)?,
                ),
                ConstraintKind::Exclude { .. } | ConstraintKind::Named => {
                    return Err(CompileError::of(
                        ErrorClass::NotImplemented,
                        "No generic 'DROP CONSTRAINT' in MySQL - please specify constraint type",
                    ));
                }
            };
            return Ok(format!("ALTER TABLE {table_name} DROP {word}{name}"));
        }
        let Some(name) = name else {
            return Err(CompileError::new(format!(
                "Can't emit DROP CONSTRAINT for constraint {}; it has no name",
                constraint_repr(constraint, table)
            )));
        };
        Ok(format!(
            "ALTER TABLE {table_name} DROP CONSTRAINT {}{name}",
            guard.exists()
        ))
    }

    /// `CREATE INDEX`.
    ///
    /// # Errors
    ///
    /// Expressions that the target cannot have.
    pub fn create_index(self, index: &Index, guard: Guard) -> Result<String, CompileError> {
        let Some(name) = self.constraint_name(&index.name)? else {
            return Err(CompileError::new(
                "CREATE INDEX requires that the index have a name",
            ));
        };
        let mut text = "CREATE ".to_owned();
        if index.unique {
            text.push_str("UNIQUE ");
        }
        if self.target.is_mysql()
            && let Some(prefix) = self.mysql_option(&index.options, "prefix")
            && prefix.is_true()
        {
            text.push_str(&prefix.written());
            text.push(' ');
        }
        text.push_str("INDEX ");
        if self.target.is_postgres()
            && option(&index.options, "postgresql_concurrently").is_some_and(OptionValue::is_true)
        {
            text.push_str("CONCURRENTLY ");
        }
        text.push_str(guard.not_exists());
        if self.target.is_postgres() {
            self.postgres_index(&mut text, index, &name)?;
        } else if self.target.is_sqlite() {
            if let Some(schema) = &index.schema {
                let _ = write!(text, "{}.", self.target.quote(schema));
            }
            let _ = write!(
                text,
                "{name} ON {} ({})",
                self.target.quote(&index.table),
                self.index_elements(index)?.join(", ")
            );
            if let Some(condition) = option(&index.options, "sqlite_where") {
                let _ = write!(text, " WHERE {}", self.condition(condition)?);
            }
        } else {
            self.mysql_index(&mut text, index, &name)?;
        }
        Ok(text)
    }

    fn index_elements(self, index: &Index) -> Result<Vec<String>, CompileError> {
        index
            .elements
            .iter()
            .map(|element| match element {
                IndexElement::Column(name) => Ok(self.target.quote(name).into_owned()),
                IndexElement::Text(expression) => self.expression(expression),
                IndexElement::Expr(expression) => {
                    if self.target.is_postgres() && !expression.is_column() {
                        self.expression(&expression.grouped_in_index())
                    } else if self.target.is_mysql() && expression.is_grouped_in_mysql_index() {
                        Ok(format!("({})", self.expression(expression)?))
                    } else {
                        self.expression(expression)
                    }
                }
            })
            .collect()
    }

    fn postgres_index(
        self,
        text: &mut String,
        index: &Index,
        name: &str,
    ) -> Result<(), CompileError> {
        let _ = write!(
            text,
            "{name} ON {} ",
            self.target
                .format_table(index.schema.as_ref(), &index.table)
        );
        if let Some(using) = text_option(&index.options, "postgresql_using")
            && !using.is_empty()
        {
            let _ = write!(
                text,
                "USING {} ",
                phrase(using, INDEX_METHOD)?.to_lowercase()
            );
        }
        let mut elements = self.index_elements(index)?;
        if let Some(OptionValue::Map(classes)) = option(&index.options, "postgresql_ops") {
            for (element, written) in index.elements.iter().zip(&mut elements) {
                let key = match element {
                    IndexElement::Column(name) => Some(name.as_str().to_owned()),
                    IndexElement::Text(expression) | IndexElement::Expr(expression) => {
                        expression.key().map(|key| key.to_string())
                    }
                };
                if let Some(key) = key
                    && let Some((_, class)) = classes.iter().find(|(name, _)| **name == *key)
                {
                    let _ = write!(written, " {}", class.written());
                }
            }
        }
        let _ = write!(text, "({})", elements.join(", "));
        let columns = Table::new(index.table.clone(), None, std::rc::Rc::default());
        self.include(text, &index.options, &columns);
        match index.options.get("postgresql_nulls_not_distinct") {
            Some(OptionValue::Bool(true)) => text.push_str(" NULLS NOT DISTINCT"),
            Some(OptionValue::Bool(false)) => text.push_str(" NULLS DISTINCT"),
            _ => {}
        }
        if let Some(OptionValue::Map(with)) = option(&index.options, "postgresql_with")
            && !with.is_empty()
        {
            let _ = write!(text, " WITH ({})", storage_options(with));
        }
        if let Some(tablespace) = text_option(&index.options, "postgresql_tablespace")
            && !tablespace.is_empty()
        {
            let _ = write!(text, " TABLESPACE {}", self.target.quote_text(tablespace));
        }
        if let Some(condition) = option(&index.options, "postgresql_where") {
            let _ = write!(text, " WHERE {}", self.condition(condition)?);
        }
        Ok(())
    }

    fn mysql_index(
        self,
        text: &mut String,
        index: &Index,
        name: &str,
    ) -> Result<(), CompileError> {
        let _ = write!(
            text,
            "{name} ON {} ",
            self.target
                .format_table(index.schema.as_ref(), &index.table)
        );
        let mut elements = self.index_elements(index)?;
        match self.mysql_option(&index.options, "length") {
            Some(OptionValue::Map(lengths)) => {
                for (element, written) in index.elements.iter().zip(&mut elements) {
                    let key = match element {
                        IndexElement::Column(name) => name.as_str().to_owned(),
                        IndexElement::Text(expression) | IndexElement::Expr(expression) => {
                            expression
                                .key()
                                .map(|key| key.to_string())
                                .unwrap_or_default()
                        }
                    };
                    if let Some((_, length)) = lengths
                        .iter()
                        .find(|(column, _)| **column == *key || **column == **written)
                    {
                        let _ = write!(written, "({})", length.written());
                    }
                }
            }
            Some(length) => {
                for written in &mut elements {
                    let _ = write!(written, "({})", length.written());
                }
            }
            None => {}
        }
        let _ = write!(text, "({})", elements.join(", "));
        if let Some(parser) = self.mysql_option(&index.options, "with_parser") {
            let _ = write!(text, " WITH PARSER {}", parser.written());
        }
        if let Some(using) = self.mysql_option(&index.options, "using") {
            let _ = write!(text, " USING {}", self.target.quote_text(&using.written()));
        }
        Ok(())
    }

    /// An option of MySQL; on a MariaDB URL its own comes first.
    fn mysql_option<'options>(
        self,
        options: &'options Options,
        name: &str,
    ) -> Option<&'options OptionValue> {
        self.target
            .mariadb
            .then(|| option(options, &format!("mariadb_{name}")))
            .flatten()
            .or_else(|| option(options, &format!("mysql_{name}")))
    }

    fn condition(self, condition: &OptionValue) -> Result<String, CompileError> {
        match condition {
            OptionValue::Expr(expression) => self.expression(expression),
            other => Ok(other.written()),
        }
    }

    /// `DROP INDEX`.
    ///
    /// # Errors
    ///
    /// An index without a name.
    pub fn drop_index(self, index: &Index, guard: Guard) -> Result<String, CompileError> {
        let Some(name) = self.constraint_name(&index.name)? else {
            return Err(CompileError::new(
                "DROP INDEX requires that the index have a name",
            ));
        };
        let mut text = "\nDROP INDEX ".to_owned();
        if self.target.is_postgres()
            && option(&index.options, "postgresql_concurrently").is_some_and(OptionValue::is_true)
        {
            text.push_str("CONCURRENTLY ");
        }
        text.push_str(guard.exists());
        if self.target.is_mysql() {
            let _ = write!(
                text,
                "{name} ON {}",
                self.target
                    .format_table(index.schema.as_ref(), &index.table)
            );
        } else {
            if let Some(schema) = &index.schema {
                let _ = write!(text, "{}.", self.target.quote(schema));
            }
            text.push_str(&name);
        }
        Ok(text)
    }

    /// `DROP TABLE`.
    pub fn drop_table(self, schema: Option<&Name>, name: &Name, guard: Guard) -> String {
        format!(
            "\nDROP TABLE {}{}",
            guard.exists(),
            self.target.format_table(schema, name)
        )
    }

    /// A table's comment set, or taken away.
    ///
    /// # Errors
    ///
    /// A comment that cannot be written.
    pub fn table_comment(
        self,
        schema: Option<&Name>,
        name: &Name,
        comment: Option<&str>,
    ) -> Result<String, CompileError> {
        let table = self.target.format_table(schema, name);
        let comment = comment.map(|comment| self.literal(comment)).transpose()?;
        let comment = comment.as_deref().unwrap_or("NULL");
        Ok(if self.target.is_mysql() {
            format!("ALTER TABLE {table} COMMENT {comment}")
        } else {
            format!("COMMENT ON TABLE {table} IS {comment}")
        })
    }

    /// A table's comment taken away.
    pub fn drop_table_comment(self, schema: Option<&Name>, name: &Name) -> String {
        let table = self.target.format_table(schema, name);
        if self.target.is_mysql() {
            format!("ALTER TABLE {table} COMMENT ''")
        } else {
            format!("COMMENT ON TABLE {table} IS NULL")
        }
    }

    /// A column's comment.
    ///
    /// # Errors
    ///
    /// A comment that cannot be written.
    pub fn column_comment(self, table: &Table, column: &Column) -> Result<String, CompileError> {
        let comment = column.comment.as_deref().unwrap_or_default();
        Ok(format!(
            "COMMENT ON COLUMN {}.{} IS {}",
            self.target.format_table(table.schema.as_ref(), &table.name),
            self.target.quote(&column.name),
            self.literal(comment)?
        ))
    }

    /// Whether comments are statements of their own.
    pub fn has_comment_statements(self) -> bool {
        self.target.is_postgres()
    }

    /// `CREATE SEQUENCE`.
    ///
    /// # Errors
    ///
    /// A type that the target cannot have.
    pub fn create_sequence(
        self,
        sequence: &Sequence,
        guard: Guard,
    ) -> Result<String, CompileError> {
        let mut text = format!(
            "CREATE SEQUENCE {}{}",
            guard.not_exists(),
            self.target
                .format_table(sequence.schema.as_ref(), &sequence.name)
        );
        if self.target.is_postgres()
            && let Some(data_type) = &sequence.data_type
        {
            let _ = write!(text, " AS {}", self.bare_type(data_type)?);
        }
        let options = sequence_options(&sequence.options);
        if !options.is_empty() {
            text.push(' ');
            text.push_str(&options);
        }
        Ok(text)
    }

    /// `DROP SEQUENCE`.
    pub fn drop_sequence(self, sequence: &Sequence, guard: Guard) -> String {
        format!(
            "DROP SEQUENCE {}{}",
            guard.exists(),
            self.target
                .format_table(sequence.schema.as_ref(), &sequence.name)
        )
    }

    fn table_options(self, table: &Table) -> Result<String, CompileError> {
        if self.target.is_postgres() {
            Ok(self.postgres_table_options(&table.options))
        } else if self.target.is_sqlite() {
            Ok(sqlite_table_options(&table.options))
        } else {
            self.mysql_table_options(table)
        }
    }

    fn postgres_table_options(self, options: &Options) -> String {
        let mut text = String::new();
        if let Some(inherits) = option(options, "postgresql_inherits") {
            let parents: Vec<String> = match inherits {
                OptionValue::List(parents) => parents.iter().map(OptionValue::written).collect(),
                one => vec![one.written()],
            };
            let parents: Vec<String> = parents
                .iter()
                .map(|parent| self.target.quote_text(parent).into_owned())
                .collect();
            let _ = write!(text, "\n INHERITS ({})", parents.join(", "));
        }
        if let Some(partition) = option(options, "postgresql_partition_by")
            && partition.is_true()
        {
            let _ = write!(text, "\n PARTITION BY {}", partition.written());
        }
        if let Some(using) = option(options, "postgresql_using")
            && using.is_true()
        {
            let _ = write!(text, "\n USING {}", using.written());
        }
        if let Some(OptionValue::Map(with)) = option(options, "postgresql_with")
            && !with.is_empty()
        {
            let _ = write!(text, "\n WITH ({})", storage_options(with));
        }
        match options.get("postgresql_with_oids") {
            Some(OptionValue::Bool(true)) => text.push_str("\n WITH OIDS"),
            Some(OptionValue::Bool(false)) => text.push_str("\n WITHOUT OIDS"),
            _ => {}
        }
        if let Some(on_commit) = text_option(options, "postgresql_on_commit") {
            let _ = write!(
                text,
                "\n ON COMMIT {}",
                on_commit.replace('_', " ").to_uppercase()
            );
        }
        if let Some(tablespace) = text_option(options, "postgresql_tablespace") {
            let _ = write!(text, "\n TABLESPACE {}", self.target.quote_text(tablespace));
        }
        text
    }

    fn mysql_table_options(self, table: &Table) -> Result<String, CompileError> {
        let prefix = format!("{}_", self.target.dialect_name());
        let mut options: Vec<(String, String)> = Vec::new();
        for (name, value) in &table.options {
            if let Some(name) = name.strip_prefix(prefix.as_str()) {
                options.push((name.to_uppercase(), value.written()));
            }
        }
        if let Some(comment) = &table.comment {
            options.retain(|(name, _)| name != "COMMENT");
            options.push(("COMMENT".to_owned(), comment.to_string()));
        }
        // The collation goes behind the character set it belongs to.
        let charsets = [
            "DEFAULT_CHARSET",
            "DEFAULT_CHARACTER_SET",
            "CHARSET",
            "CHARACTER_SET",
        ];
        if let Some(collate) = options.iter().position(|(name, _)| name == "COLLATE")
            && let Some(last) = options
                .iter()
                .rposition(|(name, _)| charsets.contains(&name.as_str()))
            && last > collate
        {
            let option = options.remove(collate);
            options.insert(last, option);
        }
        let (partitions, ordinary): (Vec<_>, Vec<_>) = options
            .into_iter()
            .partition(|(name, _)| PARTITION_OPTIONS.contains(&name.as_str()));
        let mut written = Vec::new();
        for (name, value) in ordinary {
            let value = if TEXT_OPTIONS.contains(&name.as_str()) {
                self.literal(&value)?
            } else {
                value
            };
            let name = if SPACED_OPTIONS.contains(&name.as_str()) {
                name.replace('_', " ")
            } else {
                name
            };
            let joiner = if JOINED_BY_SPACE.contains(&name.as_str()) {
                " "
            } else {
                "="
            };
            written.push(format!("{name}{joiner}{value}"));
        }
        for name in PARTITION_OPTIONS {
            if let Some((_, value)) = partitions.iter().find(|(given, _)| given == name) {
                written.push(format!("{} {value}", name.replace('_', " ")));
            }
        }
        Ok(written.join(" "))
    }
}

const PARTITION_OPTIONS: [&str; 4] = [
    "PARTITION_BY",
    "PARTITIONS",
    "SUBPARTITIONS",
    "SUBPARTITION_BY",
];
const TEXT_OPTIONS: [&str; 3] = ["COMMENT", "PASSWORD", "CONNECTION"];
const SPACED_OPTIONS: [&str; 6] = [
    "DATA_DIRECTORY",
    "INDEX_DIRECTORY",
    "DEFAULT_CHARACTER_SET",
    "CHARACTER_SET",
    "DEFAULT_CHARSET",
    "DEFAULT_COLLATE",
];
const JOINED_BY_SPACE: [&str; 4] = [
    "TABLESPACE",
    "DEFAULT CHARACTER SET",
    "CHARACTER SET",
    "COLLATE",
];

fn plain_phrase(text: &str) -> Result<&str, CompileError> {
    phrase(text, r"^\w+(?:\s+\w+)*$")
}

/// Whether SQLite writes a key with its column, because it is told to count.
fn counts_inline(table: &Table, column: &Column) -> bool {
    option(&table.options, "sqlite_autoincrement").is_some_and(OptionValue::is_true)
        && column.primary_key
        && column.sql_type.family() == Family::Integer
        && !table.refers(column)
}

fn sqlite_table_options(options: &Options) -> String {
    let mut words = Vec::new();
    if options
        .get("sqlite_with_rowid")
        .is_some_and(|value| !value.is_true())
    {
        words.push("WITHOUT ROWID");
    }
    if option(options, "sqlite_strict").is_some_and(OptionValue::is_true) {
        words.push("STRICT");
    }
    if words.is_empty() {
        String::new()
    } else {
        format!("\n {}", words.join(",\n "))
    }
}

fn storage_options(options: &[(std::rc::Rc<str>, OptionValue)]) -> String {
    options
        .iter()
        .map(|(name, value)| match value {
            OptionValue::None => name.to_string(),
            OptionValue::Bool(value) => format!("{name} = {value}"),
            other => format!("{name} = {}", other.written()),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// The type that makes PostgreSQL count.
fn serial_name(sql_type: &SqlType, target: &Target) -> Result<&'static str, CompileError> {
    Ok(match sql_type.resolve(target)?.class().visit_name() {
        "big_integer" | "BIGINT" => "BIGSERIAL",
        "small_integer" | "SMALLINT" => "SMALLSERIAL",
        _ => "SERIAL",
    })
}

/// `GENERATED … AS IDENTITY`.
pub fn identity_text(identity: &Identity) -> String {
    let mut text = format!(
        "GENERATED {} AS IDENTITY",
        if identity.always {
            "ALWAYS"
        } else {
            "BY DEFAULT"
        }
    );
    let options = sequence_options(&identity.options);
    if !options.is_empty() {
        let _ = write!(text, " ({options})");
    }
    text
}

/// The numbers of a sequence.
pub fn sequence_options(options: &SequenceOptions) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut number = |word: &str, value: Option<i64>| {
        if let Some(value) = value {
            words.push(format!("{word} {value}"));
        }
    };
    number("INCREMENT BY", options.increment);
    number("START WITH", options.start);
    number("MINVALUE", options.minvalue);
    number("MAXVALUE", options.maxvalue);
    if options.nominvalue.is_some() {
        words.push("NO MINVALUE".to_owned());
    }
    if options.nomaxvalue.is_some() {
        words.push("NO MAXVALUE".to_owned());
    }
    if let Some(cache) = options.cache {
        words.push(format!("CACHE {cache}"));
    }
    match options.cycle {
        Some(true) => words.push("CYCLE".to_owned()),
        Some(false) => words.push("NO CYCLE".to_owned()),
        None => {}
    }
    words.join(" ")
}

/// A constraint as `repr()` writes one, for a message.
fn constraint_repr(constraint: &Constraint, table: &Table) -> String {
    match &constraint.kind {
        ConstraintKind::ForeignKey { .. } => format!(
            "ForeignKeyConstraint(<sqlalchemy.sql.base.DedupeColumnCollection object>, None, \
             table=Table('{}', MetaData(), schema=None))",
            table.name
        ),
        ConstraintKind::PrimaryKey { .. } => "PrimaryKeyConstraint()".to_owned(),
        ConstraintKind::Unique { .. } => "UniqueConstraint()".to_owned(),
        ConstraintKind::Check { .. }
        | ConstraintKind::TypeCheck { .. }
        | ConstraintKind::NamedCheck => "CheckConstraint()".to_owned(),
        ConstraintKind::Exclude { .. } | ConstraintKind::Named => "Constraint()".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_that_need_parentheses() {
        for (default, expected) in [
            ("0", false),
            ("'abc'", false),
            ("-1", true),
            ("0.5", true),
            ("now()", true),
            ("CURRENT_TIMESTAMP", false),
            ("(now())", false),
            ("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP", true),
            ("'{}'::jsonb", false),
        ] {
            assert_eq!(needs_parentheses(default), expected, "{default}");
        }
        assert!(updates_itself(
            "CURRENT_TIMESTAMP ON  UPDATE CURRENT_TIMESTAMP"
        ));
        assert!(has_precision_call("NOW(6)"));
        assert!(!has_precision_call("now()"));
    }
}
