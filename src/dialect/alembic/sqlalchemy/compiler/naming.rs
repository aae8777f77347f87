//! The names a query's columns go by.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::dialect::alembic::sqlalchemy::expression::{Anonymous, Element, Expr, LabelName};
use crate::dialect::alembic::sqlalchemy::select::LabelStyle;
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::dialect::alembic::sqlalchemy::target::Name;

/// One column of a query and its names.
#[derive(Debug, Clone)]
pub(in crate::dialect::alembic::sqlalchemy) struct Named {
    /// The name it must be given.
    pub required: Option<LabelName>,
    /// The name by which Python code finds it.
    pub key: Option<Rc<str>>,
    /// The name it is given where it has none.
    pub fallback: Option<LabelName>,
    /// The expression.
    pub column: Expr,
    /// Whether the same column stands there before.
    pub repeated: bool,
}

#[derive(PartialEq, Eq, Hash, Clone)]
enum NameKey {
    Given(String),
    Anonymous(Anonymous),
}

impl From<&LabelName> for NameKey {
    fn from(name: &LabelName) -> Self {
        match name {
            LabelName::Given(name) => Self::Given(name.as_str().to_owned()),
            LabelName::Anonymous(anonymous) => Self::Anonymous(anonymous.clone()),
        }
    }
}

impl Expr {
    /// A number that is the same for two handles of one column of one source.
    pub(in crate::dialect::alembic::sqlalchemy) fn column_identity(&self) -> usize {
        match self.as_column() {
            Some(column) => match &column.table {
                Some(table) => {
                    let mut hasher = DefaultHasher::new();
                    (table.identity(), &column.key, "column").hash(&mut hasher);
                    usize::try_from(hasher.finish() >> 1).unwrap_or(usize::MAX)
                }
                None => self.identity(),
            },
            None => self.identity(),
        }
    }

    /// `_render_label_in_columns_clause`.
    fn renders_label(&self) -> bool {
        match self.element() {
            Element::Text(_) => false,
            Element::Column(column) => column.table.is_some(),
            Element::Grouping(inner) => inner.renders_label(),
            _ => true,
        }
    }

    /// `_non_anon_label`.
    pub(in crate::dialect::alembic::sqlalchemy) fn own_label(&self) -> Option<LabelName> {
        match self.element() {
            Element::Column(column) => Some(match &column.anonymous {
                Some(anonymous) => LabelName::Anonymous(anonymous.clone()),
                None => LabelName::Given(column.name.clone()),
            }),
            Element::Label(label) => Some(label.name.clone()),
            Element::TableValued { alias } => alias.label_name(),
            Element::Grouping(inner) => inner
                .plain_name()
                .map(|name| LabelName::Given(Name::new(name))),
            _ => None,
        }
    }

    /// The expression behind one that takes over its name.
    fn wrapped(&self) -> Option<&Expr> {
        match self.element() {
            Element::Cast(inner) | Element::TryCast(inner) | Element::TypeCoerce(inner) => {
                Some(inner)
            }
            Element::AsBoolean { element, .. }
            | Element::WithinGroup { element, .. }
            | Element::AggregateOrderBy {
                element,
                argument: false,
                ..
            } => Some(element),
            _ => None,
        }
    }

    /// `_anon_name_label`.
    pub(in crate::dialect::alembic::sqlalchemy) fn anonymous_label(&self) -> LabelName {
        if let Some(wrapped) = self.wrapped()
            && !matches!(wrapped.element(), Element::Text(_))
        {
            return wrapped
                .own_label()
                .unwrap_or_else(|| wrapped.anonymous_label());
        }
        LabelName::Anonymous(self.anonymous_name())
    }

    /// A made up name that belongs to this expression.
    pub(in crate::dialect::alembic::sqlalchemy) fn anonymous_name(&self) -> Anonymous {
        let body = match self.own_label() {
            Some(LabelName::Given(name)) => name.as_str().to_owned(),
            Some(LabelName::Anonymous(anonymous)) => anonymous.body.to_string(),
            None => self.plain_name().unwrap_or_else(|| "anon".into()),
        };
        Anonymous {
            seed: self.column_identity(),
            body: body.into(),
        }
    }

