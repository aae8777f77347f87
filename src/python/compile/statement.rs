//! Statements.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::scope::{ScopeKind, address};
use super::{Compiler, Done, Loop, Mistake, RED_ZONE, SEGMENT, docstring};
use crate::python::code::{NO_NAMES, Op};
use crate::python::object::BinaryOperator;
use crate::python::value::Value;

pub(super) fn operator(operator: ast::Operator) -> BinaryOperator {
    match operator {
        ast::Operator::Add => BinaryOperator::Add,
        ast::Operator::Sub => BinaryOperator::Subtract,
        ast::Operator::Mult => BinaryOperator::Multiply,
        ast::Operator::MatMult => BinaryOperator::MatrixMultiply,
        ast::Operator::Div => BinaryOperator::Divide,
        ast::Operator::Mod => BinaryOperator::Modulo,
        ast::Operator::Pow => BinaryOperator::Power,
        ast::Operator::LShift => BinaryOperator::LeftShift,
        ast::Operator::RShift => BinaryOperator::RightShift,
        ast::Operator::BitOr => BinaryOperator::Or,
        ast::Operator::BitXor => BinaryOperator::Xor,
        ast::Operator::BitAnd => BinaryOperator::And,
        ast::Operator::FloorDiv => BinaryOperator::FloorDivide,
    }
}

