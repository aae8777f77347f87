//! Names and texts written so that the server reads them back unchanged.

use super::Flavor;

/// The name as a quoted identifier of the flavour, inner quotes doubled.
pub fn identifier(name: &str, flavor: Flavor) -> String {
    match flavor {
        Flavor::Postgres | Flavor::Sqlite => enclose(name, '"'),
        Flavor::Mysql => enclose(name, '`'),
    }
}

/// The text as a string literal of the flavour, inner quotes doubled.
///
/// PostgreSQL reads a backslash as it is or as an escape, depending on a setting that a script may
/// have changed; its escape form means the same under both.
pub fn literal(text: &str, flavor: Flavor) -> String {
    if !text.contains('\\') || flavor == Flavor::Sqlite {
        return enclose(text, '\'');
    }
    let doubled = enclose(&text.replace('\\', "\\\\"), '\'');
    match flavor {
        Flavor::Postgres => format!("E{doubled}"),
        Flavor::Sqlite | Flavor::Mysql => doubled,
    }
}

fn enclose(text: &str, quote: char) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for character in text.chars() {
        if character == quote {
            quoted.push(quote);
        }
        quoted.push(character);
    }
    quoted.push(quote);
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_the_quote_of_the_flavour() {
        assert_eq!(identifier("a\"b`c", Flavor::Postgres), "\"a\"\"b`c\"");
        assert_eq!(identifier("a\"b`c", Flavor::Sqlite), "\"a\"\"b`c\"");
        assert_eq!(identifier("a\"b`c", Flavor::Mysql), "`a\"b``c`");
        assert_eq!(identifier("", Flavor::Postgres), "\"\"");
    }

    #[test]
    fn literals_survive_backslashes() {
        assert_eq!(literal("it's", Flavor::Postgres), "'it''s'");
        assert_eq!(literal("a\\b", Flavor::Postgres), "E'a\\\\b'");
        assert_eq!(literal("a\\b", Flavor::Sqlite), "'a\\b'");
        assert_eq!(literal("a\\b", Flavor::Mysql), "'a\\\\b'");
    }
}
