//! `re`.

use std::cell::OnceCell;
use std::rc::Rc;

use fancy_regex::{Captures, Regex, RegexBuilder};

use crate::python::arguments::Arguments;
use crate::python::class::Class;
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::iterator::Iteration;
use crate::python::object::Object;
use crate::python::text::{byte_of, length, quote};
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::Vm;

const IGNORECASE: i64 = 2;
const MULTILINE: i64 = 8;
const DOTALL: i64 = 16;
const VERBOSE: i64 = 64;
const ASCII: i64 = 256;

/// So large the automaton of a part may be.
const SIZE: usize = 4 << 20;

/// Longer texts are not searched with patterns that step back.
const LONGEST: usize = 64 << 10;

/// So often a match may step back.
const BACKTRACKS: usize = 1_000_000;

thread_local! {
    static ERROR: Rc<Class> = Class::exception("error", "re", &[]);
    static PATTERN: Rc<Class> = Class::native("Pattern", "re", &[], None);
    static MATCH: Rc<Class> = Class::native("Match", "re", &[], None);
}

/// A compiled pattern.
struct Pattern {
    text: Rc<str>,
    flags: i64,
    regex: Regex,
    /// Names of groups with their numbers.
    names: Vec<(Rc<str>, usize)>,
    /// Whether it looks around or back, which may take the square of the text's length.
    steps_back: bool,
    /// The same held to its place, and held to both ends.
    held: [OnceCell<Option<Rc<Pattern>>>; 2],
}

/// A match: the bytes of every group.
struct Match {
    pattern: Rc<Pattern>,
    text: Rc<str>,
    spans: Vec<Option<(usize, usize)>>,
}

/// Rewrites what the two syntaxes write differently.
fn translate(pattern: &str, multiline: bool, verbose: bool) -> String {
    let chars: Vec<char> = pattern.chars().collect();
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut at = 0;
    let mut class = false;
    let mut class_start = 0;
    while let Some(&one) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match one {
            '\\' => {
                at += 1;
                match next {
                    Some('Z') if !class => out.push_str("\\z"),
                    Some(
                        '\'' | '"' | '/' | '@' | '%' | ',' | ';' | ':' | '=' | '!' | '<' | '>'
                        | '`' | '_',
                    ) => {
                        out.extend(next);
                    }
                    Some(' ') => out.push_str("\\x20"),
                    Some(other) => {
                        out.push('\\');
                        out.push(other);
                    }
                    None => out.push('\\'),
                }
            }
            '[' if class => out.push_str("\\["),
            '[' => {
                class = true;
                out.push('[');
                if next == Some('^') {
                    out.push('^');
                    at += 1;
                }
                class_start = at + 1;
                if chars.get(at + 1) == Some(&']') {
                    out.push_str("\\]");
                    at += 1;
                }
            }
            ']' if class && at >= class_start => {
                class = false;
                out.push(']');
            }
            '&' | '~' if class => {
                out.push('\\');
                out.push(one);
            }
            '-' if class && next == Some('-') => out.push_str("\\-"),
            ' ' | '#' if class && verbose => {
                out.push('\\');
                out.push(one);
            }
            '$' if !class && !multiline => out.push_str("(?=\\n?\\z)"),
            '{' if !class => {
                let body: String = chars
                    .get(at + 1..)
                    .unwrap_or_default()
                    .iter()
                    .take_while(|one| one.is_ascii_digit() || **one == ',')
                    .collect();
                let closed = chars.get(at + 1 + body.len()) == Some(&'}');
                if closed && !body.is_empty() && body != "," && body.matches(',').count() <= 1 {
                    out.push('{');
                    if body.starts_with(',') {
                        out.push('0');
                    }
                } else {
                    out.push_str("\\{");
                }
            }
            '}' if !class => {
                let quantifier = out.rfind('{').is_some_and(|place| {
                    !out.get(..place).unwrap_or("").ends_with('\\')
                        && out.get(place + 1..).is_some_and(|body| {
                            !body.is_empty()
                                && body.chars().all(|one| one.is_ascii_digit() || one == ',')
                        })
                });
                out.push_str(if quantifier { "}" } else { "\\}" });
            }
            _ => out.push(one),
        }
        at += 1;
    }
    out
}

