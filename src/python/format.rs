//! `format()`, `str.format` and the `%` operator.

use std::rc::Rc;

use num_bigint::{BigInt, Sign};

use super::Arguments;
use super::error::Failure;
use super::number::{big_of, float_of, float_repr};
use super::text;
use super::types::type_name;
use super::value::Value;
use super::vm::Vm;

/// A width or precision beyond this is refused by the memory limit anyway.
const WIDEST: usize = 1 << 30;

/// A format specification: `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
#[derive(Debug, Default, Clone)]
struct Specification {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
    no_negative_zero: bool,
}

fn parse(text: &str, of: &Value) -> Result<Specification, Failure> {
    let invalid = || {
        Failure::value_error(format!(
            "Invalid format specifier '{text}' for object of type '{}'",
            type_name(of)
        ))
    };
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    let mut specification = Specification::default();
    let is_align = |one: Option<&char>| matches!(one, Some('<' | '>' | '=' | '^'));
    if is_align(chars.get(1)) {
        specification.fill = chars.first().copied();
        specification.align = chars.get(1).copied();
        at = 2;
    } else if is_align(chars.first()) {
        specification.align = chars.first().copied();
        at = 1;
    }
    if let Some(sign @ ('+' | '-' | ' ')) = chars.get(at) {
        specification.sign = Some(*sign);
        at += 1;
    }
    if chars.get(at) == Some(&'z') {
        specification.no_negative_zero = true;
        at += 1;
    }
    if chars.get(at) == Some(&'#') {
        specification.alternate = true;
        at += 1;
    }
    if chars.get(at) == Some(&'0') {
        specification.zero = true;
        at += 1;
    }
    let number = |at: &mut usize| -> Result<Option<usize>, Failure> {
        let start = *at;
        let mut value = 0usize;
        while let Some(digit) = chars.get(*at).and_then(|one| one.to_digit(10)) {
            value = value
                .checked_mul(10)
                .and_then(|value| value.checked_add(digit as usize))
                .filter(|value| *value < WIDEST)
                .ok_or_else(|| Failure::value_error("Too many decimal digits in format string"))?;
            *at += 1;
        }
        Ok((*at > start).then_some(value))
    };
    specification.width = number(&mut at)?.unwrap_or(0);
    if let Some(grouping @ (',' | '_')) = chars.get(at) {
        specification.grouping = Some(*grouping);
        at += 1;
    }
    if chars.get(at) == Some(&'.') {
        at += 1;
        match number(&mut at)? {
            Some(precision) => specification.precision = Some(precision),
            None => return Err(Failure::value_error("Format specifier missing precision")),
        }
    }
    if let Some(kind) = chars.get(at) {
        specification.kind = Some(*kind);
        at += 1;
    }
    if at < chars.len() {
        return Err(invalid());
    }
    Ok(specification)
}

/// `format(value, specification)` for built-in values and a specification that is not empty.
pub(crate) fn format(vm: &mut Vm, value: &Value, text: &str) -> Result<String, Failure> {
    match value {
        Value::Str(_) | Value::Int(_) | Value::Big(_) | Value::Bool(_) | Value::Float(_) => {}
        other => {
            return Err(Failure::type_error(format!(
                "unsupported format string passed to {}.__format__",
                type_name(other)
            )));
        }
    }
    let specification = parse(text, value)?;
    vm.charge(specification.width.saturating_mul(4))?;
    vm.charge(specification.precision.unwrap_or(0))?;
    match value {
        Value::Str(content) => format_text(content, &specification, value),
        Value::Float(number) => format_float(*number, &specification, value),
        _ => {
            let kind = specification.kind;
            if matches!(kind, Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')) {
                return format_float(float_of(value)?, &specification, value);
            }
            format_int(vm, value, &specification)
        }
    }
}

fn unknown(kind: char, value: &Value) -> Failure {
    Failure::value_error(format!(
        "Unknown format code '{kind}' for object of type '{}'",
        type_name(value)
    ))
}

