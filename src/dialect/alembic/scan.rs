//! Reads the variables of plainly written revision files without building a syntax tree.
//!
//! Takes a file only when every statement at its left margin is of a kind whose effect is plain:
//! the docstring, imports, literal values of the known variables, and functions, whose bodies are
//! skipped by tokens. Of any other file it says nothing, and the parser has to read it. Errors
//! inside the bodies come up when the bodies are needed.

use super::revision::Variables;

/// Reads a file's variables, if it is plain enough.
pub(super) fn scan(text: &str) -> Option<Variables> {
    if text.contains('\r') || text.contains('\x0c') {
        return None;
    }
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        text,
        at: 0,
    };
    let mut variables = Variables::default();
    let mut first = true;
    loop {
        scanner.skip_empty_lines();
        let Some(start) = scanner.peek() else {
            break;
        };
        match start {
            b'"' | b'\'' if first => variables.doc = scanner.docstring()?,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => scanner.statement(&mut variables)?,
            _ => return None,
        }
        first = false;
    }
    // What is missing has words of its own.
    variables.revision.as_ref()?;
    variables.down_revision.as_ref()?;
    Some(variables)
}

struct Scanner<'s> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
}

const VARIABLES: [&str; 4] = ["revision", "down_revision", "branch_labels", "depends_on"];
const FUNCTIONS: [&str; 2] = ["upgrade", "downgrade"];

impl<'s> Scanner<'s> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest_of_line(&self) -> &'s str {
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        &self.text[self.at..self.at + end]
    }

    fn next_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    }

    fn skip_empty_lines(&mut self) {
        while self.at < self.bytes.len() {
            let line = self.rest_of_line();
            let code = line.trim_start_matches([' ', '\t']);
            if !code.is_empty() && !code.starts_with('#') {
                return;
            }
            self.next_line();
        }
    }

    fn docstring(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let quote = ["\"\"\"", "'''", "\"", "'"]
            .into_iter()
            .find(|quote| rest.starts_with(quote))?;
        let body = &rest[quote.len()..];
        let end = body.find(quote)?;
        let doc = &body[..end];
        if doc.contains('\\') || (quote.len() == 1 && (doc.contains('\n') || doc.is_empty())) {
            return None;
        }
        self.at += quote.len() * 2 + end;
        if !is_end(self.rest_of_line()) {
            return None;
        }
        self.next_line();
        Some(doc.to_owned())
    }

    fn statement(&mut self, variables: &mut Variables) -> Option<()> {
        let line = self.rest_of_line();
        if let Some(imported) = line.strip_prefix("import ").or(line.strip_prefix("from ")) {
            let plain = imported
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_., ".contains(&byte));
            let binds = |word: &str| VARIABLES.contains(&word) || FUNCTIONS.contains(&word);
            if !plain || imported.split([' ', '.', ',']).any(binds) {
                return None;
            }
            self.next_line();
            return Some(());
        }
        if let Some(definition) = line.strip_prefix("def ") {
            let end = definition.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
            match &definition[..end] {
                "upgrade" => variables.has_upgrade = true,
                "downgrade" => variables.has_downgrade = true,
                name if VARIABLES.contains(&name) => return None,
                _ => {}
            }
            return self.skip_block();
        }
        let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
        let name = &line[..end];
        if !VARIABLES.contains(&name) {
            return None;
        }
        let mut rest = line[end..].trim_start();
        if let Some(annotated) = rest.strip_prefix(':') {
            let equals = annotated.find('=')?;
            let plain = annotated[..equals]
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.,|[] ".contains(&byte));
            if !plain {
                return None;
            }
            rest = &annotated[equals..];
        }
        let value = rest.strip_prefix('=')?.trim_start();
        let value = literal(value)?;
        if name == "revision" {
            let Literal::Text(id) = value else {
                return None;
            };
            variables.revision = Some(id.to_owned());
        } else {
            let list = match value {
                Literal::None => Vec::new(),
                Literal::Text(text) => vec![text.to_owned()],
                Literal::List(list) => list.into_iter().map(str::to_owned).collect(),
            };
            match name {
                "down_revision" => variables.down_revision = Some(list),
                "branch_labels" => variables.branch_labels = list,
                _ => variables.depends_on = list,
            }
        }
        self.next_line();
        Some(())
    }

    /// Skips a definition with everything that is indented below it.
    fn skip_block(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => {
                    self.at += 1;
                    if depth == 0 {
                        self.skip_empty_lines();
                        if !matches!(self.peek(), Some(b' ' | b'\t')) {
                            return Some(());
                        }
                    }
                    continue;
                }
                b'#' => {
                    self.at += self.rest_of_line().len();
                    continue;
                }
                b'"' | b'\'' => {
                    self.skip_string(byte)?;
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
                b'\\' => {
                    if self.bytes.get(self.at + 1) != Some(&b'\n') {
                        return None;
                    }
                    self.at += 1;
                }
                _ => {}
            }
            self.at += 1;
        }
        (depth == 0).then_some(())
    }

    fn skip_string(&mut self, quote: u8) -> Option<()> {
        // Inside an f-string quotes may stand that do not end it.
        let before = &self.bytes[..self.at];
        let prefix = before
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_alphabetic());
        if prefix.take(3).any(|byte| b"fFtT".contains(byte)) {
            return None;
        }
        let triple = self.bytes[self.at..].starts_with(&[quote; 3]);
        let length = if triple { 3 } else { 1 };
        self.at += length;
        loop {
            let rest = &self.bytes[self.at..];
            self.at += memchr::memchr3(quote, b'\\', b'\n', rest)?;
            match self.bytes[self.at] {
                b'\\' => self.at += 2,
                b'\n' if triple => self.at += 1,
                b'\n' => return None,
                _ if !triple => {
                    self.at += 1;
                    return Some(());
                }
                _ if self.bytes[self.at..].starts_with(&[quote; 3]) => {
                    self.at += 3;
                    return Some(());
                }
                _ => self.at += 1,
            }
            if self.at > self.bytes.len() {
                return None;
            }
        }
    }
}

