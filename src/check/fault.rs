//! Can a computation have no result: a division by zero, a number that does not fit, a product with too many decimals?
//!
//! Asked of every quotient by what is no constant and every product of two facts; of sums and other products where
//! every fact in them has a declared range, so that what is beyond can be called a mistake; of dates moved so far that
//! no day of our time stays in the calendar.

use std::collections::BTreeSet;

use super::goal::{Standing, View};
use super::question::{Reasoned, known};
use super::search::{Found, Ground, Witness, search, smallest};
use super::size::{MOST, through_reference};
use super::witness;
use crate::diagnostic::{Code, Diagnostic};
use crate::eval::{Cell, Frame, run};
use crate::program::{Node, NodeId, Program, Reduction, Rule};
use crate::value::{Day, Known, Op, Range, Trouble, Type};

pub(super) fn check(program: &Program, ground: Ground<'_>, expected: &BTreeSet<&str>, reasoned: &mut Reasoned) {
    for (id, node) in (0..).map(NodeId).zip(&program.nodes) {
        let computation = Computation { program, id };
        let asked = if let Node::Apply(op, operands) = node {
            computation.is_risky(*op, operands)
        } else {
            matches!(node, Node::Reduce { how: Reduction::Sum, body: Some(_), .. }) && computation.is_declared()
        };
        let owner = owner(program, id);
        let scope = owner.map_or(program.scope_of(id), |rule| rule.scope);
        let known_to_author = owner.is_some_and(|rule| expected.contains(rule.name.as_str()));
        if !asked || known_to_author || through_reference(program, scope) {
            continue;
        }
        if !computation.may_fail(&run(program, ground.empty, &program.cone(&[id]))) {
            continue;
        }
        let answer = owner.map_or(id, |rule| rule.instance);
        let goal = |frames: &[Frame<Cell>], row: usize| {
            let Some(frame) = frames.first() else { return Standing::Impossible };
            if !computation.may_fail(frame) {
                return Standing::Impossible;
            }
            let trouble = known(frame, answer, row).and_then(|known| known.trouble);
            let fails = matches!(trouble, Some(Trouble::Fault(_))) && computation.fails(frame);
            if fails { Standing::Reached } else { Standing::Open(vec![(0, id, 0)]) }
        };
        let views = [View::new(program, &[id, answer])];
        let found = match search(&views, Ground { scope, ..ground }, &goal) {
            Found::Impossible => continue,
            Found::ImpossibleUpTo(_) | Found::Unsure => None,
            Found::Witness(found) => {
                let small = Witness { inputs: smallest(&views, &goal, &found), row: found.row };
                match owner {
                    Some(rule) => witness::replayed(program, rule, &[small, *found], "sans résultat"),
                    None => Some(format!("avec {}", witness::given(program, &small.inputs))),
                }
            }
        };
        match (found, program.origin(id)) {
            (Some(shown), Some(place)) => reasoned.diagnostics.push(
                Diagnostic::warning(Code::NoResult, place, "Ce calcul n'a pas de résultat pour certains dossiers.")
                    .help("Écartez le cas par une condition (par exemple « si diviseur ≠ 0 alors … sinon … »), ou bornez le fait : « nombre de 1 à 100 ».")
                    .help(format!("Un dossier qui le montre :\n{shown}")),
            ),
            (_, _) => {
                let name = owner.map_or("un fait déduit", |rule| rule.name.as_str());
                reasoned.unsettled(name, "un de ses calculs peut-il rester sans résultat ?".to_owned());
            }
        }
    }
}

/// The rule whose text holds the node.
fn owner(program: &Program, node: NodeId) -> Option<&Rule> {
    let origin = program.origin(node)?;
    program.rules.iter().find(|rule| {
        rule.span.source == origin.source && rule.span.start <= origin.start && origin.end <= rule.span.end
    })
}

struct Computation<'a> {
    program: &'a Program,
    id: NodeId,
}

