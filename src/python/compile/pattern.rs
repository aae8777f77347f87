//! The `match` statement.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Pattern};
use ruff_text_size::Ranged;

use super::{Compiler, Done, Mistake, RED_ZONE, SEGMENT};
use crate::python::code::Op;
use crate::python::object::CompareOperator;
use crate::python::value::Value;

/// One case being compiled.
#[derive(Default)]
struct Case {
    /// Jumps for a subject that does not match.
    failures: Vec<usize>,
    /// Names and the temporaries that hold their values until the whole pattern has matched.
    captures: Vec<(Rc<str>, u32)>,
}

impl Compiler<'_> {
    pub(super) fn match_statement(&mut self, statement: &ast::StmtMatch) -> Done {
        self.expression(&statement.subject)?;
        let subject = self.temporary();
        self.emit(Op::StoreLocal(subject));
        let mut ends = Vec::new();
        for case in &statement.cases {
            self.at(&case.pattern);
            let mut state = Case::default();
            self.pattern(&case.pattern, subject, &mut state)?;
            for (name, place) in std::mem::take(&mut state.captures) {
                self.emit(Op::LoadLocal(place));
                self.store(&name)?;
            }
            if let Some(guard) = &case.guard {
                self.expression(guard)?;
                state.failures.push(self.emit(Op::JumpIfFalse(0)));
            }
            self.body(&case.body)?;
            ends.push(self.emit(Op::Jump(0)));
            for jump in state.failures {
                self.land(jump);
            }
        }
        for jump in ends {
            self.land(jump);
        }
        Ok(())
    }

    fn capture(&mut self, name: &str, subject: u32, case: &mut Case) {
        let known = case
            .captures
            .iter()
            .find(|(captured, _)| **captured == *name)
            .map(|(_, place)| *place);
        let place = known.unwrap_or_else(|| {
            let place = self.temporary();
            case.captures.push((Rc::from(name), place));
            place
        });
        self.emit(Op::LoadLocal(subject));
        self.emit(Op::StoreLocal(place));
    }

    fn fail_unless(&mut self, case: &mut Case) {
        case.failures.push(self.emit(Op::JumpIfFalse(0)));
    }

    fn pattern(&mut self, pattern: &Pattern, subject: u32, case: &mut Case) -> Done {
        stacker::maybe_grow(RED_ZONE, SEGMENT, || {
            self.one_pattern(pattern, subject, case)
        })
    }

    fn one_pattern(&mut self, pattern: &Pattern, subject: u32, case: &mut Case) -> Done {
        self.at(pattern);
        match pattern {
            Pattern::MatchValue(value) => {
                self.emit(Op::LoadLocal(subject));
                self.expression(&value.value)?;
                self.emit(Op::Compare(CompareOperator::Equal));
                self.fail_unless(case);
            }
            Pattern::MatchSingleton(value) => {
                self.emit(Op::LoadLocal(subject));
                match value.value {
                    ast::Singleton::None => {
                        self.emit(Op::None);
                    }
                    ast::Singleton::True => self.constant(Value::Bool(true)),
                    ast::Singleton::False => self.constant(Value::Bool(false)),
                }
                self.emit(Op::Is(true));
                self.fail_unless(case);
            }
            Pattern::MatchAs(alias) => {
                if let Some(inner) = &alias.pattern {
                    self.pattern(inner, subject, case)?;
                }
                if let Some(name) = &alias.name {
                    self.capture(name, subject, case);
                }
            }
            Pattern::MatchStar(star) => {
                return Err(Mistake::syntax(
                    "starred pattern outside of a sequence",
                    star.start().to_u32(),
                ));
            }
            Pattern::MatchOr(alternatives) => self.alternatives(alternatives, subject, case)?,
            Pattern::MatchSequence(sequence) => self.sequence_pattern(sequence, subject, case)?,
            Pattern::MatchMapping(mapping) => self.mapping_pattern(mapping, subject, case)?,
            Pattern::MatchClass(class) => self.class_pattern(class, subject, case)?,
        }
        Ok(())
    }

    fn alternatives(
        &mut self,
        pattern: &ast::PatternMatchOr,
        subject: u32,
        case: &mut Case,
    ) -> Done {
        let mut matched = Vec::new();
        let last = pattern.patterns.len().saturating_sub(1);
        for (place, alternative) in pattern.patterns.iter().enumerate() {
            let outer = std::mem::take(&mut case.failures);
            self.pattern(alternative, subject, case)?;
            let failures = std::mem::replace(&mut case.failures, outer);
            if place < last {
                matched.push(self.emit(Op::Jump(0)));
                for jump in failures {
                    self.land(jump);
                }
            } else {
                case.failures.extend(failures);
            }
        }
        for jump in matched {
            self.land(jump);
        }
        Ok(())
    }

    /// Stores the values unpacked on the stack, then matches them.
    fn parts(&mut self, patterns: &[&Pattern], case: &mut Case) -> Done {
        let places: Vec<u32> = patterns
            .iter()
            .map(|_| {
                let place = self.temporary();
                self.emit(Op::StoreLocal(place));
                place
            })
            .collect();
        for (pattern, place) in patterns.iter().zip(places) {
            match pattern {
                Pattern::MatchStar(star) => {
                    if let Some(name) = &star.name {
                        self.capture(name, place, case);
                    }
                }
                other => self.pattern(other, place, case)?,
            }
        }
        Ok(())
    }

    fn sequence_pattern(
        &mut self,
        sequence: &ast::PatternMatchSequence,
        subject: u32,
        case: &mut Case,
    ) -> Done {
        let count = sequence.patterns.len();
        let too_long = || Mistake::syntax("too many patterns", sequence.start().to_u32());
        let star = sequence
            .patterns
            .iter()
            .position(|pattern| matches!(pattern, Pattern::MatchStar(_)));
        self.emit(Op::LoadLocal(subject));
        self.emit(Op::IsSequence);
        self.fail_unless(case);
        self.emit(Op::LoadLocal(subject));
        let length = u32::try_from(count).map_err(|_| too_long())?;
        self.emit(match star {
            None => Op::LengthIs(length),
            Some(_) => Op::LengthAtLeast(length - 1),
        });
        self.fail_unless(case);
        self.emit(Op::LoadLocal(subject));
        self.emit(match star {
            None => Op::UnpackSequence(length),
            Some(star) => Op::UnpackStarred(
                u16::try_from(star).map_err(|_| too_long())?,
                u16::try_from(count - star - 1).map_err(|_| too_long())?,
            ),
        });
        let patterns: Vec<&Pattern> = sequence.patterns.iter().collect();
        self.parts(&patterns, case)
    }

    fn keys(&mut self, keys: &[Expr]) -> Done {
        for key in keys {
            self.expression(key)?;
        }
        self.emit(Op::BuildTuple(
            u32::try_from(keys.len()).unwrap_or(u32::MAX),
        ));
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        mapping: &ast::PatternMatchMapping,
        subject: u32,
        case: &mut Case,
    ) -> Done {
        self.emit(Op::LoadLocal(subject));
        self.emit(Op::IsMapping);
        self.fail_unless(case);
        if !mapping.keys.is_empty() {
            self.emit(Op::LoadLocal(subject));
            self.keys(&mapping.keys)?;
            self.emit(Op::MatchKeys);
            self.unpack_match(mapping.keys.len(), case);
            let patterns: Vec<&Pattern> = mapping.patterns.iter().collect();
            self.parts(&patterns, case)?;
        }
        if let Some(rest) = &mapping.rest {
            self.emit(Op::LoadLocal(subject));
            self.keys(&mapping.keys)?;
            self.emit(Op::MapWithout);
            let place = self.temporary();
            self.emit(Op::StoreLocal(place));
            self.capture(rest, place, case);
        }
        Ok(())
    }

    /// The tuple on the stack is `None` for a subject that does not match.
    fn unpack_match(&mut self, count: usize, case: &mut Case) {
        let place = self.temporary();
        self.emit(Op::StoreLocal(place));
        self.emit(Op::LoadLocal(place));
        self.emit(Op::None);
        self.emit(Op::Is(false));
        self.fail_unless(case);
        self.emit(Op::LoadLocal(place));
        self.emit(Op::UnpackSequence(u32::try_from(count).unwrap_or(u32::MAX)));
    }

    fn class_pattern(
        &mut self,
        class: &ast::PatternMatchClass,
        subject: u32,
        case: &mut Case,
    ) -> Done {
        let positional = class.arguments.patterns.len();
        let names: Vec<Rc<str>> = class
            .arguments
            .keywords
            .iter()
            .map(|keyword| Rc::from(keyword.attr.as_str()))
            .collect();
        let count = positional + names.len();
        let too_long = || Mistake::syntax("too many patterns", class.start().to_u32());
        let list = self.name_list(names);
        self.emit(Op::LoadLocal(subject));
        self.expression(&class.cls)?;
        self.emit(Op::MatchClass(
            u16::try_from(positional).map_err(|_| too_long())?,
            u16::try_from(list).map_err(|_| too_long())?,
        ));
        self.unpack_match(count, case);
        let patterns: Vec<&Pattern> = class
            .arguments
            .patterns
            .iter()
            .chain(
                class
                    .arguments
                    .keywords
                    .iter()
                    .map(|keyword| &keyword.pattern),
            )
            .collect();
        self.parts(&patterns, case)
    }
}
