//! Methods of `str`.

use std::collections::HashSet;
use std::rc::Rc;

use super::{index, none, one};
use crate::python::class::MethodFn;
use crate::python::error::Failure;
use crate::python::text::{byte_of, is_space, length};
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::Vm;
use crate::python::{Arguments, text};

/// The receiver's text, with the work that a method has with all of it.
fn this(vm: &mut Vm, value: &Value) -> Result<Rc<str>, Failure> {
    let text = value.to_text().unwrap_or_default();
    vm.scan(text.len())?;
    Ok(text)
}

fn wanted(value: &Value) -> Result<Rc<str>, Failure> {
    value
        .to_text()
        .ok_or_else(|| Failure::type_error(format!("must be str, not {}", type_name(value))))
}

type Outcome = Result<Value, Failure>;

/// A method by name.
#[allow(clippy::too_many_lines)]
pub(super) fn method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "upper" => |vm, me, args| {
            none(&args, "upper")?;
            let text = this(vm, me)?.to_uppercase();
            sized(vm, text)
        },
        "lower" => |vm, me, args| {
            none(&args, "lower")?;
            let text = this(vm, me)?.to_lowercase();
            sized(vm, text)
        },
        "casefold" => |vm, me, args| {
            none(&args, "casefold")?;
            let text = this(vm, me)?.to_lowercase().replace('ß', "ss");
            sized(vm, text)
        },
        "title" => |vm, me, args| {
            none(&args, "title")?;
            let mut out = String::new();
            let mut inside = false;
            for one in this(vm, me)?.chars() {
                if inside {
                    out.extend(one.to_lowercase());
                } else {
                    out.extend(one.to_uppercase());
                }
                inside = one.is_alphabetic();
            }
            sized(vm, out)
        },
        "capitalize" => |vm, me, args| {
            none(&args, "capitalize")?;
            let text = this(vm, me)?;
            let mut chars = text.chars();
            let mut out: String = chars
                .next()
                .map(|one| one.to_uppercase().collect())
                .unwrap_or_default();
            out.push_str(&chars.as_str().to_lowercase());
            sized(vm, out)
        },
        "swapcase" => |vm, me, args| {
            none(&args, "swapcase")?;
            let mut out = String::new();
            for one in this(vm, me)?.chars() {
                if one.is_uppercase() {
                    out.extend(one.to_lowercase());
                } else {
                    out.extend(one.to_uppercase());
                }
            }
            sized(vm, out)
        },
        "strip" => |vm, me, args| strip(vm, me, args, true, true),
        "lstrip" => |vm, me, args| strip(vm, me, args, true, false),
        "rstrip" => |vm, me, args| strip(vm, me, args, false, true),
        "split" => |vm, me, args| split(vm, me, args, false),
        "rsplit" => |vm, me, args| split(vm, me, args, true),
        "splitlines" => |vm, me, args| {
            let bound = args.bind("splitlines", "keepends=")?;
            let keep = bound.flag("keepends").unwrap_or(false);
            let lines = split_lines(&this(vm, me)?, keep);
            vm.charge(lines.iter().map(|line| line.len() + 40).sum())?;
            Ok(Value::list(lines.into_iter().map(Value::from).collect()))
        },
        "join" => |vm, me, args| {
            let parts = one(args, "join")?;
            let parts = vm.collect(&parts).map_err(|failure| {
                if failure.is("TypeError") && failure.message().ends_with("not iterable") {
                    Failure::type_error("can only join an iterable")
                } else {
                    failure
                }
            })?;
            let separator = this(vm, me)?;
            let mut total = separator.len().saturating_mul(parts.len());
            let mut texts = Vec::with_capacity(parts.len());
            for (place, part) in parts.iter().enumerate() {
                let Some(text) = part.to_text() else {
                    return Err(Failure::type_error(format!(
                        "sequence item {place}: expected str instance, {} found",
                        type_name(part)
                    )));
                };
                total = total.saturating_add(text.len());
                texts.push(text);
            }
            vm.charge(total)?;
            Ok(Value::from(texts.join(&*separator)))
        },
        "replace" => |vm, me, args| {
            let bound = args.bind("replace", "old, new, count=")?;
            let (old, new) = (wanted(&bound.value("old"))?, wanted(&bound.value("new"))?);
            let count = bound.int("count")?.unwrap_or(-1);
            let text = this(vm, me)?;
            let matches = if old.is_empty() {
                length(&text) + 1
            } else {
                text.matches(&*old).count()
            };
            let count = usize::try_from(count).unwrap_or(usize::MAX).min(matches);
            vm.charge(text.len() + count.saturating_mul(new.len()))?;
            Ok(Value::from(text.replacen(&*old, &new, count)))
        },
        "startswith" => |vm, me, args| {
            affix(vm, me, args, "startswith", |text, part| {
                text.starts_with(part)
            })
        },
        "endswith" => {
            |vm, me, args| affix(vm, me, args, "endswith", |text, part| text.ends_with(part))
        }
        "find" => |vm, me, args| {
            find(vm, me, args, "find", false).map(|at| at.map_or(Value::Int(-1), Value::from))
        },
        "rfind" => |vm, me, args| {
            find(vm, me, args, "rfind", true).map(|at| at.map_or(Value::Int(-1), Value::from))
        },
        "index" => |vm, me, args| {
            find(vm, me, args, "index", false)?
                .map(Value::from)
                .ok_or_else(|| Failure::value_error("substring not found"))
        },
        "rindex" => |vm, me, args| {
            find(vm, me, args, "rindex", true)?
                .map(Value::from)
                .ok_or_else(|| Failure::value_error("substring not found"))
        },
        "count" => |vm, me, args| {
            let bound = args.bind("count", "sub, start=, end=")?;
            let part = wanted(&bound.value("sub"))?;
            let text = this(vm, me)?;
            let (from, to) = range(vm, &text, &bound.value("start"), &bound.value("end"))?;
            let text = text.get(from..to.max(from)).unwrap_or("");
            Ok(Value::from(if part.is_empty() {
                length(text) + 1
            } else {
                text.matches(&*part).count()
            }))
        },
        "partition" => |vm, me, args| {
            let separator = wanted(&one(args, "partition")?)?;
            partition(&this(vm, me)?, &separator, false)
        },
        "rpartition" => |vm, me, args| {
            let separator = wanted(&one(args, "rpartition")?)?;
            partition(&this(vm, me)?, &separator, true)
        },
        "removeprefix" => |vm, me, args| {
            let prefix = wanted(&one(args, "removeprefix")?)?;
            let text = this(vm, me)?;
            Ok(Value::str(text.strip_prefix(&*prefix).unwrap_or(&text)))
        },
        "removesuffix" => |vm, me, args| {
            let suffix = wanted(&one(args, "removesuffix")?)?;
            let text = this(vm, me)?;
            Ok(Value::str(text.strip_suffix(&*suffix).unwrap_or(&text)))
        },
        "format" => |vm, me, args| {
            let text = this(vm, me)?;
            vm.str_format(&text, &args, None).map(Value::from)
        },
        "format_map" => |vm, me, args| {
            let mapping = one(args, "format_map")?;
            let text = this(vm, me)?;
            vm.str_format(&text, &Arguments::none(), Some(&mapping))
                .map(Value::from)
        },
        "encode" => |vm, me, args| {
            let bound = args.bind("encode", "encoding=, errors=")?;
            let encoding = bound.text("encoding")?.unwrap_or_else(|| "utf-8".into());
            let errors = bound.text("errors")?.unwrap_or_else(|| "strict".into());
            let text = this(vm, me)?;
            let bytes = super::encode(vm, &text, &encoding, &errors)?;
            vm.charge(bytes.len())?;
            Ok(Value::bytes(bytes))
        },
        "ljust" => |vm, me, args| justify(vm, me, args, "ljust", |missing| (0, missing)),
        "rjust" => |vm, me, args| justify(vm, me, args, "rjust", |missing| (missing, 0)),
        "center" => |vm, me, args| {
            justify(vm, me, args, "center", |missing| {
                (missing / 2, missing - missing / 2)
            })
        },
        "zfill" => |vm, me, args| {
            let width = index(vm, &one(args, "zfill")?)?;
            let text = this(vm, me)?;
            let missing = usize::try_from(width)
                .unwrap_or(0)
                .saturating_sub(length(&text));
            vm.charge(missing)?;
            let (sign, digits) = match text.chars().next() {
                Some(sign @ ('+' | '-')) => (sign.to_string(), text.get(1..).unwrap_or("")),
                _ => (String::new(), &*text),
            };
            Ok(Value::from(format!(
                "{sign}{}{digits}",
                "0".repeat(missing)
            )))
        },
        "expandtabs" => |vm, me, args| {
            let bound = args.bind("expandtabs", "tabsize=")?;
            let size = usize::try_from(bound.int("tabsize")?.unwrap_or(8)).unwrap_or(0);
            let text = this(vm, me)?;
            let tabs = text.matches('\t').count();
            vm.charge(text.len().saturating_add(tabs.saturating_mul(size)))?;
            let mut out = String::new();
            let mut column = 0;
            for one in text.chars() {
                match one {
                    '\t' => {
                        if size > 0 {
                            let width = size - column % size;
                            out.push_str(&" ".repeat(width));
                            column += width;
                        }
                    }
                    '\n' | '\r' => {
                        out.push(one);
                        column = 0;
                    }
                    _ => {
                        out.push(one);
                        column += 1;
                    }
                }
            }
            Ok(Value::from(out))
        },
        "translate" => |vm, me, args| {
            let table = one(args, "translate")?;
            let mut out = String::new();
            for one in this(vm, me)?.chars() {
                vm.step()?;
                let key = Value::Int(i64::from(u32::from(one)));
                match vm.item(&table, &key) {
                    Ok(Value::None) => {}
                    Ok(Value::Int(code)) => {
                        out.extend(u32::try_from(code).ok().and_then(char::from_u32));
                    }
                    Ok(value) => out.push_str(&wanted(&value)?),
                    Err(failure) if failure.is("LookupError") => out.push(one),
                    Err(failure) => return Err(failure),
                }
            }
            sized(vm, out)
        },
        "isdigit" => |vm, me, _| {
            every(vm, me, |one| {
                one.is_ascii_digit()
                    || (one.is_numeric() && one.is_ascii_digit())
                    || matches!(one, '²' | '³' | '¹')
            })
        },
        "isdecimal" => |vm, me, _| every(vm, me, |one| one.is_ascii_digit()),
        "isnumeric" => |vm, me, _| every(vm, me, char::is_numeric),
        "isalpha" => |vm, me, _| every(vm, me, char::is_alphabetic),
        "isalnum" => |vm, me, _| every(vm, me, char::is_alphanumeric),
        "isspace" => |vm, me, _| every(vm, me, is_space),
        "isascii" => |vm, me, _| Ok(Value::Bool(this(vm, me)?.is_ascii())),
        "isprintable" => |vm, me, _| Ok(Value::Bool(this(vm, me)?.chars().all(text::is_printable))),
        "isupper" => |vm, me, _| {
            let text = this(vm, me)?;
            Ok(Value::Bool(
                text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase),
            ))
        },
        "islower" => |vm, me, _| {
            let text = this(vm, me)?;
            Ok(Value::Bool(
                text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase),
            ))
        },
        "istitle" => |vm, me, _| {
            let (mut inside, mut any) = (false, false);
            for one in this(vm, me)?.chars() {
                if one.is_uppercase() {
                    if inside {
                        return Ok(Value::Bool(false));
                    }
                    (inside, any) = (true, true);
                } else if one.is_lowercase() {
                    if !inside {
                        return Ok(Value::Bool(false));
                    }
                    any = true;
                } else {
                    inside = false;
                }
            }
            Ok(Value::Bool(any))
        },
        "isidentifier" => |vm, me, _| {
            let text = this(vm, me)?;
            let mut chars = text.chars();
            let first = chars
                .next()
                .is_some_and(|one| one == '_' || one.is_alphabetic());
            Ok(Value::Bool(
                first && chars.all(|one| one == '_' || one.is_alphanumeric()),
            ))
        },
        _ => return None,
    })
}

