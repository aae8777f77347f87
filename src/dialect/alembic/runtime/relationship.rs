//! `relationship()`: objects that others point to by a foreign key.

use std::rc::Rc;

use super::Runtime;
use super::column::ColumnObject;
use super::orm::DeclarativeBase;
use super::query::QueryObject;
use super::session::{Mapping, session_of};
use crate::dialect::alembic::sqlalchemy::schema::referent;
use crate::python::{Arguments, Class, CompareOperator, Failure, Instance, Object, Value, Vm};

/// `relationship(...)` in a mapped class.
pub(crate) struct RelationshipObject {
    /// The class it leads to: itself, its name, or a function that gives it.
    target: Value,
    /// Arguments that only a full ORM understands.
    special: Option<&'static str>,
    /// Whether one object is wanted where many could be.
    single: bool,
}

/// Which way a relationship leads.
enum Direction {
    /// The class's own column points to the other's.
    Up(Rc<ColumnObject>, Rc<str>),
    /// The other's column points to the class's own.
    Down(Rc<ColumnObject>, Rc<str>),
}

/// A relationship of a class.
struct Resolved {
    target: Rc<Class>,
    direction: Direction,
    single: bool,
}

/// Where a class keeps its relationships.
pub(super) const KEPT: &str = "__stillway_relationships__";

impl RelationshipObject {
    pub(crate) fn make(arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind("relationship", "argument=, secondary=, **kw")?;
        let special = if bound.some("secondary").is_some() {
            Some("secondary")
        } else {
            bound.keywords.iter().find_map(|(key, value)| match &**key {
                "primaryjoin" if !value.is_none() => Some("primaryjoin"),
                "secondaryjoin" if !value.is_none() => Some("secondaryjoin"),
                "collection_class" if !value.is_none() => Some("collection_class"),
                _ => None,
            })
        };
        let single = bound
            .keywords
            .iter()
            .any(|(key, value)| &**key == "uselist" && matches!(value, Value::Bool(false)));
        Ok(Value::object(Self {
            target: bound.value("argument"),
            special,
            single,
        }))
    }
}

impl Object for RelationshipObject {
    fn type_name(&self) -> Rc<str> {
        "RelationshipProperty".into()
    }
}

/// The column of one mapping that refers to a column of another.
fn reference(from: &Mapping, to: &Mapping) -> Option<(Rc<ColumnObject>, Rc<str>)> {
    let name = to.table.table.borrow().name.to_string();
    from.columns.iter().find_map(|(_, column)| {
        let data = column.data.borrow();
        let found = data.foreign_keys.iter().find_map(|key| {
            let target = referent(&key.target);
            (target.table == name).then_some(target.column)
        })?;
        let found = found.unwrap_or_else(|| data.name.to_string());
        let (key, _) = to
            .columns
            .iter()
            .find(|(_, known)| known.data.borrow().name.as_str() == found)?;
        Some((column.clone(), key.clone()))
    })
}

impl Runtime {
    /// Takes a class's relationships out of its way, so that its objects ask for them.
    pub(super) fn keep_relationships(class: &Rc<Class>) {
        let kept = Value::dict();
        let Value::Dict(dict) = &kept else {
            return;
        };
        for (key, value) in class.namespace.text_items() {
            if value.downcast::<RelationshipObject>().is_some() {
                class.namespace.remove_str(&key);
                dict.set_str(&key, value);
            }
        }
        if !dict.is_empty() {
            class.namespace.set_str(KEPT, kept);
        }
    }

    /// A relationship of a class by its name.
    pub(super) fn relationship(class: &Rc<Class>, name: &str) -> Option<Rc<RelationshipObject>> {
        match class.lookup(KEPT)? {
            Value::Dict(dict) => dict.get_str(name)?.downcast::<RelationshipObject>(),
            _ => None,
        }
    }

