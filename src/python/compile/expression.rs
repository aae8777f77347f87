//! Expressions.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::Num;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::scope::{Place, ScopeKind, address};
use super::statement::operator;
use super::{Compiler, Done, Mistake, RED_ZONE, SEGMENT};
use crate::python::code::{NO_NAMES, Op};
use crate::python::object::{CompareOperator, UnaryOperator};
use crate::python::value::Value;

/// So many arguments are passed on the stack; more go through a list.
const STACK_ARGUMENTS: usize = 1000;

/// So many elements of a literal lie on the stack at once.
const CHUNK: usize = 256;

fn integer(text: &str) -> Option<BigInt> {
    let text = text.replace('_', "");
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = if let Some(rest) = lower.strip_prefix("0x") {
        (rest, 16)
    } else if let Some(rest) = lower.strip_prefix("0o") {
        (rest, 8)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (rest, 2)
    } else {
        (lower.as_str(), 10)
    };
    // CPython has the same bound on decimal digits.
    if radix == 10 && digits.len() > 4300 {
        return None;
    }
    BigInt::from_str_radix(digits, radix).ok()
}

impl Compiler<'_> {
    pub(super) fn expression(&mut self, expression: &Expr) -> Done {
        let before = self.at(expression);
        stacker::maybe_grow(RED_ZONE, SEGMENT, || self.evaluate(expression))?;
        self.unit().offset = before;
        Ok(())
    }

    fn evaluate(&mut self, expression: &Expr) -> Done {
        match expression {
            Expr::StringLiteral(literal) => self.constant(Value::str(literal.value.to_str())),
            Expr::Name(name) => self.load(&name.id),
            Expr::NoneLiteral(_) => {
                self.emit(Op::None);
            }
            Expr::BooleanLiteral(literal) => self.constant(Value::Bool(literal.value)),
            Expr::NumberLiteral(literal) => self.number(literal)?,
            Expr::EllipsisLiteral(_) => self.constant(Value::Ellipsis),
            Expr::BytesLiteral(literal) => {
                let bytes: Vec<u8> = literal.value.bytes().collect();
                self.constant(Value::bytes(bytes));
            }
            Expr::Call(call) => self.call(call)?,
            Expr::Attribute(attribute) => {
                self.expression(&attribute.value)?;
                self.at_member(attribute);
                let name = self.attribute_name(&attribute.attr);
                self.emit(Op::LoadAttribute(name));
            }
            Expr::Subscript(subscript) => {
                self.expression(&subscript.value)?;
                self.expression(&subscript.slice)?;
                self.emit(Op::LoadItem);
            }
            Expr::Slice(slice) => {
                for part in [&slice.lower, &slice.upper, &slice.step] {
                    match part {
                        Some(part) => self.expression(part)?,
                        None => {
                            self.emit(Op::None);
                        }
                    }
                }
                self.emit(Op::BuildSlice);
            }
            Expr::List(list) => self.sequence(&list.elts)?,
            Expr::Tuple(tuple) => {
                if tuple.elts.len() <= CHUNK && !tuple.elts.iter().any(Expr::is_starred_expr) {
                    for element in &tuple.elts {
                        self.expression(element)?;
                    }
                    self.emit(Op::BuildTuple(count(tuple.elts.len())));
                } else {
                    self.sequence(&tuple.elts)?;
                    self.emit(Op::ListToTuple);
                }
            }
            Expr::Set(set) => {
                self.emit(Op::BuildSet(0));
                for element in &set.elts {
                    match element {
                        Expr::Starred(starred) => {
                            self.expression(&starred.value)?;
                            self.emit(Op::SetUpdate);
                        }
                        other => {
                            self.expression(other)?;
                            self.emit(Op::SetAdd(1));
                        }
                    }
                }
            }
            Expr::Dict(dict) => self.dict(dict)?,
            Expr::FString(text) => self.f_string(text)?,
            Expr::BinOp(operation) => {
                self.expression(&operation.left)?;
                self.expression(&operation.right)?;
                self.emit(Op::Binary(operator(operation.op)));
            }
            Expr::UnaryOp(operation) => {
                self.expression(&operation.operand)?;
                self.emit(match operation.op {
                    ast::UnaryOp::Not => Op::Not,
                    ast::UnaryOp::USub => Op::Unary(UnaryOperator::Negative),
                    ast::UnaryOp::UAdd => Op::Unary(UnaryOperator::Positive),
                    ast::UnaryOp::Invert => Op::Unary(UnaryOperator::Invert),
                });
            }
            Expr::BoolOp(operation) => {
                let mut jumps = Vec::new();
                for (place, value) in operation.values.iter().enumerate() {
                    self.expression(value)?;
                    if place + 1 < operation.values.len() {
                        jumps.push(self.emit(match operation.op {
                            ast::BoolOp::And => Op::JumpIfFalseOrPop(0),
                            ast::BoolOp::Or => Op::JumpIfTrueOrPop(0),
                        }));
                    }
                }
                for jump in jumps {
                    self.land(jump);
                }
            }
            Expr::Compare(compare) => self.compare(compare)?,
            Expr::If(conditional) => {
                self.expression(&conditional.test)?;
                let otherwise = self.emit(Op::JumpIfFalse(0));
                self.expression(&conditional.body)?;
                let end = self.emit(Op::Jump(0));
                self.land(otherwise);
                self.expression(&conditional.orelse)?;
                self.land(end);
            }
            Expr::Named(named) => {
                self.expression(&named.value)?;
                self.emit(Op::Duplicate);
                self.assign(&named.target)?;
            }
            Expr::Lambda(lambda) => self.lambda(lambda)?,
            Expr::ListComp(comp) => {
                self.comprehension(
                    address(comp),
                    comp,
                    "<listcomp>",
                    &comp.generators,
                    Element::List(&comp.elt),
                )?;
            }
            Expr::SetComp(comp) => {
                self.comprehension(
                    address(comp),
                    comp,
                    "<setcomp>",
                    &comp.generators,
                    Element::Set(&comp.elt),
                )?;
            }
            Expr::Generator(comp) => {
                self.comprehension(
                    address(comp),
                    comp,
                    "<genexpr>",
                    &comp.generators,
                    Element::Yield(&comp.elt),
                )?;
            }
            Expr::DictComp(comp) => {
                let Some(key) = &comp.key else {
                    return Err(Mistake::syntax(
                        "dict unpacking cannot be used in dict comprehension",
                        comp.start().to_u32(),
                    ));
                };
                self.comprehension(
                    address(comp),
                    comp,
                    "<dictcomp>",
                    &comp.generators,
                    Element::Dict(key, &comp.value),
                )?;
            }
            Expr::Yield(yielded) => {
                self.in_function("yield", yielded)?;
                match &yielded.value {
                    Some(value) => self.expression(value)?,
                    None => {
                        self.emit(Op::None);
                    }
                }
                self.emit(Op::Yield);
            }
            Expr::YieldFrom(yielded) => {
                self.in_function("yield", yielded)?;
                self.expression(&yielded.value)?;
                self.emit(Op::Iterator);
                self.emit(Op::None);
                self.emit(Op::YieldFrom);
            }
            Expr::Await(awaited) => {
                self.in_function("await", awaited)?;
                self.expression(&awaited.value)?;
                self.emit(Op::Await);
            }
            Expr::Starred(starred) => {
                return Err(Mistake::syntax(
                    "can't use starred expression here",
                    starred.start().to_u32(),
                ));
            }
            Expr::TString(_) => self.refuse("template string"),
            Expr::IpyEscapeCommand(command) => {
                return Err(Mistake::syntax("invalid syntax", command.start().to_u32()));
            }
        }
        Ok(())
    }

    /// Errors of a member access that spans lines are reported where the member is named.
    fn at_member(&mut self, attribute: &ast::ExprAttribute) {
        let range = attribute.value.range();
        let between = self
            .source
            .slice(range.start().to_u32(), attribute.attr.start().to_u32());
        if between.contains('\n') {
            let start = attribute.attr.start().to_u32();
            self.unit().offset = start;
        }
    }

    fn in_function(&mut self, what: &str, node: &impl Ranged) -> Done {
        let scope = self.unit().scope;
        match self.scopes.scope(scope).map(|scope| scope.kind) {
            Some(ScopeKind::Function) => Ok(()),
            Some(ScopeKind::Comprehension) if what == "await" => Ok(()),
            Some(ScopeKind::Comprehension) => Err(Mistake::syntax(
                "'yield' inside list comprehension",
                node.start().to_u32(),
            )),
            _ => Err(Mistake::syntax(
                format!("'{what}' outside function"),
                node.start().to_u32(),
            )),
        }
    }

    fn number(&mut self, literal: &ast::ExprNumberLiteral) -> Done {
        match &literal.value {
            ast::Number::Int(int) => match int.as_i64() {
                Some(number) => self.constant(Value::Int(number)),
                None => match integer(&int.to_string()) {
                    Some(number) => self.constant(Value::big(number)),
                    None => {
                        return Err(Mistake::syntax(
                            "Exceeds the limit (4300 digits) for integer string conversion",
                            literal.start().to_u32(),
                        ));
                    }
                },
            },
            ast::Number::Float(number) => self.constant(Value::Float(*number)),
            ast::Number::Complex { .. } => self.refuse("complex number"),
        }
        Ok(())
    }

    /// A list, in pieces when it is long.
    fn sequence(&mut self, elements: &[Expr]) -> Done {
        if elements.len() <= CHUNK && !elements.iter().any(Expr::is_starred_expr) {
            for element in elements {
                self.expression(element)?;
            }
            self.emit(Op::BuildList(count(elements.len())));
            return Ok(());
        }
        self.emit(Op::BuildList(0));
        for element in elements {
            match element {
                Expr::Starred(starred) => {
                    self.expression(&starred.value)?;
                    self.at(element);
                    self.emit(Op::ListExtend);
                }
                other => {
                    self.expression(other)?;
                    self.emit(Op::ListAppend(1));
                }
            }
        }
        Ok(())
    }

    fn dict(&mut self, dict: &ast::ExprDict) -> Done {
        let simple = dict.items.len() <= CHUNK && dict.items.iter().all(|item| item.key.is_some());
        if !simple {
            self.emit(Op::BuildDict(0));
        }
        for item in &dict.items {
            if let Some(key) = &item.key {
                self.expression(key)?;
                self.expression(&item.value)?;
                if !simple {
                    self.emit(Op::MapAdd(1));
                }
            } else {
                self.expression(&item.value)?;
                self.at(&item.value);
                self.emit(Op::DictUpdate);
            }
        }
        if simple {
            self.at(dict);
            self.emit(Op::BuildDict(count(dict.items.len())));
        }
        Ok(())
    }

    fn f_string(&mut self, text: &ast::ExprFString) -> Done {
        let mut pieces = 0;
        let mut literal = String::new();
        for part in &text.value {
            match part {
                ast::FStringPart::Literal(part) => literal.push_str(&part.value),
                ast::FStringPart::FString(part) => {
                    self.interpolated(&part.elements, &mut literal, &mut pieces)?;
                }
            }
        }
        if !literal.is_empty() || pieces == 0 {
            self.constant(Value::from(literal));
            pieces += 1;
        }
        self.at(text);
        self.emit(Op::BuildString(pieces));
        Ok(())
    }

    fn interpolated(
        &mut self,
        elements: &ast::InterpolatedStringElements,
        literal: &mut String,
        pieces: &mut u32,
    ) -> Done {
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(part) => literal.push_str(&part.value),
                ast::InterpolatedStringElement::Interpolation(part) => {
                    if let Some(debug) = &part.debug_text {
                        literal.push_str(debug.leading());
                        literal.push_str(debug.expression());
                        literal.push_str(debug.trailing());
                    }
                    if !literal.is_empty() {
                        self.constant(Value::from(std::mem::take(literal)));
                        *pieces += 1;
                    }
                    self.expression(&part.expression)?;
                    let conversion = match part.conversion {
                        ast::ConversionFlag::None
                            if part.debug_text.is_some() && part.format_spec.is_none() =>
                        {
                            2
                        }
                        ast::ConversionFlag::None => 0,
                        ast::ConversionFlag::Str => 1,
                        ast::ConversionFlag::Repr => 2,
                        ast::ConversionFlag::Ascii => 3,
                    };
                    if let Some(specification) = &part.format_spec {
                        let (mut inner, mut count) = (String::new(), 0);
                        stacker::maybe_grow(RED_ZONE, SEGMENT, || {
                            self.interpolated(&specification.elements, &mut inner, &mut count)
                        })?;
                        if !inner.is_empty() || count == 0 {
                            self.constant(Value::from(inner));
                            count += 1;
                        }
                        self.emit(Op::BuildString(count));
                    }
                    self.at(&*part.expression);
                    self.emit(Op::Format(conversion, part.format_spec.is_some()));
                    *pieces += 1;
                    if *pieces as usize >= CHUNK {
                        self.emit(Op::BuildString(*pieces));
                        *pieces = 1;
                    }
                }
            }
        }
        Ok(())
    }

    fn compare(&mut self, compare: &ast::ExprCompare) -> Done {
        self.expression(&compare.left)?;
        let mut jumps = Vec::new();
        let last = compare.ops.len().saturating_sub(1);
        for (place, (operator, right)) in compare.ops.iter().zip(&*compare.comparators).enumerate()
        {
            self.expression(right)?;
            if place < last {
                self.emit(Op::Duplicate);
                self.emit(Op::RotateThree);
            }
            self.emit(match operator {
                ast::CmpOp::Eq => Op::Compare(CompareOperator::Equal),
                ast::CmpOp::NotEq => Op::Compare(CompareOperator::NotEqual),
                ast::CmpOp::Lt => Op::Compare(CompareOperator::Less),
                ast::CmpOp::LtE => Op::Compare(CompareOperator::LessEqual),
                ast::CmpOp::Gt => Op::Compare(CompareOperator::Greater),
                ast::CmpOp::GtE => Op::Compare(CompareOperator::GreaterEqual),
                ast::CmpOp::Is => Op::Is(true),
                ast::CmpOp::IsNot => Op::Is(false),
                ast::CmpOp::In => Op::In(true),
                ast::CmpOp::NotIn => Op::In(false),
            });
            if place < last {
                jumps.push(self.emit(Op::JumpIfFalseOrPop(0)));
            }
        }
        if !jumps.is_empty() {
            let end = self.emit(Op::Jump(0));
            for jump in jumps {
                self.land(jump);
            }
            self.emit(Op::Swap);
            self.emit(Op::Pop);
            self.land(end);
        }
        Ok(())
    }

    fn lambda(&mut self, lambda: &ast::ExprLambda) -> Done {
        let flags = match &lambda.parameters {
            Some(parameters) => self.defaults(parameters)?,
            None => 0,
        };
        let qualified = self.qualified("<lambda>");
        let scope = self.scopes.of(address(lambda));
        self.open(scope, "<lambda>", qualified, lambda.start().to_u32())?;
        if let Some(parameters) = &lambda.parameters {
            self.parameters(parameters)?;
        }
        let generator = self
            .scopes
            .scope(scope)
            .is_some_and(|scope| scope.generator);
        self.unit().flavor.generator = generator;
        self.expression(&lambda.body)?;
        self.emit(Op::Return);
        self.make_function(flags);
        Ok(())
    }

    fn call(&mut self, call: &ast::ExprCall) -> Done {
        let arguments = &call.arguments;
        let plain = arguments.args.len() + arguments.keywords.len() <= STACK_ARGUMENTS
            && !arguments.args.iter().any(Expr::is_starred_expr)
            && arguments
                .keywords
                .iter()
                .all(|keyword| keyword.arg.is_some());
        let mut method = None;
        match &*call.func {
            Expr::Attribute(attribute) if plain => {
                self.expression(&attribute.value)?;
                let name = self.attribute_name(&attribute.attr);
                if let Ok(name) = u16::try_from(name) {
                    method = Some((name, attribute));
                } else {
                    self.emit(Op::LoadAttribute(name));
                }
            }
            Expr::Name(name) if name.id.as_str() == "super" && arguments.is_empty() => {
                let cell = self.place("__class__");
                let scope = self.unit().scope;
                let parameter = self
                    .unit()
                    .locals
                    .first()
                    .cloned()
                    .filter(|_| {
                        self.scopes.scope(scope).map(|scope| scope.kind)
                            == Some(ScopeKind::Function)
                    })
                    .filter(|_| self.unit().positional > 0);
                if let ((class, Place::Cell), Some(parameter)) = (cell, parameter) {
                    self.load(&name.id);
                    let cell = self.cell(&class);
                    self.emit(Op::LoadCell(cell));
                    self.load(&parameter);
                    self.emit(Op::Call(2, NO_NAMES));
                    return Ok(());
                }
                self.load(&name.id);
            }
            other => self.expression(other)?,
        }
        if !plain {
            self.spread(arguments)?;
            self.at(call);
            self.emit(Op::CallSpread);
            return Ok(());
        }
        for argument in &arguments.args {
            self.expression(argument)?;
        }
        let mut names = NO_NAMES;
        if !arguments.keywords.is_empty() {
            let mut list: Vec<Rc<str>> = Vec::new();
            for keyword in &arguments.keywords {
                if let Some(name) = &keyword.arg {
                    if list.iter().any(|seen| **seen == *name.as_str()) {
                        return Err(Mistake::syntax(
                            format!("keyword argument repeated: {name}"),
                            keyword.start().to_u32(),
                        ));
                    }
                    let place = self.name(name);
                    let text = self
                        .unit()
                        .names
                        .get(place as usize)
                        .map(|name| name.text.clone());
                    list.extend(text);
                }
                self.expression(&keyword.value)?;
            }
            let place = self.name_list(list);
            names = u16::try_from(place).map_err(|_| Mistake {
                message: "A function has more than 65535 calls with keyword arguments.".into(),
                offset: call.start().to_u32(),
                refused: true,
            })?;
        }
        let total = arguments.args.len() + arguments.keywords.len();
        let total = u16::try_from(total).unwrap_or(u16::MAX);
        self.at(call);
        match method {
            Some((name, attribute)) => {
                self.at_member(attribute);
                self.emit(Op::CallMethod(name, total, names));
            }
            None => {
                self.emit(Op::Call(total, names));
            }
        }
        Ok(())
    }

    /// Pushes a list of positional and a dictionary of keyword arguments.
    fn spread(&mut self, arguments: &ast::Arguments) -> Done {
        self.emit(Op::BuildList(0));
        for argument in &arguments.args {
            match argument {
                Expr::Starred(starred) => {
                    self.expression(&starred.value)?;
                    self.emit(Op::ListExtend);
                }
                other => {
                    self.expression(other)?;
                    self.emit(Op::ListAppend(1));
                }
            }
        }
        self.keyword_dict(&arguments.keywords)
    }

    pub(super) fn keyword_dict(&mut self, keywords: &[ast::Keyword]) -> Done {
        self.emit(Op::BuildDict(0));
        for keyword in keywords {
            match &keyword.arg {
                Some(name) => {
                    self.emit(Op::BuildDict(0));
                    self.constant(Value::str(name.as_str()));
                    self.expression(&keyword.value)?;
                    self.emit(Op::MapAdd(1));
                }
                None => self.expression(&keyword.value)?,
            }
            self.emit(Op::DictMerge);
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        node: usize,
        at: &impl Ranged,
        name: &str,
        generators: &[ast::Comprehension],
        element: Element<'_>,
    ) -> Done {
        if generators.iter().any(|generator| generator.is_async) {
            self.refuse("asynchronous comprehension");
            return Ok(());
        }
        let qualified = self.qualified(name);
        let scope = self.scopes.of(node);
        let first = generators.first();
        let start = at.start().to_u32();
        self.open(scope, name, qualified, start)?;
        self.unit().positional = 1;
        match element {
            Element::List(_) | Element::Set(_) => {
                self.emit(Op::BuildList(0));
            }
            Element::Dict(..) => {
                self.emit(Op::BuildDict(0));
            }
            Element::Yield(_) => self.unit().flavor.generator = true,
        }
        self.nest(generators, true, 0, element)?;
        if matches!(element, Element::Yield(_)) {
            self.emit(Op::None);
        }
        self.emit(Op::Return);
        self.make_function(0);
        if let Some(first) = first {
            self.expression(&first.iter)?;
            self.at(&first.iter);
        }
        self.emit(Op::Comprehend {
            set: matches!(element, Element::Set(_)),
        });
        Ok(())
    }

    fn nest(
        &mut self,
        generators: &[ast::Comprehension],
        outermost: bool,
        depth: u32,
        element: Element<'_>,
    ) -> Done {
        let Some((generator, rest)) = generators.split_first() else {
            match element {
                Element::List(element) | Element::Set(element) => {
                    self.expression(element)?;
                    self.emit(Op::ListAppend(depth + 1));
                }
                Element::Dict(key, value) => {
                    self.expression(key)?;
                    self.expression(value)?;
                    self.at(key);
                    self.emit(Op::MapAdd(depth + 1));
                }
                Element::Yield(element) => {
                    self.expression(element)?;
                    self.emit(Op::Yield);
                    self.emit(Op::Pop);
                }
            }
            return Ok(());
        };
        if outermost {
            self.emit(Op::LoadLocal(0));
        } else {
            self.expression(&generator.iter)?;
            self.at(&generator.iter);
            self.emit(Op::Iterator);
        }
        let start = self.here();
        let next = self.emit(Op::ForNext(0));
        self.assign(&generator.target)?;
        for condition in &generator.ifs {
            self.expression(condition)?;
            self.emit(Op::JumpIfFalse(start));
        }
        stacker::maybe_grow(RED_ZONE, SEGMENT, || {
            self.nest(rest, false, depth + 1, element)
        })?;
        self.emit(Op::Jump(start));
        self.land(next);
        Ok(())
    }
}

/// What a comprehension collects.
#[derive(Clone, Copy)]
pub(super) enum Element<'a> {
    List(&'a Expr),
    Set(&'a Expr),
    Dict(&'a Expr, &'a Expr),
    Yield(&'a Expr),
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
