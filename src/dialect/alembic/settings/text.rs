//! Methods of texts, and URLs put together from parts.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::value::Value;
use crate::dialect::alembic::constant::Constant;

/// What a method of a text gives; nothing when it is not known here.
pub(super) fn method(text: &str, name: &str, arguments: &[Value]) -> Option<Value> {
    let argument = |at: usize| arguments.get(at).and_then(Value::text);
    Some(match (name, arguments.len()) {
        ("replace", 2) => Value::of_text(text.replace(argument(0)?, argument(1)?)),
        ("replace", 3) => {
            let Value::Constant(Constant::Int(count)) = arguments[2] else {
                return None;
            };
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            Value::of_text(text.replacen(argument(0)?, argument(1)?, count))
        }
        ("strip", 0) => Value::of_text(text.trim()),
        ("rstrip", 0) => Value::of_text(text.trim_end()),
        ("lstrip", 0) => Value::of_text(text.trim_start()),
        ("rstrip", 1) => {
            let cut: Vec<char> = argument(0)?.chars().collect();
            Value::of_text(text.trim_end_matches(cut.as_slice()))
        }
        ("lower", 0) => Value::of_text(text.to_lowercase()),
        ("upper", 0) => Value::of_text(text.to_uppercase()),
        ("startswith", 1) => Value::of_bool(match &arguments[0] {
            Value::Constant(Constant::Sequence(list)) => list
                .iter()
                .filter_map(Constant::text)
                .any(|start| text.starts_with(start)),
            _ => text.starts_with(argument(0)?),
        }),
        ("endswith", 1) => Value::of_bool(text.ends_with(argument(0)?)),
        ("removeprefix", 1) => Value::of_text(text.strip_prefix(argument(0)?).unwrap_or(text)),
        ("removesuffix", 1) => Value::of_text(text.strip_suffix(argument(0)?).unwrap_or(text)),
        ("split", 1) => Value::Constant(Constant::Sequence(
            text.split(argument(0)?)
                .map(|part| Constant::Text(part.to_owned()))
                .collect(),
        )),
        // Values of settings classes that wrap a text.
        ("unicode_string" | "get_secret_value" | "__str__" | "render_as_string", _) => {
            Value::of_text(text)
        }
        _ => return None,
    })
}

/// Characters that `urllib.parse.quote_plus` leaves alone.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~');

pub(super) fn quote(text: &str, plus: bool) -> String {
    if plus {
        let encoded = utf8_percent_encode(text, KEPT).to_string();
        encoded.replace("%20", "+")
    } else {
        const WITH_SLASH: &AsciiSet = &KEPT.remove(b'/');
        utf8_percent_encode(text, WITH_SLASH).to_string()
    }
}

/// A URL from named parts, as `SQLAlchemy`'s and pydantic's builders take them.
pub(super) fn build_url(parts: &[(String, Value)]) -> Option<String> {
    let part = |names: &[&str]| -> Result<Option<String>, ()> {
        let found = parts
            .iter()
            .find(|(name, _)| names.contains(&name.as_str()));
        match found {
            None => Ok(None),
            Some((_, value)) if value.is_none() => Ok(None),
            Some((_, value)) => value.shown().map(Some).ok_or(()),
        }
    };
    let get = |names: &[&str]| part(names).ok();
    let scheme = get(&["drivername", "scheme"])??;
    let user = get(&["username", "user"])?;
    let password = get(&["password"])?;
    let host = get(&["host"])?;
    let number = get(&["port"])?;
    let database = get(&["database", "path"])?;
    let mut url = format!("{scheme}://");
    if let Some(user) = user {
        url.push_str(&quote(&user, false));
        if let Some(password) = password {
            url.push(':');
            url.push_str(&utf8_percent_encode(&password, KEPT).to_string());
        }
        url.push('@');
    }
    url.push_str(&host.unwrap_or_default());
    if let Some(number) = number {
        url.push(':');
        url.push_str(&number);
    }
    if let Some(database) = database {
        if !database.starts_with('/') || scheme.starts_with("sqlite") {
            url.push('/');
        }
        url.push_str(&database);
    }
    Some(url)
}
