//! Renders `script.py.mako`: the parts of Mako that such templates use.
//!
//! Expressions with filters, `%` lines for conditions and loops, `##` comments, blocks that assign
//! simple values, and definitions without bodies of code. Anything else is refused with its line.

mod cut;

use std::collections::HashMap;

use ruff_python_ast::{CmpOp, Expr, Operator, Stmt, UnaryOp};

use self::cut::{Piece, cut};
use super::constant::Constant;
use crate::python::quote;

/// A template that cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct TemplateError {
    /// The line of the template, counted from 1.
    pub line: usize,
    /// What is wrong or not supported.
    pub message: String,
}

/// What a template may use.
pub struct TemplateValues<'v> {
    /// Names and what they stand for.
    pub names: HashMap<String, Constant>,
    /// Options of the ini file's main section.
    pub option: &'v dyn Fn(&str) -> Option<String>,
    /// The creation date in a form of `strftime`.
    pub date: &'v dyn Fn(&str) -> String,
}

/// Renders a template.
pub fn render(template: &str, values: TemplateValues<'_>) -> Result<String, TemplateError> {
    let pieces = cut(template)?;
    let mut renderer = Renderer {
        values,
        definitions: HashMap::new(),
        steps: 0,
    };
    let mut text = String::new();
    renderer.run(&pieces, &mut text, 0)?;
    Ok(text)
}

fn error(line: usize, message: impl Into<String>) -> TemplateError {
    TemplateError {
        line,
        message: message.into(),
    }
}

struct Renderer<'v> {
    values: TemplateValues<'v>,
    definitions: HashMap<String, (Vec<String>, Vec<Piece>)>,
    steps: usize,
}

/// How many pieces are rendered at most.
const STEPS: usize = 20_000;
/// How deep loops and definitions may nest.
const DEPTH: usize = 30;

