//! Statements: SELECT, INSERT, UPDATE, DELETE, and what they read from.

mod dml;
mod from;
mod query;

use std::collections::HashMap;
use std::rc::Rc;

use super::Runtime;
use super::column::ColumnObject;
use super::expression::ExpressionObject;
use super::names;
use super::table::TableObject;
use crate::dialect::alembic::sqlalchemy::compiler::{Options, compile_statement};
use crate::dialect::alembic::sqlalchemy::dml::{
    Assignments, Delete, Dml, DmlKey, DmlKind, Insert, Update,
};
use crate::dialect::alembic::sqlalchemy::expression::{self as sa, Expr, TableColumn};
use crate::dialect::alembic::sqlalchemy::joining::join_condition;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{Query, QueryKind, Select, Statement};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::python::{Arguments, Bound, Failure, Object, Value, Vm};

/// A statement.
pub(crate) struct StatementObject {
    pub(crate) runtime: Runtime,
    pub(crate) statement: StatementForm,
    /// What a SELECT was made of, where mapped classes are among it.
    pub(crate) entities: Rc<[Value]>,
}

/// Which statement it is.
#[derive(Debug, Clone)]
pub(crate) enum StatementForm {
    Query(Query),
    Dml(Dml),
}

/// Whether a default is asked for its value when a row is inserted.
pub(crate) fn is_callable(default: &Value) -> bool {
    match default {
        Value::Function(_) | Value::Native(_) | Value::Method(_) | Value::Class(_) => true,
        Value::Object(object) => object.is_callable(),
        _ => false,
    }
}

/// Something that statements read from: `sa.table()`, an alias, a subquery.
pub(crate) struct FromObject {
    pub(crate) runtime: Runtime,
    pub(crate) from: FromClause,
}

/// The columns of such a thing.
struct FromColumns {
    runtime: Runtime,
    from: FromClause,
}

/// What `compile()` gives.
pub(crate) struct CompiledObject {
    pub(crate) text: Rc<str>,
}

impl Runtime {
    /// Something that statements read from, as a value.
    pub(crate) fn from_value(&self, from: FromClause) -> Value {
        Value::object(FromObject {
            runtime: self.clone(),
            from,
        })
    }

    fn statement_value(&self, statement: StatementForm) -> Value {
        Value::object(StatementObject {
            runtime: self.clone(),
            statement,
            entities: Rc::from([]),
        })
    }

    pub(crate) fn query_value(&self, query: impl Into<Query>) -> Value {
        self.statement_value(StatementForm::Query(query.into()))
    }

    pub(crate) fn dml_value(&self, dml: impl Into<Dml>) -> Value {
        self.statement_value(StatementForm::Dml(dml.into()))
    }

    /// A `Table` as statements refer to it.
    pub(crate) fn table_from(
        &self,
        vm: &mut Vm,
        table: &Rc<TableObject>,
    ) -> Result<FromClause, Failure> {
        if let Some(from) = table.from.borrow().as_ref() {
            return Ok(from.clone());
        }
        let assembled = table.assembled(self).ok();
        let counting = assembled.as_ref().and_then(|assembled| {
            assembled
                .autoincrement_column()
                .ok()
                .flatten()
                .map(|column| column.name.to_string())
        });
        let mut columns = Vec::new();
        for column in table.columns.borrow().iter() {
            let data = column.column();
            let mut made = TableColumn::new(data.name.clone(), data.sql_type.clone());
            made.key = data.key().into();
            made.primary_key = data.primary_key;
            made.autoincrement = counting.as_deref() == Some(data.name.as_str());
            made.has_server_default =
                data.server_default.is_some() || data.computed.is_some() || data.identity.is_some();
            made.default = self.python_default(vm, &column.default.borrow().clone())?;
            made.on_update = self.python_default(vm, &column.onupdate.borrow().clone())?;
            columns.push(made);
        }
        let (name, schema) = {
            let data = table.table.borrow();
            (data.name.clone(), data.schema.clone())
        };
        let from = FromClause::schema_table(name, schema, columns);
        if let (Some(clause), Some(assembled)) = (from.as_table(), &assembled) {
            *clause.references.borrow_mut() = assembled.references();
        }
        let asks = table
            .columns
            .borrow()
            .iter()
            .any(|column| is_callable(&column.default.borrow()));
        if asks {
            self.extensions.borrow_mut().remember_table(&from, table);
        }
        *table.from.borrow_mut() = Some(from.clone());
        Ok(from)
    }