enum Literal<'l> {
    None,
    Text(&'l str),
    List(Vec<&'l str>),
}

/// A literal and nothing behind it.
fn literal(text: &str) -> Option<Literal<'_>> {
    if let Some(rest) = text.strip_prefix("None") {
        return is_end(rest).then_some(Literal::None);
    }
    if text.starts_with(['"', '\'']) {
        let (text, rest) = string(text)?;
        return is_end(rest).then_some(Literal::Text(text));
    }
    let close = match text.chars().next()? {
        '(' => ')',
        '[' => ']',
        _ => return None,
    };
    let mut rest = text[1..].trim_start();
    let mut items = Vec::new();
    let mut comma = true;
    loop {
        if let Some(behind) = rest.strip_prefix(close) {
            // One text in brackets without a comma is just that text.
            if close == ')' && items.len() == 1 && !comma {
                return is_end(behind).then(|| Literal::Text(items[0]));
            }
            return is_end(behind).then_some(Literal::List(items));
        }
        if !comma {
            return None;
        }
        let (item, behind) = string(rest)?;
        items.push(item);
        rest = behind.trim_start();
        comma = false;
        if let Some(behind) = rest.strip_prefix(',') {
            rest = behind.trim_start();
            comma = true;
        }
    }
}

/// A plain string and what stands behind it.
fn string(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let body = &text[1..];
    let end = body.find(quote)?;
    let (content, rest) = (&body[..end], &body[end + 1..]);
    // Two quotes may be the begin of three.
    let empty = content.is_empty();
    (!empty && !content.contains('\\')).then_some((content, rest))
}

/// Nothing but blanks and a comment.
fn is_end(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || text.starts_with('#')
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::revision::parsed_variables;
    use super::*;

    #[test]
    fn agrees_with_the_parser_or_says_nothing() {
        let head = "\"\"\"doc\n\nmore\n\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n";
        for (text, taken) in [
            ("revision = 'a'\ndown_revision = None\n", true),
            (
                "revision: str = \"a\"  # id\ndown_revision: Union[str, None] = ('b', \"c\",)\nbranch_labels = ['l']\ndepends_on = ('d')\n",
                true,
            ),
            (
                "revision = 'a'\ndown_revision = ()\ndef upgrade():\n    x = '''\nrevision = 'z'\n'''\n    op.execute(\n'a'\n)\n\n# c\n    # d\ndef downgrade() -> None: pass\n",
                true,
            ),
            (
                "revision = 'a'\ndown_revision = None\ndef upgrade():\n    x = 1 + \\\n  2\n",
                true,
            ),
            (
                "revision = 'a'\ndown_revision = None\ndef upgrade():\n    x = f'{y}'\n",
                false,
            ),
            ("revision = 'a'\ndown_revision = None\nx = 1\n", false),
            ("revision = 'a' 'b'\ndown_revision = None\n", false),
            (
                "revision = 'a'\ndown_revision = None\nfrom x import revision\n",
                false,
            ),
            (
                "revision = 'a'\ndown_revision = None\nfrom x import (y)\n",
                false,
            ),
            (
                "revision = 'a'\ndown_revision = None\nif x:\n    revision = 'b'\n",
                false,
            ),
            ("revision = 'a'\n", false),
            (
                "revision = 'a'\ndown_revision = None\ndef upgrade():\n    x = 'open\n",
                false,
            ),
            (
                "revision = 'a'\ndown_revision = None\ndef upgrade():\n    (\n",
                false,
            ),
            ("revision = ''\ndown_revision = None\n", false),
            ("revision = '''a'''\ndown_revision = None\n", false),
            ("revision = 'a'; down_revision = None\n", false),
        ] {
            let text = format!("{head}{text}");
            let scanned = scan(&text);
            assert_eq!(scanned.is_some(), taken, "{text}");
            if let Some(scanned) = scanned {
                let parsed = parsed_variables(Path::new("x.py"), &text).expect("parsed");
                assert_eq!(scanned, parsed, "{text}");
            }
        }
    }
}
