//! Operators as text.

use super::Compiler;
use super::context::Context;
use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::expression::{
    Binary, Element, Expr, ExpressionList, HSTORE_ITEM, Operand, Operator, literal_column,
};
use crate::dialect::alembic::sqlalchemy::target::PostgresDriver;
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType, TypeClass};

impl Compiler<'_> {
    pub(super) fn unary(
        &mut self,
        operator: &Operator,
        element: &Expr,
        context: &Context,
    ) -> Result<String, CompileError> {
        let text = self.expression(element, context)?;
        Ok(match operator {
            Operator::Custom(custom) => {
                format!("{} {text}", self.target.escape_percents(&custom.text))
            }
            other => format!("{}{text}", other.text().unwrap_or_default()),
        })
    }

    pub(super) fn list(
        &mut self,
        list: &ExpressionList,
        context: &Context,
    ) -> Result<String, CompileError> {
        if list.operator == Operator::Concat && self.target.is_mysql() {
            return Ok(format!(
                "concat({})",
                self.joined(&list.clauses, ", ", context)?
            ));
        }
        let context = Context {
            in_operator: true,
            ..context.clone()
        };
        self.joined(&list.clauses, list.operator.text().unwrap_or(" "), &context)
    }

    fn generic(
        &mut self,
        binary: &Binary,
        text: &str,
        eager: bool,
        context: &Context,
    ) -> Result<String, CompileError> {
        let inner = context.operand();
        let left = self.expression(&binary.left, &inner)?;
        let right = self.expression(&binary.right, &inner)?;
        let text = format!("{left}{text}{right}");
        Ok(if context.in_operator && eager {
            format!("({text})")
        } else {
            text
        })
    }

    fn sides(
        &mut self,
        binary: &Binary,
        context: &Context,
    ) -> Result<(String, String), CompileError> {
        Ok((
            self.expression(&binary.left, context)?,
            self.expression(&binary.right, context)?,
        ))
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each operator that is written in its own way"
    )]
    pub(super) fn binary(
        &mut self,
        whole: &Expr,
        binary: &Binary,
        context: &Context,
    ) -> Result<String, CompileError> {
        match &binary.operator {
            Operator::TrueDiv => self.division(binary, context),
            Operator::FloorDiv => {
                let (left, right) = self.sides(binary, context)?;
                let whole_numbers = binary.left.type_().family() == Family::Integer
                    && binary.right.type_().family() == Family::Integer;
                let floors = !self.target.is_mysql();
                let quotient = format!("{left} / {right}");
                Ok(if floors && whole_numbers {
                    quotient
                } else {
                    format!("FLOOR({quotient})")
                })
            }
            Operator::Mod => {
                let (left, right) = self.sides(binary, context)?;
                // SQLAlchemy's compiler for pg8000 doubles it whatever the parameters look like.
                let doubled =
                    self.target.double_percents || self.target.driver == PostgresDriver::Pg8000;
                let mark = if doubled { "%%" } else { "%" };
                Ok(format!("{left} {mark} {right}"))
            }
            Operator::Concat if self.target.is_mysql() => {
                let (left, right) = self.sides(binary, context)?;
                Ok(format!("concat({left}, {right})"))
            }
            Operator::NotIn => Ok(format!(
                "({})",
                self.generic(binary, " NOT IN ", false, context)?
            )),
            Operator::IsDistinctFrom | Operator::IsNotDistinctFrom => {
                self.distinct_from(binary, context)
            }
            Operator::Like | Operator::NotLike => {
                self.like(binary, &binary.left, &binary.right, context)
            }
            Operator::Ilike | Operator::NotIlike => {
                if self.target.is_postgres() {
                    return self.like(binary, &binary.left, &binary.right, context);
                }
                let left = case_insensitive(&binary.left);
                let right = case_insensitive(&binary.right);
                self.like(binary, &left, &right, context)
            }
            Operator::Contains
            | Operator::NotContains
            | Operator::Icontains
            | Operator::NotIcontains
            | Operator::StartsWith
            | Operator::NotStartsWith
            | Operator::IstartsWith
            | Operator::NotIstartsWith
            | Operator::EndsWith
            | Operator::NotEndsWith
            | Operator::IendsWith
            | Operator::NotIendsWith => self.affix(binary, context),
            Operator::Between | Operator::NotBetween => {
                let not = if binary.operator == Operator::NotBetween {
                    " NOT"
                } else {
                    ""
                };
                let symmetric = if binary.modifiers.symmetric {
                    " SYMMETRIC"
                } else {
                    ""
                };
                self.generic(
                    binary,
                    &format!("{not} BETWEEN{symmetric} "),
                    false,
                    context,
                )
            }
            Operator::Match | Operator::NotMatch => self.matches(binary, context),
            Operator::RegexpMatch | Operator::NotRegexpMatch => self.regexp_match(binary, context),
            Operator::RegexpReplace => self.regexp_replace(binary, context),
            Operator::BitwiseXor => self.exclusive_or(binary, context),
            Operator::GetItem => {
                if !self.target.is_postgres() {
                    return Err(self.unsupported_operator("getitem"));
                }
                let (left, right) = self.sides(binary, context)?;
                Ok(format!("{left}[{right}]"))
            }
            Operator::JsonGetItem | Operator::JsonPathGetItem => {
                self.json_item(whole, binary, context)
            }
            Operator::Custom(custom) => {
                if self.target.is_postgres()
                    && custom.text == HSTORE_ITEM
                    && custom.return_type.is_some()
                    && binary.left.type_().family() == Family::Hstore
                {
                    let (left, right) = self.sides(binary, context)?;
                    let call = matches!(binary.left.element(), Element::Function(_));
                    return Ok(if call {
                        format!("({left})[{right}]")
                    } else {
                        format!("{left}[{right}]")
                    });
                }
                let text = format!(" {} ", self.target.escape_percents(&custom.text));
                self.generic(binary, &text, custom.eager_grouping, context)
            }
            operator => {
                let Some(text) = operator.text() else {
                    return Err(self.unsupported_operator(operator.name()));
                };
                self.generic(binary, text, false, context)
            }
        }
    }

    fn unsupported_operator(&self, name: &str) -> CompileError {
        CompileError::unsupported(self.compiler_name(), &format!("<built-in function {name}>"))
    }

    fn division(&mut self, binary: &Binary, context: &Context) -> Result<String, CompileError> {
        let left = self.expression(&binary.left, context)?;
        if self.target.is_sqlite() {
            return Ok(format!(
                "{left} / ({} + 0.0)",
                self.expression(&binary.right, context)?
            ));
        }
        if self.target.is_mysql() {
            return Ok(format!(
                "{left} / {}",
                self.expression(&binary.right, context)?
            ));
        }
        let type_ = match binary.right.type_().family() {
            Family::Numeric | Family::Float => binary.right.type_().clone(),
            _ => SqlType::new(TypeClass::Numeric),
        };
        Ok(format!(
            "{left} / {}",
            self.cast(&binary.right, &type_, context)?
        ))
    }

    fn distinct_from(
        &mut self,
        binary: &Binary,
        context: &Context,
    ) -> Result<String, CompileError> {
        let negated = binary.operator == Operator::IsNotDistinctFrom;
        if self.target.is_postgres() {
            let text = if negated {
                " IS NOT DISTINCT FROM "
            } else {
                " IS DISTINCT FROM "
            };
            return self.generic(binary, text, false, context);
        }
        let (left, right) = self.sides(binary, &context.forgetful())?;
        Ok(match (self.target.is_sqlite(), negated) {
            (true, false) => format!("{left} IS NOT {right}"),
            (true, true) => format!("{left} IS {right}"),
            (false, false) => format!("NOT ({left} <=> {right})"),
            (false, true) => format!("{left} <=> {right}"),
        })
    }

    fn like(
        &mut self,
        binary: &Binary,
        left: &Expr,
        right: &Expr,
        context: &Context,
    ) -> Result<String, CompileError> {
        let (negated, insensitive) = match binary.operator {
            Operator::NotLike
            | Operator::NotContains
            | Operator::NotStartsWith
            | Operator::NotEndsWith => (true, false),
            Operator::Ilike | Operator::Icontains | Operator::IstartsWith | Operator::IendsWith => {
                (false, true)
            }
            Operator::NotIlike
            | Operator::NotIcontains
            | Operator::NotIstartsWith
            | Operator::NotIendsWith => (true, true),
            _ => (false, false),
        };
        let word = if insensitive && self.target.is_postgres() {
            "ILIKE"
        } else {
            "LIKE"
        };
        let not = if negated { "NOT " } else { "" };
        let mut out = format!(
            "{} {not}{word} {}",
            self.expression(left, context)?,
            self.expression(right, context)?
        );
        if let Some(escape) = &binary.modifiers.escape {
            out.push_str(" ESCAPE ");
            out.push_str(&self.string_literal(escape)?);
        }
        Ok(out)
    }

    /// `startswith`, `endswith` and `contains`: `LIKE` with percent signs around the text.
    fn affix(&mut self, binary: &Binary, context: &Context) -> Result<String, CompileError> {
        let percent = literal_column("'%'", Some(SqlType::string()));
        let insensitive = matches!(
            binary.operator,
            Operator::Icontains
                | Operator::NotIcontains
                | Operator::IstartsWith
                | Operator::NotIstartsWith
                | Operator::IendsWith
                | Operator::NotIendsWith
        );
        let (left, right) = if insensitive {
            (
                case_insensitive(&binary.left),
                case_insensitive(&binary.right),
            )
        } else {
            (binary.left.clone(), binary.right.clone())
        };
        let pattern = match binary.operator {
            Operator::StartsWith
            | Operator::NotStartsWith
            | Operator::IstartsWith
            | Operator::NotIstartsWith => {
                percent.operate_reversed(&Operator::Concat, &Operand::Expr(right))?
            }
            Operator::EndsWith
            | Operator::NotEndsWith
            | Operator::IendsWith
            | Operator::NotIendsWith => percent.concat(&Operand::Expr(right))?,
            _ => percent
                .concat(&Operand::Expr(right))?
                .concat(&Operand::Expr(percent.clone()))?,
        };
        self.like(binary, &left, &pattern, context)
    }

    fn matches(&mut self, binary: &Binary, context: &Context) -> Result<String, CompileError> {
        let negated = binary.operator == Operator::NotMatch;
        let (left, right) = if negated {
            // The negated form is rendered as if nothing had been asked of it.
            self.sides(binary, &context.forgetful())?
        } else {
            self.sides(binary, context)?
        };
        let modifiers = &binary.modifiers;
        let text = if self.target.is_postgres() {
            match &modifiers.regconfig {
                Some(configuration) => {
                    format!(
                        "{left} @@ plainto_tsquery({}, {right})",
                        self.string_literal(configuration)?
                    )
                }
                None => format!("{left} @@ plainto_tsquery({right})"),
            }
        } else if self.target.is_mysql() {
            let flags = [
                modifiers.match_modes[0].unwrap_or(true),
                modifiers.match_modes[1].unwrap_or(false),
                modifiers.match_modes[2].unwrap_or(false),
            ];
            if matches!(flags, [true, true, _] | [true, _, true]) {
                let word = |flag: bool| if flag { "True" } else { "False" };
                return Err(CompileError::new(format!(
                    "Invalid MySQL match flags: in_boolean_mode={}, in_natural_language_mode={}, with_query_expansion={}",
                    word(flags[0]),
                    word(flags[1]),
                    word(flags[2])
                )));
            }
            let words = [
                "IN BOOLEAN MODE",
                "IN NATURAL LANGUAGE MODE",
                "WITH QUERY EXPANSION",
            ];
            let mut against = right;
            for (_, word) in flags.iter().zip(words).filter(|(flag, _)| **flag) {
                against.push(' ');
                against.push_str(word);
            }
            format!("MATCH ({left}) AGAINST ({against})")
        } else {
            format!("{left} MATCH {right}")
        };
        Ok(if negated { format!("NOT {text}") } else { text })
    }

    fn regexp_match(&mut self, binary: &Binary, context: &Context) -> Result<String, CompileError> {
        let negated = binary.operator == Operator::NotRegexpMatch;
        let flags = binary.modifiers.flags.as_deref();
        if self.target.is_postgres() {
            let operator = if negated { "!~" } else { "~" };
            return match flags {
                None => self.generic(binary, &format!(" {operator} "), false, context),
                Some("i") => self.generic(binary, &format!(" {operator}* "), false, context),
                Some(flags) => {
                    let (left, right) = self.sides(binary, context)?;
                    let flags = self.string_literal(flags)?;
                    Ok(format!(
                        "{left} {operator} CONCAT('(?', {flags}, ')', {right})"
                    ))
                }
            };
        }
        let word = if negated { " NOT REGEXP " } else { " REGEXP " };
        match flags {
            Some(flags) if self.target.is_mysql() => {
                let left = self.expression(&binary.left, context)?;
                let inner = if self.target.mariadb {
                    context.forgetful()
                } else {
                    context.clone()
                };
                let right = self.expression(&binary.right, &inner)?;
                let flags = self.string_literal(flags)?;
                if self.target.mariadb {
                    return Ok(format!("{left}{word}CONCAT('(?', {flags}, ')', {right})"));
                }
                let not = if negated { "NOT " } else { "" };
                Ok(format!("{not}REGEXP_LIKE({left}, {right}, {flags})"))
            }
            _ => self.generic(binary, word, false, context),
        }
    }

    fn regexp_replace(
        &mut self,
        binary: &Binary,
        context: &Context,
    ) -> Result<String, CompileError> {
        if self.target.is_sqlite() {
            return Err(CompileError::new(
                "sqlite dialect does not support regular expression replacements",
            ));
        }
        let flags = binary
            .modifiers
            .flags
            .as_deref()
            .map(|flags| self.string_literal(flags))
            .transpose()?;
        let left = self.expression(&binary.left, context)?;
        match flags {
            None => Ok(format!(
                "REGEXP_REPLACE({left}, {})",
                self.expression(&binary.right, context)?
            )),
            Some(flags) if self.target.mariadb => {
                let Element::List(parts) = binary.right.element() else {
                    return Err(self.unsupported_operator("regexp_replace_op"));
                };
                let [pattern, replacement] = parts.clauses.as_slice() else {
                    return Err(self.unsupported_operator("regexp_replace_op"));
                };
                let pattern = self.expression(pattern, &context.forgetful())?;
                let replacement = self.expression(replacement, context)?;
                Ok(format!(
                    "REGEXP_REPLACE({left}, CONCAT('(?', {flags}, ')', {pattern}), {replacement})"
                ))
            }
            Some(flags) => Ok(format!(
                "REGEXP_REPLACE({left}, {}, {flags})",
                self.expression(&binary.right, context)?
            )),
        }
    }

    fn exclusive_or(&mut self, binary: &Binary, context: &Context) -> Result<String, CompileError> {
        if self.target.is_postgres() {
            return self.generic(binary, " # ", false, context);
        }
        if self.target.is_mysql() {
            return self.generic(binary, " ^ ", false, context);
        }
        let either = self.generic(binary, " | ", true, context)?;
        let both = self.generic(binary, " & ", true, context)?;
        Ok(format!("({either} - {both})"))
    }

    fn json_item(
        &mut self,
        whole: &Expr,
        binary: &Binary,
        context: &Context,
    ) -> Result<String, CompileError> {
        let is_json = whole.type_().family() == Family::Json;
        if self.target.is_mysql() {
            return self.mysql_json_item(whole, binary, context);
        }
        if !context.cast_applied && !is_json {
            return self.cast(
                whole,
                &whole.type_().clone(),
                &Context {
                    cast_applied: true,
                    ..context.clone()
                },
            );
        }
        let cast_applied = context.cast_applied;
        let inner = Context {
            cast_applied: false,
            ..context.clone()
        };
        if self.target.is_sqlite() {
            let (left, right) = self.sides(binary, &inner)?;
            let item = format!("JSON_EXTRACT({left}, {right})");
            return Ok(if is_json {
                format!("JSON_QUOTE({item})")
            } else {
                item
            });
        }
        if binary.operator == Operator::JsonPathGetItem {
            return self.generic(
                binary,
                if cast_applied { " #>> " } else { " #> " },
                true,
                &inner,
            );
        }
        let left_class = binary.left.type_().plain().class();
        if !cast_applied && left_class == TypeClass::Jsonb {
            let call = matches!(
                binary.left.element(),
                Element::Function(_) | Element::Cast(_)
            );
            let left = if call {
                binary.left.grouped()
            } else {
                binary.left.clone()
            };
            let left = self.expression(&left, &inner)?;
            let right = self.expression(&binary.right, &inner)?;
            return Ok(format!("{left}[{right}]"));
        }
        self.generic(
            binary,
            if cast_applied { " ->> " } else { " -> " },
            true,
            &inner,
        )
    }

    fn mysql_json_item(
        &mut self,
        whole: &Expr,
        binary: &Binary,
        context: &Context,
    ) -> Result<String, CompileError> {
        let type_ = whole.type_().clone();
        let item = |compiler: &mut Self| -> Result<String, CompileError> {
            let (left, right) = compiler.sides(binary, context)?;
            Ok(format!("JSON_EXTRACT({left}, {right})"))
        };
        let first = item(self)?;
        if type_.family() == Family::Json {
            return Ok(first);
        }
        let otherwise = match type_.family() {
            Family::Integer => format!("ELSE CAST({} AS SIGNED INTEGER)", item(self)?),
            Family::Numeric | Family::Float => {
                let arguments = type_.arguments();
                match (arguments.precision, arguments.scale) {
                    (Some(precision), Some(scale)) => {
                        format!(
                            "ELSE CAST({} AS DECIMAL({precision}, {scale}))",
                            item(self)?
                        )
                    }
                    _ => format!("ELSE {}+0.0000000000000000000000", item(self)?),
                }
            }
            Family::Boolean => "WHEN true THEN true ELSE false".to_owned(),
            Family::String | Family::Enum => format!("ELSE JSON_UNQUOTE({})", item(self)?),
            _ => format!("ELSE {}", item(self)?),
        };
        Ok(format!(
            "CASE {first} WHEN 'null' THEN NULL {otherwise} END"
        ))
    }

    /// Refuses what the backend has no word for.
    pub(super) fn not_supported(&self, what: &str) -> CompileError {
        CompileError::of(
            ErrorClass::Compile,
            format!(
                "{} dialect does not support {what}",
                self.target.dialect_name()
            ),
        )
    }
}

/// The side of an `ILIKE`, which most backends write with `lower()`.
fn case_insensitive(expression: &Expr) -> Expr {
    Expr::new(
        Element::CaseInsensitive(expression.clone()),
        expression.type_().clone(),
    )
}