fn sized(vm: &mut Vm, text: String) -> Outcome {
    vm.charge(text.len())?;
    Ok(Value::from(text))
}

fn every(vm: &mut Vm, me: &Value, test: impl Fn(char) -> bool) -> Outcome {
    let text = this(vm, me)?;
    Ok(Value::Bool(!text.is_empty() && text.chars().all(test)))
}

fn strip(vm: &mut Vm, me: &Value, args: Arguments, start: bool, end: bool) -> Outcome {
    let bound = args.bind("strip", "chars=, /")?;
    let text = this(vm, me)?;
    let set = bound.text("chars")?;
    // Sets are short; a long one is searched by hash.
    let long: Option<HashSet<char>> = match &set {
        Some(set) if set.len() > 32 => {
            vm.steps(set.len())?;
            Some(set.chars().collect())
        }
        _ => None,
    };
    let matches = |one: char| match (&long, &set) {
        (Some(long), _) => long.contains(&one),
        (None, Some(set)) => set.contains(one),
        (None, None) => is_space(one),
    };
    let mut part = &*text;
    if start {
        part = part.trim_start_matches(matches);
    }
    if end {
        part = part.trim_end_matches(matches);
    }
    if part.len() == text.len() {
        return Ok(Value::Str(text));
    }
    Ok(Value::str(part))
}