impl Renderer<'_> {
    fn run(
        &mut self,
        pieces: &[Piece],
        text: &mut String,
        depth: usize,
    ) -> Result<(), TemplateError> {
        let mut at = 0;
        while let Some(piece) = pieces.get(at) {
            self.steps += 1;
            at += 1;
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Expression {
                    code,
                    filters,
                    line,
                } => {
                    if self.steps > STEPS || depth > DEPTH {
                        return Err(error(*line, "the template does too much"));
                    }
                    let shown = self.expression(code, filters, *line, depth)?;
                    text.push_str(&shown);
                }
                Piece::Block { code, line } => self.block(code, *line)?,
                Piece::Def { name, parameters } => {
                    let mut open = 0_usize;
                    let inner = &pieces[at..];
                    let end = inner.iter().position(|piece| match piece {
                        Piece::Def { .. } => {
                            open += 1;
                            false
                        }
                        Piece::EndDef if open > 0 => {
                            open -= 1;
                            false
                        }
                        Piece::EndDef => true,
                        _ => false,
                    });
                    let end = end.ok_or_else(|| error(0, "`</%def>` is missing"))?;
                    self.definitions
                        .insert(name.clone(), (parameters.clone(), inner[..end].to_vec()));
                    at += end + 1;
                }
                Piece::EndDef => return Err(error(0, "`</%def>` without `<%def>`")),
                Piece::Control { code, line } => {
                    if self.steps > STEPS || depth > DEPTH {
                        return Err(error(*line, "the template does too much"));
                    }
                    at = self.control(pieces, at - 1, code, *line, text, depth)?;
                }
            }
        }
        Ok(())
    }

    /// Renders a condition or loop; returns where to go on.
    fn control(
        &mut self,
        pieces: &[Piece],
        start: usize,
        code: &str,
        line: usize,
        text: &mut String,
        depth: usize,
    ) -> Result<usize, TemplateError> {
        let mut arms: Vec<(String, usize, usize)> = Vec::new();
        let mut open = 0_usize;
        let mut head = (code.to_owned(), start + 1);
        let mut end = None;
        for (at, piece) in pieces.iter().enumerate().skip(start + 1) {
            let Piece::Control { code, .. } = piece else {
                continue;
            };
            let word = code.split([' ', ':', '(']).next().unwrap_or_default();
            match word {
                "if" | "for" => open += 1,
                "endif" | "endfor" if open > 0 => open -= 1,
                "endif" | "endfor" => {
                    arms.push((head.0.clone(), head.1, at));
                    end = Some(at + 1);
                    break;
                }
                "elif" | "else" if open == 0 => {
                    arms.push((head.0.clone(), head.1, at));
                    head = (code.clone(), at + 1);
                }
                _ => {}
            }
        }
        let end = end.ok_or_else(|| error(line, format!("`% {code}` is never ended")))?;
        if let Some(loop_head) = code.strip_prefix("for ") {
            let loop_head = loop_head.trim().trim_end_matches(':');
            let (name, list) = loop_head
                .split_once(" in ")
                .ok_or_else(|| error(line, "a loop needs `in`"))?;
            let list = self.evaluate(list.trim(), line)?;
            let Some(items) = list.items() else {
                return Err(error(line, "a loop needs a list"));
            };
            let (_, from, to) = arms[0].clone();
            for item in items {
                self.values
                    .names
                    .insert(name.trim().to_owned(), item.clone());
                self.run(&pieces[from..to], text, depth + 1)?;
            }
            return Ok(end);
        }
        for (head, from, to) in arms {
            let head = head.trim().trim_end_matches(':').trim();
            let holds = if head == "else" {
                true
            } else if let Some(test) = head.strip_prefix("elif ").or(head.strip_prefix("if ")) {
                self.evaluate(test, line)?.is_true()
            } else {
                return Err(error(line, format!("`% {head}` is not supported")));
            };
            if holds {
                self.run(&pieces[from..to], text, depth + 1)?;
                break;
            }
        }
        Ok(end)
    }

    fn block(&mut self, code: &str, line: usize) -> Result<(), TemplateError> {
        let code = dedent(code);
        let module = ruff_python_parser::parse_module(&code)
            .map_err(|problem| error(line, problem.error.to_string()))?;
        for statement in &module.syntax().body {
            match statement {
                Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Pass(_) => {}
                Stmt::Assign(assign) => {
                    let value = self.value(&assign.value, line)?;
                    for target in &assign.targets {
                        let Expr::Name(name) = target else {
                            return Err(error(line, "only names can be assigned"));
                        };
                        self.values.names.insert(name.id.to_string(), value.clone());
                    }
                }
                _ => return Err(error(line, "a block may only import and assign")),
            }
        }
        Ok(())
    }

    fn expression(
        &mut self,
        code: &str,
        filters: &[String],
        line: usize,
        depth: usize,
    ) -> Result<String, TemplateError> {
        if let Some((name, arguments)) = code.split_once('(')
            && let Some((parameters, pieces)) = self.definitions.get(name.trim()).cloned()
        {
            let arguments = arguments.strip_suffix(')').unwrap_or(arguments);
            let list = self.evaluate(&format!("[{arguments}]"), line)?;
            let Constant::Sequence(list) = list else {
                return Err(error(line, "arguments of a definition"));
            };
            for (parameter, value) in parameters.iter().zip(list) {
                self.values.names.insert(parameter.clone(), value);
            }
            let mut text = String::new();
            self.run(&pieces, &mut text, depth + 1)?;
            return Ok(text);
        }
        let value = self.evaluate(code, line)?;
        let mut text = None;
        for filter in filters {
            let shown = text.take().unwrap_or_else(|| string(&value));
            text = Some(match filter.as_str() {
                "n" | "str" | "unicode" | "" => shown,
                "comma" => comma(&value),
                "trim" => shown.trim().to_owned(),
                "h" | "x" => shown
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;")
                    .replace('"', "&#34;")
                    .replace('\'', "&#39;"),
                "repr" => python_repr(&value),
                other => {
                    return Err(error(
                        line,
                        format!("the filter `{other}` is not supported"),
                    ));
                }
            });
        }
        Ok(text.unwrap_or_else(|| string(&value)))
    }

    fn evaluate(&mut self, code: &str, line: usize) -> Result<Constant, TemplateError> {
        let parsed = ruff_python_parser::parse_expression(code)
            .map_err(|problem| error(line, problem.error.to_string()))?;
        self.value(&parsed.syntax().body, line)
    }

    fn value(&mut self, expression: &Expr, line: usize) -> Result<Constant, TemplateError> {
        self.steps += 1;
        if self.steps > STEPS {
            return Err(error(line, "the template does too much"));
        }
        match expression {
            Expr::Name(name) => match self.values.names.get(name.id.as_str()) {
                Some(value) => Ok(value.clone()),
                None => Err(error(
                    line,
                    format!("NameError: name '{}' is not defined", name.id),
                )),
            },
            Expr::If(choice) => {
                if self.value(&choice.test, line)?.is_true() {
                    self.value(&choice.body, line)
                } else {
                    self.value(&choice.orelse, line)
                }
            }
            Expr::BoolOp(operation) => {
                let is_or = operation.op == ruff_python_ast::BoolOp::Or;
                let mut last = Constant::None;
                for operand in &operation.values {
                    last = self.value(operand, line)?;
                    if last.is_true() == is_or {
                        break;
                    }
                }
                Ok(last)
            }
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => Ok(Constant::Bool(
                !self.value(&operation.operand, line)?.is_true(),
            )),
            Expr::Compare(compare) if compare.ops.len() == 1 => {
                let left = self.value(&compare.left, line)?;
                let right = self.value(&compare.comparators[0], line)?;
                Ok(Constant::Bool(match compare.ops[0] {
                    CmpOp::Eq | CmpOp::Is => left == right,
                    CmpOp::NotEq | CmpOp::IsNot => left != right,
                    CmpOp::In | CmpOp::NotIn => {
                        let found = match (&left, &right) {
                            (Constant::Text(part), Constant::Text(whole)) => {
                                whole.contains(part.as_str())
                            }
                            (item, list) if list.items().is_some() => {
                                list.items().is_some_and(|items| items.contains(item))
                            }
                            _ => return Err(error(line, "this comparison is not supported")),
                        };
                        found == (compare.ops[0] == CmpOp::In)
                    }
                    _ => return Err(error(line, "this comparison is not supported")),
                }))
            }
            Expr::BinOp(operation) if operation.op == Operator::Add => {
                match (
                    self.value(&operation.left, line)?,
                    self.value(&operation.right, line)?,
                ) {
                    (Constant::Text(left), Constant::Text(right)) => {
                        Ok(Constant::Text(left + &right))
                    }
                    _ => Err(error(line, "this operator is not supported")),
                }
            }
            Expr::BinOp(operation) if operation.op == Operator::Mod => {
                let Constant::Text(form) = self.value(&operation.left, line)? else {
                    return Err(error(line, "this operator is not supported"));
                };
                let right = self.value(&operation.right, line)?;
                let items = match right {
                    Constant::Sequence(items) => items,
                    other => vec![other],
                };
                let mut text = form;
                for item in items {
                    text = text.replacen("%s", &string(&item), 1);
                }
                Ok(Constant::Text(text.replace("%%", "%")))
            }
            Expr::List(list) => self.sequence(&list.elts, line),
            Expr::Tuple(tuple) => self.sequence(&tuple.elts, line),
            Expr::Call(call) => self.call(call, line),
            other => super::constant::constant(other, &HashMap::new())
                .map_err(|refused| error(line, format!("{} is not supported", refused.construct))),
        }
    }

    fn sequence(&mut self, items: &[Expr], line: usize) -> Result<Constant, TemplateError> {
        let items: Result<Vec<_>, _> = items.iter().map(|item| self.value(item, line)).collect();
        items.map(Constant::Sequence)
    }

    fn call(
        &mut self,
        call: &ruff_python_ast::ExprCall,
        line: usize,
    ) -> Result<Constant, TemplateError> {
        let mut arguments = Vec::new();
        for argument in &call.arguments.args {
            arguments.push(self.value(argument, line)?);
        }
        let text = |at: usize| {
            arguments
                .get(at)
                .and_then(Constant::text)
                .unwrap_or_default()
        };
        let not_supported =
            |name: &str| error(line, format!("a call of `{name}` is not supported"));
        match call.func.as_ref() {
            Expr::Name(name) => match (name.id.as_str(), arguments.first()) {
                ("repr", Some(value)) => Ok(Constant::Text(python_repr(value))),
                ("str", Some(value)) => Ok(Constant::Text(string(value))),
                ("comma", Some(value)) => Ok(Constant::Text(comma(value))),
                ("len", Some(Constant::Sequence(items) | Constant::List(items))) => Ok(
                    Constant::Int(i64::try_from(items.len()).unwrap_or(i64::MAX)),
                ),
                ("len", Some(Constant::Text(text))) => Ok(Constant::Int(
                    i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
                )),
                (name, _) => Err(not_supported(name)),
            },
            Expr::Attribute(attribute) => {
                let method = attribute.attr.as_str();
                if let Expr::Name(name) = attribute.value.as_ref() {
                    match (name.id.as_str(), method) {
                        ("config", "get_main_option" | "get_alembic_option") => {
                            let found = (self.values.option)(text(0)).map(Constant::Text);
                            return Ok(found
                                .or_else(|| arguments.get(1).cloned())
                                .unwrap_or(Constant::None));
                        }
                        ("context", "get") => {
                            let found = self.values.names.get(text(0)).cloned();
                            return Ok(found
                                .or_else(|| arguments.get(1).cloned())
                                .unwrap_or(Constant::None));
                        }
                        ("re", "split") => {
                            let pattern = regex::Regex::new(text(0))
                                .map_err(|problem| error(line, problem.to_string()))?;
                            let parts = pattern
                                .split(text(1))
                                .map(|part| Constant::Text(part.to_owned()));
                            return Ok(Constant::Sequence(parts.collect()));
                        }
                        ("create_date", "strftime") => {
                            return Ok(Constant::Text((self.values.date)(text(0))));
                        }
                        ("create_date", "isoformat") => {
                            return Ok(Constant::Text((self.values.date)("%Y-%m-%dT%H:%M:%S%.6f")));
                        }
                        _ => {}
                    }
                }
                let object = self.value(&attribute.value, line)?;
                let Constant::Text(object) = object else {
                    return Err(not_supported(method));
                };
                Ok(match (method, arguments.first()) {
                    ("lower", None) => Constant::Text(object.to_lowercase()),
                    ("upper", None) => Constant::Text(object.to_uppercase()),
                    ("strip", None) => Constant::Text(object.trim().to_owned()),
                    ("replace", Some(_)) => Constant::Text(object.replace(text(0), text(1))),
                    ("split", Some(_)) => Constant::Sequence(
                        object
                            .split(text(0))
                            .map(|part| Constant::Text(part.to_owned()))
                            .collect(),
                    ),
                    ("join", Some(Constant::Sequence(items) | Constant::List(items))) => {
                        let items: Vec<String> = items.iter().map(string).collect();
                        Constant::Text(items.join(&object))
                    }
                    (method, _) => return Err(not_supported(method)),
                })
            }
            _ => Err(error(line, "this call is not supported")),
        }
    }
}

