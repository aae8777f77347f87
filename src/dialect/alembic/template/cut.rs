//! Cuts a template into text, expressions, lines of control, blocks and definitions.

use super::{TemplateError, error};

#[derive(Debug, Clone)]
pub(super) enum Piece {
    Text(String),
    Expression {
        code: String,
        filters: Vec<String>,
        line: usize,
    },
    /// A `%` line.
    Control {
        code: String,
        line: usize,
    },
    Block {
        code: String,
        line: usize,
    },
    Def {
        name: String,
        parameters: Vec<String>,
    },
    EndDef,
}

#[expect(
    clippy::too_many_lines,
    reason = "one case for each kind of tag, side by side"
)]
pub(super) fn cut(template: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    let mut line = 1;
    let mut at_line_start = true;
    let flush = |text: &mut String, pieces: &mut Vec<Piece>| {
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(text)));
        }
    };
    while !rest.is_empty() {
        if at_line_start {
            let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
            let whole = &rest[..end];
            let trimmed = whole.trim_start_matches([' ', '\t']);
            if trimmed.starts_with("##") {
                rest = &rest[end..];
                line += 1;
                continue;
            }
            if trimmed.starts_with("%%") {
                let indent = whole.len() - trimmed.len();
                text.push_str(&whole[..indent]);
                rest = &rest[indent + 1..];
                at_line_start = false;
                text.push('%');
                rest = &rest[1..];
                continue;
            }
            if let Some(code) = trimmed.strip_prefix('%') {
                flush(&mut text, &mut pieces);
                let code = code.trim().to_owned();
                pieces.push(Piece::Control { code, line });
                rest = &rest[end..];
                line += 1;
                continue;
            }
        }
        at_line_start = false;
        if let Some(after) = rest.strip_prefix("\\\n") {
            rest = after;
            line += 1;
            at_line_start = true;
        } else if rest.starts_with("${") {
            flush(&mut text, &mut pieces);
            let (code, length) =
                braces(&rest[2..]).ok_or_else(|| error(line, "`${` is never closed"))?;
            let (code, filters) = split_filters(code);
            pieces.push(Piece::Expression {
                code,
                filters,
                line,
            });
            line += rest[..length + 2].matches('\n').count();
            rest = &rest[length + 2..];
        } else if rest.starts_with("<%doc>") || rest.starts_with("<%text") {
            let is_text = rest.starts_with("<%text");
            let close = if is_text { "</%text>" } else { "</%doc>" };
            let open = rest.find('>').unwrap_or(0) + 1;
            let end = rest
                .find(close)
                .ok_or_else(|| error(line, format!("`{close}` is missing")))?;
            if is_text {
                text.push_str(&rest[open..end]);
            }
            line += rest[..end].matches('\n').count();
            rest = &rest[end + close.len()..];
        } else if rest.starts_with("<%def") {
            flush(&mut text, &mut pieces);
            let end = rest
                .find('>')
                .ok_or_else(|| error(line, "`<%def` is never closed"))?;
            let (name, parameters) = definition(&rest[..end])
                .ok_or_else(|| error(line, "`<%def>` needs name=\"f(…)\" with plain parameters"))?;
            pieces.push(Piece::Def { name, parameters });
            rest = &rest[end + 1..];
        } else if let Some(after) = rest.strip_prefix("</%def>") {
            flush(&mut text, &mut pieces);
            pieces.push(Piece::EndDef);
            rest = after;
        } else if rest.starts_with("<%") && !rest[2..].starts_with(|c: char| c.is_alphabetic()) {
            flush(&mut text, &mut pieces);
            let code = rest[2..].strip_prefix('!').unwrap_or(&rest[2..]);
            let skipped = rest.len() - code.len();
            let end = code
                .find("%>")
                .ok_or_else(|| error(line, "`<%` is never closed"))?;
            pieces.push(Piece::Block {
                code: code[..end].to_owned(),
                line,
            });
            line += rest[..skipped + end].matches('\n').count();
            rest = &rest[skipped + end + 2..];
        } else if rest.starts_with("<%") || rest.starts_with("</%") {
            let tag: String = rest
                .chars()
                .take_while(|c| !c.is_whitespace() && *c != '>')
                .collect();
            return Err(error(line, format!("`{tag}>` is not supported")));
        } else if let Some(character) = rest.chars().next() {
            text.push(character);
            rest = &rest[character.len_utf8()..];
            if character == '\n' {
                line += 1;
                at_line_start = true;
            }
        }
    }
    flush(&mut text, &mut pieces);
    Ok(pieces)
}

/// The code up to the closing brace, and how long both are.
fn braces(text: &str) -> Option<(&str, usize)> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match (quote, character) {
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some((&text[..at], at + 1)),
            (None, '}') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Parts `expression | filter, filter`.
fn split_filters(code: &str) -> (String, Vec<String>) {
    let mut depth = 0_i32;
    let mut quote = None;
    let mut at = None;
    for (index, character) in code.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, '|') if depth == 0 => at = Some(index),
            _ => {}
        }
    }
    match at {
        None => (code.trim().to_owned(), Vec::new()),
        Some(at) => {
            let filters = code[at + 1..].split(',').map(|name| name.trim().to_owned());
            (code[..at].trim().to_owned(), filters.collect())
        }
    }
}

fn definition(tag: &str) -> Option<(String, Vec<String>)> {
    let at = tag.find("name=")?;
    let rest = &tag[at + 5..];
    let quote = rest.chars().next()?;
    let signature = rest[1..].split(quote).next()?;
    let (name, parameters) = signature.split_once('(')?;
    let parameters = parameters.strip_suffix(')')?;
    let parameters: Vec<String> = parameters
        .split(',')
        .map(|parameter| parameter.trim().to_owned())
        .filter(|parameter| !parameter.is_empty())
        .collect();
    let plain = parameters
        .iter()
        .all(|p| p.chars().all(|c| c.is_alphanumeric() || c == '_'));
    plain.then(|| (name.trim().to_owned(), parameters))
}
