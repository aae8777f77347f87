//! The loop that executes operations.

use std::rc::Rc;

use super::unwind::Reason;
use super::{Caller, Vm};
use crate::python::Arguments;
use crate::python::class::Instance;
use crate::python::code::{Code, NO_NAMES, Op};
use crate::python::dict::Dict;
use crate::python::error::{Failure, TraceEntry};
use crate::python::frame::{Block, BlockKind, Frame, Pending};
use crate::python::function::{Function, Variable};
use crate::python::object::{BinaryOperator, CompareOperator};
use crate::python::value::{Set, Slice, Value};

/// How a frame stopped.
pub(crate) enum Exit {
    Return(Value),
    Yield(Value),
}

/// What one operation did.
enum Flow {
    Next,
    Exit(Exit),
    Unwind(Reason),
}

fn pop(frame: &mut Frame) -> Value {
    frame.stack.pop().unwrap_or(Value::None)
}

fn take(frame: &mut Frame, count: usize) -> Vec<Value> {
    let at = frame.stack.len().saturating_sub(count);
    frame.stack.split_off(at)
}

fn top(frame: &Frame) -> Value {
    frame.stack.last().cloned().unwrap_or(Value::None)
}

fn below(frame: &Frame, depth: u32) -> Value {
    let place = frame.stack.len().checked_sub(1 + depth as usize);
    place
        .and_then(|place| frame.stack.get(place))
        .cloned()
        .unwrap_or(Value::None)
}

impl Vm {
    /// Runs a frame until it returns, yields or fails.
    pub(crate) fn enter(
        &mut self,
        frame: &mut Frame,
        thrown: Option<Failure>,
    ) -> Result<Exit, Failure> {
        if self.callers.len() >= self.limits.depth {
            return Err(self.too_deep());
        }
        if let Some(last) = self.callers.last_mut() {
            last.pc = self.pc;
        }
        self.callers.push(Caller {
            code: frame.code.clone(),
            pc: frame.pc,
            globals: frame.globals.clone(),
            locals: frame.namespace.clone(),
        });
        let result =
            stacker::maybe_grow(super::RED_ZONE, super::SEGMENT, || self.run(frame, thrown));
        self.callers.pop();
        if let Some(last) = self.callers.last() {
            self.pc = last.pc;
        }
        result
    }

    fn run(&mut self, frame: &mut Frame, thrown: Option<Failure>) -> Result<Exit, Failure> {
        let code = frame.code.clone();
        if let Some(failure) = thrown {
            self.pc = frame.pc;
            match self.failed(frame, &code, failure, true)? {
                Flow::Exit(exit) => return Ok(exit),
                Flow::Next | Flow::Unwind(_) => {}
            }
        }
        loop {
            let Some(&op) = code.ops.get(frame.pc) else {
                return Ok(Exit::Return(Value::None));
            };
            self.pc = frame.pc;
            frame.pc += 1;
            self.steps += 1;
            if self.steps > self.limits.steps {
                return Err(self.too_long());
            }
            match self.execute(frame, &code, op) {
                Ok(Flow::Next) => {}
                Ok(Flow::Exit(exit)) => return Ok(exit),
                Ok(Flow::Unwind(reason)) => match self.unwind(frame, reason) {
                    Ok(Some(value)) => return Ok(Exit::Return(value)),
                    Ok(None) => {}
                    Err(failure) => return Err(failure),
                },
                Err(failure) => {
                    let again = matches!(op, Op::Raise(0 | 3));
                    match self.failed(frame, &code, failure, !again)? {
                        Flow::Exit(exit) => return Ok(exit),
                        Flow::Next | Flow::Unwind(_) => {}
                    }
                }
            }
        }
    }

