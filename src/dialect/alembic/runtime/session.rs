//! `sqlalchemy.orm.Session`: objects of mapped classes, read, changed and written.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use super::Runtime;
use super::column::ColumnObject;
use super::names;
use super::query::QueryObject;
use super::statement::{StatementObject, is_callable};
use super::table::TableObject;
use crate::dialect::alembic::sqlalchemy::dml::{Insert, InsertValues};
use crate::python::{Arguments, Class, CompareOperator, Failure, Instance, Object, Value, Vm};

/// A class's address and the text of a key.
type Identity = (usize, Rc<str>);

/// A session.
pub(crate) struct SessionObject {
    pub(crate) runtime: Runtime,
    /// Objects that are to be inserted.
    new: RefCell<Vec<Rc<Instance>>>,
    /// Objects that are in the database, by class and key.
    known: RefCell<Vec<Rc<Instance>>>,
    by_key: RefCell<HashMap<Identity, Rc<Instance>>>,
    /// Objects that are to be deleted.
    gone: RefCell<Vec<Rc<Instance>>>,
    own: RefCell<Weak<SessionObject>>,
}

/// What a session keeps with an object.
struct State {
    session: Weak<SessionObject>,
    /// The values in the database.
    original: RefCell<HashMap<Rc<str>, Value>>,
    /// Whether it is in the database.
    persistent: Cell<bool>,
}

/// A mapped class: its table, its columns by attribute, its key.
pub(crate) struct Mapping {
    pub(crate) table: Rc<TableObject>,
    pub(crate) columns: Vec<(Rc<str>, Rc<ColumnObject>)>,
    pub(crate) key: Vec<Rc<str>>,
}

const METHODS: &[&str] = &[
    "add",
    "add_all",
    "begin",
    "begin_nested",
    "bulk_insert_mappings",
    "bulk_save_objects",
    "bulk_update_mappings",
    "close",
    "commit",
    "connection",
    "delete",
    "exec",
    "execute",
    "expire",
    "expire_all",
    "expunge",
    "expunge_all",
    "flush",
    "get",
    "get_bind",
    "merge",
    "query",
    "refresh",
    "rollback",
    "scalar",
    "scalars",
];

impl Runtime {
    /// `Session(...)`.
    pub(crate) fn session(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "Session.__init__",
            "bind=, *, autoflush=, future=, expire_on_commit=, autobegin=, twophase=, binds=, \
             enable_baked_queries=, info=, query_cls=, autocommit=, join_transaction_mode=, \
             close_resets_only=, class_=",
        )?;
        if let Some(bind) = bound.some("bind")
            && !Self::is_bind(&bind)
        {
            return Err(vm.refuse(
                "Session",
                "A session can only be bound to the run's own connection.",
                "Use Session(bind=op.get_bind()).",
            ));
        }
        let session = Rc::new(SessionObject {
            runtime: self.clone(),
            new: RefCell::default(),
            known: RefCell::default(),
            by_key: RefCell::default(),
            gone: RefCell::default(),
            own: RefCell::default(),
        });
        *session.own.borrow_mut() = Rc::downgrade(&session);
        Ok(Value::Object(session))
    }

    /// `sessionmaker(...)`: what it gives makes sessions.
    pub(crate) fn session_maker(&self, arguments: Arguments) -> Value {
        let runtime = self.clone();
        Value::native("sessionmaker", move |vm, more| {
            let mut all = arguments.clone();
            for (key, value) in more.keywords {
                all.take(&key);
                all.keywords.push((key, value));
            }
            if !more.positional.is_empty() {
                all.take("bind");
                all.positional = more.positional;
            }
            runtime.session(vm, all)
        })
    }

    /// The mapping of a class.
    pub(crate) fn mapping(&self, class: &Rc<Class>) -> Result<Option<Mapping>, Failure> {
        let Some(table) = class
            .lookup("__table__")
            .and_then(|table| table.downcast::<TableObject>())
        else {
            return Ok(None);
        };
        let key = table
            .assembled(self)?
            .primary_key_columns()
            .iter()
            .map(|column| Rc::from(column.key()))
            .collect();
        let columns = table
            .columns
            .borrow()
            .iter()
            .map(|column| (Rc::from(column.column().key()), column.clone()))
            .collect();
        Ok(Some(Mapping {
            table,
            columns,
            key,
        }))
    }

    fn required_mapping(&self, vm: &mut Vm, class: &Rc<Class>) -> Result<Mapping, Failure> {
        match self.mapping(class)? {
            Some(mapping) => Ok(mapping),
            None => {
                let shown = vm.repr(&Value::Class(class.clone()))?;
                Err(self.run.raise(
                    "UnmappedInstanceError",
                    format!("Class '{shown}' is not mapped"),
                ))
            }
        }
    }
}