fn format_text(
    content: &str,
    specification: &Specification,
    value: &Value,
) -> Result<String, Failure> {
    match specification.kind {
        None | Some('s') => {}
        Some(kind) => return Err(unknown(kind, value)),
    }
    if specification.sign.is_some() {
        return Err(Failure::value_error(
            "Sign not allowed in string format specifier",
        ));
    }
    if specification.alternate {
        return Err(Failure::value_error(
            "Alternate form (#) not allowed in string format specifier",
        ));
    }
    if specification.align == Some('=') {
        return Err(Failure::value_error(
            "'=' alignment not allowed in string format specifier",
        ));
    }
    let content: String = match specification.precision {
        Some(precision) => content.chars().take(precision).collect(),
        None => content.to_owned(),
    };
    let fill = specification
        .fill
        .unwrap_or(if specification.zero { '0' } else { ' ' });
    Ok(pad(
        &content,
        fill,
        specification.align.unwrap_or('<'),
        specification.width,
    ))
}

fn pad(content: &str, fill: char, align: char, width: usize) -> String {
    let missing = width.saturating_sub(text::length(content));
    let (before, after) = match align {
        '<' => (0, missing),
        '^' => (missing / 2, missing - missing / 2),
        _ => (missing, 0),
    };
    let mut out = String::with_capacity(content.len() + missing);
    out.extend(std::iter::repeat_n(fill, before));
    out.push_str(content);
    out.extend(std::iter::repeat_n(fill, after));
    out
}

/// Puts sign, prefix and digits together, with separators and padding.
fn assemble(
    negative: bool,
    prefix: &str,
    digits: &str,
    rest: &str,
    specification: &Specification,
    group: usize,
) -> String {
    let sign = match (negative, specification.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    };
    let zero_padded = specification.zero && specification.align.is_none();
    let align = specification
        .align
        .unwrap_or(if specification.zero { '=' } else { '>' });
    let fill = specification
        .fill
        .unwrap_or(if specification.zero { '0' } else { ' ' });
    let fixed = sign.len() + prefix.len() + text::length(rest);
    let mut body = digits.to_owned();
    if let Some(separator) = specification.grouping {
        let mut target = 0;
        if zero_padded || (align == '=' && fill == '0') {
            target = specification.width.saturating_sub(fixed);
        }
        body = grouped(digits, separator, group, target);
    }
    let content_length = fixed + body.len();
    if align == '=' {
        let missing = specification.width.saturating_sub(content_length);
        let padding: String = std::iter::repeat_n(fill, missing).collect();
        return format!("{sign}{prefix}{padding}{body}{rest}");
    }
    pad(
        &format!("{sign}{prefix}{body}{rest}"),
        fill,
        align,
        specification.width,
    )
}