    /// Looks for a handler of what an operation raised.
    fn failed(
        &mut self,
        frame: &mut Frame,
        code: &Rc<Code>,
        failure: Failure,
        traced: bool,
    ) -> Result<Flow, Failure> {
        let Failure::Raised(instance) = failure else {
            return Err(failure);
        };
        if traced {
            Self::with_exception(&instance, |exception| {
                // A trace that long is a loop of raising and catching.
                if exception.trace.len() < 1000 {
                    exception.trace.push(TraceEntry {
                        position: code.position(self.pc),
                        function: code.name.clone(),
                    });
                }
            });
        }
        self.set_context(&instance);
        match self.unwind(frame, Reason::Raise(instance))? {
            Some(value) => Ok(Flow::Exit(Exit::Return(value))),
            None => Ok(Flow::Next),
        }
    }

    /// Notes what was being handled when an exception was raised.
    pub(crate) fn set_context(&self, instance: &Rc<Instance>) {
        let Some(handled) = &self.handled else {
            return;
        };
        if Rc::ptr_eq(handled, instance) {
            return;
        }
        // The chain must stay without a circle.
        let mut at = Some(handled.clone());
        for _ in 0..100 {
            let Some(one) = at else {
                break;
            };
            if Rc::ptr_eq(&one, instance) {
                return;
            }
            at = Self::with_exception(&one, |exception| match &exception.context {
                Value::Instance(context) => Some(context.clone()),
                _ => None,
            })
            .flatten();
        }
        let context = Value::Instance(handled.clone());
        Self::with_exception(instance, |exception| {
            if exception.context.is_none() {
                exception.context = context;
            }
        });
    }

