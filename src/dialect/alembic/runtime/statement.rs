//! Statements: SELECT, INSERT, UPDATE, DELETE, and what they read from.

use std::collections::HashMap;
use std::rc::Rc;

use super::Runtime;
use super::column::ColumnObject;
use super::expression::ExpressionObject;
use super::names;
use super::table::TableObject;
use crate::dialect::alembic::sqlalchemy::compiler::{Options, compile_statement};
use crate::dialect::alembic::sqlalchemy::dml::{
    Assignments, Conflict, ConflictTarget, Delete, Dml, DmlKey, DmlKind, IndexElement, Insert,
    InsertValues, Update,
};
use crate::dialect::alembic::sqlalchemy::expression::{self as sa, Expr, Operand, TableColumn};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{
    Compound, ForUpdate, JoinStep, Query, QueryKind, Select, Statement, Tail,
};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::python::{Arguments, Bound, Failure, Object, Value, Vm};

/// A statement.
pub(crate) struct StatementObject {
    pub(crate) runtime: Runtime,
    pub(crate) statement: StatementForm,
}

/// Which statement it is.
#[derive(Debug, Clone)]
pub(crate) enum StatementForm {
    Query(Query),
    Dml(Dml),
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
        let counting = table.assembled(self).ok().and_then(|assembled| {
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
            made.has_server_default = data.server_default.is_some()
                || data.computed.is_some()
                || data.identity.is_some();
            made.default = self.python_default(vm, &column.default.borrow().clone())?;
            made.on_update = self.python_default(vm, &column.onupdate.borrow().clone())?;
            columns.push(made);
        }
        let (name, schema) = {
            let data = table.table.borrow();
            (data.name.clone(), data.schema.clone())
        };
        let from = FromClause::schema_table(name, schema, columns);
        *table.from.borrow_mut() = Some(from.clone());
        Ok(from)
    }

