//! `Sequence`.

use super::Runtime;
use super::column::{DefaultKind, DefaultObject, sequence_options};
use super::names::{self, NameObject};
use super::options::{self, Construct};
use crate::dialect::alembic::sqlalchemy::ddl::Guard;
use crate::dialect::alembic::sqlalchemy::expression::next_value;
use crate::dialect::alembic::sqlalchemy::schema::Sequence;
use crate::python::{Arguments, Failure, Value, Vm};

/// The methods of a sequence.
pub(super) const METHODS: &[&str] = &["next_value", "create", "drop"];

/// An attribute of a sequence.
pub(super) fn attribute(sequence: &Sequence, name: &str) -> Option<Value> {
    match name {
        "name" => Some(NameObject::value(sequence.name.clone())),
        "schema" => Some(
            sequence
                .schema
                .clone()
                .map_or(Value::None, NameObject::value),
        ),
        _ => None,
    }
}

impl Runtime {
    /// `Sequence(...)`.
    pub(crate) fn sequence(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "Sequence.__init__",
            "name, start=, increment=, minvalue=, maxvalue=, nominvalue=, nomaxvalue=, cycle=, \
             schema=, cache=, order=, data_type=, optional=, quote=, metadata=, quote_schema=, \
             for_update=, **kw",
        )?;
        options::dialect_options(self, vm, Construct::Sequence, &bound.keywords)?;
        let schema = bound.some("schema").as_ref().and_then(names::name);
        Ok(Value::object(DefaultObject {
            runtime: self.clone(),
            kind: DefaultKind::Sequence(Sequence {
                name: names::required_name(&bound.value("name"), "name")?,
                schema,
                options: sequence_options(&bound)?,
                data_type: match bound.some("data_type") {
                    Some(value) => Some(self.required_type(vm, &value)?),
                    None => None,
                },
                optional: bound.flag("optional").unwrap_or(false),
            }),
        }))
    }

    /// A method of a sequence.
    pub(super) fn sequence_method(
        &self,
        vm: &mut Vm,
        sequence: &Sequence,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        if name == "next_value" {
            arguments.bind(name, "")?;
            return Ok(self.next_value(sequence));
        }
        let create = name == "create";
        let bound = arguments.bind(name, "bind=, checkfirst=")?;
        let target = self.run.target();
        let wanted = if target.is_postgres() {
            !sequence.optional
        } else {
            target.mariadb
        };
        if !wanted {
            return Ok(Value::None);
        }
        let check = match bound.get("checkfirst") {
            Some(value) => vm.truth(&value)?,
            None => true,
        };
        // Without a connection there is nobody to ask, and the statement is written.
        if check && !self.run.is_offline() {
            let inspector = self.inspect(vm, &self.bind())?;
            let schema = attribute(sequence, "schema").unwrap_or(Value::None);
            let question =
                Arguments::one(NameObject::value(sequence.name.clone())).keyword("schema", schema);
            let exists = vm.call_method(&inspector, "has_sequence", question)?;
            if vm.truth(&exists)? == create {
                return Ok(Value::None);
            }
        }
        let ddl = self.run.context.ddl();
        let statement = if create {
            self.run
                .failed(ddl.create_sequence(sequence, Guard::None))?
        } else {
            ddl.drop_sequence(sequence, Guard::None)
        };
        self.run.emit(vm, &statement)?;
        Ok(Value::None)
    }

    /// `sequence.next_value()`.
    pub(super) fn next_value(&self, sequence: &Sequence) -> Value {
        self.expression_value(next_value(
            sequence.name.clone(),
            sequence.schema.clone(),
            sequence.data_type.clone(),
        ))
    }
}