/// How long a pattern is at most when its counted parts are written out, which is what compiling it
/// takes time for.
fn repeated_length(pattern: &str) -> usize {
    let counts = pattern.split('{').skip(1).filter_map(|rest| {
        let (count, _) = rest.split_once('}')?;
        count.split(',').next_back()?.parse::<usize>().ok()
    });
    let repeated = counts.fold(pattern.len(), |length, count| {
        length.saturating_mul(count.max(1))
    });
    if repeated == pattern.len() {
        0
    } else {
        repeated.min(SIZE)
    }
}

fn compile(vm: &mut Vm, pattern: &Value, flags: i64) -> Result<Rc<Pattern>, Failure> {
    if let Some(compiled) = pattern.downcast::<Pattern>() {
        return Ok(compiled);
    }
    let Some(text) = pattern.to_text() else {
        return Err(match pattern {
            Value::Bytes(_) => vm.refuse("re", "Patterns of bytes are not supported.", ""),
            other => Failure::type_error(format!(
                "first argument must be string or compiled pattern, not {}",
                type_name(other)
            )),
        });
    };
    vm.charge(text.len() * 64 + 1000)?;
    vm.steps(repeated_length(&text))?;
    let mut prefix = String::new();
    for (flag, letter) in [
        (IGNORECASE, 'i'),
        (MULTILINE, 'm'),
        (DOTALL, 's'),
        (VERBOSE, 'x'),
    ] {
        if flags & flag != 0 {
            prefix.push(letter);
        }
    }
    let verbose = flags & VERBOSE != 0 || text.starts_with("(?x");
    let multiline = flags & MULTILINE != 0 || text.starts_with("(?m");
    let mut source = translate(&text, multiline, verbose);
    if flags & ASCII != 0 {
        source = source
            .replace("\\d", "[0-9]")
            .replace("\\w", "[a-zA-Z0-9_]");
    }
    if !prefix.is_empty() {
        source = format!("(?{prefix}){source}");
    }
    let mut builder = RegexBuilder::new(&source);
    builder.backtrack_limit(BACKTRACKS);
    builder.delegate_size_limit(SIZE);
    let regex = builder.build().map_err(|error| {
        Failure::of(
            &ERROR.with(Rc::clone),
            format!("{error} in pattern {}", quote(&text)),
        )
    })?;
    let steps_back = ["(?=", "(?!", "(?<=", "(?<!", "(?>", "(?(", "(?P=", "\\k<"]
        .iter()
        .any(|construct| source.contains(construct))
        || source
            .as_bytes()
            .windows(2)
            .any(|pair| matches!(pair, [b'\\', b'1'..=b'9']));
    let names = regex
        .capture_names()
        .enumerate()
        .filter_map(|(place, name)| name.map(|name| (Rc::from(name), place)))
        .collect();
    Ok(Rc::new(Pattern {
        text,
        flags,
        regex,
        names,
        steps_back,
        held: Default::default(),
    }))
}

fn subject(vm: &Vm, value: &Value) -> Result<Rc<str>, Failure> {
    match value.to_text() {
        Some(text) => Ok(text),
        None if matches!(value, Value::Bytes(_)) => Err(vm.refuse(
            "re",
            "Matching bytes is not supported.",
            "Decode them first.",
        )),
        None => Err(Failure::type_error(format!(
            "expected string or bytes-like object, got '{}'",
            type_name(value)
        ))),
    }
}

fn spans(captures: &Captures<'_, str>) -> Vec<Option<(usize, usize)>> {
    (0..captures.len())
        .map(|place| {
            captures
                .get(place)
                .map(|group| (group.start(), group.end()))
        })
        .collect()
}

