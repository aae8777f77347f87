//! `sa.inspect(bind)`, and tables read from the database.

use std::rc::Rc;

use super::Runtime;
use super::batch::BatchObject;
use super::table::{MetaDataObject, TableObject};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::SqlType;
use crate::python::{Arguments, Failure, Value, Vm};

impl Runtime {
    /// `sa.inspect(subject)`.
    pub(crate) fn inspect(&self, vm: &mut Vm, subject: &Value) -> Result<Value, Failure> {
        if Self::is_bind(subject) {
            return Err(self.no_inspection());
        }
        Err(vm.refuse("sa.inspect", "Only connections can be inspected.", ""))
    }

    pub(crate) fn table_exists(
        &self,
        _vm: &mut Vm,
        _table: &Name,
        _schema: Option<&Name>,
    ) -> Result<bool, Failure> {
        Err(self.no_inspection())
    }

    pub(crate) fn type_exists(
        &self,
        _vm: &mut Vm,
        _name: &Name,
        _schema: Option<&Name>,
    ) -> Result<bool, Failure> {
        Err(self.no_inspection())
    }

    pub(crate) fn default_schema(&self, _vm: &mut Vm) -> Result<Value, Failure> {
        Ok(Value::None)
    }

    pub(crate) fn server_version(&self, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    pub(crate) fn reflect_table(
        &self,
        _vm: &mut Vm,
        _table: &Rc<TableObject>,
    ) -> Result<(), Failure> {
        Err(self.no_inspection())
    }

    pub(crate) fn reflect_metadata(
        &self,
        _vm: &mut Vm,
        _metadata: &Rc<MetaDataObject>,
        _arguments: Arguments,
    ) -> Result<(), Failure> {
        Err(self.no_inspection())
    }

    pub(crate) fn recreate_table(&self, _vm: &mut Vm, batch: &BatchObject) -> Result<(), Failure> {
        Err(self.batch_needs_connection(&batch.place.table))
    }

    pub(crate) fn python_type(&self, vm: &mut Vm, sql_type: &SqlType) -> Result<Value, Failure> {
        let _ = sql_type;
        Err(vm.refuse(
            "python_type",
            "The Python type of a type is not known here.",
            "",
        ))
    }
}