    /// A default of Python's, as far as it is a value or an expression. Callables are asked when a
    /// row is inserted.
    fn python_default(&self, vm: &mut Vm, value: &Value) -> Result<Option<Expr>, Failure> {
        match value {
            Value::None => Ok(None),
            callable if is_callable(callable) => Ok(None),
            _ => {
                if let Some(expression) = self.clause(vm, value)? {
                    Ok(Some(expression))
                } else {
                    let literal = self.literal(vm, value)?;
                    Ok(Some(sa::literal(literal, None)))
                }
            }
        }
    }

    /// A column of a table as an expression.
    pub(crate) fn column_expression(
        &self,
        vm: &mut Vm,
        column: &Rc<ColumnObject>,
    ) -> Result<Expr, Failure> {
        let data = column.column();
        if let Some(table) = column.owner() {
            let from = self.table_from(vm, &table)?;
            if let Some(expression) = from.column(data.key()) {
                return Ok(expression);
            }
        }
        Ok(sa::column(data.name, Some(data.sql_type)))
    }

    /// What a value is to FROM, JOIN and the statements that change a table.
    pub(crate) fn from_clause(
        &self,
        vm: &mut Vm,
        value: &Value,
    ) -> Result<Option<FromClause>, Failure> {
        if let Some(from) = value.downcast::<FromObject>() {
            return Ok(Some(from.from.clone()));
        }
        if let Some(table) = value.downcast::<TableObject>() {
            return self.table_from(vm, &table).map(Some);
        }
        if let Some(statement) = value.downcast::<StatementObject>()
            && let Some(query) = statement.query()
        {
            return Ok(Some(query.subquery(None)));
        }
        if let Value::Class(_) = value
            && let Some(table) = vm.find_attribute(value, "__table__")?
        {
            return vm.nested(|vm| self.from_clause(vm, &table));
        }
        if let Some(expression) = value.downcast::<ExpressionObject>()
            && expression.expression.is_text()
        {
            return Ok(Some(FromClause::new(
                crate::dialect::alembic::sqlalchemy::selectable::Source::Text(
                    expression.expression.clone(),
                ),
            )));
        }
        Ok(None)
    }

    pub(super) fn required_from(&self, vm: &mut Vm, value: &Value) -> Result<FromClause, Failure> {
        match self.from_clause(vm, value)? {
            Some(from) => Ok(from),
            None => Err(self.run.raise(
                "ArgumentError",
                format!(
                    "subject table for an INSERT, UPDATE or DELETE expected, got {}.",
                    vm.repr(value)?
                ),
            )),
        }
    }