/// A dictionary of values by attribute.
fn dictionary(entries: impl IntoIterator<Item = (Rc<str>, Value)>) -> Value {
    let dict = crate::python::Dict::default();
    for (key, value) in entries {
        dict.set_str(&key, value);
    }
    Value::Dict(Rc::new(dict))
}

fn instance_of(vm: &mut Vm, value: &Value) -> Result<Rc<Instance>, Failure> {
    match value {
        Value::Instance(instance) => Ok(instance.clone()),
        other => {
            let shown = vm.repr(other)?;
            Err(Failure::type_error(format!(
                "Class of {shown} is not mapped"
            )))
        }
    }
}

impl SessionObject {
    pub(crate) fn shared(&self) -> Weak<SessionObject> {
        self.own.borrow().clone()
    }

    fn state(instance: &Rc<Instance>) -> Option<Rc<State>> {
        instance.host_data::<State>()
    }

    /// Statements that are only printed have no answers.
    pub(crate) fn needs_connection(&self, vm: &mut Vm) -> Result<(), Failure> {
        if self.runtime.run.is_offline() {
            return Err(vm.no_attribute("MockConnection", "close"));
        }
        Ok(())
    }

    fn is_persistent(instance: &Rc<Instance>) -> bool {
        Self::state(instance).is_some_and(|state| state.persistent.get())
    }

    /// The text by which an object is known.
    fn key_text(
        vm: &mut Vm,
        mapping: &Mapping,
        value: &mut dyn FnMut(&str) -> Value,
    ) -> Result<Rc<str>, Failure> {
        let mut text = String::new();
        for name in &mapping.key {
            text.push_str(&vm.repr(&value(name))?);
            text.push(' ');
        }
        Ok(text.into())
    }

    /// Remembers an object as the database has it.
    fn remember(
        &self,
        vm: &mut Vm,
        instance: &Rc<Instance>,
        mapping: &Mapping,
    ) -> Result<(), Failure> {
        let original = mapping
            .columns
            .iter()
            .filter_map(|(key, _)| Some((key.clone(), instance.attributes.get_str(key)?)))
            .collect();
        let fresh = Self::state(instance).is_none_or(|state| !state.persistent.get());
        instance.set_host_data(Rc::new(State {
            session: self.shared(),
            original: RefCell::new(original),
            persistent: Cell::new(true),
        }));
        if fresh {
            let text = Self::key_text(vm, mapping, &mut |name| {
                instance.attributes.get_str(name).unwrap_or(Value::None)
            })?;
            let class = Rc::as_ptr(&instance.class) as usize;
            self.known.borrow_mut().push(instance.clone());
            self.by_key
                .borrow_mut()
                .insert((class, text), instance.clone());
        }
        Ok(())
    }

    /// The object of a row. One that is known already is given as it is.
    pub(crate) fn entity(
        &self,
        vm: &mut Vm,
        class: &Rc<Class>,
        mapping: &Mapping,
        values: Vec<Value>,
    ) -> Result<Value, Failure> {
        let values: HashMap<Rc<str>, Value> = mapping
            .columns
            .iter()
            .map(|(key, _)| key.clone())
            .zip(values)
            .collect();
        let text = Self::key_text(vm, mapping, &mut |name| {
            values.get(name).cloned().unwrap_or(Value::None)
        })?;
        let place = (Rc::as_ptr(class) as usize, text);
        if let Some(known) = self.by_key.borrow().get(&place) {
            return Ok(Value::Instance(known.clone()));
        }
        if !mapping.key.is_empty()
            && mapping
                .key
                .iter()
                .all(|key| values.get(key).is_none_or(Value::is_none))
        {
            // The other side of an outer join found nothing.
            return Ok(Value::None);
        }
        let instance = Rc::new(Instance::new(class.clone()));
        for (key, _) in &mapping.columns {
            if let Some(value) = values.get(key) {
                instance.attributes.set_str(key, value.clone());
            }
        }
        self.remember(vm, &instance, mapping)?;
        Ok(Value::Instance(instance))
    }