fn split(vm: &mut Vm, me: &Value, args: Arguments, right: bool) -> Outcome {
    let bound = args.bind(if right { "rsplit" } else { "split" }, "sep=, maxsplit=")?;
    let text = this(vm, me)?;
    let limit = usize::try_from(bound.int("maxsplit")?.unwrap_or(-1)).unwrap_or(usize::MAX);
    let pieces: Vec<&str> = match bound.text("sep")? {
        Some(separator) => {
            if separator.is_empty() {
                return Err(Failure::value_error("empty separator"));
            }
            if right {
                let mut pieces: Vec<&str> =
                    text.rsplitn(limit.saturating_add(1), &*separator).collect();
                pieces.reverse();
                pieces
                    .into_iter()
                    .map(|piece| byte_range(&text, piece))
                    .filter_map(|(from, to)| text.get(from..to))
                    .collect()
            } else {
                text.splitn(limit.saturating_add(1), &*separator)
                    .map(|piece| byte_range(&text, piece))
                    .filter_map(|(from, to)| text.get(from..to))
                    .collect()
            }
        }
        None if right => {
            let mut rest = text.trim_end_matches(is_space);
            let mut pieces = Vec::new();
            while !rest.is_empty() {
                if pieces.len() >= limit {
                    pieces.push(rest);
                    break;
                }
                if let Some(place) = rest.rfind(is_space) {
                    let (before, piece) = rest.split_at(place);
                    pieces.push(piece.trim_start_matches(is_space));
                    rest = before.trim_end_matches(is_space);
                } else {
                    pieces.push(rest);
                    break;
                }
            }
            pieces.reverse();
            pieces
        }
        None => {
            let mut rest = text.trim_start_matches(is_space);
            let mut pieces = Vec::new();
            while !rest.is_empty() {
                if pieces.len() >= limit {
                    pieces.push(rest);
                    break;
                }
                if let Some(place) = rest.find(is_space) {
                    let (piece, after) = rest.split_at(place);
                    pieces.push(piece);
                    rest = after.trim_start_matches(is_space);
                } else {
                    pieces.push(rest);
                    break;
                }
            }
            pieces
        }
    };
    vm.charge(pieces.iter().map(|piece| piece.len() + 40).sum())?;
    Ok(Value::list(pieces.into_iter().map(Value::str).collect()))
}