impl Computation<'_> {
    fn is_risky(&self, op: Op, operands: &[NodeId]) -> bool {
        let constant =
            |at: usize| operands.get(at).is_some_and(|operand| self.program.node(*operand).as_constant().is_some());
        let divides = matches!(op, Op::Divide | Op::DivideRounded(..));
        let always = (divides && !constant(1)) || (op == Op::Multiply && !constant(0) && !constant(1));
        always
            || self.leaves_the_calendar()
            || ((divides || matches!(op, Op::Multiply | Op::Add | Op::Subtract)) && self.is_declared())
    }

    /// Whether it moves a date by so much that neither end of our time stays in the calendar.
    fn leaves_the_calendar(&self) -> bool {
        let Node::Apply(op, operands) = self.program.node(self.id) else { return false };
        let moves =
            matches!(op, Op::DatePlusOffset | Op::DateMinusOffset | Op::DatePlusDuration | Op::DateMinusDuration);
        let by = operands.get(1).and_then(|by| self.program.node(*by).as_constant()).filter(|_| moves);
        by.is_some_and(|by| {
            [1900, 2100].into_iter().filter_map(|year| Day::from_ymd(year, 1, 1)).all(|day| {
                let day = Known::range(Range::exactly(i64::from(day.number())));
                matches!(op.apply(&[&day, by]).trouble, Some(Trouble::Fault(_)))
            })
        })
    }

    /// Whether every fact it rests on has a declared range, and it rests on some.
    fn is_declared(&self) -> bool {
        let cone = self.program.cone(&[self.id]);
        let ordered = |node: &NodeId| {
            matches!(
                self.program.type_of(*node),
                Type::Integer | Type::Number | Type::Duration | Type::Date | Type::Offset
            )
        };
        let mut leaves = cone
            .iter()
            .filter(|node| ordered(node))
            .filter_map(|node| self.program.node(*node).leaf())
            .filter_map(|input| self.program.input(input))
            .peekable();
        leaves.peek().is_some() && leaves.all(|input| input.range.is_some())
    }

    /// Whether it has no result on some row.
    fn fails(&self, frame: &Frame<Cell>) -> bool {
        frame
            .column(self.id)
            .is_some_and(|column| column.iter().any(|known| matches!(known.trouble, Some(Trouble::Fault(_)))))
    }

    /// Whether the bounds of what it is computed from leave it possible that it has no result.
    fn may_fail(&self, frame: &Frame<Cell>) -> bool {
        let Some(column) = frame.column(self.id) else { return false };
        let node = self.program.node(self.id);
        let Node::Apply(op, operands) = node else {
            let Node::Reduce { body: Some(body), .. } = node else { return false };
            // So long a list that its sum is out of bounds is none that anybody gives.
            let far = i64::MAX / i64::try_from(MOST).unwrap_or(1);
            return frame.column(*body).is_some_and(|column| {
                column.iter().any(|known| {
                    let Range { lo, hi } = known.set.as_range();
                    lo.is_some_and(|lo| lo < -far) || hi.is_some_and(|hi| hi > far)
                })
            }) && column
                .iter()
                .any(|known| known.set.as_range().lo.is_none() || known.set.as_range().hi.is_none());
        };
        let whole = |at: usize| {
            operands.get(at).is_some_and(|operand| {
                self.program.type_of(*operand) == Type::Integer || self.program.node(*operand).as_constant().is_some()
            })
        };
        (0..column.len()).any(|row| {
            let known: Option<Vec<&Known>> = operands.iter().map(|operand| frame.known(*operand, row)).collect();
            let Some(result) = column.get(row) else { return false };
            if result.set.is_nothing() {
                return false;
            }
            let Range { lo, hi } = result.set.as_range();
            let unbounded = lo.is_none() || hi.is_none();
            let divisor = known.and_then(|known| known.get(1).map(|known| known.set.as_range()));
            let by_zero = matches!(op, Op::Divide | Op::DivideRounded(..))
                && divisor.is_none_or(|divisor| divisor.meet(Range::exactly(0)).is_some());
            unbounded
                || by_zero
                || (self.leaves_the_calendar() && !result.is_settled())
                || (*op == Op::Multiply && !(whole(0) || whole(1)))
        })
    }
}