impl Pattern {
    fn find_at(
        self: &Rc<Self>,
        vm: &mut Vm,
        text: &Rc<str>,
        from: usize,
    ) -> Result<Option<Match>, Failure> {
        let length = text.len().saturating_sub(from);
        vm.steps(1 + length / 16)?;
        if self.steps_back && length > LONGEST {
            return Err(vm.refuse(
                "re",
                format!(
                    "The pattern {} looks around or back, and the text is longer than {LONGEST} \
                     bytes.",
                    quote(&self.text)
                ),
                "Search a shorter text, line by line perhaps.",
            ));
        }
        let stepped_back = |vm: &mut Vm, length: usize| {
            if self.steps_back {
                vm.steps((length / 8).saturating_mul(length / 8))
            } else {
                Ok(())
            }
        };
        match self.regex.captures_from_pos(&**text, from) {
            Ok(Some(captures)) => {
                let spans = spans(&captures);
                let end = spans.first().copied().flatten().map_or(from, |span| span.1);
                stepped_back(vm, end.saturating_sub(from))?;
                Ok(Some(Match {
                    pattern: self.clone(),
                    text: text.clone(),
                    spans,
                }))
            }
            Ok(None) => {
                stepped_back(vm, length)?;
                Ok(None)
            }
            Err(_) => Err(vm.refuse(
                "re",
                format!("The pattern {} takes too long.", quote(&self.text)),
                "Write a pattern without nested repetition.",
            )),
        }
    }

    /// All matches that do not overlap.
    fn all(
        self: &Rc<Self>,
        vm: &mut Vm,
        text: &Rc<str>,
        limit: usize,
    ) -> Result<Vec<Match>, Failure> {
        let mut found = Vec::new();
        let mut from = 0;
        while found.len() < limit && from <= text.len() {
            let Some(one) = self.find_at(vm, text, from)? else {
                break;
            };
            let (start, end) = one.span(0).unwrap_or((0, 0));
            from = if end > start {
                end
            } else {
                end + text
                    .get(end..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(1, char::len_utf8)
            };
            vm.charge(64)?;
            found.push(one);
        }
        Ok(found)
    }

    fn anchored(
        self: &Rc<Self>,
        vm: &mut Vm,
        text: &Rc<str>,
        from: usize,
        whole: bool,
    ) -> Result<Option<Match>, Failure> {
        let [start, both] = &self.held;
        let cell = if whole { both } else { start };
        let held = cell.get_or_init(|| {
            let end = if whole { "\\z" } else { "" };
            let mut builder = RegexBuilder::new(&format!("\\G(?:{}){end}", self.source()));
            builder.backtrack_limit(BACKTRACKS);
            builder.delegate_size_limit(SIZE);
            let regex = builder.build().ok()?;
            Some(Rc::new(Pattern {
                text: self.text.clone(),
                flags: self.flags,
                regex,
                names: self.names.clone(),
                steps_back: self.steps_back,
                held: Default::default(),
            }))
        });
        let Some(held) = held.clone() else {
            let found = self.find_at(vm, text, from)?;
            return Ok(found.filter(|one| {
                one.span(0)
                    .is_some_and(|(start, end)| start == from && (!whole || end == text.len()))
            }));
        };
        Ok(held.find_at(vm, text, from)?.map(|one| Match {
            pattern: self.clone(),
            ..one
        }))
    }

    fn source(&self) -> &str {
        self.regex.as_str()
    }

    fn expand(&self, vm: &mut Vm, template: &str, one: &Match) -> Result<String, Failure> {
        let mut out = String::new();
        let mut chars = template.chars().peekable();
        while let Some(letter) = chars.next() {
            if letter != '\\' {
                out.push(letter);
                continue;
            }
            match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('\\') => out.push('\\'),
                Some('g') => {
                    let mut name = String::new();
                    if chars.next_if_eq(&'<').is_some() {
                        for letter in chars.by_ref() {
                            if letter == '>' {
                                break;
                            }
                            name.push(letter);
                        }
                    }
                    let key = name
                        .parse::<i64>()
                        .map_or_else(|_| Value::str(&name), Value::Int);
                    out.push_str(&one.group(&key)?.to_text().unwrap_or_default());
                }
                Some(digit @ '0'..='9') => {
                    let mut number = i64::from(digit.to_digit(10).unwrap_or(0));
                    if let Some(second) = chars.peek().and_then(|one| one.to_digit(10)) {
                        number = number * 10 + i64::from(second);
                        chars.next();
                    }
                    out.push_str(
                        &one.group(&Value::Int(number))?
                            .to_text()
                            .unwrap_or_default(),
                    );
                }
                Some(other) if other.is_ascii_alphabetic() => {
                    return Err(Failure::of(
                        &ERROR.with(Rc::clone),
                        format!("bad escape \\{other} at position 0"),
                    ));
                }
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            }
            vm.step()?;
        }
        Ok(out)
    }

