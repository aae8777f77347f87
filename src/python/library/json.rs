//! `json`.

use std::fmt::Write;
use std::rc::Rc;

use num_bigint::BigInt;

use crate::python::arguments::Arguments;
use crate::python::class::Class;
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::function::Native;
use crate::python::number::float_repr;
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::Vm;

/// How deep arrays and objects may nest.
const DEEPEST: usize = 500;

thread_local! {
    static ERROR: Rc<Class> = Class::exception(
        "JSONDecodeError",
        "json.decoder",
        &[&Class::builtin_exception("ValueError")],
    );
    static ENCODER: Rc<Class> = encoder_class();
}

fn encoder_class() -> Rc<Class> {
    let class = Class::native("JSONEncoder", "json.encoder", &[], None);
    let method = |name: &'static str,
                  function: fn(&mut Vm, Arguments) -> Result<Value, Failure>| {
        class
            .namespace
            .set_str(name, Value::Native(Rc::new(Native::method(name, function))));
    };
    method("__init__", |vm, arguments| {
        let bound = arguments.bind("__init__", "self, **options")?;
        let me = bound.value("self");
        for (name, value) in bound.keywords {
            vm.set_attribute(&me, &name, value)?;
        }
        Ok(Value::None)
    });
    method("default", |_, arguments| {
        let bound = arguments.bind("default", "self, o")?;
        Err(not_serializable(&bound.value("o")))
    });
    method("encode", |vm, arguments| {
        let bound = arguments.bind("encode", "self, o")?;
        let encoder = bound.value("self");
        let options = Options::of_encoder(vm, &encoder)?;
        write(vm, &bound.value("o"), &options).map(Value::from)
    });
    class
}

fn not_serializable(value: &Value) -> Failure {
    let name = type_name(value);
    let name = name.rsplit('.').next().unwrap_or(&name);
    Failure::type_error(format!("Object of type {name} is not JSON serializable"))
}

struct Options {
    indent: Option<String>,
    item: String,
    key: String,
    sort: bool,
    ascii: bool,
    skip: bool,
    nan: bool,
    default: Option<Value>,
}

impl Options {
    fn of(
        vm: &mut Vm,
        mut get: impl FnMut(&mut Vm, &str) -> Result<Option<Value>, Failure>,
    ) -> Result<Self, Failure> {
        let indent = match get(vm, "indent")? {
            None | Some(Value::None) => None,
            Some(Value::Str(text)) => Some(text.to_string()),
            Some(other) => {
                let width = usize::try_from(other.as_int().unwrap_or(0)).unwrap_or(0);
                vm.charge(width)?;
                Some(" ".repeat(width))
            }
        };
        let (mut item, mut key) = (
            if indent.is_some() { "," } else { ", " }.to_owned(),
            ": ".to_owned(),
        );
        if let Some(separators) = get(vm, "separators")?
            && !separators.is_none()
        {
            let parts = vm.collect(&separators)?;
            if let [first, second] = parts.as_slice() {
                item = first.to_text().unwrap_or_default().to_string();
                key = second.to_text().unwrap_or_default().to_string();
            }
        }
        let mut flag = |vm: &mut Vm, name: &str, default: bool| match get(vm, name)? {
            Some(value) => vm.truth(&value),
            None => Ok(default),
        };
        Ok(Self {
            indent,
            item,
            key,
            sort: flag(vm, "sort_keys", false)?,
            ascii: flag(vm, "ensure_ascii", true)?,
            skip: flag(vm, "skipkeys", false)?,
            nan: flag(vm, "allow_nan", true)?,
            default: get(vm, "default")?.filter(|value| !value.is_none()),
        })
    }

    fn of_encoder(vm: &mut Vm, encoder: &Value) -> Result<Self, Failure> {
        Self::of(vm, |vm, name| vm.find_attribute(encoder, name))
    }
}

fn write(vm: &mut Vm, value: &Value, options: &Options) -> Result<String, Failure> {
    let mut out = String::new();
    put(vm, value, options, 0, &mut out)?;
    Ok(out)
}

fn line(out: &mut String, options: &Options, depth: usize) {
    if let Some(indent) = &options.indent {
        out.push('\n');
        for _ in 0..depth {
            out.push_str(indent);
        }
    }
}

