//! What is left of a script without its comments and its formatting.

use super::flavor::Flavor;
use super::lexer::{Kind, Lexer};
use super::split::{SplitOptions, split};

/// The code of a script: statements without comments, blanks where they matter, and the data of
/// `COPY`. Two scripts with the same essence do the same. Nothing for a script that cannot be cut.
pub fn essence(text: &str, flavor: Flavor) -> Option<String> {
    let statements = split(text, flavor, &SplitOptions::default()).ok()?;
    let mut essence = String::with_capacity(text.len());
    for statement in &statements {
        code(statement.text(text), flavor, &mut essence)?;
        essence.push_str(";\n");
        if let Some(data) = &statement.copy_data {
            essence.push_str(text.get(data.clone())?);
            essence.push_str("\\.\n");
        }
    }
    Some(essence)
}

/// Adds the tokens of a statement.
fn code(statement: &str, flavor: Flavor, essence: &mut String) -> Option<()> {
    let mut lexer = Lexer::new(statement, flavor.lexis());
    let mut before: Option<(Kind, usize)> = None;
    while let Some(token) = lexer.next().ok()? {
        lexer.set_leading(false);
        // Hints to the planner are comments that matter.
        let token_text = statement.get(token.start..token.end)?;
        if token.kind == Kind::Comment && !token_text.starts_with("/*+") {
            continue;
        }
        let is_loose = |kind: Kind, end: &str| {
            matches!(kind, Kind::Open | Kind::Close | Kind::Delimiter) || end == ","
        };
        if let Some((kind, end)) = before
            && end < token.start
            && !is_loose(kind, statement.get(end - 1..end).unwrap_or_default())
            && !is_loose(token.kind, token_text)
        {
            essence.push(' ');
        }
        essence.push_str(token_text);
        before = Some((token.kind, token.end));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_formatting_do_not_count() {
        let plain = "CREATE TABLE a (x int, y text);\nINSERT INTO a VALUES (1, '--');";
        for other in [
            "-- 표\nCREATE TABLE a (x int, y text);INSERT INTO a VALUES (1, '--')",
            "CREATE  TABLE a(\n  x int,\n  y text -- why\n);\n/* and */ INSERT INTO a\nVALUES (1,'--');",
            "\u{feff}CREATE/**/TABLE a (x int, y text);\r\nINSERT INTO a VALUES (1, '--');\r\n",
        ] {
            let same = essence(plain, Flavor::Postgres);
            assert_eq!(essence(other, Flavor::Postgres), same, "{other}");
        }
    }

    #[test]
    fn all_else_counts() {
        for (left, right) in [
            ("SELECT 1", "SELECT 2"),
            ("SELECT 'a b'", "SELECT 'a  b'"),
            ("SELECT 'a\nb'", "SELECT 'a\r\nb'"),
            ("SELECT a b", "SELECT ab"),
            ("SELECT U&'x'", "SELECT U &'x'"),
            ("SELECT $$ -- a $$", "SELECT $$ -- b $$"),
            ("SELECT /*+ a */ 1", "SELECT /*+ b */ 1"),
            ("SELECT 1; SELECT 2", "SELECT 1 SELECT 2"),
            (
                "COPY a FROM stdin;\n1\n\\.\n",
                "COPY a FROM stdin;\n2\n\\.\n",
            ),
        ] {
            let essences = [left, right].map(|text| essence(text, Flavor::Postgres).unwrap());
            assert_ne!(essences[0], essences[1]);
        }
        assert_eq!(essence("SELECT 'a", Flavor::Postgres), None);
    }
}
