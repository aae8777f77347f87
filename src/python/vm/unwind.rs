//! Leaving blocks: by exceptions, returns and jumps out of loops.

use std::rc::Rc;

use super::Vm;
use crate::python::Arguments;
use crate::python::class::{Exception, Instance, Layout, Payload};
use crate::python::error::Failure;
use crate::python::frame::{Block, BlockKind, Frame, Pending};
use crate::python::types::{type_name, types};
use crate::python::value::Value;

/// Why blocks are left.
pub(crate) enum Reason {
    Raise(Rc<Instance>),
    Return(Value),
    Jump { target: usize, blocks: usize },
}

impl Vm {
    /// Leaves blocks until one takes over (then the frame goes on, `None`), or until the frame
    /// itself is left with a value or an exception.
    pub(crate) fn unwind(
        &mut self,
        frame: &mut Frame,
        mut reason: Reason,
    ) -> Result<Option<Value>, Failure> {
        loop {
            if let Reason::Jump { target, blocks } = reason
                && frame.blocks.len() <= blocks
            {
                frame.pc = target;
                return Ok(None);
            }
            let Some(block) = frame.blocks.pop() else {
                return match reason {
                    Reason::Raise(instance) => Err(Failure::Raised(instance)),
                    Reason::Return(value) => Ok(Some(value)),
                    Reason::Jump { target, .. } => {
                        frame.pc = target;
                        Ok(None)
                    }
                };
            };
            frame.stack.truncate(block.depth);
            match block.kind {
                BlockKind::Handler(previous) => self.handled = previous,
                BlockKind::Pending(pending) => {
                    if let (Pending::Raise(lost), Reason::Raise(new)) = (&pending, &reason)
                        && !Rc::ptr_eq(lost, new)
                    {
                        let lost = Value::Instance(lost.clone());
                        Self::with_exception(new, |exception| {
                            if exception.context.is_none() {
                                exception.context = lost;
                            }
                        });
                    }
                }
                BlockKind::Except => {
                    if let Reason::Raise(instance) = reason {
                        let previous = self.handled.replace(instance.clone());
                        frame.blocks.push(Block {
                            kind: BlockKind::Handler(previous),
                            handler: 0,
                            depth: block.depth,
                        });
                        frame.stack.push(Value::Instance(instance));
                        frame.pc = block.handler;
                        return Ok(None);
                    }
                }
                BlockKind::Finally => {
                    let pending = match reason {
                        Reason::Raise(instance) => Pending::Raise(instance),
                        Reason::Return(value) => Pending::Return(value),
                        Reason::Jump { target, blocks } => Pending::Jump { target, blocks },
                    };
                    frame.blocks.push(Block {
                        kind: BlockKind::Pending(pending),
                        handler: 0,
                        depth: block.depth,
                    });
                    frame.pc = block.handler;
                    return Ok(None);
                }
                BlockKind::With {
                    manager,
                    asynchronous,
                } => {
                    let exception = match &reason {
                        Reason::Raise(instance) => Some(Value::Instance(instance.clone())),
                        _ => None,
                    };
                    // While the manager leaves, the exception counts as being handled.
                    let previous = self.handled.clone();
                    if let Reason::Raise(instance) = &reason {
                        self.handled = Some(instance.clone());
                    }
                    let result = self.exit_context(&manager, exception.as_ref(), asynchronous);
                    self.handled = previous;
                    match result {
                        Ok(true) if exception.is_some() => {
                            frame.pc = block.handler;
                            return Ok(None);
                        }
                        Ok(_) => {}
                        Err(Failure::Raised(instance)) => reason = Reason::Raise(instance),
                        Err(refused) => return Err(refused),
                    }
                }
            }
        }
    }

    /// Enters a context manager.
    pub(crate) fn enter_context(
        &mut self,
        manager: &Value,
        asynchronous: bool,
    ) -> Result<Value, Failure> {
        let name = if asynchronous {
            "__aenter__"
        } else {
            "__enter__"
        };
        if let Value::Object(object) = manager
            && !asynchronous
            && let Some(value) = object.clone().enter(self)?
        {
            return Ok(value);
        }
        if let Some(method) = self.special(manager, name)? {
            let entered = self.call(&method, Arguments::none())?;
            return if asynchronous {
                self.await_value(&entered)
            } else {
                Ok(entered)
            };
        }
        let protocol = if asynchronous {
            "asynchronous context manager"
        } else {
            "context manager"
        };
        Err(Failure::type_error(format!(
            "'{}' object does not support the {protocol} protocol",
            type_name(manager)
        )))
    }

