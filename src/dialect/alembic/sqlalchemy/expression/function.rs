//! `func.name(...)`.

use super::construct::{literal_column, null, unique_bind};
use super::element::{Element, Expr};
use super::operate::Operand;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType, TypeClass};

/// A call.
#[derive(Debug, Clone)]
pub struct Function {
    /// The function's name.
    pub name: Name,
    /// The names before it, between dots.
    pub packages: Vec<Name>,
    /// What it is called with.
    pub arguments: Vec<Expr>,
    /// Whether the name is one SQLAlchemy knows, whose text may differ between backends.
    pub generic: bool,
    /// `WITH ORDINALITY`.
    pub with_ordinality: bool,
    /// `ORDER BY` inside the parentheses.
    pub order_by: Vec<Expr>,
}

/// The functions SQLAlchemy has classes for.
const GENERIC: &[&str] = &[
    "aggregate_strings",
    "all",
    "any",
    "array_agg",
    "char_length",
    "coalesce",
    "concat",
    "count",
    "cube",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "dense_rank",
    "grouping_sets",
    "localtime",
    "localtimestamp",
    "max",
    "min",
    "mode",
    "now",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "phraseto_tsquery",
    "plainto_tsquery",
    "pow",
    "random",
    "rank",
    "rollup",
    "session_user",
    "some",
    "sum",
    "sysdate",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "user",
    "websearch_to_tsquery",
];

/// The functions among them that PostgreSQL's module brings, whose first argument names a configuration.
const TEXT_SEARCH: &[&str] = &[
    "phraseto_tsquery",
    "plainto_tsquery",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "websearch_to_tsquery",
];

/// `func.<packages>.<name>(arguments)`, or with another type than the function's own.
pub fn function(
    packages: &[&str],
    name: &str,
    arguments: &[Operand],
    type_: Option<SqlType>,
) -> Result<Expr, CompileError> {
    let lowered = name.to_lowercase();
    let generic = packages.is_empty() && GENERIC.contains(&lowered.as_str());
    if packages.is_empty() && lowered == "cast" {
        return Err(CompileError::of(
            crate::dialect::alembic::sqlalchemy::error::ErrorClass::Type,
            "func.cast() takes an expression and a type",
        ));
    }
    // A known function keeps the spelling of its class.
    let written = if generic { lowered.as_str() } else { name };
    let mut elements = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        let configuration = TEXT_SEARCH.contains(&lowered.as_str())
            && generic
            && index == 0
            && names_configuration(&lowered, arguments);
        elements.push(match argument {
            Operand::Literal(value) if configuration => unique_bind(
                written,
                value.clone(),
                Some(SqlType::new(TypeClass::Regconfig)),
            ),
            other => other.as_argument(Some(written))?,
        });
    }
    if generic && lowered == "count" && elements.is_empty() {
        elements.push(literal_column("*", None));
    }
    let type_ = type_.unwrap_or_else(|| {
        if generic {
            generic_type(&lowered, &elements)
        } else {
            SqlType::null()
        }
    });
    let arguments = elements
        .iter()
        .map(|element| element.self_group(Some(&super::Operator::Comma)))
        .collect();
    let function = Function {
        name: Name::new(written),
        packages: packages.iter().map(Name::new).collect(),
        arguments,
        generic,
        with_ordinality: false,
        order_by: Vec::new(),
    };
    Ok(Expr::new(Element::Function(function), type_))
}

fn names_configuration(name: &str, arguments: &[Operand]) -> bool {
    if arguments.len() < 2 {
        return false;
    }
    let second_is_query = matches!(&arguments[1], Operand::Expr(second) if second.type_().class() == TypeClass::TsQuery);
    name != "ts_headline" || !second_is_query
}

