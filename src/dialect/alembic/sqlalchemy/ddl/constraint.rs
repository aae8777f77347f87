//! Constraints, by themselves and in ALTER TABLE.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::{Ddl, Guard, counts_inline, option, text_option};
use crate::dialect::alembic::sqlalchemy::compiler::literal_sql;
use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::naming::ConstraintName;
use crate::dialect::alembic::sqlalchemy::schema::{
    Constraint, ConstraintCommon, ConstraintKind, OptionValue, Options, ReferenceRules, Table,
    referent,
};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::CheckValue;
use crate::python::quote;

/// What may stand in a statement as it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Phrase {
    /// Words, such as `SET NULL`.
    Words,
    /// The name of an index method.
    IndexMethod,
    /// Words, and in PostgreSQL the columns they are for.
    OnDelete,
}

impl Phrase {
    /// The pattern, as the original shows it in its message.
    const fn pattern(self) -> &'static str {
        match self {
            Self::Words => r"^\w+(?:\s+\w+)*$",
            Self::IndexMethod => r"(?i)^(?:btree|hash|gist|gin|[\w_]+)$",
            Self::OnDelete => {
                r#"^\w+(?:\s+\w+)*(?:\s*\(\s*(?:[\w$]+|"(?:[^"]|"")+")(?:\s*,\s*(?:[\w$]+|"(?:[^"]|"")+"))*\s*\))?$"#
            }
        }
    }
}

/// Compiled once: every foreign key of a long history asks.
static PATTERNS: LazyLock<Option<[Regex; 3]>> = LazyLock::new(|| {
    Some([
        Regex::new(Phrase::Words.pattern()).ok()?,
        Regex::new(Phrase::IndexMethod.pattern()).ok()?,
        Regex::new(Phrase::OnDelete.pattern()).ok()?,
    ])
});

/// Words that stand in a statement as they are.
pub(super) fn phrase(text: &str, phrase: Phrase) -> Result<&str, CompileError> {
    let accepted = is_plain(text, phrase)
        || PATTERNS.as_ref().is_some_and(|[words, method, on_delete]| {
            match phrase {
                Phrase::Words => words,
                Phrase::IndexMethod => method,
                Phrase::OnDelete => on_delete,
            }
            .is_match(text)
        });
    if accepted {
        Ok(text)
    } else {
        Err(CompileError::new(format!(
            "Unexpected SQL phrase: {} (matching against {})",
            quote(text),
            quote(phrase.pattern())
        )))
    }
}

/// Whether a text is so plain that it fits without the pattern being asked.
fn is_plain(text: &str, phrase: Phrase) -> bool {
    let is_word = |word: &str| {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        !word.is_empty() && word.as_bytes().iter().all(is_part)
    };
    match phrase {
        Phrase::IndexMethod => is_word(text),
        Phrase::Words | Phrase::OnDelete => text.split(' ').all(is_word),
    }
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

impl Ddl<'_> {
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

    pub(super) fn constraint_or_empty(
        self,
        constraint: &Constraint,
        table: &Table,
    ) -> Result<String, CompileError> {
        Ok(self.constraint(constraint, table)?.unwrap_or_default())
    }

    /// Whether a foreign key leads into another schema, which SQLite cannot have.
    fn is_beyond_schema(self, constraint: &Constraint, table: &Table) -> bool {
        let ConstraintKind::ForeignKey { targets, .. } = &constraint.kind else {
            return false;
        };
        let remote = targets.first().map(|target| referent(target).schema);
        let local = table
            .schema
            .as_ref()
            .map(|schema| schema.as_str().to_owned());
        self.target.is_sqlite() && remote.flatten() != local
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
        if self.is_beyond_schema(constraint, table) {
            return Ok(None);
        }
        let mut text = String::new();
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
                    phrase(using, Phrase::IndexMethod)?.to_lowercase(),
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

    pub(super) fn primary_key(
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

    pub(super) fn unique(
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

    pub(super) fn on_conflict(self, text: &mut String, clause: Option<&str>) {
        if self.target.is_sqlite()
            && let Some(clause) = clause
        {
            let _ = write!(text, " ON CONFLICT {clause}");
        }
    }

    pub(super) fn include(self, text: &mut String, options: &Options, table: &Table) {
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

    pub(super) fn validity(self, text: &mut String, common: &ConstraintCommon) {
        if self.target.is_postgres()
            && option(&common.options, "postgresql_not_valid").is_some_and(OptionValue::is_true)
        {
            text.push_str(" NOT VALID");
        }
    }

    /// Columns by their names, where constraints know them by their keys.
    pub(super) fn names(self, keys: &[Name], table: &Table) -> Vec<String> {
        keys.iter()
            .map(|key| {
                let name = table
                    .column(key.as_str())
                    .map_or(key, |column| &column.name);
                self.target.quote(name).into_owned()
            })
            .collect()
    }

    pub(super) fn foreign_key(
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
            let _ = write!(text, " MATCH {}", phrase(match_, Phrase::Words)?);
        }
        if let Some(ondelete) = &rules.ondelete {
            let words = if self.target.is_postgres() {
                phrase(ondelete, Phrase::OnDelete)?
            } else {
                phrase(ondelete, Phrase::Words)?
            };
            let _ = write!(text, " ON DELETE {words}");
        }
        if let Some(onupdate) = &rules.onupdate {
            let _ = write!(text, " ON UPDATE {}", phrase(onupdate, Phrase::Words)?);
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
            let _ = write!(text, " INITIALLY {}", phrase(initially, Phrase::Words)?);
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
}