impl Compiler<'_> {
    pub(super) fn body(&mut self, body: &[Stmt]) -> Done {
        for statement in body {
            stacker::maybe_grow(RED_ZONE, SEGMENT, || self.statement(statement))?;
        }
        Ok(())
    }

    fn statement(&mut self, statement: &Stmt) -> Done {
        self.at(statement);
        match statement {
            Stmt::Expr(expression) => {
                // A text by itself is a comment.
                if !matches!(&*expression.value, Expr::StringLiteral(_)) {
                    self.expression(&expression.value)?;
                    self.emit(Op::Pop);
                }
            }
            Stmt::Assign(assignment) => {
                self.expression(&assignment.value)?;
                let count = assignment.targets.len();
                for (place, target) in assignment.targets.iter().enumerate() {
                    if place + 1 < count {
                        self.emit(Op::Duplicate);
                    }
                    self.assign(target)?;
                }
            }
            Stmt::AugAssign(assignment) => self.augmented(assignment)?,
            Stmt::AnnAssign(assignment) => self.annotated(assignment)?,
            Stmt::Return(statement) => {
                let scope = self.unit().scope;
                if self.scopes.scope(scope).map(|scope| scope.kind) != Some(ScopeKind::Function) {
                    return Err(Mistake::syntax(
                        "'return' outside function",
                        statement.start().to_u32(),
                    ));
                }
                match &statement.value {
                    Some(value) => self.expression(value)?,
                    None => {
                        self.emit(Op::None);
                    }
                }
                self.at(statement);
                let blocks = self.unit().blocks;
                self.emit(if blocks > 0 {
                    Op::ReturnBlocks
                } else {
                    Op::Return
                });
            }
            Stmt::If(statement) => self.if_statement(statement)?,
            Stmt::For(statement) => self.for_statement(statement)?,
            Stmt::While(statement) => self.while_statement(statement)?,
            Stmt::Break(statement) => self.leave_loop(statement, true)?,
            Stmt::Continue(statement) => self.leave_loop(statement, false)?,
            Stmt::Pass(_) => {
                self.emit(Op::Nop);
            }
            Stmt::FunctionDef(function) => self.function_statement(function)?,
            Stmt::ClassDef(class) => self.class_statement(class)?,
            Stmt::Try(statement) => self.try_statement(statement)?,
            Stmt::With(statement) => self.with_items(statement, &statement.items)?,
            Stmt::Raise(statement) => {
                let mut parts = 0;
                if let Some(exception) = &statement.exc {
                    self.expression(exception)?;
                    parts = 1;
                    if let Some(cause) = &statement.cause {
                        self.expression(cause)?;
                        parts = 2;
                    }
                }
                self.at(statement);
                self.emit(Op::Raise(parts));
            }
            Stmt::Assert(statement) => {
                self.expression(&statement.test)?;
                let jump = self.emit(Op::JumpIfTrue(0));
                let mut parts = 0;
                if let Some(message) = &statement.msg {
                    self.expression(message)?;
                    parts = 1;
                }
                self.at(statement);
                self.emit(Op::AssertionFailed(parts));
                self.land(jump);
            }
            Stmt::Delete(statement) => {
                for target in &statement.targets {
                    self.delete(target)?;
                }
            }
            Stmt::Import(statement) => {
                for alias in &statement.names {
                    self.at(alias);
                    let name = self.name(&alias.name);
                    if let Some(bound) = &alias.asname {
                        self.emit(Op::Import(name, 1));
                        self.store(bound)?;
                    } else {
                        self.emit(Op::Import(name, 0));
                        let top = alias.name.split('.').next().unwrap_or(&alias.name);
                        self.store(top)?;
                    }
                }
            }
            Stmt::ImportFrom(statement) => self.import_from(statement)?,
            Stmt::Global(_) | Stmt::Nonlocal(_) => {}
            Stmt::Match(statement) => self.match_statement(statement)?,
            Stmt::TypeAlias(statement) => {
                let range = statement.value.range();
                let text = self
                    .source
                    .slice(range.start().to_u32(), range.end().to_u32())
                    .to_owned();
                self.constant(Value::from(text));
                self.assign(&statement.name)?;
            }
            Stmt::IpyEscapeCommand(statement) => {
                return Err(Mistake::syntax(
                    "invalid syntax",
                    statement.start().to_u32(),
                ));
            }
        }
        Ok(())
    }

    /// Stores the value on the stack.
    pub(super) fn assign(&mut self, target: &Expr) -> Done {
        self.at(target);
        match target {
            Expr::Name(name) => self.store(&name.id)?,
            Expr::Attribute(attribute) => {
                self.expression(&attribute.value)?;
                self.at(target);
                let name = self.attribute_name(&attribute.attr);
                self.emit(Op::StoreAttribute(name));
            }
            Expr::Subscript(subscript) => {
                self.expression(&subscript.value)?;
                self.expression(&subscript.slice)?;
                self.at(target);
                self.emit(Op::StoreItem);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                self.unpack(elts, target)?;
            }
            Expr::Starred(_) => {
                return Err(Mistake::syntax(
                    "starred assignment target must be in a list or tuple",
                    target.start().to_u32(),
                ));
            }
            _ => {
                return Err(Mistake::syntax(
                    "cannot assign to expression",
                    target.start().to_u32(),
                ));
            }
        }
        Ok(())
    }

    fn unpack(&mut self, targets: &[Expr], at: &Expr) -> Done {
        let stars: Vec<usize> = targets
            .iter()
            .enumerate()
            .filter(|(_, target)| target.is_starred_expr())
            .map(|(place, _)| place)
            .collect();
        let too_many = || {
            Mistake::syntax(
                "too many expressions in star-unpacking assignment",
                at.start().to_u32(),
            )
        };
        match stars.as_slice() {
            [] => {
                let count = u32::try_from(targets.len()).map_err(|_| too_many())?;
                self.emit(Op::UnpackSequence(count));
            }
            [star] => {
                let before = u16::try_from(*star).map_err(|_| too_many())?;
                let after = u16::try_from(targets.len() - star - 1).map_err(|_| too_many())?;
                self.emit(Op::UnpackStarred(before, after));
            }
            _ => {
                return Err(Mistake::syntax(
                    "multiple starred expressions in assignment",
                    at.start().to_u32(),
                ));
            }
        }
        for target in targets {
            match target {
                Expr::Starred(starred) => self.assign(&starred.value)?,
                other => stacker::maybe_grow(RED_ZONE, SEGMENT, || self.assign(other))?,
            }
        }
        Ok(())
    }

    fn delete(&mut self, target: &Expr) -> Done {
        self.at(target);
        match target {
            Expr::Name(name) => self.delete_name(&name.id),
            Expr::Attribute(attribute) => {
                self.expression(&attribute.value)?;
                let name = self.attribute_name(&attribute.attr);
                self.emit(Op::DeleteAttribute(name));
            }
            Expr::Subscript(subscript) => {
                self.expression(&subscript.value)?;
                self.expression(&subscript.slice)?;
                self.at(target);
                self.emit(Op::DeleteItem);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                for target in elts {
                    stacker::maybe_grow(RED_ZONE, SEGMENT, || self.delete(target))?;
                }
            }
            _ => {
                return Err(Mistake::syntax(
                    "cannot delete expression",
                    target.start().to_u32(),
                ));
            }
        }
        Ok(())
    }

    fn augmented(&mut self, assignment: &ast::StmtAugAssign) -> Done {
        let op = Op::InPlace(operator(assignment.op));
        match &*assignment.target {
            Expr::Name(name) => {
                self.load(&name.id);
                self.expression(&assignment.value)?;
                self.at(assignment);
                self.emit(op);
                self.store(&name.id)?;
            }
            Expr::Attribute(attribute) => {
                self.expression(&attribute.value)?;
                self.at(assignment);
                let name = self.attribute_name(&attribute.attr);
                self.emit(Op::Duplicate);
                self.emit(Op::LoadAttribute(name));
                self.expression(&assignment.value)?;
                self.at(assignment);
                self.emit(op);
                self.emit(Op::Swap);
                self.emit(Op::StoreAttribute(name));
            }
            Expr::Subscript(subscript) => {
                self.expression(&subscript.value)?;
                self.expression(&subscript.slice)?;
                self.at(assignment);
                self.emit(Op::DuplicateTwo);
                self.emit(Op::LoadItem);
                self.expression(&assignment.value)?;
                self.at(assignment);
                self.emit(op);
                self.emit(Op::RotateThree);
                self.emit(Op::StoreItem);
            }
            other => {
                return Err(Mistake::syntax(
                    "illegal expression for augmented assignment",
                    other.start().to_u32(),
                ));
            }
        }
        Ok(())
    }

    fn annotated(&mut self, assignment: &ast::StmtAnnAssign) -> Done {
        if let Some(value) = &assignment.value {
            self.expression(value)?;
            self.assign(&assignment.target)?;
        }
        let scope = self.unit().scope;
        let in_class = self.scopes.scope(scope).map(|scope| scope.kind) == Some(ScopeKind::Class);
        if let (true, Expr::Name(name)) = (in_class, &*assignment.target) {
            // Kept as a function, so that an annotation nobody asks for is not evaluated.
            let range = assignment.annotation.range();
            let text = self
                .source
                .slice(range.start().to_u32(), range.end().to_u32())
                .to_owned();
            self.at(&*assignment.annotation);
            let start = range.start().to_u32();
            let qualified = self.qualified("<annotation>");
            let inner = self.scopes.of(address(&*assignment.annotation));
            self.open(inner, "<annotation>", qualified, start)?;
            if self.lazy_annotations {
                self.constant(Value::str(&text));
            } else {
                self.expression(&assignment.annotation)?;
            }
            self.emit(Op::Return);
            self.unit().doc = Some(Rc::from(text));
            self.make_function(0);
            let name = self.name(&name.id);
            self.emit(Op::Annotate(name));
        }
        Ok(())
    }

    fn if_statement(&mut self, statement: &ast::StmtIf) -> Done {
        self.expression(&statement.test)?;
        let mut next = Some(self.emit(Op::JumpIfFalse(0)));
        self.body(&statement.body)?;
        let mut ends = Vec::new();
        for clause in &statement.elif_else_clauses {
            ends.push(self.emit(Op::Jump(0)));
            if let Some(jump) = next.take() {
                self.land(jump);
            }
            if let Some(test) = &clause.test {
                self.expression(test)?;
                next = Some(self.emit(Op::JumpIfFalse(0)));
            }
            self.body(&clause.body)?;
        }
        if let Some(jump) = next {
            self.land(jump);
        }
        for jump in ends {
            self.land(jump);
        }
        Ok(())
    }

    fn begin_loop(&mut self) -> u32 {
        let start = self.here();
        let unit = self.unit();
        let blocks = unit.blocks;
        unit.loops.push(Loop {
            start,
            breaks: Vec::new(),
            blocks,
        });
        start
    }

    fn end_loop(&mut self) -> Vec<usize> {
        self.unit()
            .loops
            .pop()
            .map(|one| one.breaks)
            .unwrap_or_default()
    }

    fn for_statement(&mut self, statement: &ast::StmtFor) -> Done {
        if statement.is_async {
            self.refuse("async for");
        }
        self.expression(&statement.iter)?;
        self.at(&*statement.iter);
        self.emit(Op::Iterator);
        let start = self.begin_loop();
        let next = self.emit(Op::ForNext(0));
        self.assign(&statement.target)?;
        self.body(&statement.body)?;
        self.emit(Op::Jump(start));
        self.land(next);
        let breaks = self.end_loop();
        self.body(&statement.orelse)?;
        if !breaks.is_empty() {
            let end = self.emit(Op::Jump(0));
            for jump in breaks {
                self.land(jump);
            }
            self.emit(Op::Pop);
            self.land(end);
        }
        Ok(())
    }

    fn while_statement(&mut self, statement: &ast::StmtWhile) -> Done {
        let start = self.begin_loop();
        self.expression(&statement.test)?;
        let exit = self.emit(Op::JumpIfFalse(0));
        self.body(&statement.body)?;
        self.emit(Op::Jump(start));
        self.land(exit);
        let breaks = self.end_loop();
        self.body(&statement.orelse)?;
        for jump in breaks {
            self.land(jump);
        }
        Ok(())
    }

    fn leave_loop(&mut self, statement: &impl Ranged, ends: bool) -> Done {
        let blocks = self.unit().blocks;
        let Some((start, depth)) = self.unit().loops.last().map(|one| (one.start, one.blocks))
        else {
            let message = if ends {
                "'break' outside loop"
            } else {
                "'continue' not properly in loop"
            };
            return Err(Mistake::syntax(message, statement.start().to_u32()));
        };
        let jump = self.emit(if blocks > depth {
            Op::JumpBlocks(start, depth)
        } else {
            Op::Jump(start)
        });
        if ends && let Some(inner) = self.unit().loops.last_mut() {
            inner.breaks.push(jump);
        }
        Ok(())
    }

    fn try_statement(&mut self, statement: &ast::StmtTry) -> Done {
        if statement.is_star {
            self.refuse("except*");
            return Ok(());
        }
        if statement.finalbody.is_empty() {
            return self.try_except(statement);
        }
        let finally = self.emit(Op::Finally(0));
        self.unit().blocks += 1;
        if statement.handlers.is_empty() {
            self.body(&statement.body)?;
            self.body(&statement.orelse)?;
        } else {
            self.try_except(statement)?;
        }
        self.emit(Op::BeginFinally);
        self.land(finally);
        // The block that was open is exchanged for one that remembers why the clause runs. A loop
        // around the statement is left through it, too.
        self.body(&statement.finalbody)?;
        self.emit(Op::EndFinally);
        self.unit().blocks -= 1;
        Ok(())
    }

    fn try_except(&mut self, statement: &ast::StmtTry) -> Done {
        let except = self.emit(Op::Except(0));
        self.unit().blocks += 1;
        self.body(&statement.body)?;
        self.emit(Op::PopBlock);
        self.unit().blocks -= 1;
        self.body(&statement.orelse)?;
        let mut ends = vec![self.emit(Op::Jump(0))];
        self.land(except);
        self.unit().blocks += 1;
        let count = statement.handlers.len();
        for (place, handler) in statement.handlers.iter().enumerate() {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            self.at(handler);
            let mut next = None;
            if let Some(class) = &handler.type_ {
                self.expression(class)?;
                self.at(handler);
                self.emit(Op::Matches);
                next = Some(self.emit(Op::JumpIfFalse(0)));
            } else if place + 1 < count {
                return Err(Mistake::syntax(
                    "default 'except:' must be last",
                    handler.start().to_u32(),
                ));
            }
            match &handler.name {
                Some(name) => self.store(name)?,
                None => {
                    self.emit(Op::Pop);
                }
            }
            self.body(&handler.body)?;
            if let Some(name) = &handler.name {
                // The handler may have deleted the name itself.
                self.emit(Op::None);
                self.store(name)?;
                self.delete_name(name);
            }
            self.emit(Op::EndHandler);
            ends.push(self.emit(Op::Jump(0)));
            if let Some(jump) = next {
                self.land(jump);
            } else {
                self.unit().blocks -= 1;
                for jump in ends {
                    self.land(jump);
                }
                return Ok(());
            }
        }
        self.emit(Op::Raise(3));
        self.unit().blocks -= 1;
        for jump in ends {
            self.land(jump);
        }
        Ok(())
    }

    fn with_items(&mut self, statement: &ast::StmtWith, items: &[ast::WithItem]) -> Done {
        let Some((item, rest)) = items.split_first() else {
            return self.body(&statement.body);
        };
        self.expression(&item.context_expr)?;
        self.at(&item.context_expr);
        let block = self.emit(if statement.is_async {
            Op::AsyncWith(0)
        } else {
            Op::With(0)
        });
        self.unit().blocks += 1;
        match &item.optional_vars {
            Some(target) => self.assign(target)?,
            None => {
                self.emit(Op::Pop);
            }
        }
        stacker::maybe_grow(RED_ZONE, SEGMENT, || self.with_items(statement, rest))?;
        self.at(&item.context_expr);
        self.emit(Op::LeaveWith);
        self.unit().blocks -= 1;
        self.land(block);
        Ok(())
    }

    fn import_from(&mut self, statement: &ast::StmtImportFrom) -> Done {
        let module = statement
            .module
            .as_ref()
            .map_or("", |module| module.as_str());
        if module == "__future__" && statement.level == 0 {
            self.lazy_annotations |= statement
                .names
                .iter()
                .any(|alias| alias.name.as_str() == "annotations");
        }
        let full = format!("{}{module}", ".".repeat(statement.level.min(100) as usize));
        let name = self.name(&full);
        self.emit(Op::Import(name, 1));
        for alias in &statement.names {
            self.at(alias);
            if alias.name.as_str() == "*" {
                self.emit(Op::ImportStar);
                continue;
            }
            let name = self.name(&alias.name);
            self.emit(Op::ImportFrom(name));
            self.store(alias.asname.as_ref().unwrap_or(&alias.name))?;
        }
        self.emit(Op::Pop);
        Ok(())
    }

    fn decorators(&mut self, decorators: &[ast::Decorator]) -> Done {
        for decorator in decorators {
            self.expression(&decorator.expression)?;
        }
        Ok(())
    }

    fn apply_decorators(&mut self, decorators: &[ast::Decorator]) {
        for decorator in decorators.iter().rev() {
            self.at(decorator);
            self.emit(Op::Call(1, NO_NAMES));
        }
    }

    fn function_statement(&mut self, function: &ast::StmtFunctionDef) -> Done {
        self.decorators(&function.decorator_list)?;
        let flags = self.defaults(&function.parameters)?;
        let qualified = self.qualified(&function.name);
        let scope = self.scopes.of(address(function));
        self.open(
            scope,
            &function.name,
            qualified,
            function.name.start().to_u32(),
        )?;
        self.parameters(&function.parameters)?;
        let generator = self
            .scopes
            .scope(scope)
            .is_some_and(|scope| scope.generator);
        let unit = self.unit();
        unit.flavor.generator = generator;
        unit.flavor.coroutine = function.is_async;
        unit.doc = docstring(&function.body).map(Rc::from);
        self.body(&function.body)?;
        self.emit(Op::None);
        self.emit(Op::Return);
        self.at(function);
        self.make_function(flags);
        self.apply_decorators(&function.decorator_list);
        self.at(function);
        self.store(&function.name)
    }

    /// Closes the code being built and makes a function of it.
    pub(super) fn make_function(&mut self, flags: u32) {
        let code = self.close();
        let unit = self.unit();
        unit.codes.push(Rc::new(code));
        let place = u32::try_from(unit.codes.len() - 1).unwrap_or(u32::MAX);
        self.emit(Op::MakeFunction(place, flags));
    }

    /// Pushes default values, giving the flags for `MakeFunction`.
    pub(super) fn defaults(&mut self, parameters: &ast::Parameters) -> Result<u32, Mistake> {
        let mut flags = 0;
        let mut count = 0;
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            if let Some(default) = &parameter.default {
                self.expression(default)?;
                count += 1;
            }
        }
        if count > 0 {
            self.emit(Op::BuildTuple(count));
            flags |= 1;
        }
        if parameters
            .kwonlyargs
            .iter()
            .any(|one| one.default.is_some())
        {
            let mut count = 0;
            for parameter in &parameters.kwonlyargs {
                if let Some(default) = &parameter.default {
                    self.constant(Value::str(parameter.name().as_str()));
                    self.expression(default)?;
                    count += 1;
                }
            }
            self.emit(Op::BuildDict(count));
            flags |= 2;
        }
        Ok(flags)
    }

    /// Tells the code being built of its parameters; the scope has put them first among the locals.
    pub(super) fn parameters(&mut self, parameters: &ast::Parameters) -> Done {
        let mut seen = std::collections::HashSet::new();
        for parameter in parameters {
            if !seen.insert(parameter.name().as_str()) {
                return Err(Mistake::syntax(
                    format!(
                        "duplicate argument '{}' in function definition",
                        parameter.name()
                    ),
                    parameter.start().to_u32(),
                ));
            }
        }
        let unit = self.unit();
        unit.positional_only = parameters.posonlyargs.len();
        unit.positional = parameters.posonlyargs.len() + parameters.args.len();
        unit.keyword_only = parameters.kwonlyargs.len();
        unit.rest = parameters.vararg.is_some();
        unit.keywords = parameters.kwarg.is_some();
        Ok(())
    }

    fn class_statement(&mut self, class: &ast::StmtClassDef) -> Done {
        self.decorators(&class.decorator_list)?;
        self.constant(Value::str(class.name.as_str()));
        self.emit(Op::BuildList(0));
        self.emit(Op::BuildDict(0));
        if let Some(arguments) = &class.arguments {
            self.emit(Op::Pop);
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
            self.keyword_dict(&arguments.keywords)?;
        }
        self.at(class);
        let qualified = self.qualified(&class.name);
        let scope = self.scopes.of(address(class));
        self.open(scope, &class.name, qualified, class.name.start().to_u32())?;
        self.unit().flavor.namespace = true;
        if let Some(doc) = docstring(&class.body) {
            self.constant(Value::str(doc));
            self.store("__doc__")?;
        }
        self.body(&class.body)?;
        self.emit(Op::None);
        self.emit(Op::Return);
        let code = self.close();
        self.at(class);
        let unit = self.unit();
        unit.codes.push(Rc::new(code));
        let place = u32::try_from(unit.codes.len() - 1).unwrap_or(u32::MAX);
        self.emit(Op::MakeClass(place));
        self.apply_decorators(&class.decorator_list);
        self.at(class);
        self.store(&class.name)
    }
}