    fn substitute(
        self: &Rc<Self>,
        vm: &mut Vm,
        replacement: &Value,
        text: &Rc<str>,
        count: usize,
    ) -> Result<(String, usize), Failure> {
        let found = self.all(vm, text, count)?;
        let number = found.len();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for one in found {
            let (start, end) = one.span(0).unwrap_or((0, 0));
            out.push_str(text.get(at..start).unwrap_or(""));
            let piece = match replacement.to_text() {
                Some(template) if template.contains('\\') => self.expand(vm, &template, &one)?,
                Some(template) => template.to_string(),
                None => {
                    let result = vm.call(replacement, Arguments::one(Value::object(one)))?;
                    result.to_text().unwrap_or_default().to_string()
                }
            };
            vm.charge(piece.len())?;
            out.push_str(&piece);
            at = end;
        }
        out.push_str(text.get(at..).unwrap_or(""));
        vm.charge(out.len())?;
        Ok((out, number))
    }
}

impl Match {
    fn span(&self, place: usize) -> Option<(usize, usize)> {
        self.spans.get(place).copied().flatten()
    }

    fn value(&self, place: usize) -> Option<Value> {
        let (start, end) = self.span(place)?;
        self.text.get(start..end).map(Value::str)
    }

    fn place(&self, key: &Value) -> Result<usize, Failure> {
        let place = match key {
            Value::Str(name) => self
                .pattern
                .names
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, place)| *place),
            other => other.as_int().and_then(|place| usize::try_from(place).ok()),
        };
        place
            .filter(|place| *place < self.spans.len())
            .ok_or_else(|| Failure::raise("IndexError", "no such group"))
    }

    fn group(&self, key: &Value) -> Result<Value, Failure> {
        Ok(self.value(self.place(key)?).unwrap_or(Value::None))
    }

    fn position(&self, byte: usize) -> Value {
        Value::from(length(self.text.get(..byte).unwrap_or("")))
    }
}

impl Object for Match {
    fn type_name(&self) -> Rc<str> {
        Rc::from("re.Match")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(MATCH.with(Rc::clone)))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "string" => Some(Value::Str(self.text.clone())),
            "re" => Some(Value::Object(self.pattern.clone())),
            "lastindex" => {
                let last = (1..self.spans.len())
                    .rev()
                    .find(|place| self.span(*place).is_some());
                Some(last.map_or(Value::None, Value::from))
            }
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "group" | "groups" | "groupdict" | "start" | "end" | "span" | "expand"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "group" => match arguments.positional.as_slice() {
                [] => self.group(&Value::Int(0)),
                [one] => self.group(one),
                many => {
                    let groups: Result<Vec<Value>, Failure> =
                        many.iter().map(|key| self.group(key)).collect();
                    groups.map(Value::tuple)
                }
            },
            "groups" => {
                let bound = arguments.bind("groups", "default=")?;
                let default = bound.value("default");
                Ok(Value::tuple(
                    (1..self.spans.len())
                        .map(|place| self.value(place).unwrap_or_else(|| default.clone()))
                        .collect(),
                ))
            }
            "groupdict" => {
                let bound = arguments.bind("groupdict", "default=")?;
                let dict = Dict::default();
                for (name, place) in &self.pattern.names {
                    let value = self.value(*place).unwrap_or_else(|| bound.value("default"));
                    dict.set_str(name, value);
                }
                Ok(Value::Dict(Rc::new(dict)))
            }
            "expand" => {
                let bound = arguments.bind("expand", "template")?;
                let template = bound.text("template")?.unwrap_or_default();
                let pattern = self.pattern.clone();
                pattern.expand(vm, &template, &self).map(Value::from)
            }
            _ => {
                let bound = arguments.bind(name, "group=")?;
                let place = self.place(&bound.get("group").unwrap_or(Value::Int(0)))?;
                let (start, end) = match self.span(place) {
                    Some((start, end)) => (self.position(start), self.position(end)),
                    None => (Value::Int(-1), Value::Int(-1)),
                };
                Ok(match name {
                    "start" => start,
                    "end" => end,
                    _ => Value::tuple(vec![start, end]),
                })
            }
        }
    }

    fn item(self: Rc<Self>, _vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        self.group(key).map(Some)
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let (start, end) = self.span(0).unwrap_or((0, 0));
        let count = |byte: usize| length(self.text.get(..byte).unwrap_or(""));
        Ok(format!(
            "<re.Match object; span=({}, {}), match={}>",
            count(start),
            count(end),
            quote(self.text.get(start..end).unwrap_or(""))
        )
        .into())
    }
}