    /// The functions of the module that make statements.
    pub(crate) fn statement_construct(
        &self,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Option<Value>, Failure> {
        Ok(Some(match name {
            "table" => {
                let bound = arguments.bind(name, "name, *columns, schema=, **kw")?;
                let table = names::required_name(&bound.value("name"), "name")?;
                let schema = bound.some("schema").as_ref().and_then(names::name);
                let mut columns = Vec::new();
                for value in &bound.rest {
                    if let Some(column) = value.downcast::<ColumnObject>() {
                        let data = column.column();
                        columns.push(TableColumn::new(data.name, data.sql_type));
                        continue;
                    }
                    let Some(expression) = self.clause(vm, value)? else {
                        return Err(self.run.raise(
                            "ArgumentError",
                            format!("a column is expected, got {}", vm.repr(value)?),
                        ));
                    };
                    if let Some(column) = expression.as_column() {
                        columns.push(TableColumn::new(
                            column.name.clone(),
                            expression.type_().clone(),
                        ));
                    }
                }
                self.from_value(FromClause::table(table, schema, columns))
            }
            "select" => {
                let bound = arguments.bind(name, "*entities, **kw")?;
                let select = self.select(vm, &bound.rest)?;
                let mapped = bound
                    .rest
                    .iter()
                    .any(|entity| matches!(entity, Value::Class(_)));
                Value::object(StatementObject {
                    runtime: self.clone(),
                    statement: StatementForm::Query(select.into()),
                    entities: if mapped {
                        bound.rest.into()
                    } else {
                        Rc::from([])
                    },
                })
            }
            "insert" => {
                let bound = arguments.bind(name, "table")?;
                let table = self.required_from(vm, &bound.value("table"))?;
                self.dml_value(Insert::new(table))
            }
            "update" => {
                let bound = arguments.bind(name, "table")?;
                let table = self.required_from(vm, &bound.value("table"))?;
                self.dml_value(Update::new(table))
            }
            "delete" => {
                let bound = arguments.bind(name, "table")?;
                let table = self.required_from(vm, &bound.value("table"))?;
                self.dml_value(Delete::new(table))
            }
            "union" | "union_all" | "intersect" | "intersect_all" | "except_" | "except_all" => {
                let bound = arguments.bind(name, "*selects")?;
                let queries = self.queries(vm, &bound.rest)?;
                self.query_value(Query::compound(compound_keyword(name), queries))
            }
            "exists" => {
                let bound = arguments.bind(name, "__argument=")?;
                match bound.some("__argument") {
                    None => self.expression_value(sa::exists_anything()),
                    Some(value) => {
                        let query = match value.downcast::<StatementObject>() {
                            Some(statement) => statement.query(),
                            None => None,
                        };
                        let query = match query {
                            Some(query) => query,
                            None => Query::from(self.select(vm, &[value])?),
                        };
                        self.expression_value(sa::exists(&query))
                    }
                }
            }
            "join" | "outerjoin" => {
                let bound = arguments.bind(name, "left, right, onclause=, isouter=, full=")?;
                let left = self.required_from(vm, &bound.value("left"))?;
                let outer = name == "outerjoin" || bound.flag("isouter").unwrap_or(false);
                self.join(vm, &left, &bound, outer)?
            }
            "alias" => {
                let bound = arguments.bind(name, "selectable, name=, flat=")?;
                let from = self.required_from(vm, &bound.value("selectable"))?;
                self.from_value(from.alias(names::name(&bound.value("name"))))
            }
            "lateral" => {
                let bound = arguments.bind(name, "selectable, name=")?;
                let alias = names::name(&bound.value("name"));
                let from = if let Some(statement) =
                    bound.value("selectable").downcast::<StatementObject>()
                {
                    match statement.query() {
                        Some(query) => query.lateral(alias),
                        None => return Ok(None),
                    }
                } else {
                    let from = self.required_from(vm, &bound.value("selectable"))?;
                    self.run.failed(from.lateral(alias))?
                };
                self.from_value(from)
            }
            "values" => return self.values_construct(vm, arguments).map(Some),
            _ => return Ok(None),
        }))
    }

    fn values_construct(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind("values", "*columns, name=, literal_binds=")?;
        let mut columns = Vec::new();
        for value in &bound.rest {
            let expression = self.expression(vm, value)?;
            if let Some(column) = expression.as_column() {
                columns.push(TableColumn::new(
                    column.name.clone(),
                    expression.type_().clone(),
                ));
            }
        }
        Ok(self.from_value(FromClause::values(
            columns,
            names::name(&bound.value("name")),
            Vec::new(),
            bound.flag("literal_binds").unwrap_or(false),
        )))
    }

    fn queries(&self, vm: &mut Vm, values: &[Value]) -> Result<Vec<Query>, Failure> {
        let mut queries = Vec::new();
        for value in values {
            let query = value
                .downcast::<StatementObject>()
                .and_then(|statement| statement.query());
            match query {
                Some(query) => queries.push(query),
                None => {
                    return Err(self.run.raise(
                        "ArgumentError",
                        format!("SELECT construct expected, got {}.", vm.repr(value)?),
                    ));
                }
            }
        }
        Ok(queries)
    }

    /// `select(...)`: whole tables stand for their columns.
    pub(crate) fn select(&self, vm: &mut Vm, entities: &[Value]) -> Result<Select, Failure> {
        let mut select = Select::default();
        self.add_entities(vm, &mut select, entities)?;
        Ok(select)
    }

    fn add_entities(
        &self,
        vm: &mut Vm,
        select: &mut Select,
        entities: &[Value],
    ) -> Result<(), Failure> {
        for entity in entities {
            let is_from = entity.downcast::<TableObject>().is_some()
                || entity.downcast::<FromObject>().is_some()
                || matches!(entity, Value::Class(_));
            if is_from && let Some(from) = self.from_clause(vm, entity)? {
                select.columns.extend(from.columns());
                continue;
            }
            select.columns.push(self.entity_column(vm, entity)?);
        }
        Ok(())
    }

    /// A column of a query: an expression, or a constant that is written as it stands.
    fn entity_column(&self, vm: &mut Vm, entity: &Value) -> Result<Expr, Failure> {
        if let Some(text) = names::text(entity) {
            if &*text == "*" {
                return Ok(sa::literal_column("*", None));
            }
            return Err(self.textual_column(vm, entity, &text)?);
        }
        if let Some(expression) = self.clause(vm, entity)? {
            return Ok(expression);
        }
        match entity {
            Value::None => return Ok(sa::null()),
            Value::Bool(true) => return Ok(sa::true_()),
            Value::Bool(false) => return Ok(sa::false_()),
            _ => {}
        }
        if let Ok(Literal::Int(_) | Literal::BigInt(_) | Literal::Float(_) | Literal::Decimal(_)) =
            self.literal(vm, entity)
        {
            return Ok(sa::literal_column(&vm.str(entity)?, None));
        }
        let advice = if let Value::List(_) = entity {
            let mut items = Vec::new();
            for item in vm.collect(entity)? {
                items.push(vm.repr(&item)?.to_string());
            }
            format!(" Did you mean to say select({})?", items.join(", "))
        } else {
            String::new()
        };
        Err(self.run.raise(
            "ArgumentError",
            format!(
                "Column expression, FROM clause, or other columns clause element expected, got \
                 {}.{advice}",
                vm.repr(entity)?
            ),
        ))
    }

    /// What is said of a plain text among the columns of a query.
    fn textual_column(&self, vm: &mut Vm, entity: &Value, text: &str) -> Result<Failure, Failure> {
        let word = |character: char| character.is_alphanumeric() || character == '_';
        let column = text.starts_with(word) && !text.contains(char::is_whitespace);
        let function = if column { "column" } else { "literal_column" };
        let written = vm.repr(entity)?;
        Ok(self.run.raise(
            "ArgumentError",
            format!(
                "Textual column expression {written} should be explicitly declared with \
                 text({written}), or use {function}({written}) for more specificity"
            ),
        ))
    }

    fn join(
        &self,
        vm: &mut Vm,
        left: &FromClause,
        bound: &Bound,
        outer: bool,
    ) -> Result<Value, Failure> {
        let right = self.required_from(vm, &bound.value("right"))?;
        let on = match bound.some("onclause") {
            Some(value) => self.condition(vm, &value)?,
            None => self.run.failed(join_condition(left, &right))?,
        };
        let full = bound.flag("full").unwrap_or(false);
        Ok(self.from_value(left.join(&right, &on, outer, full)))
    }

    fn assignments(&self, vm: &mut Vm, value: &Value) -> Result<Assignments, Failure> {
        let mut assignments = Assignments::new();
        let Value::Dict(dict) = value else {
            return Err(Failure::type_error("values() takes a dictionary"));
        };
        for (key, value) in dict.items() {
            let key = self.dml_key(vm, &key)?;
            let operand = self.operand(vm, &value)?;
            assignments.push((key, operand));
        }
        Ok(assignments)
    }

    fn dml_key(&self, vm: &mut Vm, value: &Value) -> Result<DmlKey, Failure> {
        if let Some(text) = names::text(value) {
            return Ok(DmlKey::Key(text));
        }
        self.expression(vm, value).map(DmlKey::Column)
    }

    /// The text of a statement or expression, with its values in it.
    pub(crate) fn compiled_text(&self, vm: &mut Vm, value: &Value) -> Result<Rc<str>, Failure> {
        let Some(statement) = self.statement(vm, value)? else {
            return vm.repr(value);
        };
        let compiled = compile_statement(&statement, self.run.target(), &Options::default());
        Ok(self.run.failed(compiled)?.sql.into())
    }

    /// The statement that a value is.
    pub(crate) fn statement(
        &self,
        vm: &mut Vm,
        value: &Value,
    ) -> Result<Option<Statement>, Failure> {
        if let Some(object) = value.downcast::<StatementObject>() {
            return Ok(Some(match &object.statement {
                StatementForm::Query(query) => Statement::Query(query.clone()),
                StatementForm::Dml(dml) => Statement::Dml(dml.clone()),
            }));
        }
        if let Some(table) = value.downcast::<TableObject>() {
            let from = self.table_from(vm, &table)?;
            return Ok(Some(Statement::Query(Query::from(from.select()))));
        }
        Ok(self.clause(vm, value)?.map(Statement::Expression))
    }

    /// Values for the named parameters of a statement.
    pub(crate) fn parameters(
        &self,
        vm: &mut Vm,
        values: &Value,
    ) -> Result<HashMap<String, Literal>, Failure> {
        let mut parameters = HashMap::new();
        if let Value::Dict(dict) = values {
            for (key, value) in dict.items() {
                let literal = self.literal(vm, &value)?;
                parameters.insert(vm.str(&key)?.to_string(), literal);
            }
        }
        Ok(parameters)
    }

    /// `op.inline_literal(...)`.
    pub(crate) fn inline_literal(
        &self,
        vm: &mut Vm,
        value: &Value,
        sql_type: Option<Value>,
    ) -> Result<Value, Failure> {
        let literal = self.literal(vm, value)?;
        let sql_type = match sql_type {
            Some(value) => Some(self.required_type(vm, &value)?),
            None => None,
        };
        Ok(self.expression_value(sa::inline_literal(literal, sql_type)))
    }
}

fn compound_keyword(name: &str) -> &'static str {
    match name {
        "union_all" => "UNION ALL",
        "intersect" => "INTERSECT",
        "intersect_all" => "INTERSECT ALL",
        "except_" => "EXCEPT",
        "except_all" => "EXCEPT ALL",
        _ => "UNION",
    }
}