fn put_float(out: &mut String, number: f64, options: &Options) -> Result<(), Failure> {
    if number.is_finite() {
        out.push_str(&float_repr(number));
    } else if options.nan {
        out.push_str(if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
    } else {
        return Err(Failure::value_error(format!(
            "Out of range float values are not JSON compliant: {}",
            float_repr(number)
        )));
    }
    Ok(())
}

fn put(
    vm: &mut Vm,
    value: &Value,
    options: &Options,
    depth: usize,
    out: &mut String,
) -> Result<(), Failure> {
    vm.step()?;
    if depth > DEEPEST {
        return Err(Failure::value_error("Circular reference detected"));
    }
    let before = out.len();
    match value.plain() {
        Value::None => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if truth { "true" } else { "false" }),
        Value::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Big(number) => out.push_str(&vm.decimal(&number)?),
        Value::Float(number) => put_float(out, number, options)?,
        Value::Str(text) => put_text(&text, options.ascii, out),
        Value::List(list) => {
            let items = list.borrow().clone();
            put_items(vm, &items, options, depth, out)?;
        }
        Value::Tuple(items) => put_items(vm, &items, options, depth, out)?,
        Value::Dict(dict) => put_dict(vm, &dict, options, depth, out)?,
        _ => {
            let Some(default) = &options.default else {
                return Err(not_serializable(value));
            };
            let replaced = vm.call(default, Arguments::one(value.clone()))?;
            stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || {
                put(vm, &replaced, options, depth + 1, out)
            })?;
        }
    }
    vm.charge(out.len().saturating_sub(before))
}

fn put_items(
    vm: &mut Vm,
    items: &[Value],
    options: &Options,
    depth: usize,
    out: &mut String,
) -> Result<(), Failure> {
    if items.is_empty() {
        out.push_str("[]");
        return Ok(());
    }
    out.push('[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push_str(&options.item);
        }
        line(out, options, depth + 1);
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || {
            put(vm, item, options, depth + 1, out)
        })?;
    }
    line(out, options, depth);
    out.push(']');
    Ok(())
}

fn put_dict(
    vm: &mut Vm,
    dict: &Rc<Dict>,
    options: &Options,
    depth: usize,
    out: &mut String,
) -> Result<(), Failure> {
    let mut items = dict.items();
    if items.is_empty() {
        out.push_str("{}");
        return Ok(());
    }
    if options.sort {
        let mut pairs: Vec<(Value, Value)> = items
            .into_iter()
            .map(|(key, value)| (key.clone(), Value::tuple(vec![key, value])))
            .collect();
        vm.sort(&mut pairs, false)?;
        items = pairs
            .into_iter()
            .filter_map(|(key, pair)| match pair {
                Value::Tuple(pair) => pair.get(1).map(|value| (key, value.clone())),
                _ => None,
            })
            .collect();
    }
    out.push('{');
    let mut first = true;
    for (key, value) in items {
        let name: String = match key.plain() {
            Value::Str(text) => text.to_string(),
            Value::Bool(truth) => if truth { "true" } else { "false" }.to_owned(),
            Value::None => "null".to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Float(number) => {
                let mut text = String::new();
                put_float(&mut text, number, options)?;
                text
            }
            _ if options.skip => continue,
            _ => {
                return Err(Failure::type_error(format!(
                    "keys must be str, int, float, bool or None, not {}",
                    type_name(&key)
                )));
            }
        };
        if !first {
            out.push_str(&options.item);
        }
        first = false;
        line(out, options, depth + 1);
        put_text(&name, options.ascii, out);
        out.push_str(&options.key);
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || {
            put(vm, &value, options, depth + 1, out)
        })?;
    }
    line(out, options, depth);
    out.push('}');
    Ok(())
}

fn put_text(text: &str, ascii: bool, out: &mut String) {
    out.push('"');
    for one in text.chars() {
        match one {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\x1f' => {
                let _ = write!(out, "\\u{:04x}", u32::from(one));
            }
            _ if ascii && !one.is_ascii() => {
                for unit in one.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            '\x7f' if ascii => out.push(one),
            _ => out.push(one),
        }
    }
    out.push('"');
}

struct Reader<'a> {
    text: &'a str,
    place: usize,
    hook: Option<Value>,
    parse_float: Option<Value>,
}

