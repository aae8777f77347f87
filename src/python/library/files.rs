//! `open()`: files the host lets the program read.

use std::cell::Cell;
use std::rc::Rc;

use crate::python::arguments::Arguments;
use crate::python::error::Failure;
use crate::python::iterator::Iteration;
use crate::python::object::Object;
use crate::python::types::types;
use crate::python::value::Value;
use crate::python::vm::Vm;

/// A path given as text or as a path object.
pub(super) fn path_of(vm: &mut Vm, value: &Value) -> Result<Rc<str>, Failure> {
    if let Some(text) = value.to_text() {
        return Ok(text);
    }
    if let Some(method) = vm.special(value, "__fspath__")? {
        let text = vm.call(&method, Arguments::none())?;
        return Ok(text.to_text().unwrap_or_default());
    }
    Err(Failure::type_error(format!(
        "expected str, bytes or os.PathLike object, not {}",
        Vm::type_name(value)
    )))
}

struct File {
    name: Rc<str>,
    content: Value,
    place: Cell<usize>,
}

/// `open()`.
pub(crate) fn open(vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
    let bound = arguments.bind(
        "open",
        "file, mode=, buffering=, encoding=, errors=, newline=, closefd=, opener=",
    )?;
    let path = path_of(vm, &bound.value("file"))?;
    let mode = bound.text("mode")?.unwrap_or_else(|| "r".into());
    if mode.contains(['w', 'a', 'x', '+']) {
        return Err(vm.refuse(
            "open",
            format!("The file '{path}' cannot be written: a revision changes the database only."),
            "Write the revision without it.",
        ));
    }
    let Some(bytes) = vm.host().read_file(&path) else {
        return Err(vm.refuse(
            "open",
            format!("The file '{path}' cannot be read here."),
            "Put the file beside the revision, or its content into it.",
        ));
    };
    vm.charge(bytes.len())?;
    let content = if mode.contains('b') {
        Value::bytes(bytes)
    } else {
        let encoding = bound.text("encoding")?.unwrap_or_else(|| "utf-8".into());
        let text = crate::python::builtins::decode(vm, &bytes, &encoding, "strict")?;
        Value::from(text.replace("\r\n", "\n").replace('\r', "\n"))
    };
    Ok(Value::object(File {
        name: path,
        content,
        place: Cell::new(0),
    }))
}

impl File {
    fn take(&self, count: Option<usize>) -> Value {
        let from = self.place.get();
        match &self.content {
            Value::Str(text) => {
                let rest = text.get(from..).unwrap_or("");
                let end = match count {
                    Some(count) => crate::python::text::byte_of(rest, count),
                    None => rest.len(),
                };
                self.place.set(from + end);
                Value::str(rest.get(..end).unwrap_or(""))
            }
            Value::Bytes(bytes) => {
                let rest = bytes.get(from..).unwrap_or_default();
                let end = count.unwrap_or(rest.len()).min(rest.len());
                self.place.set(from + end);
                Value::bytes(rest.get(..end).unwrap_or_default())
            }
            _ => Value::None,
        }
    }

    fn line(&self) -> Value {
        let from = self.place.get();
        let bytes: &[u8] = match &self.content {
            Value::Str(text) => text.as_bytes(),
            Value::Bytes(bytes) => bytes,
            _ => &[],
        };
        let rest = bytes.get(from..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |place| place + 1);
        self.place.set(from + end);
        let line = rest.get(..end).unwrap_or_default();
        match &self.content {
            Value::Str(_) => Value::from(String::from_utf8_lossy(line).into_owned()),
            _ => Value::bytes(line),
        }
    }

    fn lines(&self, vm: &mut Vm) -> Result<Vec<Value>, Failure> {
        let mut lines = Vec::new();
        loop {
            vm.step()?;
            let line = self.line();
            if !vm.truth(&line)? {
                return Ok(lines);
            }
            vm.charge(40)?;
            lines.push(line);
        }
    }
}

impl Object for File {
    fn type_name(&self) -> Rc<str> {
        Rc::from("_io.TextIOWrapper")
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "name" => Some(Value::Str(self.name.clone())),
            "closed" => Some(Value::Bool(false)),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "read" | "readline" | "readlines" | "close" | "seek" | "write" | "writelines"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "read" => {
                let bound = arguments.bind("read", "size=")?;
                let count = bound
                    .int("size")?
                    .and_then(|count| usize::try_from(count).ok());
                Ok(self.take(count))
            }
            "readline" => Ok(self.line()),
            "readlines" => self.lines(vm).map(Value::list),
            "seek" => {
                let bound = arguments.bind("seek", "offset, whence=")?;
                let offset = bound.int("offset")?.unwrap_or(0);
                if offset != 0 {
                    return Err(vm.refuse("seek", "Only seek(0) is supported.", ""));
                }
                self.place.set(0);
                Ok(Value::Int(0))
            }
            "write" | "writelines" => {
                Err(Failure::of(&types().exception("OSError"), "not writable"))
            }
            _ => Ok(Value::None),
        }
    }

    fn iterate(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        let lines = self.lines(vm)?;
        Ok(Some(Value::Iterator(Rc::new(Iteration::over(lines)))))
    }

    fn enter(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Object(self)))
    }
}