fn dedent(code: &str) -> String {
    let indent = code
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines = code
        .lines()
        .map(|line| line.get(indent..).unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// A value as `str()` shows it.
fn string(value: &Constant) -> String {
    match value {
        Constant::Text(text) => text.clone(),
        other => python_repr(other),
    }
}

/// Several names with commas between them; nothing for `None`.
fn comma(value: &Constant) -> String {
    match value {
        Constant::None => String::new(),
        Constant::Sequence(items) | Constant::List(items) => {
            items.iter().map(string).collect::<Vec<_>>().join(", ")
        }
        other => string(other),
    }
}

/// A value as `repr()` shows it; sequences as tuples.
pub fn python_repr(value: &Constant) -> String {
    match value {
        Constant::None => "None".to_owned(),
        Constant::Bool(true) => "True".to_owned(),
        Constant::Bool(false) => "False".to_owned(),
        Constant::Int(number) => number.to_string(),
        Constant::Text(text) => quote(text),
        Constant::Sequence(items) => {
            let items: Vec<String> = items.iter().map(python_repr).collect();
            match items.as_slice() {
                [only] => format!("({only},)"),
                several => format!("({})", several.join(", ")),
            }
        }
        Constant::List(items) => {
            let items: Vec<String> = items.iter().map(python_repr).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str) -> String {
        let text = |text: &str| Constant::Text(text.to_owned());
        let names = HashMap::from([
            ("message".to_owned(), text("add \"users\"")),
            ("up_revision".to_owned(), text("abc")),
            (
                "down_revision".to_owned(),
                Constant::Sequence(vec![text("a"), text("b")]),
            ),
            ("branch_labels".to_owned(), Constant::None),
            ("imports".to_owned(), text("")),
            ("create_date".to_owned(), text("2026-01-02 03:04:05")),
        ]);
        let values = TemplateValues {
            names,
            option: &|name| (name == "databases").then(|| "one, two".to_owned()),
            date: &|form| form.replace("%Y", "2026"),
        };
        render(template, values).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn constructs() {
        for (template, expected) in [
            ("a ${up_revision} b", "a abc b"),
            ("${down_revision | comma,n}", "a, b"),
            (
                "${repr(down_revision)} ${repr(branch_labels)} ${repr(message)}",
                "('a', 'b') None 'add \"users\"'",
            ),
            ("${imports if imports else \"none\"}", "none"),
            ("## comment\nx\\\ny\n", "xy\n"),
            (
                "% if branch_labels:\nno\n% elif imports:\nno\n% else:\nyes\n% endif\nend",
                "yes\nend",
            ),
            (
                "<%!\nimport re\n%>\n<%\n    names = config.get_main_option('databases')\n%>\n% for name in re.split(r',\\s*', names):\n${name}: ${context.get('%s_x' % name, 'pass')}\n% endfor\n",
                "\n\none: pass\ntwo: pass\n",
            ),
            (
                "<%def name=\"line(x)\">[${x}]</%def>${line(up_revision)}",
                "[abc]",
            ),
            (
                "%% plain\n<%text>${x}</%text><%doc>gone</%doc>",
                "% plain\n${x}",
            ),
            (
                "${create_date.strftime('%Y')} ${message | h}",
                "2026 add &#34;users&#34;",
            ),
            (
                "\n${open('x')}",
                "line 2: a call of `open` is not supported",
            ),
            (
                "${missing}",
                "line 1: NameError: name 'missing' is not defined",
            ),
            (
                "<%include file='x'/>",
                "line 1: `<%include>` is not supported",
            ),
            ("% if x:\n", "line 1: `% if x:` is never ended"),
        ] {
            assert_eq!(rendered(template), expected, "{template}");
        }
    }
}