const QUERY_METHODS: &[&str] = &[
    "where",
    "filter",
    "filter_by",
    "having",
    "group_by",
    "order_by",
    "limit",
    "offset",
    "with_for_update",
    "union",
    "union_all",
    "intersect",
    "intersect_all",
    "except_",
    "except_all",
    "subquery",
    "alias",
    "lateral",
    "cte",
    "scalar_subquery",
    "as_scalar",
    "label",
    "exists",
    "execution_options",
    "options",
    "params",
    "set_label_style",
    "select_from",
    "join",
    "outerjoin",
    "join_from",
    "outerjoin_from",
    "distinct",
    "add_columns",
    "column",
    "add_column",
    "with_only_columns",
    "correlate",
    "correlate_except",
    "prefix_with",
    "suffix_with",
    "compile",
];

const DML_METHODS: &[&str] = &[
    "where",
    "values",
    "ordered_values",
    "returning",
    "prefix_with",
    "from_select",
    "inline",
    "on_conflict_do_nothing",
    "on_conflict_do_update",
    "on_duplicate_key_update",
    "execution_options",
    "options",
    "with_dialect_options",
    "compile",
];

impl StatementObject {
    /// The statement with what it was made of.
    fn with_entities(&self, entities: &Rc<[Value]>) -> Value {
        Value::object(Self {
            runtime: self.runtime.clone(),
            statement: self.statement.clone(),
            entities: entities.clone(),
        })
    }
}

