//! What PostgreSQL's values are, by the number of their type.

use crate::engine::Datum;

/// A value out of its text. Types that a client library would leave as text stay text.
pub(super) fn datum(kind: u32, text: String) -> Datum {
    if let Some(element) = element_of(kind) {
        return match array(element, &text) {
            Some(items) => Datum::Array(items),
            None => Datum::Text(text),
        };
    }
    match kind {
        16 => Datum::Bool(text == "t"),
        20 | 21 | 23 | 26 => text.parse().map_or(Datum::Text(text), Datum::Integer),
        700 | 701 => match text.as_str() {
            "Infinity" => Datum::Float(f64::INFINITY),
            "-Infinity" => Datum::Float(f64::NEG_INFINITY),
            "NaN" => Datum::Float(f64::NAN),
            number => number
                .parse()
                .map_or_else(|_| Datum::Text(text.clone()), Datum::Float),
        },
        1700 => Datum::Decimal(text),
        17 => bytes(&text).map_or(Datum::Text(text), Datum::Bytes),
        1082 => Datum::Date(text),
        1083 | 1266 => Datum::Time(text),
        1114 | 1184 => Datum::Timestamp(text),
        1186 => Datum::Interval(text),
        2950 => Datum::Uuid(text),
        114 | 3802 => Datum::Json(text),
        _ => Datum::Text(text),
    }
}

/// The type of the elements of an array type.
fn element_of(kind: u32) -> Option<u32> {
    Some(match kind {
        1000 => 16,
        1001 => 17,
        1002 => 18,
        1003 => 19,
        1005 => 21,
        1007 => 23,
        1009 => 25,
        1014 => 1042,
        1015 => 1043,
        1016 => 20,
        1021 => 700,
        1022 => 701,
        1028 => 26,
        1115 => 1114,
        1182 => 1082,
        1183 => 1083,
        1185 => 1184,
        1187 => 1186,
        1231 => 1700,
        1270 => 1266,
        199 => 114,
        2951 => 2950,
        3807 => 3802,
        _ => return None,
    })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// The elements of an array's text: `{1,NULL,"a b"}`, `[0:1]={1,2}`, `{{1,2},{3,4}}`.
fn array(element: u32, text: &str) -> Option<Vec<Datum>> {
    let text = match text.split_once("]={") {
        Some((bounds, _)) if bounds.starts_with('[') => &text[bounds.len() + 2..],
        _ => text,
    };
    // The innermost array that is open stands last.
    let mut open: Vec<Vec<Datum>> = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '{' => open.push(Vec::new()),
            '}' => {
                let done = open.pop()?;
                match open.last_mut() {
                    Some(outer) => outer.push(Datum::Array(done)),
                    None => return Some(done),
                }
            }
            ',' => {}
            '"' => {
                let mut value = String::new();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' => value.push(characters.next()?),
                        other => value.push(other),
                    }
                }
                open.last_mut()?.push(datum(element, value));
            }
            first => {
                let mut value = String::from(first);
                while let Some(next) = characters.next_if(|next| !matches!(next, ',' | '}')) {
                    value.push(next);
                }
                open.last_mut()?
                    .push(if value.eq_ignore_ascii_case("null") {
                        Datum::Null
                    } else {
                        datum(element, value)
                    });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_type() {
        let integer = |number| Datum::Integer(number);
        let text = |text: &str| Datum::Text(text.to_owned());
        for (kind, written, expected) in [
            (16, "t", Datum::Bool(true)),
            (20, "-7", integer(-7)),
            (701, "1e+20", Datum::Float(1e20)),
            (1700, "1.50", Datum::Decimal("1.50".to_owned())),
            (17, "\\x00ff", Datum::Bytes(vec![0, 255])),
            (25, "t", text("t")),
            (
                1007,
                "{1,NULL,3}",
                Datum::Array(vec![integer(1), Datum::Null, integer(3)]),
            ),
            (1007, "{}", Datum::Array(Vec::new())),
            (
                1009,
                r#"{"a \"b\"",NULL,"NULL",c}"#,
                Datum::Array(vec![text("a \"b\""), Datum::Null, text("NULL"), text("c")]),
            ),
            (
                1007,
                "{{1},{2}}",
                Datum::Array(vec![
                    Datum::Array(vec![integer(1)]),
                    Datum::Array(vec![integer(2)]),
                ]),
            ),
            (1007, "[0:0]={5}", Datum::Array(vec![integer(5)])),
        ] {
            assert_eq!(
                datum(kind, written.to_owned()),
                expected,
                "{kind} {written}"
            );
        }
    }
}
