//! Driving generators and coroutines.

use std::rc::Rc;

use super::Vm;
use super::run::Exit;
use crate::python::Arguments;
use crate::python::code::Op;
use crate::python::error::Failure;
use crate::python::function::Generator;
use crate::python::types::{type_name, types};
use crate::python::value::Value;

impl Vm {
    /// Resumes a generator with a value, or with an exception raised where it waits.
    pub(crate) fn resume(
        &mut self,
        generator: &Rc<Generator>,
        sent: Value,
        thrown: Option<Failure>,
    ) -> Result<Exit, Failure> {
        if generator.running.get() {
            return Err(Failure::value_error("generator already executing"));
        }
        if generator.asynchronous {
            return Err(self.refuse(
                "async generator",
                "Asynchronous generators are not supported.",
                "Write an ordinary generator.",
            ));
        }
        let Some(mut frame) = generator.frame.borrow_mut().take() else {
            return match thrown {
                Some(failure) => Err(failure),
                None if generator.coroutine => Err(Failure::raise(
                    "RuntimeError",
                    "cannot reuse already awaited coroutine",
                )),
                None => Ok(Exit::Return(Value::None)),
            };
        };
        let mut thrown = thrown;
        if generator.started.replace(true) {
            // Where it delegates, the exception goes to the inner generator first.
            let delegates = matches!(frame.code.ops.get(frame.pc), Some(Op::YieldFrom));
            if let (true, Some(Value::Generator(inner)), true) =
                (delegates, frame.stack.last().cloned(), thrown.is_some())
            {
                let failure = thrown.take();
                generator.running.set(true);
                let result = self.nested(|vm| vm.resume(&inner, Value::None, failure));
                generator.running.set(false);
                match result {
                    Ok(Exit::Yield(value)) => {
                        *generator.frame.borrow_mut() = Some(frame);
                        return Ok(Exit::Yield(value));
                    }
                    Ok(Exit::Return(value)) => {
                        frame.stack.pop();
                        frame.stack.push(value);
                        frame.pc += 1;
                    }
                    Err(failure) => {
                        frame.stack.pop();
                        thrown = Some(failure);
                    }
                }
            } else if thrown.is_none() {
                frame.stack.push(sent);
            }
        } else if !sent.is_none() {
            *generator.frame.borrow_mut() = Some(frame);
            generator.started.set(false);
            return Err(Failure::type_error(
                "can't send non-None value to a just-started generator",
            ));
        } else if let Some(failure) = thrown {
            return Err(failure);
        }
        let handled = self.handled.clone();
        generator.running.set(true);
        let result = self.enter(&mut frame, thrown);
        generator.running.set(false);
        self.handled = handled;
        match result {
            Ok(Exit::Yield(value)) => {
                *generator.frame.borrow_mut() = Some(frame);
                Ok(Exit::Yield(value))
            }
            Ok(Exit::Return(value)) => Ok(Exit::Return(value)),
            Err(failure) if failure.is("StopIteration") => {
                let changed = Failure::raise("RuntimeError", "generator raised StopIteration");
                if let (Failure::Raised(new), Some(old)) = (&changed, failure.value()) {
                    Self::with_exception(new, |exception| {
                        exception.cause = old;
                        exception.suppress = true;
                        exception.trace = failure.trace().into_iter().rev().collect();
                    });
                }
                Err(changed)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Sends a value to any iterator.
    pub(crate) fn send(&mut self, iterator: &Value, sent: Value) -> Result<Exit, Failure> {
        if let Value::Generator(generator) = iterator {
            return self.nested(|vm| vm.resume(generator, sent, None));
        }
        let next = if sent.is_none() {
            self.next(iterator)?
        } else {
            match self.call_method(iterator, "send", Arguments::one(sent)) {
                Ok(value) => Some(value),
                Err(failure) if failure.is("StopIteration") => None,
                Err(failure) => return Err(failure),
            }
        };
        Ok(next.map_or(Exit::Return(Value::None), Exit::Yield))
    }

    /// The exception at the end of a generator that returned a value.
    pub(crate) fn stop_iteration(value: Value) -> Failure {
        let args = if value.is_none() {
            Vec::new()
        } else {
            vec![value]
        };
        Failure::with(&types().stop_iteration, args)
    }

    /// `close()` of a generator.
    pub(crate) fn close_generator(&mut self, generator: &Rc<Generator>) -> Result<(), Failure> {
        if generator.frame.borrow().is_none() {
            return Ok(());
        }
        let exit = Failure::raise("GeneratorExit", "");
        if let Failure::Raised(instance) = &exit {
            Self::with_exception(instance, |exception| exception.args.clear());
        }
        if !generator.started.get() {
            generator.frame.borrow_mut().take();
            return Ok(());
        }
        match self.resume(generator, Value::None, Some(exit)) {
            Ok(Exit::Return(_)) => Ok(()),
            Ok(Exit::Yield(_)) => Err(Failure::raise(
                "RuntimeError",
                "generator ignored GeneratorExit",
            )),
            Err(failure) if failure.is("GeneratorExit") || failure.is("StopIteration") => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Runs a coroutine to its end: nothing here waits for anything.
    pub(crate) fn await_value(&mut self, value: &Value) -> Result<Value, Failure> {
        match value {
            Value::Generator(generator) if generator.coroutine => {
                match self.nested(|vm| vm.resume(generator, Value::None, None))? {
                    Exit::Return(value) => Ok(value),
                    Exit::Yield(_) => Err(self.refuse(
                        "await",
                        "A coroutine that waits for an event loop is not supported.",
                        "Write the revision without asyncio.",
                    )),
                }
            }
            other => {
                if let Some(method) = self.special(other, "__await__")? {
                    let iterator = self.call(&method, Arguments::none())?;
                    return match self.send(&iterator, Value::None)? {
                        Exit::Return(value) => Ok(value),
                        Exit::Yield(_) => Err(self.refuse(
                            "await",
                            "An object that waits for an event loop is not supported.",
                            "Write the revision without asyncio.",
                        )),
                    };
                }
                Err(Failure::type_error(format!(
                    "object {} can't be used in 'await' expression",
                    type_name(other)
                )))
            }
        }
    }
}