impl Object for StatementObject {
    fn type_name(&self) -> Rc<str> {
        match &self.statement {
            StatementForm::Query(query) => match query.kind() {
                QueryKind::Compound(_) => "CompoundSelect",
                _ => "Select",
            },
            StatementForm::Dml(dml) => match dml.kind() {
                DmlKind::Insert(_) => "Insert",
                DmlKind::Update(_) => "Update",
                DmlKind::Delete(_) => "Delete",
            },
        }
        .into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match (&self.statement, name) {
            (StatementForm::Query(query), "c" | "columns" | "selected_columns") => {
                Some(Value::object(FromColumns {
                    runtime: self.runtime.clone(),
                    from: query.subquery(None),
                }))
            }
            (StatementForm::Dml(dml), "excluded" | "inserted") => match dml.kind() {
                DmlKind::Insert(insert) => Some(Value::object(FromColumns {
                    runtime: self.runtime.clone(),
                    from: insert.proposed(name),
                })),
                _ => None,
            },
            (StatementForm::Dml(dml), "table") => {
                let from = match dml.kind() {
                    DmlKind::Insert(insert) => insert.table.clone(),
                    DmlKind::Update(update) => update.table.clone(),
                    DmlKind::Delete(delete) => delete.table.clone(),
                };
                Some(self.runtime.from_value(from))
            }
            _ => {
                let _ = vm;
                None
            }
        })
    }

    fn has_method(&self, name: &str) -> bool {
        match self.statement {
            StatementForm::Query(_) => QUERY_METHODS.contains(&name),
            StatementForm::Dml(_) => DML_METHODS.contains(&name),
        }
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        // Each method copies what the statement is made of.
        let extent = match &self.statement {
            StatementForm::Query(query) => query.extent(),
            StatementForm::Dml(dml) => dml.extent(),
        };
        vm.steps(extent.size() / 16)?;
        if name == "compile" {
            let value = Value::Object(self.clone());
            return Ok(Value::object(CompiledObject {
                text: self.runtime.compiled_text(vm, &value)?,
            }));
        }
        let made = match self.statement {
            StatementForm::Query(_) => self.query_method(vm, name, arguments)?,
            StatementForm::Dml(_) => self.dml_method(vm, name, arguments)?,
        };
        let made = made.ok_or_else(|| vm.no_attribute(&self.type_name(), name))?;
        if !self.entities.is_empty()
            && !matches!(name, "with_only_columns" | "add_columns")
            && let Some(statement) = made.downcast::<Self>()
        {
            return Ok(statement.with_entities(&self.entities));
        }
        Ok(made)
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Err(Failure::type_error(
            "Boolean value of this clause is not defined",
        ))
    }

    fn str(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let runtime = self.runtime.clone();
        runtime.compiled_text(vm, &Value::Object(self))
    }
}

impl Object for CompiledObject {
    fn type_name(&self) -> Rc<str> {
        "SQLCompiler".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "string" => Some(Value::Str(self.text.clone())),
            "params" => Some(Value::dict()),
            _ => None,
        })
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text.clone())
    }
}