/// Digits with separators; zeros are put before them until the width is reached.
fn grouped(digits: &str, separator: char, group: usize, width: usize) -> String {
    // With n digits the text has n + (n - 1) / group characters.
    let mut count = digits.len().max(width.saturating_mul(group) / (group + 1));
    while count + count.saturating_sub(1) / group < width {
        count += 1;
    }
    let zeros = count - digits.len();
    let mut out = String::with_capacity(count + count / group);
    for (place, digit) in std::iter::repeat_n('0', zeros)
        .chain(digits.chars())
        .enumerate()
    {
        if place > 0 && (count - place).is_multiple_of(group) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

fn format_int(
    vm: &mut Vm,
    value: &Value,
    specification: &Specification,
) -> Result<String, Failure> {
    let Some(number) = big_of(value) else {
        return Err(unknown('d', value));
    };
    if specification.no_negative_zero {
        return Err(Failure::value_error(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    if specification.precision.is_some() {
        return Err(Failure::value_error(
            "Precision not allowed in integer format specifier",
        ));
    }
    let magnitude = number.magnitude();
    let (digits, prefix, group) = match specification.kind {
        None | Some('d' | 'n') => (
            vm.decimal(&BigInt::from(magnitude.clone()))?.to_string(),
            "",
            3,
        ),
        Some('x') => (magnitude.to_str_radix(16), "0x", 4),
        Some('X') => (magnitude.to_str_radix(16).to_uppercase(), "0X", 4),
        Some('o') => (magnitude.to_str_radix(8), "0o", 4),
        Some('b') => (magnitude.to_str_radix(2), "0b", 4),
        Some('c') => {
            let one = u32::try_from(&number)
                .ok()
                .and_then(char::from_u32)
                .ok_or_else(|| Failure::raise("OverflowError", "%c arg not in range(0x110000)"))?;
            let fill = specification.fill.unwrap_or(' ');
            return Ok(pad(
                &one.to_string(),
                fill,
                specification.align.unwrap_or('<'),
                specification.width,
            ));
        }
        Some(kind) => return Err(unknown(kind, value)),
    };
    let prefix = if specification.alternate { prefix } else { "" };
    Ok(assemble(
        number.sign() == Sign::Minus,
        prefix,
        &digits,
        "",
        specification,
        group,
    ))
}

fn format_float(
    number: f64,
    specification: &Specification,
    value: &Value,
) -> Result<String, Failure> {
    let mut negative = number.is_sign_negative() && !number.is_nan();
    let magnitude = number.abs();
    let text = match specification.kind {
        None if specification.precision.is_none() => float_repr(magnitude),
        None => {
            let precision = specification.precision.unwrap_or(0).max(1);
            general(magnitude, precision, specification.alternate, true)
        }
        Some('f' | 'F') => fixed(magnitude, specification.precision.unwrap_or(6)),
        Some('e' | 'E') => exponential(magnitude, specification.precision.unwrap_or(6)),
        Some('g' | 'G' | 'n') => general(
            magnitude,
            specification.precision.unwrap_or(6).max(1),
            specification.alternate,
            false,
        ),
        Some('%') => fixed(magnitude * 100.0, specification.precision.unwrap_or(6)) + "%",
        Some(kind) => return Err(unknown(kind, value)),
    };
    let text = match specification.kind {
        Some('F' | 'E' | 'G') => text.to_uppercase(),
        _ => text,
    };
    if specification.no_negative_zero && !text.chars().any(|one| ('1'..='9').contains(&one)) {
        negative = false;
    }
    let split = text
        .find(|one: char| !one.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(split);
    if digits.is_empty() {
        // Infinity and NaN are not padded with zeros between sign and word.
        return Ok(assemble(negative, "", "", rest, specification, 3));
    }
    Ok(assemble(negative, "", digits, rest, specification, 3))
}

fn special(number: f64) -> Option<String> {
    if number.is_nan() {
        Some("nan".into())
    } else if number.is_infinite() {
        Some("inf".into())
    } else {
        None
    }
}

/// A float has no more digits than this after its point; the rest are zeros.
const MOST_DIGITS: usize = 1100;

fn fixed(number: f64, precision: usize) -> String {
    if let Some(word) = special(number) {
        return word;
    }
    let exact = precision.min(MOST_DIGITS);
    format!("{number:.exact$}") + &"0".repeat(precision - exact)
}

fn exponential(number: f64, precision: usize) -> String {
    if let Some(word) = special(number) {
        return word;
    }
    let exact = precision.min(MOST_DIGITS);
    let text = format!("{number:.exact$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    let zeros = "0".repeat(precision - exact);
    format!("{mantissa}{zeros}e{sign}{:02}", exponent.abs())
}

fn general(number: f64, precision: usize, alternate: bool, point: bool) -> String {
    if let Some(word) = special(number) {
        return word;
    }
    if number == 0.0 {
        return if point { "0.0".into() } else { "0".into() };
    }
    let scientific = format!("{number:.*e}", (precision - 1).min(MOST_DIGITS));
    let exponent: i64 = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    let limit = i64::try_from(precision).unwrap_or(i64::MAX);
    let text = if exponent < -4 || exponent >= limit {
        exponential(number, precision - 1)
    } else {
        let places = limit - 1 - exponent;
        fixed(number, usize::try_from(places).unwrap_or(0))
    };
    if alternate {
        return text;
    }
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa.to_owned(), format!("e{exponent}")),
        None => (text, String::new()),
    };
    let mantissa = if mantissa.contains('.') {
        mantissa
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        mantissa
    };
    if point && exponent.is_empty() && !mantissa.contains('.') {
        return format!("{mantissa}.0");
    }
    mantissa + &exponent
}

impl Vm {
    /// `text % values`.
    pub(crate) fn percent_format(
        &mut self,
        text: &Rc<str>,
        values: &Value,
    ) -> Result<Value, Failure> {
        self.steps(text.len() / 8)?;
        let positional: Vec<Value> = match values.plain() {
            Value::Tuple(items) => items.to_vec(),
            _ => vec![values.clone()],
        };
        let single = !matches!(values.plain(), Value::Tuple(_));
        let mut next = 0;
        let mut used_mapping = false;
        let mut out = String::with_capacity(text.len());
        let chars: Vec<char> = text.chars().collect();
        let mut at = 0;
        while let Some(&one) = chars.get(at) {
            at += 1;
            if one != '%' {
                out.push(one);
                continue;
            }
            self.step()?;
            let mut mapped = None;
            if chars.get(at) == Some(&'(') {
                let mut depth = 1;
                let start = at + 1;
                let mut end = start;
                while depth > 0 {
                    match chars.get(end) {
                        Some('(') => depth += 1,
                        Some(')') => depth -= 1,
                        Some(_) => {}
                        None => return Err(Failure::value_error("incomplete format key")),
                    }
                    end += 1;
                }
                let key: String = chars
                    .get(start..end - 1)
                    .unwrap_or_default()
                    .iter()
                    .collect();
                if !matches!(
                    values,
                    Value::Instance(_) | Value::Object(_) | Value::Dict(_)
                ) {
                    return Err(Failure::type_error("format requires a mapping"));
                }
                mapped = Some(self.item(values, &Value::from(key))?);
                used_mapping = true;
                at = end;
            }
            let mut take = |vm: &mut Vm| -> Result<Value, Failure> {
                let _ = &vm;
                let value = positional.get(next).cloned();
                next += 1;
                value.ok_or_else(|| Failure::type_error("not enough arguments for format string"))
            };
            let mut specification = Specification::default();
            let mut left = false;
            while let Some(flag @ ('-' | '+' | ' ' | '#' | '0')) = chars.get(at) {
                match flag {
                    '-' => left = true,
                    '+' => specification.sign = Some('+'),
                    ' ' if specification.sign.is_none() => specification.sign = Some(' '),
                    '#' => specification.alternate = true,
                    '0' => specification.zero = true,
                    _ => {}
                }
                at += 1;
            }
            if chars.get(at) == Some(&'*') {
                at += 1;
                let width = take(self)?
                    .as_int()
                    .ok_or_else(|| Failure::type_error("* wants int"))?;
                left |= width < 0;
                specification.width = usize::try_from(width.unsigned_abs()).unwrap_or(WIDEST);
            } else {
                while let Some(digit) = chars.get(at).and_then(|one| one.to_digit(10)) {
                    specification.width = specification
                        .width
                        .saturating_mul(10)
                        .saturating_add(digit as usize);
                    at += 1;
                }
            }
            if chars.get(at) == Some(&'.') {
                at += 1;
                let mut precision = 0usize;
                if chars.get(at) == Some(&'*') {
                    at += 1;
                    let wanted = take(self)?.as_int().unwrap_or(0);
                    precision = usize::try_from(wanted.max(0)).unwrap_or(WIDEST);
                } else {
                    while let Some(digit) = chars.get(at).and_then(|one| one.to_digit(10)) {
                        precision = precision.saturating_mul(10).saturating_add(digit as usize);
                        at += 1;
                    }
                }
                specification.precision = Some(precision);
            }
            while matches!(chars.get(at), Some('h' | 'l' | 'L')) {
                at += 1;
            }
            let Some(&kind) = chars.get(at) else {
                return Err(Failure::value_error("incomplete format"));
            };
            at += 1;
            self.charge(
                specification
                    .width
                    .saturating_add(specification.precision.unwrap_or(0)),
            )?;
            if specification.width > WIDEST || specification.precision > Some(WIDEST) {
                return Err(Failure::value_error("width too big"));
            }
            if kind == '%' {
                out.push('%');
                continue;
            }
            let value = match mapped {
                Some(value) => value,
                None => take(self)?,
            };
            if left {
                specification.align = Some('<');
                specification.zero = false;
            }
            let piece = self.percent_piece(kind, &value, &mut specification, at - 1)?;
            self.charge(piece.len())?;
            out.push_str(&piece);
        }
        let mapping = matches!(values.plain(), Value::Dict(_) | Value::List(_))
            || matches!(values, Value::Object(_) | Value::Instance(_));
        if next < positional.len() && !(single && (used_mapping || mapping)) {
            return Err(Failure::type_error(
                "not all arguments converted during string formatting",
            ));
        }
        Ok(Value::from(out))
    }

    fn percent_piece(
        &mut self,
        kind: char,
        value: &Value,
        specification: &mut Specification,
        place: usize,
    ) -> Result<String, Failure> {
        match kind {
            's' | 'r' | 'a' => {
                let text = match kind {
                    's' => self.str(value)?.to_string(),
                    'r' => self.repr(value)?.to_string(),
                    _ => text::ascii(&self.repr(value)?),
                };
                let text: String = match specification.precision {
                    Some(precision) => text.chars().take(precision).collect(),
                    None => text,
                };
                let align = specification.align.unwrap_or('>');
                Ok(pad(&text, ' ', align, specification.width))
            }
            'c' => {
                let text = match value.plain() {
                    Value::Str(text) if text::length(&text) == 1 => text.to_string(),
                    other => match other.as_int().and_then(|code| u32::try_from(code).ok()) {
                        Some(code) => char::from_u32(code).map_or_else(String::new, String::from),
                        None => return Err(Failure::type_error("%c requires int or char")),
                    },
                };
                let align = specification.align.unwrap_or('>');
                Ok(pad(&text, ' ', align, specification.width))
            }
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                let plain = value.plain();
                let number = match (&plain, kind) {
                    (Value::Float(float), 'd' | 'i' | 'u') => {
                        if !float.is_finite() {
                            return Err(Failure::raise(
                                "OverflowError",
                                "cannot convert float infinity to integer",
                            ));
                        }
                        let whole: Option<BigInt> =
                            num_traits::FromPrimitive::from_f64(float.trunc());
                        whole
                    }
                    _ => big_of(&plain),
                };
                let Some(number) = number else {
                    let wanted = if matches!(kind, 'd' | 'i' | 'u') {
                        "a real number is required"
                    } else {
                        "an integer is required"
                    };
                    return Err(Failure::type_error(format!(
                        "%{kind} format: {wanted}, not {}",
                        type_name(value)
                    )));
                };
                let magnitude = number.magnitude();
                let mut digits = match kind {
                    'x' => magnitude.to_str_radix(16),
                    'X' => magnitude.to_str_radix(16).to_uppercase(),
                    'o' => magnitude.to_str_radix(8),
                    _ => self.decimal(&BigInt::from(magnitude.clone()))?.to_string(),
                };
                if let Some(precision) = specification.precision.take() {
                    while digits.len() < precision {
                        digits.insert(0, '0');
                    }
                }
                let prefix = match (specification.alternate, kind) {
                    (true, 'x') => "0x",
                    (true, 'X') => "0X",
                    (true, 'o') => "0o",
                    _ => "",
                };
                Ok(assemble(
                    number.sign() == Sign::Minus,
                    prefix,
                    &digits,
                    "",
                    specification,
                    3,
                ))
            }
            'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
                specification.kind = Some(kind);
                let number = float_of(&value.plain())?;
                format_float(number, specification, value)
            }
            other => Err(Failure::value_error(format!(
                "unsupported format character '{other}' (0x{:x}) at index {place}",
                u32::from(other)
            ))),
        }
    }

    /// `str.format`.
    pub(crate) fn str_format(
        &mut self,
        template: &str,
        arguments: &Arguments,
        mapping: Option<&Value>,
    ) -> Result<String, Failure> {
        self.steps(template.len() / 8)?;
        let mut automatic = Numbering::Unknown;
        self.expand(template, arguments, mapping, &mut automatic, 2)
    }

    fn expand(
        &mut self,
        template: &str,
        arguments: &Arguments,
        mapping: Option<&Value>,
        numbering: &mut Numbering,
        depth: usize,
    ) -> Result<String, Failure> {
        if depth == 0 {
            return Err(Failure::value_error("Max string recursion exceeded"));
        }
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(place) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(place);
            out.push_str(before);
            if let Some(tail) = after.strip_prefix("{{") {
                out.push('{');
                rest = tail;
                continue;
            }
            if let Some(tail) = after.strip_prefix("}}") {
                out.push('}');
                rest = tail;
                continue;
            }
            if after.starts_with('}') {
                return Err(Failure::value_error(
                    "Single '}' encountered in format string",
                ));
            }
            self.step()?;
            let body = after.get(1..).unwrap_or("");
            let mut nesting = 1;
            let mut bracket = false;
            let mut specified = false;
            let mut end = None;
            for (place, one) in body.char_indices() {
                match one {
                    '[' if !specified => bracket = true,
                    ']' => bracket = false,
                    ':' if nesting == 1 && !bracket => specified = true,
                    '{' if !bracket => nesting += 1,
                    '}' if !bracket => {
                        nesting -= 1;
                        if nesting == 0 {
                            end = Some(place);
                            break;
                        }
                    }
                    _ => {}
                }
            }
            let Some(end) = end else {
                return Err(Failure::value_error(if body.is_empty() {
                    "Single '{' encountered in format string"
                } else {
                    "expected '}' before end of string"
                }));
            };
            let (field, tail) = body.split_at(end);
            rest = tail.get(1..).unwrap_or("");
            let (name, specification) = split_field(field);
            let (name, conversion) = match name.rsplit_once('!') {
                Some((name, conversion)) => (name, Some(conversion)),
                None => (name, None),
            };
            let value = self.format_field(name, arguments, mapping, numbering)?;
            let value = match conversion {
                None => value,
                Some("s") => Value::Str(self.str(&value)?),
                Some("r") => Value::Str(self.repr(&value)?),
                Some("a") => Value::from(text::ascii(&self.repr(&value)?)),
                Some(other) => {
                    return Err(Failure::value_error(format!(
                        "Unknown conversion specifier {other}"
                    )));
                }
            };
            let specification = if specification.contains('{') {
                self.expand(specification, arguments, mapping, numbering, depth - 1)?
            } else {
                specification.to_owned()
            };
            let piece = self.format(&value, &specification)?;
            self.charge(piece.len())?;
            out.push_str(&piece);
        }
        out.push_str(rest);
        self.charge(out.len())?;
        Ok(out)
    }

    fn format_field(
        &mut self,
        name: &str,
        arguments: &Arguments,
        mapping: Option<&Value>,
        numbering: &mut Numbering,
    ) -> Result<Value, Failure> {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut path) = name.split_at(end);
        let numbered = first.parse::<usize>().ok();
        let index = if first.is_empty() {
            Some(numbering.next()?)
        } else {
            if numbered.is_some() {
                numbering.manual()?;
            }
            numbered
        };
        let mut value = match (index, mapping) {
            (Some(_), Some(_)) => {
                return Err(Failure::value_error(
                    "Format string contains positional fields",
                ));
            }
            (Some(index), None) => arguments.positional.get(index).cloned().ok_or_else(|| {
                Failure::raise(
                    "IndexError",
                    format!("Replacement index {index} out of range for positional args tuple"),
                )
            })?,
            (None, Some(mapping)) => self.item(mapping, &Value::str(first))?,
            (None, None) => arguments
                .keywords
                .iter()
                .find(|(key, _)| **key == *first)
                .map(|(_, value)| value.clone())
                .ok_or_else(|| super::vm::key_error(&Value::str(first)))?,
        };
        while !path.is_empty() {
            self.step()?;
            if let Some(tail) = path.strip_prefix('.') {
                let end = tail.find(['.', '[']).unwrap_or(tail.len());
                let (attribute, tail) = tail.split_at(end);
                if attribute.is_empty() {
                    return Err(Failure::value_error("Empty attribute in format string"));
                }
                value = self.attribute(&value, attribute)?;
                path = tail;
            } else if let Some(tail) = path.strip_prefix('[') {
                let Some((key, tail)) = tail.split_once(']') else {
                    return Err(Failure::value_error("Missing ']' in format string"));
                };
                let key = key
                    .parse::<i64>()
                    .map_or_else(|_| Value::str(key), Value::Int);
                value = self.item(&value, &key)?;
                path = tail;
            } else {
                return Err(Failure::value_error(
                    "Only '.' or '[' may follow ']' in format field specifier",
                ));
            }
        }
        Ok(value)
    }
}

/// The name with its conversion, and the specification.
fn split_field(field: &str) -> (&str, &str) {
    let mut bracket = false;
    for (place, one) in field.char_indices() {
        match one {
            '[' => bracket = true,
            ']' => bracket = false,
            ':' if !bracket => {
                let (name, specification) = field.split_at(place);
                return (name, specification.get(1..).unwrap_or(""));
            }
            _ => {}
        }
    }
    (field, "")
}

enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

impl Numbering {
    fn next(&mut self) -> Result<usize, Failure> {
        match self {
            Self::Unknown => {
                *self = Self::Automatic(1);
                Ok(0)
            }
            Self::Automatic(next) => {
                *next += 1;
                Ok(*next - 1)
            }
            Self::Manual => Err(Failure::value_error(
                "cannot switch from manual field specification to automatic field numbering",
            )),
        }
    }

    fn manual(&mut self) -> Result<(), Failure> {
        if let Self::Automatic(_) = self {
            Err(Failure::value_error(
                "cannot switch from automatic field numbering to manual field specification",
            ))
        } else {
            *self = Self::Manual;
            Ok(())
        }
    }
}