    #[allow(clippy::too_many_lines)]
    fn execute(&mut self, frame: &mut Frame, code: &Rc<Code>, op: Op) -> Result<Flow, Failure> {
        match op {
            Op::Nop => {}
            Op::Constant(place) => {
                let value = code.constants.get(place as usize).cloned();
                frame.stack.push(value.unwrap_or(Value::None));
            }
            Op::None => frame.stack.push(Value::None),
            Op::Pop => {
                frame.stack.pop();
            }
            Op::Duplicate => {
                let value = top(frame);
                frame.stack.push(value);
            }
            Op::DuplicateTwo => {
                let (first, second) = (below(frame, 1), top(frame));
                frame.stack.push(first);
                frame.stack.push(second);
            }
            Op::Swap => {
                let length = frame.stack.len();
                if length >= 2 {
                    frame.stack.swap(length - 1, length - 2);
                }
            }
            Op::RotateThree => {
                let length = frame.stack.len();
                if length >= 3
                    && let Some(three) = frame.stack.get_mut(length - 3..)
                {
                    three.rotate_right(1);
                }
            }
            Op::LoadLocal(place) => match frame.locals.get(place as usize) {
                Some(Some(value)) => frame.stack.push(value.clone()),
                _ => return Err(unbound(code.locals.get(place as usize), true)),
            },
            Op::StoreLocal(place) => {
                let value = pop(frame);
                if let Some(slot) = frame.locals.get_mut(place as usize) {
                    *slot = Some(value);
                }
            }
            Op::DeleteLocal(place) => {
                let old = frame.locals.get_mut(place as usize).and_then(Option::take);
                if old.is_none() {
                    return Err(unbound(code.locals.get(place as usize), true));
                }
            }
            Op::LoadCell(place) => {
                let value = frame
                    .cells
                    .get(place as usize)
                    .and_then(|cell| cell.value.borrow().clone());
                match value {
                    Some(value) => frame.stack.push(value),
                    None => return Err(unbound_cell(code, place)),
                }
            }
            Op::StoreCell(place) => {
                let value = pop(frame);
                if let Some(cell) = frame.cells.get(place as usize) {
                    let old = cell.value.replace(Some(value));
                    drop(old);
                }
            }
            Op::DeleteCell(place) => {
                let old = frame
                    .cells
                    .get(place as usize)
                    .and_then(|cell| cell.value.take());
                if old.is_none() {
                    return Err(unbound_cell(code, place));
                }
            }
            Op::LoadClassCell(name, place) => {
                let found = self.in_namespace(frame, code, name).or_else(|| {
                    frame
                        .cells
                        .get(place as usize)
                        .and_then(|cell| cell.value.borrow().clone())
                });
                match found {
                    Some(value) => frame.stack.push(value),
                    None => return Err(unbound_cell(code, place)),
                }
            }
            Op::LoadGlobal(place) => {
                let value = self.global(frame, code, place)?;
                frame.stack.push(value);
            }
            Op::LoadName(place) => {
                let value = match self.in_namespace(frame, code, place) {
                    Some(value) => value,
                    None => self.global(frame, code, place)?,
                };
                frame.stack.push(value);
            }
            Op::StoreGlobal(place) => {
                let value = pop(frame);
                if let Some(name) = code.names.get(place as usize) {
                    self.charge(48)?;
                    frame.globals.set_str_hashed(
                        &name.text,
                        name.hash,
                        || name.text.clone(),
                        value,
                    );
                }
            }
            Op::StoreName(place) => {
                let mut value = pop(frame);
                if let Some(name) = code.names.get(place as usize) {
                    if let (Some(class), Some(namespace)) = (&frame.enumeration, &frame.namespace) {
                        value = self.enumeration_value(class, namespace, &name.text, value)?;
                    }
                    let target = frame.namespace.as_ref().unwrap_or(&frame.globals);
                    target.set_str_hashed(&name.text, name.hash, || name.text.clone(), value);
                }
            }
            Op::DeleteGlobal(place) | Op::DeleteName(place) => {
                if let Some(name) = code.names.get(place as usize) {
                    let target = match (&frame.namespace, op) {
                        (Some(namespace), Op::DeleteName(_)) => namespace,
                        _ => &frame.globals,
                    };
                    if target.remove_str(&name.text).is_none() {
                        return Err(undefined(&name.text));
                    }
                }
            }
            Op::LoadAttribute(place) => {
                let value = pop(frame);
                if let Some(name) = code.names.get(place as usize) {
                    let found = self.attribute_hashed(&value, &name.text, name.hash)?;
                    frame.stack.push(found);
                }
            }
            Op::StoreAttribute(place) => {
                let target = pop(frame);
                let value = pop(frame);
                if let Some(name) = code.names.get(place as usize) {
                    self.set_attribute(&target, &name.text, value)?;
                }
            }
            Op::DeleteAttribute(place) => {
                let target = pop(frame);
                if let Some(name) = code.names.get(place as usize) {
                    self.delete_attribute(&target, &name.text)?;
                }
            }
            Op::LoadItem => {
                let key = pop(frame);
                let value = pop(frame);
                let item = self.item(&value, &key)?;
                frame.stack.push(item);
            }
            Op::StoreItem => {
                let key = pop(frame);
                let target = pop(frame);
                let value = pop(frame);
                self.set_item(&target, &key, value)?;
            }
            Op::DeleteItem => {
                let key = pop(frame);
                let target = pop(frame);
                self.delete_item(&target, &key)?;
            }
            Op::BuildSlice => {
                let step = pop(frame);
                let stop = pop(frame);
                let start = pop(frame);
                frame
                    .stack
                    .push(Value::Slice(Rc::new(Slice { start, stop, step })));
            }
            Op::Unary(operator) => {
                let value = pop(frame);
                let result = self.unary(operator, &value)?;
                frame.stack.push(result);
            }
            Op::Not => {
                let value = pop(frame);
                let truth = self.truth(&value)?;
                frame.stack.push(Value::Bool(!truth));
            }
            Op::Binary(operator) => {
                let right = pop(frame);
                let left = pop(frame);
                let result = match (operator, &left, &right) {
                    (BinaryOperator::Add, Value::Int(a), Value::Int(b)) => {
                        match a.checked_add(*b) {
                            Some(sum) => Value::Int(sum),
                            None => self.binary(operator, &left, &right)?,
                        }
                    }
                    _ => self.binary(operator, &left, &right)?,
                };
                frame.stack.push(result);
            }
            Op::InPlace(operator) => {
                let right = pop(frame);
                let left = pop(frame);
                let result = match (operator, &left, &right) {
                    (BinaryOperator::Add, Value::Int(a), Value::Int(b)) => {
                        match a.checked_add(*b) {
                            Some(sum) => Value::Int(sum),
                            None => self.binary(operator, &left, &right)?,
                        }
                    }
                    _ => self.in_place(operator, left, &right)?,
                };
                frame.stack.push(result);
            }
            Op::Compare(operator) => {
                let right = pop(frame);
                let left = pop(frame);
                let result = match (&left, &right) {
                    (Value::Int(a), Value::Int(b)) => Value::Bool(operator.holds(a.cmp(b))),
                    (Value::Str(a), Value::Str(b)) if operator == CompareOperator::Equal => {
                        self.scan(a.len().min(b.len()))?;
                        Value::Bool(a == b)
                    }
                    _ => self.compare(operator, &left, &right)?,
                };
                frame.stack.push(result);
            }
            Op::Is(positive) => {
                let right = pop(frame);
                let left = pop(frame);
                frame.stack.push(Value::Bool(left.is(&right) == positive));
            }
            Op::In(positive) => {
                let container = pop(frame);
                let item = pop(frame);
                let found = self.contains(&container, &item)?;
                frame.stack.push(Value::Bool(found == positive));
            }
            Op::Jump(target) => frame.pc = target as usize,
            Op::JumpIfFalse(target) => {
                let value = pop(frame);
                if !self.truth(&value)? {
                    frame.pc = target as usize;
                }
            }
            Op::JumpIfTrue(target) => {
                let value = pop(frame);
                if self.truth(&value)? {
                    frame.pc = target as usize;
                }
            }
            Op::JumpIfFalseOrPop(target) => {
                let value = top(frame);
                if self.truth(&value)? {
                    frame.stack.pop();
                } else {
                    frame.pc = target as usize;
                }
            }
            Op::JumpIfTrueOrPop(target) => {
                let value = top(frame);
                if self.truth(&value)? {
                    frame.pc = target as usize;
                } else {
                    frame.stack.pop();
                }
            }
            Op::BuildList(count) => {
                self.charge(40 + 24 * count as usize)?;
                let items = take(frame, count as usize);
                frame.stack.push(Value::list(items));
            }
            Op::BuildTuple(count) => {
                self.charge(40 + 24 * count as usize)?;
                let items = take(frame, count as usize);
                frame.stack.push(Value::tuple(items));
            }
            Op::BuildSet(count) => {
                let items = take(frame, count as usize);
                let set = Set::default();
                for item in items {
                    self.charge(64)?;
                    set.members.insert(self, item, Value::None)?;
                }
                frame.stack.push(Value::Set(Rc::new(set)));
            }
            Op::BuildDict(count) => {
                let items = take(frame, 2 * count as usize);
                self.charge(64 + 64 * count as usize)?;
                let dict = Dict::default();
                let mut items = items.into_iter();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    dict.insert(self, key, value)?;
                }
                frame.stack.push(Value::Dict(Rc::new(dict)));
            }
            Op::BuildString(count) => {
                let pieces = take(frame, count as usize);
                let text = match pieces.as_slice() {
                    [Value::Str(text)] => text.clone(),
                    many => {
                        let length = many.iter().filter_map(Value::as_str).map(str::len).sum();
                        self.charge(length)?;
                        let mut text = String::with_capacity(length);
                        for piece in many {
                            text.push_str(piece.as_str().unwrap_or(""));
                        }
                        Rc::from(text)
                    }
                };
                frame.stack.push(Value::Str(text));
            }
            Op::ListAppend(depth) => {
                let value = pop(frame);
                self.charge(24)?;
                if let Some(Value::List(list)) = frame
                    .stack
                    .len()
                    .checked_sub(depth as usize)
                    .and_then(|place| frame.stack.get(place))
                {
                    list.borrow_mut().push(value);
                }
            }
            Op::SetAdd(depth) => {
                let value = pop(frame);
                self.charge(64)?;
                if let Value::Set(set) = below(frame, depth - 1) {
                    set.members.insert(self, value, Value::None)?;
                }
            }
            Op::MapAdd(depth) => {
                let value = pop(frame);
                let key = pop(frame);
                self.charge(72)?;
                if let Value::Dict(dict) = below(frame, depth - 1) {
                    dict.insert(self, key, value)?;
                }
            }
            Op::ListExtend => {
                let value = pop(frame);
                let items = self.collect(&value).map_err(|failure| {
                    self.not_iterable_after(failure, &value, "Value after * must be an iterable")
                })?;
                if let Value::List(list) = top(frame) {
                    list.borrow_mut().extend(items);
                }
            }
            Op::SetUpdate => {
                let value = pop(frame);
                let items = self.collect(&value)?;
                if let Value::Set(set) = top(frame) {
                    for item in items {
                        set.members.insert(self, item, Value::None)?;
                    }
                }
            }
            Op::DictUpdate => {
                let value = pop(frame);
                if let Value::Dict(dict) = top(frame) {
                    let items = self.mapping_items(&value)?;
                    for (key, value) in items {
                        self.charge(72)?;
                        dict.insert(self, key, value)?;
                    }
                }
            }
            Op::DictMerge => {
                let value = pop(frame);
                if let Value::Dict(dict) = top(frame) {
                    self.merge_keywords(&dict, &value)?;
                }
            }
            Op::ListToTuple => {
                if let Value::List(list) = pop(frame) {
                    let items = std::mem::take(&mut *list.borrow_mut());
                    frame.stack.push(Value::tuple(items));
                }
            }
            Op::Iterator => {
                let value = pop(frame);
                let iterator = self.iterator(&value)?;
                frame.stack.push(iterator);
            }
            Op::Comprehend { set } => {
                let source = pop(frame);
                let body = pop(frame);
                let made = self.comprehend(&source, &body)?;
                frame.stack.push(match made {
                    made @ Value::List(_) if set => self.set(&made)?,
                    made => made,
                });
            }
            Op::ForNext(target) => {
                let iterator = top(frame);
                if let Some(value) = self.next(&iterator)? {
                    frame.stack.push(value);
                } else {
                    frame.stack.pop();
                    frame.pc = target as usize;
                }
            }
            Op::UnpackSequence(count) => {
                let value = pop(frame);
                let items = self.unpack(&value, count as usize, None)?;
                frame.stack.extend(items.into_iter().rev());
            }
            Op::UnpackStarred(before, after) => {
                let value = pop(frame);
                let items = self.unpack(&value, usize::from(before), Some(usize::from(after)))?;
                frame.stack.extend(items.into_iter().rev());
            }
            Op::Call(count, names) => {
                let arguments = take_arguments(frame, code, count, names);
                let callee = pop(frame);
                if let Value::Native(native) = &callee
                    && matches!(&*native.name, "locals" | "vars" | "dir")
                {
                    self.show_locals(frame, code);
                }
                let result = self.call(&callee, arguments)?;
                frame.stack.push(result);
            }
            Op::CallMethod(name, count, names) => {
                let arguments = take_arguments(frame, code, count, names);
                let receiver = pop(frame);
                if let Some(name) = code.names.get(usize::from(name)) {
                    let result =
                        self.call_method_hashed(&receiver, &name.text, name.hash, arguments)?;
                    frame.stack.push(result);
                }
            }
            Op::CallSpread => {
                let keywords = pop(frame);
                let positional = pop(frame);
                let callee = pop(frame);
                let mut arguments = Arguments::none();
                if let Value::List(list) = positional {
                    arguments.positional = std::mem::take(&mut *list.borrow_mut());
                }
                if let Value::Dict(dict) = keywords {
                    arguments.keywords = dict.text_items();
                }
                let result = self.call(&callee, arguments)?;
                frame.stack.push(result);
            }
            Op::MakeFunction(place, flags) => {
                let value = self.make_function(frame, code, place, flags)?;
                frame.stack.push(value);
            }
            Op::MakeClass(place) => {
                let keywords = pop(frame);
                let bases = pop(frame);
                let name = pop(frame);
                if let Some(body) = code.codes.get(place as usize) {
                    let class = self.class_statement(frame, body, &name, &bases, &keywords)?;
                    frame.stack.push(class);
                }
            }
            Op::Annotate(place) => {
                let annotation = pop(frame);
                if let (Some(name), Some(namespace)) =
                    (code.names.get(place as usize), &frame.namespace)
                {
                    let dict = if let Some(Value::Dict(dict)) = namespace.get_str("__annotations__")
                    {
                        dict
                    } else {
                        let dict = Rc::new(Dict::default());
                        namespace.set_str("__annotations__", Value::Dict(dict.clone()));
                        dict
                    };
                    dict.set_str(&name.text, annotation);
                }
            }
            Op::Return => return Ok(Flow::Exit(Exit::Return(pop(frame)))),
            Op::ReturnBlocks => return Ok(Flow::Unwind(Reason::Return(pop(frame)))),
            Op::Yield => return Ok(Flow::Exit(Exit::Yield(pop(frame)))),
            Op::YieldFrom => return self.yield_from(frame),
            Op::Await => {
                let value = pop(frame);
                let result = self.await_value(&value)?;
                frame.stack.push(result);
            }
            Op::Except(handler) => Self::open_block(frame, BlockKind::Except, handler),
            Op::Finally(handler) => Self::open_block(frame, BlockKind::Finally, handler),
            Op::With(handler) | Op::AsyncWith(handler) => {
                let manager = pop(frame);
                let asynchronous = matches!(op, Op::AsyncWith(_));
                let entered = self.enter_context(&manager, asynchronous)?;
                let kind = BlockKind::With {
                    manager,
                    asynchronous,
                };
                Self::open_block(frame, kind, handler);
                frame.stack.push(entered);
            }
            Op::PopBlock => {
                frame.blocks.pop();
            }
            Op::BeginFinally => {
                frame.blocks.pop();
                Self::open_block(frame, BlockKind::Pending(Pending::Nothing), 0);
            }
            Op::EndFinally => {
                if let Some(Block {
                    kind: BlockKind::Pending(pending),
                    ..
                }) = frame.blocks.pop()
                {
                    return Ok(match pending {
                        Pending::Nothing => Flow::Next,
                        Pending::Raise(instance) => Flow::Unwind(Reason::Raise(instance)),
                        Pending::Return(value) => Flow::Unwind(Reason::Return(value)),
                        Pending::Jump { target, blocks } => {
                            Flow::Unwind(Reason::Jump { target, blocks })
                        }
                    });
                }
            }
            Op::EndHandler => {
                if let Some(Block {
                    kind: BlockKind::Handler(previous),
                    ..
                }) = frame.blocks.pop()
                {
                    self.handled = previous;
                }
            }
            Op::Matches => {
                let class = pop(frame);
                let exception = top(frame);
                let matches = self.exception_matches(&exception, &class)?;
                frame.stack.push(Value::Bool(matches));
            }
            Op::LeaveWith => {
                if let Some(Block {
                    kind:
                        BlockKind::With {
                            manager,
                            asynchronous,
                        },
                    ..
                }) = frame.blocks.pop()
                {
                    self.exit_context(&manager, None, asynchronous)?;
                }
            }
            Op::JumpBlocks(target, blocks) => {
                return Ok(Flow::Unwind(Reason::Jump {
                    target: target as usize,
                    blocks: blocks as usize,
                }));
            }
            Op::Raise(parts) => {
                let cause = (parts == 2).then(|| pop(frame));
                let exception = (parts == 1 || parts == 2).then(|| pop(frame));
                return Err(self.raise_statement(exception, cause));
            }
            Op::AssertionFailed(parts) => {
                let args = if parts == 1 {
                    vec![pop(frame)]
                } else {
                    Vec::new()
                };
                let class = crate::python::types::types().exception("AssertionError");
                return Err(Failure::with(&class, args));
            }
            Op::Import(place, leaf) => {
                if let Some(name) = code.names.get(place as usize) {
                    let module = self.import_statement(&frame.globals, &name.text, leaf == 1)?;
                    frame.stack.push(module);
                }
            }
            Op::ImportFrom(place) => {
                let module = top(frame);
                if let Some(name) = code.names.get(place as usize) {
                    let value = self.import_from(&module, &name.text)?;
                    frame.stack.push(value);
                }
            }
            Op::ImportStar => {
                let module = top(frame);
                let target = frame.namespace.as_ref().unwrap_or(&frame.globals).clone();
                self.import_star(&module, &target)?;
            }
            Op::Format(conversion, specified) => {
                let specification = specified.then(|| pop(frame));
                let value = pop(frame);
                let value = match conversion {
                    1 => Value::Str(self.str(&value)?),
                    2 => Value::Str(self.repr(&value)?),
                    3 => Value::from(crate::python::text::ascii(&self.repr(&value)?)),
                    _ => value,
                };
                let text = match specification {
                    Some(Value::Str(specification)) if !specification.is_empty() => {
                        self.format(&value, &specification)?
                    }
                    _ => self.format(&value, "")?,
                };
                frame.stack.push(Value::Str(text));
            }
            Op::IsSequence => {
                let value = pop(frame);
                let is = self.is_pattern_sequence(&value);
                frame.stack.push(Value::Bool(is));
            }
            Op::IsMapping => {
                let value = pop(frame);
                let is = matches!(value.plain(), Value::Dict(_));
                frame.stack.push(Value::Bool(is));
            }
            Op::LengthIs(count) => {
                let value = pop(frame);
                let length = self.length(&value)?;
                frame.stack.push(Value::Bool(length == count as usize));
            }
            Op::LengthAtLeast(count) => {
                let value = pop(frame);
                let length = self.length(&value)?;
                frame.stack.push(Value::Bool(length >= count as usize));
            }
            Op::MatchKeys => {
                let keys = pop(frame);
                let subject = pop(frame);
                let found = self.match_keys(&subject, &keys)?;
                frame.stack.push(found);
            }
            Op::MapWithout => {
                let keys = pop(frame);
                let subject = pop(frame);
                let rest = self.map_without(&subject, &keys)?;
                frame.stack.push(rest);
            }
            Op::MatchClass(positional, names) => {
                let class = pop(frame);
                let subject = pop(frame);
                let names = code
                    .name_lists
                    .get(usize::from(names))
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                let found = self.match_class(&subject, &class, usize::from(positional), names)?;
                frame.stack.push(found);
            }
            Op::Refuse(place) => {
                let what = code
                    .names
                    .get(place as usize)
                    .map(|name| name.text.clone())
                    .unwrap_or_default();
                return Err(self.refuse(
                    &what,
                    format!("{what} is not supported."),
                    "Write it without.",
                ));
            }
        }
        Ok(Flow::Next)
    }

    /// Makes the local variables of a function visible to `locals()` and its like.
    fn show_locals(&mut self, frame: &Frame, code: &Code) {
        if code.flavor.namespace {
            return;
        }
        let dict = Dict::default();
        let cells = code.cells.iter().zip(&frame.cells);
        for (name, value) in code.locals.iter().zip(&frame.locals) {
            if let Some(value) = value
                && !name.starts_with('.')
            {
                dict.set_str(name, value.clone());
            }
        }
        for (name, cell) in cells {
            if let Some(value) = &*cell.value.borrow() {
                dict.set_str(name, value.clone());
            }
        }
        if let Some(caller) = self.callers.last_mut() {
            caller.locals = Some(Rc::new(dict));
        }
    }

    fn open_block(frame: &mut Frame, kind: BlockKind, handler: u32) {
        frame.blocks.push(Block {
            kind,
            handler: handler as usize,
            depth: frame.stack.len(),
        });
    }

    fn in_namespace(&self, frame: &Frame, code: &Code, place: u32) -> Option<Value> {
        let name = code.names.get(place as usize)?;
        frame
            .namespace
            .as_ref()?
            .get_str_hashed(&name.text, name.hash)
    }

    fn global(&mut self, frame: &Frame, code: &Code, place: u32) -> Result<Value, Failure> {
        let Some(name) = code.names.get(place as usize) else {
            return Ok(Value::None);
        };
        if let Some(value) = frame.globals.get_str_hashed(&name.text, name.hash) {
            return Ok(value);
        }
        if let Some(value) = self.builtins.get_str_hashed(&name.text, name.hash) {
            return Ok(value);
        }
        self.missing_global(&name.text)
    }

    fn make_function(
        &mut self,
        frame: &mut Frame,
        code: &Rc<Code>,
        place: u32,
        flags: u32,
    ) -> Result<Value, Failure> {
        self.charge(160)?;
        let keyword = (flags & 2 != 0).then(|| pop(frame));
        let defaults = (flags & 1 != 0).then(|| pop(frame));
        let Some(inner) = code.codes.get(place as usize) else {
            return Ok(Value::None);
        };
        let mut keyword_defaults = Vec::new();
        if let Some(Value::Dict(dict)) = keyword {
            let first = inner.positional;
            keyword_defaults = inner
                .locals
                .get(first..first + inner.keyword_only)
                .unwrap_or_default()
                .iter()
                .map(|name| dict.get_str(name))
                .collect();
        }
        let closure = self.captured(frame, inner);
        let function = Function {
            code: inner.clone(),
            globals: frame.globals.clone(),
            defaults: match defaults {
                Some(Value::Tuple(items)) => items.to_vec(),
                _ => Vec::new(),
            },
            keyword_defaults,
            closure,
            attributes: Rc::new(Dict::default()),
        };
        Ok(Value::Function(Rc::new(function)))
    }

    pub(crate) fn captured(&self, frame: &Frame, inner: &Code) -> Vec<Rc<Variable>> {
        inner
            .captures
            .iter()
            .map(|&place| {
                frame
                    .cells
                    .get(place as usize)
                    .cloned()
                    .unwrap_or_else(|| Variable::new(None))
            })
            .collect()
    }

    fn yield_from(&mut self, frame: &mut Frame) -> Result<Flow, Failure> {
        let sent = pop(frame);
        let iterator = top(frame);
        match self.send(&iterator, sent)? {
            Exit::Yield(value) => {
                // The next value sent comes to the same operation.
                frame.pc -= 1;
                Ok(Flow::Exit(Exit::Yield(value)))
            }
            Exit::Return(value) => {
                frame.stack.pop();
                frame.stack.push(value);
                Ok(Flow::Next)
            }
        }
    }
}

fn take_arguments(frame: &mut Frame, code: &Code, count: u16, names: u16) -> Arguments {
    let mut positional = take(frame, usize::from(count));
    let mut keywords = Vec::new();
    if names != NO_NAMES
        && let Some(names) = code.name_lists.get(usize::from(names))
    {
        let at = positional.len().saturating_sub(names.len());
        let values = positional.split_off(at);
        keywords = names.iter().cloned().zip(values).collect();
    }
    Arguments {
        positional,
        keywords,
    }
}

/// The error for a variable that has no value yet.
fn unbound(name: Option<&Rc<str>>, local: bool) -> Failure {
    let name = name.map_or("?", |name| &**name);
    if local {
        Failure::raise(
            "UnboundLocalError",
            format!(
                "cannot access local variable '{name}' where it is not associated with a value"
            ),
        )
    } else {
        Failure::raise(
            "NameError",
            format!(
                "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
            ),
        )
    }
}

fn unbound_cell(code: &Code, place: u32) -> Failure {
    unbound(
        code.cells.get(place as usize),
        (place as usize) < code.own_cells,
    )
}

pub(super) fn undefined(name: &str) -> Failure {
    Failure::raise("NameError", format!("name '{name}' is not defined"))
}
