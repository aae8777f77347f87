//! Where parentheses go, and what `~` makes of an expression.

use super::element::{Binary, Element, Expr, ExpressionList, Label};
use super::operator::Operator;
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType};

impl Expr {
    /// The expression between parentheses.
    #[must_use]
    pub fn grouped(&self) -> Self {
        Self::new(Element::Grouping(self.clone()), self.type_().clone())
    }

    pub(super) fn is_boolean_typed(&self) -> bool {
        self.type_().family() == Family::Boolean
    }

    /// Whether every database takes it for a condition.
    pub(in crate::dialect::alembic::sqlalchemy) fn is_implicitly_boolean(&self) -> bool {
        match self.element() {
            Element::Binary(binary) => binary.operator.is_boolean(),
            Element::List(list) => list.condition,
            Element::Grouping(inner) => inner.is_implicitly_boolean(),
            Element::Label(label) => label.element.is_implicitly_boolean(),
            Element::AsBoolean { element, .. } => element.is_implicitly_boolean(),
            _ => false,
        }
    }

    /// The expression as it stands next to an operator.
    pub(in crate::dialect::alembic::sqlalchemy) fn self_group(
        &self,
        against: Option<&Operator>,
    ) -> Self {
        match self.element() {
            Element::Binary(binary) => self.operator_group(&binary.operator, true, against),
            Element::List(list) if list.condition && list.clauses.is_empty() => self.clone(),
            Element::List(list) => self.operator_group(&list.operator, list.group, against),
            Element::Clauses(_) if Operator::Comma.is_precedent(against) => self.grouped(),
            Element::Unary { operator, .. } if operator.is_precedent(against) => self.grouped(),
            Element::Filter { .. } if Operator::Filter.is_precedent(against) => self.grouped(),
            Element::Label(label) => {
                let inner = label.element.self_group(against);
                if inner.is_same(&label.element) {
                    return self.clone();
                }
                let label = Label {
                    name: label.name.clone(),
                    element: inner,
                };
                Self::new(Element::Label(label), self.type_().clone())
            }
            Element::TypeCoerce(inner) => {
                let grouped = inner.self_group(against);
                if grouped.is_same(inner) {
                    return self.clone();
                }
                Self::new(Element::TypeCoerce(grouped), self.type_().clone())
            }
            Element::Text(_) if against == Some(&Operator::In) => self.grouped(),
            Element::Array(_)
                if matches!(
                    against,
                    Some(Operator::Any | Operator::All | Operator::GetItem)
                ) =>
            {
                self.grouped()
            }
            Element::Function(_)
                if against == Some(&Operator::GetItem)
                    && self.type_().family() == Family::Array =>
            {
                self.grouped()
            }
            Element::AsBoolean { .. }
            | Element::Grouping(_)
            | Element::Text(_)
            | Element::Tuple(_)
            | Element::Clauses(_)
            | Element::Unary { .. }
            | Element::Modified { .. }
            | Element::Filter { .. }
            | Element::Array(_)
            | Element::Slice { .. }
            | Element::ScalarQuery(_)
            | Element::AggregateOrderBy { argument: true, .. } => self.clone(),
            _ => self.column_group(against),
        }
    }

    fn column_group(&self, against: Option<&Operator>) -> Self {
        match against {
            Some(Operator::And | Operator::Or | Operator::AsBool) if self.is_boolean_typed() => {
                Self::new(
                    Element::AsBoolean {
                        element: self.clone(),
                        expected: true,
                    },
                    SqlType::boolean(),
                )
            }
            Some(Operator::Any | Operator::All) => self.grouped(),
            _ => self.clone(),
        }
    }

    fn operator_group(&self, operator: &Operator, group: bool, against: Option<&Operator>) -> Self {
        let inverted = against == Some(&Operator::Inv) && !operator.is_boolean();
        if (group && operator.is_precedent(against)) || inverted {
            self.grouped()
        } else {
            self.clone()
        }
    }

    /// `~expression`.
    #[must_use]
    pub fn negate(&self) -> Self {
        match self.element() {
            Element::True => super::construct::false_(),
            Element::False => super::construct::true_(),
            Element::AsBoolean { element, expected } => {
                if matches!(element.element(), Element::True | Element::False) {
                    return element.negate();
                }
                let element = Element::AsBoolean {
                    element: element.clone(),
                    expected: !expected,
                };
                Self::new(element, SqlType::boolean())
            }
            Element::Binary(binary) => match &binary.negate {
                Some(negate) => self.negated_binary(binary, negate),
                None => self.self_group(None).negate(),
            },
            Element::List(_) => self.inverted(),
            Element::Unary {
                operator: Operator::Exists,
                ..
            } => self.inverted_as_boolean(),
            Element::Unary { .. } | Element::Modified { .. } if self.is_boolean_typed() => {
                self.inverted_as_boolean()
            }
            Element::Label(label) => {
                let label = Label {
                    name: label.name.clone(),
                    element: label.element.negate(),
                };
                Self::new(Element::Label(label), self.type_().clone())
            }
            _ if self.is_boolean_typed() => Self::new(
                Element::AsBoolean {
                    element: self.clone(),
                    expected: false,
                },
                SqlType::boolean(),
            ),
            _ => self.inverted(),
        }
    }

