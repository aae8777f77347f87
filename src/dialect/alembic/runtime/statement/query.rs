//! The methods of SELECT and UNION.

use super::{StatementForm, StatementObject, compound_keyword};
use crate::dialect::alembic::runtime::names;
use crate::dialect::alembic::sqlalchemy::expression::{self as sa, Expr};
use crate::dialect::alembic::sqlalchemy::select::{
    Compound, ForUpdate, JoinStep, Query, QueryKind, Select, Tail,
};
use crate::python::{Arguments, Failure, Value, Vm};

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

    pub(super) fn select(&self) -> Option<Select> {
        match &self.statement {
            StatementForm::Query(query) => match query.kind() {
                QueryKind::Select(select) => Some((**select).clone()),
                _ => None,
            },
            StatementForm::Dml(_) => None,
        }
    }

    /// The query with another tail, of a SELECT or of a UNION.
    pub(super) fn with_tail(&self, change: impl FnOnce(&mut Tail)) -> Option<Query> {
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

    pub(super) fn query_method(
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
                let bound =
                    arguments.bind(name, "*, nowait=, read=, of=, skip_locked=, key_share=")?;
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
                runtime.expression_value(query.scalar().label(names::name(&bound.value("name"))))
            }
            "exists" => runtime.expression_value(sa::exists(&query)),
            "execution_options" | "options" | "params" | "set_label_style" => Value::object(Self {
                runtime: runtime.clone(),
                statement: self.statement.clone(),
                entities: self.entities.clone(),
            }),
            _ => return self.select_method(vm, name, arguments),
        }))
    }

    pub(super) fn fallback(&self) -> Query {
        self.query()
            .unwrap_or_else(|| Query::from(Select::default()))
    }

    pub(super) fn select_method(
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
                select
                    .conditions
                    .extend(runtime.conditions(vm, &bound.rest)?);
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
                let sources = select.from.first().cloned().or_else(|| {
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
                select
                    .distinct_on
                    .extend(runtime.references(vm, &bound.rest)?);
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
}