/// Where a part of a text lies in it.
fn byte_range(text: &str, part: &str) -> (usize, usize) {
    let from = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    (from, from + part.len())
}

/// Lines, cut where Python cuts them.
pub(crate) fn split_lines(text: &str, keep: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut chars = text.chars().peekable();
    let mut open = false;
    while let Some(one) = chars.next() {
        open = true;
        let ends = matches!(
            one,
            '\n' | '\r'
                | '\x0b'
                | '\x0c'
                | '\x1c'
                | '\x1d'
                | '\x1e'
                | '\u{85}'
                | '\u{2028}'
                | '\u{2029}'
        );
        if !ends {
            line.push(one);
            continue;
        }
        if keep {
            line.push(one);
        }
        if one == '\r' && chars.peek() == Some(&'\n') {
            chars.next();
            if keep {
                line.push('\n');
            }
        }
        lines.push(std::mem::take(&mut line));
        open = false;
    }
    if open {
        lines.push(line);
    }
    lines
}

/// The bytes of a range of characters.
fn range(vm: &mut Vm, text: &str, start: &Value, end: &Value) -> Result<(usize, usize), Failure> {
    if start.is_none() && end.is_none() {
        return Ok((0, text.len()));
    }
    let count = length(text);
    let slice = crate::python::Slice {
        start: start.clone(),
        stop: end.clone(),
        step: Value::None,
    };
    let beyond = start
        .as_int()
        .is_some_and(|start| usize::try_from(start).is_ok_and(|start| start > count));
    let (from, to, _) = vm.slice_bounds(&slice, count)?;
    if beyond {
        return Ok((text.len() + 1, text.len()));
    }
    let byte = |place: i64| byte_of(text, usize::try_from(place).unwrap_or(0));
    Ok((byte(from), byte(to)))
}