    /// `_tq_label`: the name behind its table's.
    fn table_label(&self) -> Option<LabelName> {
        match self.element() {
            Element::Column(column) => {
                if column.is_literal {
                    return None;
                }
                let Some(LabelName::Given(table)) =
                    column.table.as_ref().and_then(FromClause::label_name)
                else {
                    return self.own_label();
                };
                let schema = column.table.as_ref().and_then(FromClause::schema);
                let prefix = schema
                    .map(|schema| format!("{}_", schema.as_str().replace('.', "_")))
                    .unwrap_or_default();
                let quote = column.name.quote_flag().or_else(|| table.quote_flag());
                let label = format!("{prefix}{}_{}", table.as_str(), column.name.as_str());
                let siblings = column
                    .table
                    .as_ref()
                    .map(FromClause::columns)
                    .unwrap_or_default();
                let taken = |candidate: &str| {
                    siblings.iter().any(|sibling| {
                        sibling
                            .as_column()
                            .is_some_and(|sibling| &*sibling.key == candidate)
                    })
                };
                let mut unique = label.clone();
                let mut counter = 1;
                while taken(&unique) {
                    unique = format!("{label}_{counter}");
                    counter += 1;
                }
                Some(LabelName::Given(Name::quoted(unique, quote)))
            }
            Element::Label(label) => Some(label.name.clone()),
            _ => self.wrapped().and_then(Self::table_label),
        }
    }

    /// `_proxy_key`.
    fn proxy_key(&self) -> Option<Rc<str>> {
        match self.element() {
            Element::Column(column) if column.anonymous.is_none() => Some(column.key.clone()),
            Element::Label(label) => match &label.name {
                LabelName::Given(name) => Some(name.as_str().into()),
                LabelName::Anonymous(_) => None,
            },
            Element::Function(function) => Some(function.name.as_str().into()),
            Element::Grouping(inner) => inner.proxy_key(),
            _ => self.wrapped().and_then(Self::proxy_key),
        }
    }
}

/// The names of a query's columns: those it must be given, those it may be.
pub(in crate::dialect::alembic::sqlalchemy) fn columns_plus_names(
    columns: &[Expr],
    style: LabelStyle,
) -> Vec<Named> {
    let qualified = style == LabelStyle::TableNamePlusColumn;
    let mut names: HashMap<NameKey, usize> = HashMap::new();
    let mut keys: Vec<Rc<str>> = Vec::new();
    let mut dedupe = 0;
    let mut again = |column: &Expr| {
        dedupe += 1;
        let wrapped = || column.wrapped().and_then(Expr::own_label);
        let own = match if qualified {
            column.table_label()
        } else {
            column.own_label().or_else(wrapped)
        } {
            Some(LabelName::Given(name)) => name.as_str().to_owned(),
            Some(LabelName::Anonymous(anonymous)) => anonymous.body.to_string(),
            None => column.plain_name().unwrap_or_else(|| "anon".into()),
        };
        let seed = column
            .column_identity()
            .wrapping_mul(65_536)
            .wrapping_add(dedupe);
        LabelName::Anonymous(Anonymous {
            seed,
            body: format!("{own}_").into(),
        })
    };
    let mut result = Vec::with_capacity(columns.len());
    for column in columns {
        let identity = column.column_identity();
        let mut required = None;
        let mut fallback = None;
        let mut repeated = false;
        let mut effective = None;
        if !column.renders_label() {
        } else if style == LabelStyle::None {
            fallback = Some(
                column
                    .own_label()
                    .unwrap_or_else(|| column.anonymous_label()),
            );
        } else {
            if qualified {
                effective = column.table_label();
                required.clone_from(&effective);
            } else {
                effective = column.own_label();
            }
            fallback.clone_from(&effective);
            if effective.is_none() {
                let anonymous = column.anonymous_label();
                repeated = names.insert(NameKey::from(&anonymous), identity).is_some();
                required = None;
                fallback = Some(if repeated { again(column) } else { anonymous });
            }
        }
        if let Some(name) = &effective {
            let key = NameKey::from(name);
            match names.get(&key) {
                Some(known) if *known != identity => {
                    let body = match name {
                        LabelName::Given(name) => name.as_str().to_owned(),
                        LabelName::Anonymous(anonymous) => anonymous.body.to_string(),
                    };
                    let anonymous = LabelName::Anonymous(Anonymous {
                        seed: identity,
                        body: body.into(),
                    });
                    repeated = names.insert(NameKey::from(&anonymous), identity).is_some();
                    required = Some(if repeated { again(column) } else { anonymous });
                    fallback.clone_from(&required);
                }
                Some(_) => {
                    required = Some(again(column));
                    fallback.clone_from(&required);
                    repeated = true;
                }
                None => {
                    names.insert(key, identity);
                }
            }
        }
        let key = column_key(column, qualified, &mut keys);
        result.push(Named {
            required,
            key,
            fallback,
            column: column.clone(),
            repeated,
        });
    }
    result
}

/// The key of a column, unless another column has it.
fn column_key(column: &Expr, qualified: bool, keys: &mut Vec<Rc<str>>) -> Option<Rc<str>> {
    let key: Option<Rc<str>> = match qualified.then(|| column.table_label()).flatten() {
        Some(LabelName::Given(name)) => Some(name.as_str().into()),
        _ => column.proxy_key(),
    };
    let key = key.filter(|key| !keys.contains(key))?;
    keys.push(key.clone());
    Some(key)
}
