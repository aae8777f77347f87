//! Methods of exceptions.

use super::one;
use crate::python::class::MethodFn;
use crate::python::value::Value;
use crate::python::vm::Vm;

/// A method by name.
pub(super) fn method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "with_traceback" => |_: &mut Vm, me, args| {
            one(args, "with_traceback")?;
            Ok(me.clone())
        },
        "add_note" => |vm: &mut Vm, me, args| {
            let note = one(args, "add_note")?;
            if let Value::Instance(instance) = me {
                match instance.attributes.get_str("__notes__") {
                    Some(Value::List(notes)) => notes.borrow_mut().push(note),
                    _ => instance
                        .attributes
                        .set_str("__notes__", Value::list(vec![note])),
                }
            }
            vm.charge(24)?;
            Ok(Value::None)
        },
        _ => return None,
    })
}