    fn resolve(
        &self,
        vm: &mut Vm,
        class: &Rc<Class>,
        name: &str,
        relationship: &RelationshipObject,
    ) -> Result<Resolved, Failure> {
        if let Some(special) = relationship.special {
            return Err(vm.refuse(
                "relationship()",
                format!(
                    "The relationship {}.{name} with {special}= is not followed.",
                    class.name
                ),
                "Query the rows.",
            ));
        }
        let target = match &relationship.target {
            callable @ Value::Function(_) => vm.call(callable, Arguments::none())?,
            other => other.clone(),
        };
        let found = match &target {
            Value::Class(class) => Some(class.clone()),
            other => other.to_text().and_then(|wanted| {
                class
                    .lookup_order_hosts()
                    .find_map(|host| Value::Object(host.clone()).downcast::<DeclarativeBase>())
                    .and_then(|base| base.class_named(&wanted))
            }),
        };
        let unknown = vm.refuse(
            "relationship()",
            format!(
                "The relationship {}.{name} is not one that a single foreign key makes.",
                class.name
            ),
            "Query the rows.",
        );
        let Some(target) = found else {
            return Err(unknown);
        };
        let (Some(own), Some(other)) = (self.mapping(class)?, self.mapping(&target)?) else {
            return Err(unknown);
        };
        let direction = if let Some((column, key)) = reference(&own, &other) {
            Direction::Up(column, key)
        } else if let Some((column, key)) = reference(&other, &own) {
            Direction::Down(column, key)
        } else {
            return Err(unknown);
        };
        Ok(Resolved {
            target,
            direction,
            single: relationship.single,
        })
    }

    /// What an object's relationship leads to.
    pub(super) fn follow(
        &self,
        vm: &mut Vm,
        instance: &Rc<Instance>,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        let Some(relationship) = Self::relationship(&instance.class, name) else {
            return Ok(None);
        };
        let resolved = self.resolve(vm, &instance.class, name, &relationship)?;
        let nothing = match (&resolved.direction, resolved.single) {
            (Direction::Down(..), false) => Value::list(Vec::new()),
            _ => Value::None,
        };
        let Some(session) = session_of(instance) else {
            // A list that is asked for is kept, so that it can be added to.
            instance.attributes.set_str(name, nothing.clone());
            return Ok(Some(nothing));
        };
        let (column, value) = match &resolved.direction {
            Direction::Up(own, key) => {
                let value = instance
                    .attributes
                    .get_str(own.column().key())
                    .unwrap_or(Value::None);
                let target = self.mapping(&resolved.target)?;
                let column = target.and_then(|target| {
                    target
                        .columns
                        .iter()
                        .find(|(known, _)| known == key)
                        .map(|(_, column)| column.clone())
                });
                (column, value)
            }
            Direction::Down(column, key) => (
                Some(column.clone()),
                instance.attributes.get_str(key).unwrap_or(Value::None),
            ),
        };
        let Some(column) = column.filter(|_| !value.is_none()) else {
            return Ok(Some(nothing));
        };
        let condition = vm.compare(CompareOperator::Equal, &Value::Object(column), &value)?;
        let query = QueryObject::of(&session, vm, vec![Value::Class(resolved.target)])?;
        let query = vm.call_method(&query, "filter", Arguments::one(condition))?;
        let many = matches!(resolved.direction, Direction::Down(..)) && !resolved.single;
        let found = vm.call_method(
            &query,
            if many { "all" } else { "first" },
            Arguments::none(),
        )?;
        if many {
            instance.attributes.set_str(name, found.clone());
        }
        Ok(Some(found))
    }

    /// Takes over the keys of the objects that an object points to.
    pub(super) fn take_parents(
        &self,
        vm: &mut Vm,
        instance: &Rc<Instance>,
        mapping: &Mapping,
    ) -> Result<(), Failure> {
        for (name, value) in instance.attributes.text_items() {
            let Value::Instance(parent) = &value else {
                continue;
            };
            if mapping.columns.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let Some(relationship) = Self::relationship(&instance.class, &name) else {
                continue;
            };
            let resolved = self.resolve(vm, &instance.class, &name, &relationship)?;
            if let Direction::Up(own, key) = resolved.direction
                && let Some(value) = parent.attributes.get_str(&key)
            {
                instance.attributes.set_str(own.column().key(), value);
            }
        }
        Ok(())
    }

    /// Gives an object's key to those it holds in lists.
    pub(super) fn give_to_children(
        &self,
        vm: &mut Vm,
        instance: &Rc<Instance>,
    ) -> Result<(), Failure> {
        for (name, value) in instance.attributes.text_items() {
            let Value::List(_) = &value else {
                continue;
            };
            let Some(relationship) = Self::relationship(&instance.class, &name) else {
                continue;
            };
            let resolved = self.resolve(vm, &instance.class, &name, &relationship)?;
            let Direction::Down(column, key) = resolved.direction else {
                continue;
            };
            let own = instance.attributes.get_str(&key).unwrap_or(Value::None);
            for child in vm.collect(&value)? {
                if let Value::Instance(child) = child {
                    child.attributes.set_str(column.column().key(), own.clone());
                }
            }
        }
        Ok(())
    }
}