    fn add(&self, vm: &mut Vm, value: &Value) -> Result<(), Failure> {
        let instance = instance_of(vm, value)?;
        let mapping = self.runtime.required_mapping(vm, &instance.class)?;
        if Self::is_persistent(&instance) {
            self.gone
                .borrow_mut()
                .retain(|one| !Rc::ptr_eq(one, &instance));
            return Ok(());
        }
        let waits = self
            .new
            .borrow()
            .iter()
            .any(|one| Rc::ptr_eq(one, &instance));
        if waits {
            return Ok(());
        }
        // What an object points to is added with it.
        let pointed: Vec<Value> = instance
            .attributes
            .text_items()
            .into_iter()
            .filter(|(key, _)| !mapping.columns.iter().any(|(known, _)| known == key))
            .map(|(_, value)| value)
            .collect();
        self.new.borrow_mut().push(instance);
        for value in pointed {
            match &value {
                Value::Instance(other) if self.runtime.mapping(&other.class)?.is_some() => {
                    vm.nested(|vm| self.add(vm, &value))?;
                }
                Value::List(_) => {
                    for item in vm.collect(&value)? {
                        if matches!(item, Value::Instance(_)) {
                            vm.nested(|vm| self.add(vm, &item))?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes what was added, changed and deleted.
    pub(crate) fn flush(&self, vm: &mut Vm) -> Result<(), Failure> {
        if !self.new.borrow().is_empty() {
            self.needs_connection(vm)?;
        }
        while let Some(instance) = self.next_new()? {
            self.insert(vm, &instance)?;
        }
        let known = self.known.borrow().clone();
        let gone = self.gone.take();
        for instance in &known {
            if !gone.iter().any(|one| Rc::ptr_eq(one, instance)) {
                self.update(vm, instance)?;
            }
        }
        for instance in gone.iter().rev() {
            self.delete(vm, instance)?;
        }
        Ok(())
    }

    /// The next object to insert: one whose table refers to no other that waits.
    fn next_new(&self) -> Result<Option<Rc<Instance>>, Failure> {
        let waiting = self.new.borrow().clone();
        let Some(first) = waiting.first().cloned() else {
            return Ok(None);
        };
        let mut names = Vec::with_capacity(waiting.len());
        for instance in &waiting {
            let mapping = self.runtime.mapping(&instance.class)?;
            names.push(mapping.map(|mapping| mapping.table));
        }
        let own = |table: &Rc<TableObject>| table.table.borrow().name.to_string();
        let mut chosen = None;
        for (at, table) in names.iter().enumerate() {
            let Some(table) = table else {
                continue;
            };
            let refers = table.columns.borrow().iter().any(|column| {
                column.data.borrow().foreign_keys.iter().any(|reference| {
                    let target =
                        crate::dialect::alembic::sqlalchemy::schema::referent(&reference.target);
                    target.table != own(table)
                        && names
                            .iter()
                            .flatten()
                            .any(|other| own(other) == target.table)
                })
            });
            if !refers {
                chosen = Some(at);
                break;
            }
        }
        let at = chosen.unwrap_or(0);
        let instance = waiting.get(at).cloned().unwrap_or(first);
        self.new
            .borrow_mut()
            .retain(|one| !Rc::ptr_eq(one, &instance));
        Ok(Some(instance))
    }

    /// The value of a default or of `onupdate`.
    pub(crate) fn made_default(vm: &mut Vm, default: &Value) -> Result<Value, Failure> {
        match default {
            Value::Function(function) => {
                // A function may ask for the context, of which nothing is known here.
                let arguments = if function.parameters().is_empty() {
                    Arguments::none()
                } else {
                    Arguments::one(Value::None)
                };
                vm.call(default, arguments)
            }
            callable if is_callable(callable) => vm.call(default, Arguments::none()),
            other => Ok(other.clone()),
        }
    }

    fn insert(&self, vm: &mut Vm, instance: &Rc<Instance>) -> Result<(), Failure> {
        let mapping = self.runtime.required_mapping(vm, &instance.class)?;
        self.runtime.take_parents(vm, instance, &mapping)?;
        let mut row = Vec::new();
        let mut reads_back = false;
        for (key, column) in &mapping.columns {
            let given = instance.attributes.get_str(key).unwrap_or(Value::None);
            let value = if given.is_none() {
                let default = column.default.borrow().clone();
                Self::made_default(vm, &default)?
            } else {
                given
            };
            let data = column.data.borrow();
            if value.is_none() {
                reads_back |= data.server_default.is_some() || data.computed.is_some();
                continue;
            }
            drop(data);
            instance.attributes.set_str(key, value.clone());
            row.push((key.clone(), value));
        }
        let from = self.runtime.table_from(vm, &mapping.table)?;
        let mut insert = Insert::new(from.clone());
        let assignments = self.runtime.row_assignments(vm, &from, &dictionary(row))?;
        insert.values = InsertValues::Row(assignments);
        let statement = self.runtime.dml_value(insert);
        let result = self.runtime.execute_value(vm, &statement, None)?;
        let inserted = vm.attribute(&result, "inserted_primary_key")?;
        if !inserted.is_none() {
            for (name, value) in mapping.key.iter().zip(vm.collect(&inserted)?) {
                if instance
                    .attributes
                    .get_str(name)
                    .is_none_or(|own| own.is_none())
                {
                    instance.attributes.set_str(name, value);
                }
            }
        }
        for (key, _) in &mapping.columns {
            if instance.attributes.get_str(key).is_none() {
                instance.attributes.set_str(key, Value::None);
            }
        }
        self.remember(vm, instance, &mapping)?;
        if reads_back {
            self.refresh(vm, instance)?;
        }
        self.runtime.give_to_children(vm, instance)
    }

    fn key_condition(
        &self,
        vm: &mut Vm,
        instance: &Rc<Instance>,
        mapping: &Mapping,
    ) -> Result<Vec<Value>, Failure> {
        let state = Self::state(instance);
        let mut conditions = Vec::new();
        for name in &mapping.key {
            let Some((_, column)) = mapping.columns.iter().find(|(key, _)| key == name) else {
                continue;
            };
            let value = state
                .as_ref()
                .and_then(|state| state.original.borrow().get(name).cloned())
                .or_else(|| instance.attributes.get_str(name))
                .unwrap_or(Value::None);
            let column = Value::Object(column.clone());
            conditions.push(vm.compare(CompareOperator::Equal, &column, &value)?);
        }
        if conditions.is_empty() {
            return Err(self.runtime.run.raise(
                "ArgumentError",
                format!(
                    "Mapper could not assemble any primary key columns for mapped table '{}'",
                    mapping.table.table.borrow().name
                ),
            ));
        }
        Ok(conditions)
    }

    fn expect_one(
        &self,
        vm: &mut Vm,
        result: &Value,
        verb: &str,
        mapping: &Mapping,
    ) -> Result<(), Failure> {
        let count = vm.attribute(result, "rowcount")?;
        if count.as_int() == Some(0) {
            let lower = verb.to_lowercase();
            return Err(self.runtime.run.raise(
                "StaleDataError",
                format!(
                    "{verb} statement on table '{}' expected to {lower} 1 row(s); 0 were matched.",
                    mapping.table.table.borrow().name
                ),
            ));
        }
        Ok(())
    }

    fn update(&self, vm: &mut Vm, instance: &Rc<Instance>) -> Result<(), Failure> {
        let Some(state) = Self::state(instance) else {
            return Ok(());
        };
        let mapping = self.runtime.required_mapping(vm, &instance.class)?;
        self.runtime.take_parents(vm, instance, &mapping)?;
        let mut changed = Vec::new();
        for (key, _) in &mapping.columns {
            let value = instance.attributes.get_str(key).unwrap_or(Value::None);
            let original = state
                .original
                .borrow()
                .get(key)
                .cloned()
                .unwrap_or(Value::None);
            let same = value.is(&original)
                || (Vm::type_name(&value) == Vm::type_name(&original)
                    && vm.equals(&value, &original)?);
            if !same {
                changed.push((key.clone(), value));
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        for (key, column) in &mapping.columns {
            let onupdate = column.onupdate.borrow().clone();
            if !onupdate.is_none() && !changed.iter().any(|(known, _)| known == key) {
                let value = Self::made_default(vm, &onupdate)?;
                instance.attributes.set_str(key, value.clone());
                changed.push((key.clone(), value));
            }
        }
        let conditions = self.key_condition(vm, instance, &mapping)?;
        let table = Value::Object(mapping.table.clone());
        let statement = vm.call_method(&table, "update", Arguments::none())?;
        let statement = vm.call_method(&statement, "where", Arguments::of(conditions))?;
        let values = Arguments::one(dictionary(changed));
        let statement = vm.call_method(&statement, "values", values)?;
        let result = self.runtime.execute_value(vm, &statement, None)?;
        self.expect_one(vm, &result, "UPDATE", &mapping)?;
        self.remember(vm, instance, &mapping)
    }

    fn delete(&self, vm: &mut Vm, instance: &Rc<Instance>) -> Result<(), Failure> {
        let mapping = self.runtime.required_mapping(vm, &instance.class)?;
        let conditions = self.key_condition(vm, instance, &mapping)?;
        let table = Value::Object(mapping.table.clone());
        let statement = vm.call_method(&table, "delete", Arguments::none())?;
        let statement = vm.call_method(&statement, "where", Arguments::of(conditions))?;
        self.runtime.execute_value(vm, &statement, None)?;
        self.forget(instance);
        Ok(())
    }

    fn forget(&self, instance: &Rc<Instance>) {
        self.known
            .borrow_mut()
            .retain(|one| !Rc::ptr_eq(one, instance));
        self.by_key
            .borrow_mut()
            .retain(|_, one| !Rc::ptr_eq(one, instance));
        if let Some(state) = Self::state(instance) {
            state.persistent.set(false);
        }
    }

    /// Reads an object's row again.
    fn refresh(&self, vm: &mut Vm, instance: &Rc<Instance>) -> Result<(), Failure> {
        let mapping = self.runtime.required_mapping(vm, &instance.class)?;
        let conditions = self.key_condition(vm, instance, &mapping)?;
        let table = Value::Object(mapping.table.clone());
        let statement = vm.call_method(&table, "select", Arguments::none())?;
        let statement = vm.call_method(&statement, "where", Arguments::of(conditions))?;
        let result = self.runtime.execute_value(vm, &statement, None)?;
        let row = vm.call_method(&result, "first", Arguments::none())?;
        if row.is_none() {
            return Err(self.runtime.run.raise(
                "InvalidRequestError",
                format!("Could not refresh instance '{}'", instance.class.name),
            ));
        }
        for ((key, _), value) in mapping.columns.iter().zip(vm.collect(&row)?) {
            instance.attributes.set_str(key, value);
        }
        self.remember(vm, instance, &mapping)
    }

    /// Reads all objects of a class again, after statements have changed their rows.
    pub(crate) fn refresh_class(&self, vm: &mut Vm, class: &Rc<Class>) -> Result<(), Failure> {
        let known: Vec<Rc<Instance>> = self
            .known
            .borrow()
            .iter()
            .filter(|instance| Rc::ptr_eq(&instance.class, class))
            .cloned()
            .collect();
        for instance in known {
            match self.refresh(vm, &instance) {
                Ok(()) => {}
                Err(failure) if failure.class_name().as_deref() == Some("InvalidRequestError") => {
                    self.forget(&instance);
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// `session.get(Class, key)`.
    pub(crate) fn get(
        &self,
        vm: &mut Vm,
        class: &Rc<Class>,
        key: &Value,
    ) -> Result<Value, Failure> {
        let mapping = self.runtime.required_mapping(vm, class)?;
        let values = match key {
            Value::Tuple(_) | Value::List(_) => vm.collect(key)?,
            Value::Dict(dict) => mapping
                .key
                .iter()
                .map(|name| dict.get_str(name).unwrap_or(Value::None))
                .collect(),
            other => vec![other.clone()],
        };
        if values.len() != mapping.key.len() {
            return Err(self.runtime.run.raise(
                "InvalidRequestError",
                format!(
                    "Incorrect number of values in identifier to formulate primary key for \
                     session.get(); primary key columns are {}",
                    mapping.key.join(",")
                ),
            ));
        }
        let mut conditions = Vec::new();
        for (name, value) in mapping.key.iter().zip(&values) {
            if let Some((_, column)) = mapping.columns.iter().find(|(key, _)| key == name) {
                let column = Value::Object(column.clone());
                conditions.push(vm.compare(CompareOperator::Equal, &column, value)?);
            }
        }
        let query = QueryObject::of(self, vm, vec![Value::Class(class.clone())])?;
        let query = vm.call_method(&query, "filter", Arguments::of(conditions))?;
        vm.call_method(&query, "one_or_none", Arguments::none())
    }

    /// Runs a statement; rows of mapped classes come as objects.
    pub(crate) fn run(
        &self,
        vm: &mut Vm,
        statement: &Value,
        parameters: Option<&Value>,
        entities: &[Value],
    ) -> Result<Value, Failure> {
        self.needs_connection(vm)?;
        self.flush(vm)?;
        let result = self.runtime.execute_value(vm, statement, parameters)?;
        if !entities
            .iter()
            .any(|entity| matches!(entity, Value::Class(_)))
        {
            return Ok(result);
        }
        let names = vm.call_method(&result, "keys", Arguments::none())?;
        let names = vm.collect(&names)?;
        let mut mappings = Vec::new();
        let mut columns: Vec<Rc<str>> = Vec::new();
        let mut at = 0;
        for entity in entities {
            let mapping = match entity {
                Value::Class(class) => {
                    Some((class.clone(), self.runtime.required_mapping(vm, class)?))
                }
                _ => None,
            };
            match &mapping {
                Some((class, mapping)) => {
                    columns.push(class.name.clone());
                    at += mapping.columns.len();
                }
                None => {
                    let name = names.get(at).and_then(names::text);
                    columns.push(name.unwrap_or_else(|| "anon".into()));
                    at += 1;
                }
            }
            mappings.push(mapping);
        }
        let mut rows = Vec::new();
        let found = vm.call_method(&result, "fetchall", Arguments::none())?;
        for row in vm.collect(&found)? {
            let mut values = vm.collect(&row)?.into_iter();
            let mut made = Vec::with_capacity(mappings.len());
            for mapping in &mappings {
                made.push(match mapping {
                    Some((class, mapping)) => {
                        let own = values.by_ref().take(mapping.columns.len()).collect();
                        self.entity(vm, class, mapping, own)?
                    }
                    None => values.next().unwrap_or(Value::None),
                });
            }
            rows.push(made);
        }
        Ok(self.runtime.rows_result(columns, rows))
    }

    fn merge(&self, vm: &mut Vm, value: &Value) -> Result<Value, Failure> {
        let instance = instance_of(vm, value)?;
        let mapping = self.runtime.required_mapping(vm, &instance.class)?;
        let key: Vec<Value> = mapping
            .key
            .iter()
            .map(|name| instance.attributes.get_str(name).unwrap_or(Value::None))
            .collect();
        let known = if key.iter().any(Value::is_none) {
            Value::None
        } else {
            self.get(vm, &instance.class, &Value::tuple(key))?
        };
        let Value::Instance(target) = known else {
            let copy = Rc::new(Instance::new(instance.class.clone()));
            for (name, value) in instance.attributes.text_items() {
                copy.attributes.set_str(&name, value);
            }
            let copy = Value::Instance(copy);
            self.add(vm, &copy)?;
            return Ok(copy);
        };
        for (name, _) in &mapping.columns {
            if let Some(value) = instance.attributes.get_str(name)
                && !value.is_none()
            {
                target.attributes.set_str(name, value);
            }
        }
        Ok(Value::Instance(target))
    }

    fn bulk_mappings(
        &self,
        vm: &mut Vm,
        arguments: Arguments,
        inserts: bool,
    ) -> Result<(), Failure> {
        let bound = arguments.bind("bulk mappings", "mapper, mappings, **kw")?;
        let Value::Class(class) = bound.value("mapper") else {
            return Err(Failure::type_error("a mapped class is expected"));
        };
        for row in vm.collect(&bound.value("mappings"))? {
            let Value::Dict(dict) = &row else {
                return Err(Failure::type_error("mappings must be dictionaries"));
            };
            if inserts {
                let instance = Rc::new(Instance::new(class.clone()));
                for (name, value) in dict.text_items() {
                    instance.attributes.set_str(&name, value);
                }
                self.insert(vm, &instance)?;
                self.forget(&instance);
            } else {
                let mapping = self.runtime.required_mapping(vm, &class)?;
                let key = mapping
                    .key
                    .iter()
                    .map(|name| dict.get_str(name).unwrap_or(Value::None))
                    .collect();
                let found = self.get(vm, &class, &Value::tuple(key))?;
                if let Value::Instance(instance) = found {
                    for (name, value) in dict.text_items() {
                        instance.attributes.set_str(&name, value);
                    }
                    self.update(vm, &instance)?;
                }
            }
        }
        Ok(())
    }
}

/// `flag_modified(object, key)`: the value is written though it is the same object.
pub(crate) fn flag_modified(arguments: Arguments) -> Result<Value, Failure> {
    let bound = arguments.bind("flag_modified", "instance, key")?;
    if let (Value::Instance(instance), Some(key)) =
        (bound.value("instance"), names::text(&bound.value("key")))
        && let Some(state) = SessionObject::state(&instance)
    {
        state.original.borrow_mut().remove(&key);
    }
    Ok(Value::None)
}

/// The session that an object belongs to.
pub(crate) fn session_of(instance: &Rc<Instance>) -> Option<Rc<SessionObject>> {
    SessionObject::state(instance)?.session.upgrade()
}

impl Object for SessionObject {
    fn type_name(&self) -> Rc<str> {
        "Session".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let list = |instances: &[Rc<Instance>]| {
            Value::list(instances.iter().cloned().map(Value::Instance).collect())
        };
        Ok(match name {
            "bind" => Some(self.runtime.bind()),
            "is_active" => Some(Value::Bool(true)),
            "new" => Some(list(&self.new.borrow())),
            "deleted" => Some(list(&self.gone.borrow())),
            "no_autoflush" => Some(Value::Object(self)),
            "info" => Some(Value::dict()),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "query" => QueryObject::of(&self, vm, arguments.positional),
            "add" => {
                let bound = arguments.bind(name, "instance")?;
                self.add(vm, &bound.value("instance"))?;
                Ok(Value::None)
            }
            "add_all" | "bulk_save_objects" => {
                let bound = arguments.bind(name, "instances, **kw")?;
                for instance in vm.collect(&bound.value("instances"))? {
                    self.add(vm, &instance)?;
                }
                if name == "bulk_save_objects" {
                    self.flush(vm)?;
                }
                Ok(Value::None)
            }
            "bulk_insert_mappings" | "bulk_update_mappings" => {
                self.flush(vm)?;
                self.bulk_mappings(vm, arguments, name == "bulk_insert_mappings")?;
                Ok(Value::None)
            }
            "delete" => {
                let bound = arguments.bind(name, "instance")?;
                let instance = instance_of(vm, &bound.value("instance"))?;
                if !Self::is_persistent(&instance) {
                    return Err(self.runtime.run.raise(
                        "InvalidRequestError",
                        format!("Instance '{}' is not persisted", instance.class.name),
                    ));
                }
                self.gone.borrow_mut().push(instance);
                Ok(Value::None)
            }
            // The transaction is the run's own; a session's commit waits for the run's.
            "flush" | "commit" => {
                self.flush(vm)?;
                Ok(Value::None)
            }
            "rollback" => {
                self.new.take();
                self.gone.take();
                self.runtime.run.rolled_back.set(true);
                Ok(Value::None)
            }
            "close" | "expunge_all" => {
                self.new.take();
                self.gone.take();
                self.known.take();
                self.by_key.take();
                Ok(Value::None)
            }
            "expunge" => {
                let bound = arguments.bind(name, "instance")?;
                let instance = instance_of(vm, &bound.value("instance"))?;
                self.new
                    .borrow_mut()
                    .retain(|one| !Rc::ptr_eq(one, &instance));
                self.forget(&instance);
                Ok(Value::None)
            }
            "refresh" | "expire" => {
                let bound = arguments.bind(name, "instance, attribute_names=, **kw")?;
                let instance = instance_of(vm, &bound.value("instance"))?;
                self.flush(vm)?;
                self.refresh(vm, &instance)?;
                Ok(Value::None)
            }
            "expire_all" => {
                self.flush(vm)?;
                let classes: Vec<Rc<Class>> = self
                    .known
                    .borrow()
                    .iter()
                    .map(|instance| instance.class.clone())
                    .collect();
                let mut done: Vec<Rc<Class>> = Vec::new();
                for class in classes {
                    if !done.iter().any(|one| Rc::ptr_eq(one, &class)) {
                        self.refresh_class(vm, &class)?;
                        done.push(class);
                    }
                }
                Ok(Value::None)
            }
            "get" => {
                let bound = arguments.bind(name, "entity, ident, **kw")?;
                let Value::Class(class) = bound.value("entity") else {
                    return Err(Failure::type_error("get() takes a mapped class"));
                };
                self.get(vm, &class, &bound.value("ident"))
            }
            "merge" => {
                let bound = arguments.bind(name, "instance, **kw")?;
                self.merge(vm, &bound.value("instance"))
            }
            "execute" | "exec" | "scalar" | "scalars" => {
                let bound = arguments.bind(
                    name,
                    "statement, params=, execution_options=, bind_arguments=, **kw",
                )?;
                let statement = bound.value("statement");
                if names::text(&statement).is_some() {
                    return Err(self.runtime.run.raise(
                        "ArgumentError",
                        format!(
                            "Textual SQL expression {} should be explicitly declared as text({0})",
                            vm.repr(&statement)?
                        ),
                    ));
                }
                let entities = statement
                    .downcast::<StatementObject>()
                    .map(|statement| statement.entities.clone());
                let entities = entities.as_deref().unwrap_or_default();
                let result = self.run(vm, &statement, bound.some("params").as_ref(), entities)?;
                match name {
                    // sqlmodel takes the only entity out of its rows.
                    "exec" if entities.len() == 1 => {
                        vm.call_method(&result, "scalars", Arguments::none())
                    }
                    "execute" | "exec" => Ok(result),
                    _ => vm.call_method(&result, name, Arguments::none()),
                }
            }
            "begin_nested" => {
                self.flush(vm)?;
                self.runtime.savepoint(vm)
            }
            "begin" => Ok(Value::object(SessionBlock(self))),
            _ => Ok(self.runtime.bind()),
        }
    }

    fn contains(self: Rc<Self>, _vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        let Value::Instance(instance) = value else {
            return Ok(Some(false));
        };
        let holds = |list: &RefCell<Vec<Rc<Instance>>>| {
            list.borrow().iter().any(|one| Rc::ptr_eq(one, instance))
        };
        Ok(Some(holds(&self.new) || holds(&self.known)))
    }

    fn iterate(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        let known = self.known.borrow().clone();
        Ok(Some(Value::list(
            known.into_iter().map(Value::Instance).collect(),
        )))
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Ok(true)
    }

    fn enter(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Object(self)))
    }

    fn exit(self: Rc<Self>, vm: &mut Vm, exception: Option<&Value>) -> Result<bool, Failure> {
        let _ = (vm, exception);
        Ok(false)
    }
}

/// `session.begin()`: a block that writes at its end.
struct SessionBlock(Rc<SessionObject>);

impl Object for SessionBlock {
    fn type_name(&self) -> Rc<str> {
        "SessionTransaction".into()
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "commit" | "rollback" | "close")
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        self.0.clone().call_method(vm, name, arguments)
    }

    fn enter(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Object(self.0.clone())))
    }

    fn exit(self: Rc<Self>, vm: &mut Vm, exception: Option<&Value>) -> Result<bool, Failure> {
        if exception.is_none() {
            self.0.flush(vm)?;
        }
        Ok(false)
    }
}