    /// Leaves a context manager; whether it swallows the exception.
    pub(crate) fn exit_context(
        &mut self,
        manager: &Value,
        exception: Option<&Value>,
        asynchronous: bool,
    ) -> Result<bool, Failure> {
        let name = if asynchronous {
            "__aexit__"
        } else {
            "__exit__"
        };
        if let Some(method) = self.special(manager, name)? {
            let arguments = match exception {
                Some(Value::Instance(instance)) => vec![
                    Value::Class(instance.class.clone()),
                    Value::Instance(instance.clone()),
                    Value::None,
                ],
                _ => vec![Value::None, Value::None, Value::None],
            };
            let mut result = self.call(&method, Arguments::of(arguments))?;
            if asynchronous {
                result = self.await_value(&result)?;
            }
            return self.truth(&result);
        }
        if let Value::Object(object) = manager {
            return object.clone().exit(self, exception);
        }
        Err(Failure::type_error(format!(
            "'{}' object does not support the context manager protocol (missed {name} method)",
            type_name(manager)
        )))
    }

    /// Whether an `except` clause with this class takes the exception.
    pub(crate) fn exception_matches(
        &mut self,
        exception: &Value,
        class: &Value,
    ) -> Result<bool, Failure> {
        match class {
            Value::Tuple(classes) => {
                for class in classes.iter() {
                    if self.nested(|vm| vm.exception_matches(exception, class))? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Value::Class(class) if class.layout == Layout::Exception => match exception {
                Value::Instance(instance) => Ok(instance.class.is_subclass_of(class)),
                _ => Ok(false),
            },
            Value::Object(object) => {
                if let Some(answer) = object.clone().is_instance(self, exception)? {
                    return Ok(answer);
                }
                Err(not_an_exception_class())
            }
            _ => Err(not_an_exception_class()),
        }
    }

    /// What a `raise` statement raises.
    pub(crate) fn raise_statement(
        &mut self,
        exception: Option<Value>,
        cause: Option<Value>,
    ) -> Failure {
        let Some(exception) = exception else {
            return match &self.handled {
                Some(instance) => Failure::Raised(instance.clone()),
                None => Failure::raise("RuntimeError", "No active exception to reraise"),
            };
        };
        let instance = match self.exception_instance(&exception) {
            Ok(instance) => instance,
            Err(failure) => return failure,
        };
        if let Some(cause) = cause {
            let cause = match cause {
                Value::None => Value::None,
                other => match self.exception_instance(&other) {
                    Ok(instance) => Value::Instance(instance),
                    Err(Failure::Raised(_)) => {
                        return Failure::type_error(
                            "exception causes must derive from BaseException",
                        );
                    }
                    Err(refused) => return refused,
                },
            };
            Self::with_exception(&instance, |exception| {
                exception.cause = cause;
                exception.suppress = true;
            });
        }
        Failure::Raised(instance)
    }

    fn exception_instance(&mut self, value: &Value) -> Result<Rc<Instance>, Failure> {
        match value {
            Value::Class(class) if class.layout == Layout::Exception => {
                match self.call(value, Arguments::none())? {
                    Value::Instance(instance) => Ok(instance),
                    _ => Err(not_an_exception()),
                }
            }
            Value::Instance(instance)
                if matches!(&*instance.payload.borrow(), Payload::Exception(_)) =>
            {
                Ok(instance.clone())
            }
            Value::Object(object) if object.is_callable() => {
                let made = self.call(value, Arguments::none())?;
                match made {
                    Value::Instance(instance)
                        if matches!(&*instance.payload.borrow(), Payload::Exception(_)) =>
                    {
                        Ok(instance.clone())
                    }
                    _ => Err(not_an_exception()),
                }
            }
            _ => Err(not_an_exception()),
        }
    }

    /// Reads or changes the parts of an exception.
    pub(crate) fn with_exception<T>(
        instance: &Instance,
        action: impl FnOnce(&mut Exception) -> T,
    ) -> Option<T> {
        match &mut *instance.payload.borrow_mut() {
            Payload::Exception(exception) => Some(action(exception)),
            _ => None,
        }
    }
}

fn not_an_exception() -> Failure {
    let _ = types();
    Failure::type_error("exceptions must derive from BaseException")
}

fn not_an_exception_class() -> Failure {
    Failure::type_error("catching classes that do not inherit from BaseException is not allowed")
}