impl Reader<'_> {
    fn error(&self, message: &str, place: usize) -> Failure {
        let before = self.text.get(..place).unwrap_or(self.text);
        let row = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|one| *one != '\n').count() + 1;
        let chars = before.chars().count();
        let failure = Failure::of(
            &ERROR.with(Rc::clone),
            format!("{message}: line {row} column {column} (char {chars})"),
        );
        if let Failure::Raised(instance) = &failure {
            instance.attributes.set_str("msg", Value::str(message));
            instance.attributes.set_str("doc", Value::str(self.text));
            instance.attributes.set_str("pos", Value::from(chars));
            instance.attributes.set_str("lineno", Value::from(row));
            instance.attributes.set_str("colno", Value::from(column));
        }
        failure
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.place).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.place += 1;
        }
    }

    fn value(&mut self, vm: &mut Vm, depth: usize) -> Result<Value, Failure> {
        vm.step()?;
        if depth > DEEPEST {
            return Err(vm.refuse("json.loads", "The JSON text nests too deep.", ""));
        }
        let rest = self.text.get(self.place..).unwrap_or("");
        for (word, value) in [
            ("null", Value::None),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
        ] {
            if rest.starts_with(word) {
                self.place += word.len();
                return Ok(value);
            }
        }
        match self.peek() {
            Some(b'"') => self.string(vm).map(Value::from),
            Some(b'[') => self.array(vm, depth),
            Some(b'{') => self.object(vm, depth),
            Some(b'-' | b'0'..=b'9') => self.number(vm),
            _ => Err(self.error("Expecting value", self.place)),
        }
    }

    fn array(&mut self, vm: &mut Vm, depth: usize) -> Result<Value, Failure> {
        self.place += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.place += 1;
            return Ok(Value::list(items));
        }
        loop {
            self.space();
            vm.charge(24)?;
            let item =
                stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || self.value(vm, depth + 1))?;
            items.push(item);
            self.space();
            match self.peek() {
                Some(b',') => self.place += 1,
                Some(b']') => {
                    self.place += 1;
                    return Ok(Value::list(items));
                }
                _ => return Err(self.error("Expecting ',' delimiter", self.place)),
            }
        }
    }

    fn object(&mut self, vm: &mut Vm, depth: usize) -> Result<Value, Failure> {
        self.place += 1;
        let dict = Dict::default();
        self.space();
        if self.peek() == Some(b'}') {
            self.place += 1;
        } else {
            loop {
                self.space();
                if self.peek() != Some(b'"') {
                    return Err(self.error(
                        "Expecting property name enclosed in double quotes",
                        self.place,
                    ));
                }
                let key = self.string(vm)?;
                self.space();
                if self.peek() != Some(b':') {
                    return Err(self.error("Expecting ':' delimiter", self.place));
                }
                self.place += 1;
                self.space();
                vm.charge(72)?;
                let value =
                    stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || self.value(vm, depth + 1))?;
                dict.set_str(&key, value);
                self.space();
                match self.peek() {
                    Some(b',') => self.place += 1,
                    Some(b'}') => {
                        self.place += 1;
                        break;
                    }
                    _ => return Err(self.error("Expecting ',' delimiter", self.place)),
                }
            }
        }
        let made = Value::Dict(Rc::new(dict));
        match self.hook.clone() {
            Some(hook) => vm.call(&hook, Arguments::one(made)),
            None => Ok(made),
        }
    }

    fn string(&mut self, vm: &mut Vm) -> Result<String, Failure> {
        let start = self.place;
        self.place += 1;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.place..).unwrap_or("");
            let Some(one) = rest.chars().next() else {
                return Err(self.error("Unterminated string starting at", start));
            };
            self.place += one.len_utf8();
            match one {
                '"' => break,
                '\\' => {
                    let escape = self.peek();
                    self.place += 1;
                    match escape {
                        Some(b'"') => out.push('"'),
                        Some(b'\\') => out.push('\\'),
                        Some(b'/') => out.push('/'),
                        Some(b'b') => out.push('\u{8}'),
                        Some(b'f') => out.push('\u{c}'),
                        Some(b'n') => out.push('\n'),
                        Some(b'r') => out.push('\r'),
                        Some(b't') => out.push('\t'),
                        Some(b'u') => {
                            let unit = self.unit()?;
                            let mut units = vec![unit];
                            let more = self.text.get(self.place..self.place + 2) == Some("\\u");
                            if (0xd800..0xdc00).contains(&unit) && more {
                                self.place += 2;
                                units.push(self.unit()?);
                            }
                            out.push_str(&String::from_utf16_lossy(&units));
                        }
                        _ => return Err(self.error("Invalid \\escape", self.place - 2)),
                    }
                }
                '\0'..='\x1f' => {
                    return Err(self.error("Invalid control character at", self.place - 1));
                }
                _ => out.push(one),
            }
        }
        vm.charge(out.len())?;
        vm.steps(out.len() / 32)?;
        Ok(out)
    }

    fn unit(&mut self) -> Result<u16, Failure> {
        let digits = self.text.get(self.place..self.place + 4).unwrap_or("");
        let unit = u16::from_str_radix(digits, 16)
            .map_err(|_| self.error("Invalid \\uXXXX escape", self.place))?;
        self.place += 4;
        Ok(unit)
    }

    fn number(&mut self, vm: &mut Vm) -> Result<Value, Failure> {
        let start = self.place;
        let bytes = self.text.as_bytes();
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut at = start + usize::from(self.peek() == Some(b'-'));
        let first = at;
        at = if bytes.get(at) == Some(&b'0') {
            at + 1
        } else {
            digits(at)
        };
        if at == first {
            return Err(self.error("Expecting value", start));
        }
        let mut float = false;
        if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
            float = true;
            at = digits(at + 1);
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let end = digits(at + 1 + sign);
            if end > at + 1 + sign {
                float = true;
                at = end;
            }
        }
        self.place = at;
        let text = self.text.get(start..at).unwrap_or("0");
        if float {
            return match self.parse_float.clone() {
                Some(parse) => vm.call(&parse, Arguments::one(Value::str(text))),
                None => Ok(Value::Float(text.parse().unwrap_or(0.0))),
            };
        }
        if text.len() > 4300 {
            return Err(Failure::value_error(
                "Exceeds the limit (4300 digits) for integer string conversion",
            ));
        }
        Ok(match text.parse::<i64>() {
            Ok(number) => Value::Int(number),
            Err(_) => Value::big(text.parse::<BigInt>().unwrap_or_default()),
        })
    }
}