fn affix(
    vm: &mut Vm,
    me: &Value,
    args: Arguments,
    name: &str,
    test: impl Fn(&str, &str) -> bool,
) -> Outcome {
    let bound = args.bind(name, "prefix, start=, end=, /")?;
    let text = this(vm, me)?;
    let (from, to) = range(vm, &text, &bound.value("start"), &bound.value("end"))?;
    let Some(part) = text.get(from..to.max(from)) else {
        return Ok(Value::Bool(false));
    };
    let prefix = bound.value("prefix");
    let prefixes = match &prefix {
        Value::Tuple(prefixes) => prefixes.to_vec(),
        one => vec![one.clone()],
    };
    for prefix in prefixes {
        let Some(prefix) = prefix.to_text() else {
            return Err(Failure::type_error(format!(
                "{name} first arg must be str or a tuple of str, not {}",
                type_name(&prefix)
            )));
        };
        if test(part, &prefix) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn find(
    vm: &mut Vm,
    me: &Value,
    args: Arguments,
    name: &str,
    last: bool,
) -> Result<Option<usize>, Failure> {
    let bound = args.bind(name, "sub, start=, end=, /")?;
    let part = wanted(&bound.value("sub"))?;
    let text = this(vm, me)?;
    let (from, to) = range(vm, &text, &bound.value("start"), &bound.value("end"))?;
    let Some(within) = text.get(from..to.max(from)) else {
        return Ok(None);
    };
    let place = if last {
        within.rfind(&*part)
    } else {
        within.find(&*part)
    };
    Ok(place.map(|place| length(text.get(..from + place).unwrap_or(""))))
}

fn partition(text: &str, separator: &str, last: bool) -> Outcome {
    if separator.is_empty() {
        return Err(Failure::value_error("empty separator"));
    }
    let found = if last {
        text.rsplit_once(separator)
    } else {
        text.split_once(separator)
    };
    let (a, b, c) = match found {
        Some((before, after)) => (before, separator, after),
        None if last => ("", "", text),
        None => (text, "", ""),
    };
    Ok(Value::tuple(vec![
        Value::str(a),
        Value::str(b),
        Value::str(c),
    ]))
}

fn justify(
    vm: &mut Vm,
    me: &Value,
    args: Arguments,
    name: &str,
    sides: impl Fn(usize) -> (usize, usize),
) -> Outcome {
    let bound = args.bind(name, "width, fillchar=, /")?;
    let text = this(vm, me)?;
    let width = usize::try_from(bound.int("width")?.unwrap_or(0)).unwrap_or(0);
    let fill = bound.text("fillchar")?.unwrap_or_else(|| " ".into());
    if length(&fill) != 1 {
        return Err(Failure::type_error(
            "The fill character must be exactly one character long",
        ));
    }
    let missing = width.saturating_sub(length(&text));
    vm.charge(missing.saturating_mul(fill.len()) + text.len())?;
    let (mut before, mut after) = sides(missing);
    if name == "center" && missing % 2 == 1 && width % 2 == 1 {
        // An odd blank goes to the left when the width is odd.
        std::mem::swap(&mut before, &mut after);
    }
    Ok(Value::from(format!(
        "{}{text}{}",
        fill.repeat(before),
        fill.repeat(after)
    )))
}
