//! Expressions as text.

use super::Compiler;
use super::context::Context;
use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::expression::{
    ColumnElement, Element, Expr, Frame, FrameBound, Label, LabelName, Operator, Over, Piece,
    TextClause, pieces, unescape_colons,
};
use crate::dialect::alembic::sqlalchemy::extent::Excess;
use crate::dialect::alembic::sqlalchemy::literal::{Literal, python_repr};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::dialect::alembic::sqlalchemy::target::{Name, PostgresDriver};
use crate::dialect::alembic::sqlalchemy::types::{
    ColumnContext, Family, Module, SqlType, TypeArguments, TypeClass, ddl,
};

impl Compiler<'_> {
    /// An expression.
    pub(super) fn expression(
        &mut self,
        expression: &Expr,
        context: &Context,
    ) -> Result<String, CompileError> {
        self.deeper(|compiler| compiler.element(expression, context))
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of expression")]
    fn element(&mut self, expression: &Expr, context: &Context) -> Result<String, CompileError> {
        Ok(match expression.element() {
            Element::Column(column) => self.column(column, context),
            Element::Label(label) => return self.label(expression, label, context),
            Element::Bind(bind) => return self.bind(bind, expression.type_(), context),
            Element::Null => "NULL".into(),
            Element::True => self.boolean(true).into(),
            Element::False => self.boolean(false).into(),
            Element::Text(text) => return self.text(text, context),
            Element::Grouping(inner) => format!("({})", self.expression(inner, context)?),
            Element::AsBoolean { element, expected } => {
                let native = self.target.is_postgres() || expression.is_implicitly_boolean();
                let text = self.expression(element, context)?;
                match (native, expected) {
                    (true, true) => text,
                    (true, false) => format!("NOT {text}"),
                    (false, true) => format!("{text} = 1"),
                    (false, false) => format!("{text} = 0"),
                }
            }
            Element::Unary { operator, element } => return self.unary(operator, element, context),
            Element::Modified { modifier, element } => {
                let text = self.expression(element, context)?;
                format!("{text}{}", modifier.text().unwrap_or_default())
            }
            Element::Binary(binary) => return self.binary(expression, binary, context),
            Element::List(list) => return self.list(list, context),
            Element::Clauses(clauses) => self.joined(clauses, ", ", context)?,
            Element::Tuple(clauses) => format!("({})", self.joined(clauses, ", ", context)?),
            Element::Case {
                value,
                whens,
                otherwise,
            } => {
                return self.case(value.as_ref(), whens, otherwise.as_ref(), context);
            }
            Element::Cast(inner) => return self.cast(inner, expression.type_(), context),
            Element::TryCast(_) => {
                return Err(CompileError::unsupported(
                    self.compiler_name(),
                    "<class 'sqlalchemy.sql.elements.TryCast'>",
                ));
            }
            Element::TypeCoerce(inner) => return self.expression(inner, context),
            Element::Extract { field, expression } => {
                return self.extract(field, expression, context);
            }
            Element::Function(function) => return self.function(function, context),
            Element::Over(over) => return self.over(over, context),
            Element::WithinGroup { element, order_by } => {
                let call = self.expression(element, context)?;
                format!(
                    "{call} WITHIN GROUP (ORDER BY {})",
                    self.joined(order_by, ", ", context)?
                )
            }
            Element::AggregateOrderBy {
                element,
                order_by,
                argument,
            } => {
                return self.aggregate_order_by(element, order_by, *argument, context);
            }
            Element::Filter { element, criterion } => {
                let call = self.expression(element, context)?;
                format!(
                    "{call} FILTER (WHERE {})",
                    self.expression(criterion, context)?
                )
            }
            Element::Collation { name, schema } => match schema {
                Some(schema) => {
                    format!(
                        "{}.{}",
                        self.target.quote_text(schema),
                        self.target.format_collation(name)
                    )
                }
                None => self.target.format_collation(name),
            },
            Element::ScalarQuery(query) => {
                let inner = Context {
                    as_from: false,
                    label: None,
                    in_label: false,
                    in_columns: false,
                    ..context.clone()
                };
                let text = self.query(query, &inner)?;
                format!("({text})")
            }
            Element::Array(clauses) => return self.array(clauses, expression.type_(), context),
            Element::Slice { start, stop } => {
                if !self.target.is_postgres() {
                    return Err(CompileError::unsupported(
                        self.compiler_name(),
                        "<class 'sqlalchemy.sql.elements.Slice'>",
                    ));
                }
                format!(
                    "{}:{}",
                    self.expression(start, context)?,
                    self.expression(stop, context)?
                )
            }
            Element::NextValue { name, schema } => return self.next_value(name, schema.as_ref()),
            Element::DefaultKeyword => "DEFAULT".into(),
            Element::LabelReference(name) => return self.label_reference(name, context),
            Element::TableValued { alias } => alias
                .label_name()
                .map(|name| self.alias_text(&name))
                .unwrap_or_default(),
            Element::CaseInsensitive(inner) => {
                let text = self.expression(inner, context)?;
                if self.target.is_postgres() {
                    text
                } else {
                    format!("lower({text})")
                }
            }
            Element::CutOff(excess) => {
                return Err(CompileError::new(match excess {
                    Excess::Depth => "the expression is nested too deeply",
                    Excess::Size => "the expression is too large",
                }));
            }
        })
    }

    pub(super) fn boolean(&self, flag: bool) -> &'static str {
        match (self.target.is_sqlite(), flag) {
            (true, true) => "1",
            (true, false) => "0",
            (false, true) => "true",
            (false, false) => "false",
        }
    }

    pub(super) fn compiler_name(&self) -> &'static str {
        if self.target.is_postgres() {
            match self.target.driver {
                PostgresDriver::Psycopg => {
                    "<sqlalchemy.dialects.postgresql.psycopg.PGCompiler_psycopg object>"
                }
                PostgresDriver::Psycopg2 => {
                    "<sqlalchemy.dialects.postgresql.base.PGCompiler object>"
                }
                PostgresDriver::Asyncpg => {
                    "<sqlalchemy.dialects.postgresql.asyncpg.PGCompiler_asyncpg object>"
                }
                PostgresDriver::Pg8000 => {
                    "<sqlalchemy.dialects.postgresql.pg8000.PGCompiler_pg8000 object>"
                }
            }
        } else if self.target.is_sqlite() {
            "<sqlalchemy.dialects.sqlite.base.SQLiteCompiler object>"
        } else {
            "<sqlalchemy.dialects.mysql.mysqldb.MySQLCompiler_mysqldb object>"
        }
    }

    /// Expressions one after the other.
    pub(super) fn joined(
        &mut self,
        clauses: &[Expr],
        separator: &str,
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut out = String::new();
        for clause in clauses {
            let text = self.expression(clause, context)?;
            if text.is_empty() {
                continue;
            }
            if !out.is_empty() {
                out.push_str(separator);
            }
            out.push_str(&text);
        }
        Ok(out)
    }

    /// A column, behind its table where the place asks for it.
    pub(super) fn column(&mut self, column: &ColumnElement, context: &Context) -> String {
        if column.is_literal {
            return self
                .target
                .escape_percents(column.name.as_str())
                .into_owned();
        }
        let name = match &column.anonymous {
            Some(anonymous) => self.label_text(&LabelName::Anonymous(anonymous.clone())),
            None => self.label_text(&LabelName::Given(column.name.clone())),
        };
        let Some(table) = column.table.as_ref().filter(|_| context.include_table) else {
            return name;
        };
        if let Some(alias) = &self.insert_alias
            && alias.is_same(table)
        {
            return format!("VALUES({name})");
        }
        let Some(table_name) = table.label_name() else {
            return name;
        };
        if let Some(schema) = table.schema() {
            return format!(
                "{}.{}.{name}",
                self.target.quote(schema),
                self.alias_text(&table_name)
            );
        }
        let ambiguous = match (&table_name, &context.ambiguous) {
            (LabelName::Given(given), Some(names)) if table.as_table().is_some() => names
                .iter()
                .find(|(name, _)| name == given.as_str())
                .map(|(_, anonymous)| anonymous.clone()),
            _ => None,
        };
        let table_name = ambiguous.map_or(table_name, LabelName::Anonymous);
        format!("{}.{name}", self.alias_text(&table_name))
    }

    fn label(
        &mut self,
        expression: &Expr,
        label: &Label,
        context: &Context,
    ) -> Result<String, CompileError> {
        if context
            .label
            .as_ref()
            .is_some_and(|wanted| wanted.is_same(expression))
        {
            return Ok(self.label_text(&label.name));
        }
        let element = label.element.self_group(Some(&Operator::As));
        if context.in_columns && !context.in_label {
            let inner = Context {
                in_label: true,
                ..context.clone()
            };
            let text = self.expression(&element, &inner)?;
            return Ok(format!("{text} AS {}", self.label_text(&label.name)));
        }
        self.expression(
            &element,
            &Context {
                in_columns: false,
                ..context.clone()
            },
        )
    }

    pub(super) fn text(
        &mut self,
        clause: &TextClause,
        context: &Context,
    ) -> Result<String, CompileError> {
        let source = self.target.escape_percents(&clause.text).into_owned();
        let mut out = String::with_capacity(source.len());
        for piece in pieces(&source) {
            match piece {
                Piece::Verbatim(text) => out.push_str(text),
                Piece::Name(name) => {
                    if let Some((_, bind)) = clause.binds.iter().find(|(known, _)| **known == *name)
                    {
                        out.push_str(&self.expression(bind, context)?);
                    } else {
                        out.push(':');
                        out.push_str(name);
                    }
                }
            }
        }
        Ok(unescape_colons(&out))
    }

    fn case(
        &mut self,
        value: Option<&Expr>,
        whens: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut out = String::from("CASE ");
        if let Some(value) = value {
            out.push_str(&self.expression(value, context)?);
            out.push(' ');
        }
        for (condition, result) in whens {
            out.push_str("WHEN ");
            out.push_str(&self.expression(condition, context)?);
            out.push_str(" THEN ");
            out.push_str(&self.expression(result, context)?);
            out.push(' ');
        }
        if let Some(otherwise) = otherwise {
            out.push_str("ELSE ");
            out.push_str(&self.expression(otherwise, context)?);
            out.push(' ');
        }
        out.push_str("END");
        Ok(out)
    }

    pub(super) fn cast(
        &mut self,
        inner: &Expr,
        type_: &SqlType,
        context: &Context,
    ) -> Result<String, CompileError> {
        if self.target.is_mysql() {
            if let Some(name) = self.mysql_cast_type(type_)? {
                return Ok(format!(
                    "CAST({} AS {name})",
                    self.expression(inner, context)?
                ));
            }
            // SQLAlchemy warns with the type's text, so a type without one is refused here.
            ddl(type_, self.target, ColumnContext::Cast)?;
            return self.expression(&inner.self_group(None), context);
        }
        let name = ddl(type_, self.target, ColumnContext::Cast)?;
        let text = self.expression(inner, context)?;
        Ok(match name.rfind(" COLLATE ") {
            Some(at) => format!("CAST({text} AS {}){}", &name[..at], &name[at..]),
            None => format!("CAST({text} AS {name})"),
        })
    }

    /// The type as MySQL's `CAST` takes it; `None` where it takes none.
    fn mysql_cast_type(&self, type_: &SqlType) -> Result<Option<String>, CompileError> {
        let resolved = type_.resolve(self.target)?;
        let arguments = resolved.arguments();
        let class = resolved.class();
        let own = class.module() == Module::Mysql;
        let plain = |type_: &SqlType| ddl(type_, self.target, ColumnContext::Cast).map(Some);
        match class.family() {
            Family::Integer if own && arguments.unsigned => Ok(Some("UNSIGNED INTEGER".into())),
            Family::Integer => Ok(Some("SIGNED INTEGER".into())),
            Family::DateTime
                if matches!(
                    class,
                    TypeClass::Timestamp | TypeClass::MysqlTimestamp | TypeClass::PostgresTimestamp
                ) =>
            {
                Ok(Some("DATETIME".into()))
            }
            Family::DateTime | Family::Date | Family::Time => plain(&resolved),
            Family::Interval => Ok(Some("DATETIME".into())),
            Family::String if class != TypeClass::Set => {
                let length = arguments.length;
                let kept = match class {
                    TypeClass::MysqlChar => arguments.clone(),
                    _ if own => TypeArguments {
                        national: false,
                        ..arguments.clone()
                    },
                    _ => TypeArguments {
                        length,
                        ..TypeArguments::default()
                    },
                };
                plain(&SqlType::with(TypeClass::MysqlChar, kept))
            }
            Family::Enum
                if resolved
                    .enumeration()
                    .is_some_and(|definition| definition.emulated) =>
            {
                let length = resolved
                    .enumeration()
                    .and_then(|definition| definition.effective_length());
                let mut arguments = arguments.clone();
                arguments.length = length;
                plain(&SqlType::with(TypeClass::MysqlChar, arguments))
            }
            Family::Binary => Ok(Some("BINARY".into())),
            Family::Json => Ok(Some("JSON".into())),
            Family::Numeric => {
                plain(&resolved).map(|name| name.map(|name| name.replace("NUMERIC", "DECIMAL")))
            }
            _ => Ok(None),
        }
    }

    fn extract(
        &mut self,
        field: &str,
        expression: &Expr,
        context: &Context,
    ) -> Result<String, CompileError> {
        let text = self.expression(expression, context)?;
        if !self.target.is_sqlite() {
            let field = if self.target.is_mysql() && field == "milliseconds" {
                "millisecond"
            } else {
                field
            };
            return Ok(format!("EXTRACT({field} FROM {text})"));
        }
        let format = match field {
            "month" => "%m",
            "day" => "%d",
            "year" => "%Y",
            "second" => "%S",
            "hour" => "%H",
            "doy" => "%j",
            "minute" => "%M",
            "epoch" => "%s",
            "dow" => "%w",
            "week" => "%W",
            known @ ("quarter" | "milliseconds" | "microseconds" | "timezone_hour"
            | "timezone_minute") => known,
            _ => {
                return Err(CompileError::new(format!(
                    "{field} is not a valid extract argument."
                )));
            }
        };
        Ok(format!("CAST(STRFTIME('{format}', {text}) AS INTEGER)"))
    }

    fn over(&mut self, over: &Over, context: &Context) -> Result<String, CompileError> {
        let call = self.expression(&over.element, context)?;
        let mut parts = Vec::new();
        if !over.partition_by.is_empty() {
            parts.push(format!(
                "PARTITION BY {}",
                self.joined(&over.partition_by, ", ", context)?
            ));
        }
        if !over.order_by.is_empty() {
            parts.push(format!(
                "ORDER BY {}",
                self.joined(&over.order_by, ", ", context)?
            ));
        }
        let frames = &over.frames;
        for (unit, frame) in [
            ("RANGE", &frames.range),
            ("ROWS", &frames.rows),
            ("GROUPS", &frames.groups),
        ] {
            let Some(frame) = frame else { continue };
            let mut text = format!("{unit} BETWEEN {}", self.frame(frame, context)?);
            if let Some(exclude) = &frames.exclude {
                let known = ["CURRENT ROW", "GROUP", "TIES", "NO OTHERS"];
                if !known.iter().any(|word| word.eq_ignore_ascii_case(exclude)) {
                    return Err(CompileError::new(format!(
                        "Unexpected SQL phrase: {} (matching against {})",
                        python_repr(&Literal::text(exclude)),
                        "'^(?:CURRENT ROW|GROUP|TIES|NO OTHERS)$'"
                    )));
                }
                text.push_str(" EXCLUDE ");
                text.push_str(exclude);
            }
            parts.push(text);
        }
        Ok(format!("{call} OVER ({})", parts.join(" ")))
    }

    fn frame(&mut self, frame: &Frame, context: &Context) -> Result<String, CompileError> {
        let start = match &frame.start {
            FrameBound::Unbounded => "UNBOUNDED PRECEDING".to_owned(),
            bound => self.frame_bound(bound, context)?,
        };
        let end = match &frame.end {
            FrameBound::Unbounded => "UNBOUNDED FOLLOWING".to_owned(),
            bound => self.frame_bound(bound, context)?,
        };
        Ok(format!("{start} AND {end}"))
    }

    fn frame_bound(
        &mut self,
        bound: &FrameBound,
        context: &Context,
    ) -> Result<String, CompileError> {
        Ok(match bound {
            FrameBound::Unbounded => "UNBOUNDED".into(),
            FrameBound::CurrentRow => "CURRENT ROW".into(),
            FrameBound::Preceding(value) => {
                format!("{} PRECEDING", self.expression(value, context)?)
            }
            FrameBound::Following(value) => {
                format!("{} FOLLOWING", self.expression(value, context)?)
            }
        })
    }

    fn array(
        &mut self,
        clauses: &[Expr],
        type_: &SqlType,
        context: &Context,
    ) -> Result<String, CompileError> {
        if !self.target.is_postgres() {
            return Err(CompileError::unsupported(
                self.compiler_name(),
                "<class 'sqlalchemy.dialects.postgresql.array.array'>",
            ));
        }
        if clauses.is_empty()
            && type_
                .arguments()
                .item
                .as_ref()
                .is_some_and(|item| !item.is_null())
        {
            return Ok(format!(
                "ARRAY[]::{}",
                ddl(type_, self.target, ColumnContext::Cast)?
            ));
        }
        Ok(format!("ARRAY[{}]", self.joined(clauses, ", ", context)?))
    }

    fn next_value(&mut self, name: &Name, schema: Option<&Name>) -> Result<String, CompileError> {
        let sequence = self.target.format_table(schema, name);
        if self.target.is_postgres() {
            return Ok(format!("nextval('{}')", sequence.replace('\'', "''")));
        }
        if self.target.is_mysql() {
            return Ok(format!("nextval({sequence})"));
        }
        Err(CompileError::of(
            ErrorClass::NotImplemented,
            format!(
                "Dialect '{}' does not support sequence increments.",
                self.target.dialect_name()
            ),
        ))
    }

    /// A string in `ORDER BY` and the like: a label or column of the query around it.
    fn label_reference(&mut self, name: &str, context: &Context) -> Result<String, CompileError> {
        let Some(scope) = self.scopes.last() else {
            return Ok(name.to_owned());
        };
        let found = scope.resolves.then(|| self.resolved(name)).flatten().ok_or_else(|| {
            let quoted = python_repr(&Literal::text(name));
            CompileError::new(format!(
                "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression {quoted} \
                 should be explicitly declared as text({quoted})"
            ))
        })?;
        let context = Context {
            label: Some(found.clone()),
            ..context.clone()
        };
        self.expression(&found, &context)
    }

    fn resolved(&self, name: &str) -> Option<Expr> {
        let scope = self.scopes.last()?;
        let named = |column: &&Expr| {
            match column.element() {
            Element::Label(label) => matches!(&label.name, LabelName::Given(given) if given.as_str() == name),
            Element::Column(inner) if scope.compound || inner.table.is_none() => &*inner.key == name,
            Element::Column(inner) => inner
                .table
                .as_ref()
                .and_then(FromClause::label_name)
                .is_some_and(|table| matches!(table, LabelName::Given(table) if format!("{}_{}", table.as_str(), inner.name.as_str()) == name)),
            _ => false,
        }
        };
        if let Some(column) = scope.columns.iter().find(named) {
            return Some(column.clone());
        }
        scope.froms.iter().find_map(|from| from.column(name))
    }
}