fn found(value: Option<Match>) -> Value {
    value.map_or(Value::None, Value::object)
}

fn listed(one: &Match) -> Value {
    match one.spans.len() {
        1 => one.value(0).unwrap_or_else(|| Value::str("")),
        2 => one.value(1).unwrap_or_else(|| Value::str("")),
        count => Value::tuple(
            (1..count)
                .map(|place| one.value(place).unwrap_or_else(|| Value::str("")))
                .collect(),
        ),
    }
}

/// A method of patterns; the functions of the module compile first.
fn apply(
    vm: &mut Vm,
    pattern: &Rc<Pattern>,
    name: &str,
    arguments: Arguments,
) -> Result<Value, Failure> {
    match name {
        "match" | "fullmatch" | "search" => {
            let bound = arguments.bind(name, "string, pos=, endpos=")?;
            let text = subject(vm, &bound.value("string"))?;
            let from = usize::try_from(bound.int("pos")?.unwrap_or(0)).unwrap_or(0);
            let from = byte_of(&text, from);
            Ok(found(match name {
                "search" => pattern.find_at(vm, &text, from)?,
                _ => pattern.anchored(vm, &text, from, name == "fullmatch")?,
            }))
        }
        "findall" | "finditer" => {
            let bound = arguments.bind(name, "string, pos=, endpos=")?;
            let text = subject(vm, &bound.value("string"))?;
            let all = pattern.all(vm, &text, usize::MAX)?;
            Ok(if name == "findall" {
                Value::list(all.iter().map(listed).collect())
            } else {
                let values = all.into_iter().map(Value::object).collect();
                Value::Iterator(Rc::new(Iteration::over(values)))
            })
        }
        "sub" | "subn" => {
            let bound = arguments.bind(name, "repl, string, count=")?;
            let text = subject(vm, &bound.value("string"))?;
            let count = match bound.int("count")? {
                None | Some(0) => usize::MAX,
                Some(count) => usize::try_from(count).unwrap_or(0),
            };
            let (out, number) = pattern.substitute(vm, &bound.value("repl"), &text, count)?;
            Ok(if name == "sub" {
                Value::from(out)
            } else {
                Value::tuple(vec![Value::from(out), Value::from(number)])
            })
        }
        _ => {
            let bound = arguments.bind("split", "string, maxsplit=")?;
            let text = subject(vm, &bound.value("string"))?;
            let limit = match bound.int("maxsplit")? {
                None | Some(0) => usize::MAX,
                Some(limit) => usize::try_from(limit).unwrap_or(0),
            };
            let mut parts = Vec::new();
            let mut at = 0;
            for one in pattern.all(vm, &text, limit)? {
                let (start, end) = one.span(0).unwrap_or((0, 0));
                parts.push(Value::str(text.get(at..start).unwrap_or("")));
                for place in 1..one.spans.len() {
                    parts.push(one.value(place).unwrap_or(Value::None));
                }
                at = end;
            }
            parts.push(Value::str(text.get(at..).unwrap_or("")));
            vm.charge(text.len() + 40 * parts.len())?;
            Ok(Value::list(parts))
        }
    }
}