fn generic_type(name: &str, arguments: &[Expr]) -> SqlType {
    let first = || {
        arguments
            .iter()
            .map(Expr::type_)
            .find(|type_| !type_.is_null())
            .cloned()
            .unwrap_or_else(SqlType::null)
    };
    match name {
        "coalesce" | "max" | "min" | "sum" | "pow" => first(),
        "now" | "current_timestamp" | "localtime" | "localtimestamp" | "sysdate" => {
            SqlType::new(TypeClass::DateTime)
        }
        "concat" | "current_user" | "session_user" | "user" | "aggregate_strings" => {
            SqlType::string()
        }
        "char_length" | "count" | "rank" | "dense_rank" => SqlType::integer(),
        "current_date" => SqlType::new(TypeClass::Date),
        "current_time" => SqlType::new(TypeClass::Time),
        "percent_rank" | "cume_dist" => SqlType::new(TypeClass::Numeric),
        "array_agg" => {
            let item = first();
            if item.family() == Family::Array {
                item
            } else {
                SqlType::array(TypeClass::Array, item, Some(1))
            }
        }
        "to_tsvector" => SqlType::new(TypeClass::TsVector),
        "to_tsquery" | "plainto_tsquery" | "phraseto_tsquery" | "websearch_to_tsquery" => {
            SqlType::new(TypeClass::TsQuery)
        }
        "ts_headline" => SqlType::new(TypeClass::TextUpper),
        _ => SqlType::null(),
    }
}

/// `sequence.next_value()`.
pub fn next_value(name: Name, schema: Option<Name>, data_type: Option<SqlType>) -> Expr {
    let data_type = data_type.unwrap_or_else(SqlType::integer);
    Expr::new(Element::NextValue { name, schema }, data_type)
}

impl Operand {
    /// The operand as an argument or result: values become parameters, `None` becomes `NULL`.
    pub fn as_argument(&self, name: Option<&str>) -> Result<Expr, CompileError> {
        Ok(match self {
            Self::Expr(expression) => expression.clone(),
            Self::Query(query) => query.scalar(),
            Self::Literal(Literal::None) => null(),
            Self::Literal(value) => match name {
                Some(name) => unique_bind(name, value.clone(), None),
                None => super::construct::literal(value.clone(), None),
            },
            Self::List(items) => {
                let values: Option<Vec<Literal>> = items
                    .iter()
                    .map(|item| {
                        if let Self::Literal(value) = item {
                            Some(value.clone())
                        } else {
                            None
                        }
                    })
                    .collect();
                let values = values.ok_or_else(|| {
                    CompileError::argument("SQL expression element or literal value expected, got a list of expressions.")
                })?;
                unique_bind(name.unwrap_or("param"), Literal::List(values.into()), None)
            }
        })
    }
}

impl Expr {
    /// `call.filter(condition)`.
    #[must_use]
    pub fn filter(&self, criterion: &Expr) -> Self {
        if let Element::Filter {
            element,
            criterion: existing,
        } = self.element()
        {
            let criterion = super::construct::and_(&[existing.clone(), criterion.clone()]);
            return Self::new(
                Element::Filter {
                    element: element.clone(),
                    criterion,
                },
                self.type_().clone(),
            );
        }
        let element = Element::Filter {
            element: self.clone(),
            criterion: criterion.clone(),
        };
        Self::new(element, self.type_().clone())
    }

    /// `call.within_group(order)`.
    #[must_use]
    pub fn within_group(&self, order_by: Vec<Expr>) -> Self {
        let type_ = match self.element() {
            Element::Function(function)
                if matches!(
                    function.name.as_str(),
                    "mode" | "percentile_cont" | "percentile_disc"
                ) =>
            {
                order_by
                    .first()
                    .map_or_else(SqlType::null, |first| first.unmodified().type_().clone())
            }
            _ => self.type_().clone(),
        };
        Self::new(
            Element::WithinGroup {
                element: self.clone(),
                order_by,
            },
            type_,
        )
    }

    /// `call.aggregate_order_by(order)`.
    #[must_use]
    pub fn aggregate_order_by(&self, order_by: Vec<Expr>) -> Self {
        let element = Element::AggregateOrderBy {
            element: self.clone(),
            order_by,
            argument: false,
        };
        Self::new(element, self.type_().clone())
    }

    /// PostgreSQL's `aggregate_order_by(expression, order)`.
    #[must_use]
    pub fn argument_order_by(&self, order_by: Vec<Expr>) -> Self {
        let element = Element::AggregateOrderBy {
            element: self.clone(),
            order_by,
            argument: true,
        };
        Self::new(element, self.type_().clone())
    }

    fn unmodified(&self) -> &Expr {
        let mut current = self;
        while let Element::Modified { element, .. } = current.element() {
            current = element;
        }
        current
    }
}