    fn negated_binary(&self, binary: &Binary, negate: &Operator) -> Self {
        let right = match binary.right.element() {
            Element::Bind(bind) if bind.expanding.as_ref() == Some(&binary.operator) => {
                let mut bind = bind.clone();
                bind.expanding = Some(negate.clone());
                Self::new(Element::Bind(bind), binary.right.type_().clone())
            }
            _ => binary.right.clone(),
        };
        Self::binary_element(
            Binary {
                left: binary.left.clone(),
                right,
                operator: negate.clone(),
                negate: Some(binary.operator.clone()),
                modifiers: binary.modifiers.clone(),
            },
            self.type_().clone(),
        )
    }

    fn inverted(&self) -> Self {
        let element = self.self_group(Some(&Operator::Inv));
        Self::new(
            Element::Unary {
                operator: Operator::Inv,
                element,
            },
            SqlType::null(),
        )
    }

    fn inverted_as_boolean(&self) -> Self {
        let element = self
            .self_group(Some(&Operator::Inv))
            .self_group(Some(&Operator::Inv));
        Self::new(
            Element::Unary {
                operator: Operator::Inv,
                element,
            },
            SqlType::boolean(),
        )
    }

    /// An operator with two sides, each between parentheses where it needs them.
    pub(super) fn binary_element(mut binary: Binary, type_: SqlType) -> Self {
        binary.left = binary.left.self_group(Some(&binary.operator));
        binary.right = binary.right.self_group(Some(&binary.operator));
        Self::new(Element::Binary(Box::new(binary)), type_)
    }

    /// An operator with one side.
    pub(super) fn unary(operator: Operator, element: &Expr, type_: SqlType) -> Self {
        let element = element.self_group(Some(&operator));
        Self::new(Element::Unary { operator, element }, type_)
    }

    /// An operator written after its side.
    pub(super) fn modified(modifier: Operator, element: &Expr) -> Self {
        let element = element.self_group(Some(&modifier));
        Self::new(Element::Modified { modifier, element }, SqlType::null())
    }

    /// Sides joined by one operator.
    pub(super) fn list(operator: Operator, clauses: &[Expr], type_: SqlType, group: bool) -> Self {
        let clauses = if group {
            clauses
                .iter()
                .map(|clause| clause.self_group(Some(&operator)))
                .collect()
        } else {
            clauses.to_vec()
        };
        Self::new(
            Element::List(ExpressionList {
                operator,
                clauses,
                group,
                condition: false,
            }),
            type_,
        )
    }

    /// `left operator right`, as one list where the operator may be chained.
    pub(super) fn for_operator(binary: Binary, type_: SqlType) -> Self {
        if binary.operator.is_associative() {
            let left = binary.left.flattened(&binary.operator, &type_);
            let right = binary.right.flattened(&binary.operator, &type_);
            if left.is_some() || right.is_some() {
                let mut clauses = left.unwrap_or_else(|| vec![binary.left.clone()]);
                clauses.extend(right.unwrap_or_else(|| vec![binary.right.clone()]));
                return Self::list(binary.operator, &clauses, type_, true);
            }
        }
        let collective =
            binary.left.is_collection_aggregate() || binary.right.is_collection_aggregate();
        let negate = if collective {
            None
        } else {
            binary.negate.clone()
        };
        Self::binary_element(Binary { negate, ..binary }, type_)
    }

    fn flattened(&self, operator: &Operator, type_: &SqlType) -> Option<Vec<Expr>> {
        if !type_.compares_with(self.type_()) {
            return None;
        }
        match self.element() {
            Element::Binary(binary) if binary.operator == *operator => {
                Some(vec![binary.left.clone(), binary.right.clone()])
            }
            Element::List(list) if list.operator == *operator => Some(list.clauses.clone()),
            // Parentheses answer for what they hold.
            Element::Grouping(inner) => inner.flattened(operator, type_),
            _ => None,
        }
    }

    pub(super) fn is_collection_aggregate(&self) -> bool {
        match self.element() {
            Element::Unary {
                operator: Operator::Any | Operator::All,
                ..
            } => true,
            Element::Function(function) => {
                matches!(function.name.as_str(), "any" | "all" | "some")
                    && function.packages.is_empty()
            }
            _ => false,
        }
    }
}