const METHODS: [&str; 8] = [
    "match",
    "fullmatch",
    "search",
    "findall",
    "finditer",
    "sub",
    "subn",
    "split",
];

impl Object for Pattern {
    fn type_name(&self) -> Rc<str> {
        Rc::from("re.Pattern")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(PATTERN.with(Rc::clone)))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "pattern" => Some(Value::Str(self.text.clone())),
            "flags" => Some(Value::Int(self.flags | 32)),
            "groups" => Some(Value::from(self.regex.captures_len().saturating_sub(1))),
            "groupindex" => Some(Value::Dict(Rc::new(Dict::of(
                self.names
                    .iter()
                    .map(|(name, place)| (&**name, Value::from(*place))),
            )))),
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
        apply(vm, &self, name, arguments)
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("re.compile({})", quote(&self.text)).into())
    }
}

/// The members of the module.
pub(super) fn members() -> Vec<(&'static str, Value)> {
    let mut members = vec![
        ("error", Value::Class(ERROR.with(Rc::clone))),
        ("Pattern", Value::Class(PATTERN.with(Rc::clone))),
        ("Match", Value::Class(MATCH.with(Rc::clone))),
        (
            "compile",
            Value::native("compile", |vm, arguments| {
                let bound = arguments.bind("compile", "pattern, flags=")?;
                let flags = bound.int("flags")?.unwrap_or(0);
                let pattern = compile(vm, &bound.value("pattern"), flags)?;
                Ok(Value::Object(pattern))
            }),
        ),
        (
            "escape",
            Value::native("escape", |vm, arguments| {
                let bound = arguments.bind("escape", "pattern")?;
                let text = bound.text("pattern")?.unwrap_or_default();
                vm.charge(text.len() * 2)?;
                let mut out = String::with_capacity(text.len() * 2);
                for one in text.chars() {
                    if "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(one) {
                        out.push('\\');
                    }
                    out.push(one);
                }
                Ok(Value::from(out))
            }),
        ),
        ("purge", Value::native("purge", |_, _| Ok(Value::None))),
    ];
    for (name, value) in [
        ("IGNORECASE", IGNORECASE),
        ("I", IGNORECASE),
        ("MULTILINE", MULTILINE),
        ("M", MULTILINE),
        ("DOTALL", DOTALL),
        ("S", DOTALL),
        ("VERBOSE", VERBOSE),
        ("X", VERBOSE),
        ("ASCII", ASCII),
        ("A", ASCII),
        ("UNICODE", 32),
        ("U", 32),
        ("NOFLAG", 0),
    ] {
        members.push((name, Value::Int(value)));
    }
    for name in METHODS {
        members.push((
            name,
            Value::native(name, move |vm, mut arguments| {
                if arguments.positional.is_empty() {
                    let Some(pattern) = arguments.take("pattern") else {
                        return Err(Failure::type_error(format!(
                            "{name}() missing 1 required positional argument: 'pattern'"
                        )));
                    };
                    arguments.positional.insert(0, pattern);
                }
                let pattern = arguments.positional.remove(0);
                let places = match name {
                    "sub" | "subn" => 3,
                    "split" => 2,
                    _ => 1,
                };
                let mut flags = arguments
                    .take("flags")
                    .and_then(|flags| flags.as_int())
                    .unwrap_or(0);
                if arguments.positional.len() > places {
                    flags |= arguments
                        .positional
                        .pop()
                        .and_then(|one| one.as_int())
                        .unwrap_or(0);
                }
                let pattern = compile(vm, &pattern, flags)?;
                apply(vm, &pattern, name, arguments)
            }),
        ));
    }
    members
}