fn read(
    vm: &mut Vm,
    source: &Value,
    hook: Option<Value>,
    parse_float: Option<Value>,
) -> Result<Value, Failure> {
    let text: Rc<str> = match source.plain() {
        Value::Str(text) => text,
        Value::Bytes(bytes) => {
            crate::python::builtins::decode(vm, &bytes, "utf-8-sig", "strict")?.into()
        }
        other => {
            return Err(Failure::type_error(format!(
                "the JSON object must be str, bytes or bytearray, not {}",
                type_name(&other)
            )));
        }
    };
    let mut reader = Reader {
        text: &text,
        place: 0,
        hook,
        parse_float,
    };
    reader.space();
    let value = reader.value(vm, 0)?;
    reader.space();
    if reader.place < text.len() {
        return Err(reader.error("Extra data", reader.place));
    }
    Ok(value)
}

const OPTIONS: &str = "obj, *, skipkeys=, ensure_ascii=, check_circular=, allow_nan=, cls=, indent=, separators=, default=, sort_keys=, **kw";

fn dumps(vm: &mut Vm, arguments: Arguments) -> Result<String, Failure> {
    let bound = arguments.bind("dumps", OPTIONS)?;
    let value = bound.value("obj");
    let mut options = Options::of(vm, |_, name| Ok(bound.get(name)))?;
    if let Some(class) = bound.some("cls") {
        let mut arguments = Arguments::none();
        for name in [
            "skipkeys",
            "ensure_ascii",
            "allow_nan",
            "indent",
            "separators",
            "sort_keys",
        ] {
            if let Some(value) = bound.get(name) {
                arguments = arguments.keyword(name, value);
            }
        }
        let encoder = vm.call(&class, arguments)?;
        options.default = Some(vm.attribute(&encoder, "default")?);
    }
    write(vm, &value, &options)
}

/// The members of the module.
pub(super) fn members() -> Vec<(&'static str, Value)> {
    vec![
        ("JSONDecodeError", Value::Class(ERROR.with(Rc::clone))),
        ("JSONEncoder", Value::Class(ENCODER.with(Rc::clone))),
        (
            "dumps",
            Value::native("dumps", |vm, arguments| {
                dumps(vm, arguments).map(Value::from)
            }),
        ),
        (
            "loads",
            Value::native("loads", |vm, arguments| {
                let bound = arguments.bind(
                    "loads",
                    "s, *, cls=, object_hook=, parse_float=, parse_int=, parse_constant=, object_pairs_hook=, **kw",
                )?;
                if bound.some("object_pairs_hook").is_some() || bound.some("cls").is_some() {
                    return Err(vm.refuse(
                        "json.loads",
                        "object_pairs_hook and cls of json.loads are not supported.",
                        "",
                    ));
                }
                read(
                    vm,
                    &bound.value("s"),
                    bound.some("object_hook"),
                    bound.some("parse_float"),
                )
            }),
        ),
        (
            "load",
            Value::native("load", |vm, arguments| {
                let bound = arguments.bind("load", "fp, **kw")?;
                let text = vm.call_method(&bound.value("fp"), "read", Arguments::none())?;
                read(vm, &text, None, None)
            }),
        ),
        (
            "dump",
            Value::native("dump", |vm, mut arguments| {
                if arguments.positional.len() < 2 {
                    return Err(Failure::type_error(
                        "dump() missing 1 required positional argument: 'fp'",
                    ));
                }
                let file = arguments.positional.remove(1);
                let text = dumps(vm, arguments)?;
                vm.call_method(&file, "write", Arguments::one(Value::from(text)))?;
                Ok(Value::None)
            }),
        ),
    ]
}