    /// A default of Python's, as far as it is a value or an expression. Callables are asked when a
    /// row is inserted.
    fn python_default(&self, vm: &mut Vm, value: &Value) -> Result<Option<Expr>, Failure> {
        match value {
            Value::None
            | Value::Function(_)
            | Value::Native(_)
            | Value::Method(_)
            | Value::Class(_) => Ok(None),
            Value::Object(object) if object.is_callable() => Ok(None),
            _ => match self.clause(vm, value)? {
                Some(expression) => Ok(Some(expression)),
                None => {
                    let literal = self.literal(vm, value)?;
                    Ok(Some(sa::literal(literal, None)))
                }
            },
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
            return self.from_clause(vm, &table);
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

    fn required_from(&self, vm: &mut Vm, value: &Value) -> Result<FromClause, Failure> {
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
                if let Some(Value::List(_) | Value::Tuple(_)) = bound.rest.first() {
                    return Err(self.run.raise(
                        "ArgumentError",
                        format!(
                            "Column expression, FROM clause, or other columns clause element \
                             expected, got {}. Did you mean to say select({})?",
                            vm.repr(&bound.rest[0])?,
                            "..."
                        ),
                    ));
                }
                let select = self.select(vm, &bound.rest)?;
                self.query_value(select)
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
                let from = match bound.value("selectable").downcast::<StatementObject>() {
                    Some(statement) => match statement.query() {
                        Some(query) => query.lateral(alias),
                        None => return Ok(None),
                    },
                    None => {
                        let from = self.required_from(vm, &bound.value("selectable"))?;
                        self.run.failed(from.lateral(alias))?
                    }
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
            if names::text(entity).is_some() {
                return Err(self.run.raise(
                    "ArgumentError",
                    format!(
                        "Textual column expression {} should be explicitly declared with \
                         text({0}), or use column({0}) for more specificity",
                        vm.repr(entity)?
                    ),
                ));
            }
            select.columns.push(self.expression(vm, entity)?);
        }
        Ok(())
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
            None => self.join_condition(vm, left, &right)?,
        };
        let full = bound.flag("full").unwrap_or(false);
        Ok(self.from_value(left.join(&right, &on, outer, full)))
    }

    /// The condition of a join that was left to the foreign keys.
    fn join_condition(
        &self,
        vm: &mut Vm,
        left: &FromClause,
        right: &FromClause,
    ) -> Result<Expr, Failure> {
        let _ = (left, right);
        Err(vm.refuse(
            "join()",
            "A join without a condition cannot be derived here.",
            "Give the condition as the second argument.",
        ))
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

    /// Inserts rows given as dictionaries.
    pub(crate) fn insert_rows(
        &self,
        vm: &mut Vm,
        table: &Value,
        rows: &[Value],
    ) -> Result<(), Failure> {
        let from = self.required_from(vm, table)?;
        for row in rows {
            let assignments = self.row_assignments(vm, &from, row)?;
            let mut insert = Insert::new(from.clone());
            insert.inline = true;
            insert.values = InsertValues::Row(assignments);
            let value = self.dml_value(insert);
            self.execute_value(vm, &value, None)?;
        }
        Ok(())
    }

    /// A row given as a dictionary, as an INSERT of a table takes it.
    pub(crate) fn row_assignments(
        &self,
        vm: &mut Vm,
        from: &FromClause,
        row: &Value,
    ) -> Result<Assignments, Failure> {
        let Value::Dict(dict) = row else {
            return Err(Failure::type_error("List of dictionaries expected"));
        };
        let mut assignments = Assignments::new();
        for (key, value) in dict.items() {
            let key = vm.str(&key)?;
            let Some(column) = from.column(&key) else {
                return Err(Failure::raise("KeyError", &*key));
            };
            let operand = match self.clause(vm, &value)? {
                Some(expression) => Operand::Expr(expression),
                None => {
                    let literal = self.literal(vm, &value)?;
                    Operand::Expr(sa::bind(
                        Some(&key),
                        Some(literal),
                        Some(column.type_().clone()),
                        false,
                    ))
                }
            };
            assignments.push((DmlKey::Key(key), operand));
        }
        Ok(assignments)
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
        Ok(self.expression_value(sa::literal(literal, sql_type)))
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

impl StatementObject {
    /// The query, of a query.
    pub(crate) fn query(&self) -> Option<Query> {
        match &self.statement {
            StatementForm::Query(query) => Some(query.clone()),
            StatementForm::Dml(_) => None,
        }
    }

    /// The query as one value.
    pub(crate) fn scalar_expression(&self) -> Option<Expr> {
        self.query().map(|query| query.scalar())
    }

    fn select(&self) -> Option<Select> {
        match &self.statement {
            StatementForm::Query(query) => match query.kind() {
                QueryKind::Select(select) => Some((**select).clone()),
                _ => None,
            },
            StatementForm::Dml(_) => None,
        }
    }

    /// The query with another tail, of a SELECT or of a UNION.
    fn with_tail(&self, change: impl FnOnce(&mut Tail)) -> Option<Query> {
        let query = self.query()?;
        Some(match query.kind() {
            QueryKind::Select(select) => {
                let mut select = (**select).clone();
                change(&mut select.tail);
                Query::from(select)
            }
            QueryKind::Compound(compound) => {
                let mut compound: Compound = (**compound).clone();
                change(&mut compound.tail);
                Query::from(compound)
            }
            _ => query,
        })
    }

    fn query_method(
        &self,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Option<Value>, Failure> {
        let runtime = &self.runtime;
        let Some(query) = self.query() else {
            return Ok(None);
        };
        Ok(Some(match name {
            "order_by" => {
                let bound = arguments.bind(name, "*clauses")?;
                let clauses = runtime.references(vm, &bound.rest)?;
                let clear = matches!(bound.rest.as_slice(), [Value::None]);
                let query = self.with_tail(|tail| {
                    if clear {
                        tail.order_by.clear();
                    }
                    tail.order_by.extend(clauses);
                });
                runtime.query_value(query.unwrap_or_else(|| self.fallback()))
            }
            "limit" | "offset" => {
                let bound = arguments.bind(name, "count")?;
                let count = match bound.some("count") {
                    Some(value) => Some(runtime.expression(vm, &value)?),
                    None => None,
                };
                let query = self.with_tail(|tail| {
                    if name == "limit" {
                        tail.limit = count;
                    } else {
                        tail.offset = count;
                    }
                });
                runtime.query_value(query.unwrap_or_else(|| self.fallback()))
            }
            "with_for_update" => {
                let bound = arguments.bind(
                    name,
                    "*, nowait=, read=, of=, skip_locked=, key_share=",
                )?;
                let mut lock = ForUpdate {
                    nowait: bound.flag("nowait").unwrap_or(false),
                    read: bound.flag("read").unwrap_or(false),
                    of: Vec::new(),
                    skip_locked: bound.flag("skip_locked").unwrap_or(false),
                    key_share: bound.flag("key_share").unwrap_or(false),
                };
                if let Some(of) = bound.some("of") {
                    let values = match &of {
                        Value::List(_) | Value::Tuple(_) => vm.collect(&of)?,
                        _ => vec![of],
                    };
                    for value in values {
                        lock.of.push(runtime.required_from(vm, &value)?);
                    }
                }
                let query = self.with_tail(|tail| tail.for_update = Some(lock));
                runtime.query_value(query.unwrap_or_else(|| self.fallback()))
            }
            "union" | "union_all" | "intersect" | "intersect_all" | "except_" | "except_all" => {
                let bound = arguments.bind(name, "*other")?;
                let mut queries = vec![query];
                queries.extend(runtime.queries(vm, &bound.rest)?);
                runtime.query_value(Query::compound(compound_keyword(name), queries))
            }
            "subquery" | "alias" => {
                let bound = arguments.bind(name, "name=, flat=")?;
                runtime.from_value(query.subquery(names::name(&bound.value("name"))))
            }
            "lateral" => {
                let bound = arguments.bind(name, "name=")?;
                runtime.from_value(query.lateral(names::name(&bound.value("name"))))
            }
            "cte" => {
                let bound = arguments.bind(name, "name=, recursive=, nesting=")?;
                runtime.from_value(query.cte(
                    names::name(&bound.value("name")),
                    bound.flag("recursive").unwrap_or(false),
                    bound.flag("nesting").unwrap_or(false),
                ))
            }
            "scalar_subquery" | "as_scalar" => runtime.expression_value(query.scalar()),
            "label" => {
                let bound = arguments.bind(name, "name")?;
                runtime
                    .expression_value(query.scalar().label(names::name(&bound.value("name"))))
            }
            "exists" => runtime.expression_value(sa::exists(&query)),
            "execution_options" | "options" | "params" | "set_label_style" => {
                Value::object(Self {
                    runtime: runtime.clone(),
                    statement: self.statement.clone(),
                })
            }
            _ => return self.select_method(vm, name, arguments),
        }))
    }

    fn fallback(&self) -> Query {
        self.query().unwrap_or_else(|| Query::from(Select::default()))
    }

    fn select_method(
        &self,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Option<Value>, Failure> {
        let runtime = &self.runtime;
        let Some(mut select) = self.select() else {
            return Ok(None);
        };
        match name {
            "where" | "filter" => {
                let bound = arguments.bind(name, "*whereclause")?;
                select.conditions.extend(runtime.conditions(vm, &bound.rest)?);
            }
            "having" => {
                let bound = arguments.bind(name, "*having")?;
                select.having.extend(runtime.conditions(vm, &bound.rest)?);
            }
            "group_by" => {
                let bound = arguments.bind(name, "*clauses")?;
                select.group_by.extend(runtime.references(vm, &bound.rest)?);
            }
            "filter_by" => {
                let bound = arguments.bind(name, "**kwargs")?;
                let sources = select
                    .from
                    .first()
                    .cloned()
                    .or_else(|| {
                        select
                            .columns
                            .iter()
                            .find_map(|column| column.as_column()?.table.clone())
                    });
                for (key, value) in &bound.keywords {
                    let Some(column) = sources.as_ref().and_then(|from| from.column(key)) else {
                        return Err(runtime.run.raise(
                            "InvalidRequestError",
                            format!("Entity has no property \"{key}\""),
                        ));
                    };
                    let operand = runtime.operand(vm, value)?;
                    let condition = column.operate(&sa::Operator::Eq, &operand);
                    select.conditions.push(runtime.run.failed(condition)?);
                }
            }
            "select_from" => {
                let bound = arguments.bind(name, "*froms")?;
                for value in &bound.rest {
                    select.from.push(runtime.required_from(vm, value)?);
                }
            }
            "join" | "outerjoin" => {
                let bound = arguments.bind(name, "target, onclause=, isouter=, full=")?;
                let right = runtime.required_from(vm, &bound.value("target"))?;
                let on = match bound.some("onclause") {
                    Some(value) => Some(runtime.condition(vm, &value)?),
                    None => None,
                };
                let outer = name == "outerjoin" || bound.flag("isouter").unwrap_or(false);
                select.joins.push(JoinStep {
                    right,
                    on,
                    left: None,
                    outer,
                    full: bound.flag("full").unwrap_or(false),
                });
            }
            "join_from" | "outerjoin_from" => {
                let bound = arguments.bind(name, "from_, target, onclause=, isouter=, full=")?;
                let on = match bound.some("onclause") {
                    Some(value) => Some(runtime.condition(vm, &value)?),
                    None => None,
                };
                select.joins.push(JoinStep {
                    right: runtime.required_from(vm, &bound.value("target"))?,
                    on,
                    left: Some(runtime.required_from(vm, &bound.value("from_"))?),
                    outer: name == "outerjoin_from" || bound.flag("isouter").unwrap_or(false),
                    full: bound.flag("full").unwrap_or(false),
                });
            }
            "distinct" => {
                let bound = arguments.bind(name, "*expr")?;
                select.distinct = true;
                select.distinct_on.extend(runtime.references(vm, &bound.rest)?);
            }
            "add_columns" | "column" | "add_column" => {
                let bound = arguments.bind(name, "*entities")?;
                runtime.add_entities(vm, &mut select, &bound.rest)?;
            }
            "with_only_columns" => {
                let bound = arguments.bind(name, "*entities, maintain_column_froms=")?;
                select.columns.clear();
                runtime.add_entities(vm, &mut select, &bound.rest)?;
            }
            "correlate" | "correlate_except" => {
                let bound = arguments.bind(name, "*froms")?;
                let mut froms = Vec::new();
                for value in bound.rest.iter().filter(|value| !value.is_none()) {
                    froms.push(runtime.required_from(vm, value)?);
                }
                if name == "correlate" {
                    select.correlate = Some(froms);
                } else {
                    select.correlate_except = Some(froms);
                }
            }
            "prefix_with" | "suffix_with" => {
                let bound = arguments.bind(name, "*prefixes, dialect=")?;
                let dialect = bound.text("dialect")?.map(|text| text.to_string());
                for value in &bound.rest {
                    let prefix = runtime.text_or_expression(vm, value)?;
                    if name == "prefix_with" {
                        select.prefixes.push((prefix, dialect.clone()));
                    } else {
                        select.suffixes.push((prefix, dialect.clone()));
                    }
                }
            }
            _ => return Ok(None),
        }
        Ok(Some(runtime.query_value(select)))
    }

    fn dml_method(
        &self,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Option<Value>, Failure> {
        let runtime = &self.runtime;
        let StatementForm::Dml(dml) = &self.statement else {
            return Ok(None);
        };
        if matches!(name, "execution_options" | "options" | "with_dialect_options") {
            return Ok(Some(Value::object(Self {
                runtime: runtime.clone(),
                statement: self.statement.clone(),
            })));
        }
        match dml.kind().clone() {
            DmlKind::Insert(insert) => self.insert_method(vm, name, arguments, insert),
            DmlKind::Update(mut update) => {
                match name {
                    "where" => {
                        let bound = arguments.bind(name, "*whereclause")?;
                        update.conditions.extend(runtime.conditions(vm, &bound.rest)?);
                    }
                    "values" => {
                        let given = self.given_values(vm, arguments)?;
                        update.values.get_or_insert_with(Vec::new).extend(given);
                    }
                    "ordered_values" => {
                        let bound = arguments.bind(name, "*args")?;
                        let mut pairs = Assignments::new();
                        for pair in &bound.rest {
                            let parts = vm.collect(pair)?;
                            let [key, value] = parts.as_slice() else {
                                return Err(Failure::value_error("ordered_values() takes pairs"));
                            };
                            let key = runtime.dml_key(vm, key)?;
                            pairs.push((key, runtime.operand(vm, value)?));
                        }
                        update.values = Some(pairs);
                        update.ordered = true;
                    }
                    "returning" => {
                        let bound = arguments.bind(name, "*cols, **kw")?;
                        let mut select = Select::default();
                        runtime.add_entities(vm, &mut select, &bound.rest)?;
                        update.returning.extend(select.columns);
                    }
                    "prefix_with" => {
                        let bound = arguments.bind(name, "*prefixes, dialect=")?;
                        for value in &bound.rest {
                            let prefix = runtime.text_or_expression(vm, value)?;
                            update.prefixes.push((prefix, None));
                        }
                    }
                    _ => return Ok(None),
                }
                Ok(Some(runtime.dml_value(update)))
            }
            DmlKind::Delete(mut delete) => {
                match name {
                    "where" => {
                        let bound = arguments.bind(name, "*whereclause")?;
                        delete.conditions.extend(runtime.conditions(vm, &bound.rest)?);
                    }
                    "returning" => {
                        let bound = arguments.bind(name, "*cols, **kw")?;
                        let mut select = Select::default();
                        runtime.add_entities(vm, &mut select, &bound.rest)?;
                        delete.returning.extend(select.columns);
                    }
                    _ => return Ok(None),
                }
                Ok(Some(runtime.dml_value(delete)))
            }
        }
    }

    /// The values of one row: a dictionary, or keywords.
    fn given_values(&self, vm: &mut Vm, arguments: Arguments) -> Result<Assignments, Failure> {
        let bound = arguments.bind("values", "*args, **kwargs")?;
        let mut assignments = Assignments::new();
        if let Some(first) = bound.rest.first() {
            assignments.extend(self.runtime.assignments(vm, first)?);
        }
        for (key, value) in &bound.keywords {
            let operand = self.runtime.operand(vm, value)?;
            assignments.push((DmlKey::Key(key.clone()), operand));
        }
        Ok(assignments)
    }

    fn insert_method(
        &self,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
        mut insert: Insert,
    ) -> Result<Option<Value>, Failure> {
        let runtime = &self.runtime;
        match name {
            "values" => {
                let rows = match arguments.positional.first() {
                    Some(list @ (Value::List(_) | Value::Tuple(_))) => {
                        let items = vm.collect(list)?;
                        match items.first() {
                            Some(Value::Dict(_)) => {
                                let mut rows = Vec::new();
                                for item in &items {
                                    rows.push(runtime.assignments(vm, item)?);
                                }
                                Some(rows)
                            }
                            Some(Value::List(_) | Value::Tuple(_)) => {
                                let mut rows = Vec::new();
                                for item in &items {
                                    rows.push(positional_row(runtime, vm, &insert, item)?);
                                }
                                Some(rows)
                            }
                            _ => {
                                let row = positional_row(runtime, vm, &insert, list)?;
                                insert.values = InsertValues::Row(row);
                                return Ok(Some(runtime.dml_value(insert)));
                            }
                        }
                    }
                    _ => None,
                };
                insert.values = match rows {
                    Some(rows) => InsertValues::Rows(rows),
                    None => {
                        let mut row = match &insert.values {
                            InsertValues::Row(row) => row.clone(),
                            _ => Assignments::new(),
                        };
                        row.extend(self.given_values(vm, arguments)?);
                        InsertValues::Row(row)
                    }
                };
            }
            "from_select" => {
                let bound = arguments.bind(name, "names, select, include_defaults=")?;
                let mut columns = Vec::new();
                for value in vm.collect(&bound.value("names"))? {
                    columns.push(runtime.dml_key(vm, &value)?);
                }
                let select = bound.value("select");
                let query = match runtime.queries(vm, &[select])?.pop() {
                    Some(query) => query,
                    None => return Ok(None),
                };
                insert.values = InsertValues::Query {
                    columns,
                    query,
                    include_defaults: bound.flag("include_defaults").unwrap_or(true),
                };
            }
            "returning" => {
                let bound = arguments.bind(name, "*cols, **kw")?;
                let mut select = Select::default();
                runtime.add_entities(vm, &mut select, &bound.rest)?;
                insert.returning.extend(select.columns);
            }
            "inline" => insert.inline = true,
            "prefix_with" => {
                let bound = arguments.bind(name, "*prefixes, dialect=")?;
                let dialect = bound.text("dialect")?.map(|text| text.to_string());
                for value in &bound.rest {
                    let prefix = runtime.text_or_expression(vm, value)?;
                    insert.prefixes.push((prefix, dialect.clone()));
                }
            }
            "on_conflict_do_nothing" => {
                let bound =
                    arguments.bind(name, "constraint=, index_elements=, index_where=")?;
                let target = conflict_target(runtime, vm, &bound)?;
                insert.conflict = Some(Conflict::DoNothing(target));
            }
            "on_conflict_do_update" => {
                let bound = arguments.bind(
                    name,
                    "constraint=, index_elements=, index_where=, set_=, where=",
                )?;
                let target = conflict_target(runtime, vm, &bound)?;
                let set = runtime.assignments(vm, &bound.value("set_"))?;
                let condition = match bound.some("where") {
                    Some(value) => Some(runtime.condition(vm, &value)?),
                    None => None,
                };
                insert.conflict = Some(Conflict::DoUpdate {
                    target,
                    set,
                    condition,
                });
            }
            "on_duplicate_key_update" => {
                let ordered = matches!(arguments.positional.first(), Some(Value::List(_)));
                let set = if ordered {
                    let mut pairs = Assignments::new();
                    for pair in vm.collect(&arguments.positional[0].clone())? {
                        let parts = vm.collect(&pair)?;
                        if let [key, value] = parts.as_slice() {
                            let key = runtime.dml_key(vm, key)?;
                            pairs.push((key, runtime.operand(vm, value)?));
                        }
                    }
                    pairs
                } else {
                    self.given_values(vm, arguments)?
                };
                insert.conflict = Some(Conflict::DuplicateKey { set, ordered });
            }
            _ => return Ok(None),
        }
        Ok(Some(runtime.dml_value(insert)))
    }
}

/// A row given by position, column by column.
fn positional_row(
    runtime: &Runtime,
    vm: &mut Vm,
    insert: &Insert,
    row: &Value,
) -> Result<Assignments, Failure> {
    let columns = insert.table.columns();
    let mut assignments = Assignments::new();
    for (column, value) in columns.iter().zip(vm.collect(row)?) {
        let operand = runtime.operand(vm, &value)?;
        assignments.push((DmlKey::Column(column.clone()), operand));
    }
    Ok(assignments)
}

fn conflict_target(
    runtime: &Runtime,
    vm: &mut Vm,
    bound: &Bound,
) -> Result<ConflictTarget, Failure> {
    if let Some(value) = bound.some("constraint") {
        if let Some(name) = names::name(&value) {
            return Ok(ConflictTarget::Constraint(name));
        }
        if let Some(name) = vm.find_attribute(&value, "name")?
            && let Some(name) = names::name(&name)
        {
            return Ok(ConflictTarget::Constraint(name));
        }
    }
    let Some(elements) = bound.some("index_elements") else {
        return Ok(ConflictTarget::Any);
    };
    let mut made = Vec::new();
    for element in vm.collect(&elements)? {
        made.push(match names::name(&element) {
            Some(name) => IndexElement::Name(name),
            None => IndexElement::Expr(runtime.expression(vm, &element)?),
        });
    }
    let condition = match bound.some("index_where") {
        Some(value) => Some(runtime.condition(vm, &value)?),
        None => None,
    };
    Ok(ConflictTarget::Index(made, condition))
}

const QUERY_METHODS: &[&str] = &[
    "where", "filter", "filter_by", "having", "group_by", "order_by", "limit", "offset",
    "with_for_update", "union", "union_all", "intersect", "intersect_all", "except_", "except_all",
    "subquery", "alias", "lateral", "cte", "scalar_subquery", "as_scalar", "label", "exists",
    "execution_options", "options", "params", "set_label_style", "select_from", "join", "outerjoin",
    "join_from", "outerjoin_from", "distinct", "add_columns", "column", "add_column",
    "with_only_columns", "correlate", "correlate_except", "prefix_with", "suffix_with", "compile",
];

const DML_METHODS: &[&str] = &[
    "where", "values", "ordered_values", "returning", "prefix_with", "from_select", "inline",
    "on_conflict_do_nothing", "on_conflict_do_update", "on_duplicate_key_update",
    "execution_options", "options", "with_dialect_options", "compile",
];

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
                DmlKind::Insert(insert) => {
                    // The alias belongs to this very statement, whose clones share it.
                    let mut insert = insert.clone();
                    let from = insert.proposed(if name == "excluded" { "excluded" } else { "new" });
                    Some(Value::object(FromColumns {
                        runtime: self.runtime.clone(),
                        from,
                    }))
                }
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
        made.ok_or_else(|| vm.no_attribute(&self.type_name(), name))
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

impl Object for FromObject {
    fn type_name(&self) -> Rc<str> {
        if self.from.as_table().is_some() {
            "TableClause".into()
        } else {
            "FromClause".into()
        }
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "c" | "columns" => Some(Value::object(FromColumns {
                runtime: self.runtime.clone(),
                from: self.from.clone(),
            })),
            "name" | "fullname" | "description" => self
                .from
                .table_name()
                .map(|(_, name)| Value::str(name)),
            "schema" => Some(
                self.from
                    .table_name()
                    .and_then(|(schema, _)| schema)
                    .map_or(Value::None, Value::str),
            ),
            _ => None,
        })
    }

    fn set_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        _name: &str,
        _value: Value,
    ) -> Result<bool, Failure> {
        Ok(false)
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "insert" | "update" | "delete" | "select" | "alias" | "join" | "outerjoin" | "union"
                | "union_all" | "data" | "tablesample" | "append_column"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let runtime = &self.runtime;
        Ok(match name {
            "insert" => {
                no_arguments(name, arguments)?;
                runtime.dml_value(Insert::new(self.from.clone()))
            }
            "update" => {
                no_arguments(name, arguments)?;
                runtime.dml_value(Update::new(self.from.clone()))
            }
            "delete" => {
                no_arguments(name, arguments)?;
                runtime.dml_value(Delete::new(self.from.clone()))
            }
            "select" => {
                no_arguments(name, arguments)?;
                runtime.query_value(self.from.select())
            }
            "alias" => {
                let bound = arguments.bind(name, "name=, flat=")?;
                runtime.from_value(self.from.alias(names::name(&bound.value("name"))))
            }
            "join" | "outerjoin" => {
                let bound = arguments.bind(name, "right, onclause=, isouter=, full=")?;
                let outer = name == "outerjoin" || bound.flag("isouter").unwrap_or(false);
                runtime.join(vm, &self.from, &bound, outer)?
            }
            "union" | "union_all" => {
                let bound = arguments.bind(name, "*other")?;
                let queries = runtime.queries(vm, &bound.rest)?;
                let made = self
                    .from
                    .cte_compound(compound_keyword(name), queries);
                runtime.from_value(runtime.run.failed(made)?)
            }
            "append_column" => {
                let bound = arguments.bind(name, "column")?;
                if let Some(table) = self.from.as_table() {
                    let expression = runtime.expression(vm, &bound.value("column"))?;
                    if let Some(column) = expression.as_column() {
                        table.columns.borrow_mut().push(TableColumn::new(
                            column.name.clone(),
                            expression.type_().clone(),
                        ));
                    }
                }
                Value::None
            }
            _ => {
                return Err(vm.refuse(
                    name,
                    format!("{name}() of a FROM clause is not supported."),
                    "Write the statement with sa.text().",
                ));
            }
        })
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(Some(
            other
                .downcast::<Self>()
                .is_some_and(|other| other.from.is_same(&self.from)),
        ))
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Err(Failure::type_error(
            "Boolean value of this clause is not defined",
        ))
    }
}

fn no_arguments(name: &str, arguments: Arguments) -> Result<(), Failure> {
    arguments.bind(name, "").map(|_| ())
}

impl Object for FromColumns {
    fn type_name(&self) -> Rc<str> {
        "ReadOnlyColumnCollection".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(self
            .from
            .column(name)
            .map(|column| self.runtime.expression_value(column)))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "keys" | "values" | "items" | "get") && self.from.column(name).is_none()
    }

    fn call_method(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let columns = self.from.columns();
        let key = |column: &Expr| {
            column
                .as_column()
                .map_or(Value::None, |column| Value::str(&*column.key))
        };
        Ok(match name {
            "keys" => Value::list(columns.iter().map(key).collect()),
            "values" => Value::list(
                columns
                    .iter()
                    .map(|column| self.runtime.expression_value(column.clone()))
                    .collect(),
            ),
            "items" => Value::list(
                columns
                    .iter()
                    .map(|column| {
                        Value::tuple(vec![
                            key(column),
                            self.runtime.expression_value(column.clone()),
                        ])
                    })
                    .collect(),
            ),
            _ => {
                let bound = arguments.bind(name, "key, default=")?;
                names::text(&bound.value("key"))
                    .and_then(|key| self.from.column(&key))
                    .map_or_else(
                        || bound.value("default"),
                        |column| self.runtime.expression_value(column),
                    )
            }
        })
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        let found = match key.as_int() {
            Some(index) => usize::try_from(index)
                .ok()
                .and_then(|index| self.from.columns().into_iter().nth(index)),
            None => names::text(key).and_then(|key| self.from.column(&key)),
        };
        match found {
            Some(column) => Ok(Some(self.runtime.expression_value(column))),
            None => Err(Failure::raise("KeyError", vm.str(key)?)),
        }
    }

    fn iterate(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::list(
            self.from
                .columns()
                .into_iter()
                .map(|column| self.runtime.expression_value(column))
                .collect(),
        )))
    }

    fn length(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Ok(Some(self.from.columns().len()))
    }

    fn contains(self: Rc<Self>, _vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        Ok(Some(
            names::text(value).is_some_and(|key| self.from.column(&key).is_some()),
        ))
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
