//! What is said of the elements of a list together: which one decides, which do not count and why.

use super::page::{Branch, Mark, Text};
use super::sentence::{mark_of, relation};
use super::values::{capital, enumerate};
use super::words::Words;
use crate::eval::Presence;
use crate::explain::{Justification, Role, Subject};
use crate::program::{InputId, Node, NodeId, Reduction, ScopeId};
use crate::value::{ListId, Op, Type};

/// `x dans L`: what is sought, and the list.
pub(super) struct Membership {
    sought: NodeId,
    element: NodeId,
}

/// The reduction a step stands for.
#[derive(Clone, Copy)]
pub(super) struct Reduced {
    pub(super) how: Reduction,
    pub(super) from: ScopeId,
    pub(super) filter: Option<NodeId>,
    pub(super) body: Option<NodeId>,
}

impl<'a> Words<'a> {
    /// The reduction a step is, where it is one and no norm's.
    pub(super) fn reduction(self, step: &Justification) -> Option<Reduced> {
        let Subject::Node(node, _) = step.subject else { return None };
        match self.program.node(node) {
            Node::Reduce { how, from, filter, body, rule: None } => {
                Some(Reduced { how: *how, from: *from, filter: *filter, body: *body })
            }
            _other => None,
        }
    }

    /// Whether a step is `x dans L`.
    pub(super) fn membership(self, reduced: Reduced) -> Option<Membership> {
        if reduced.how != Reduction::Exists || reduced.body.is_some() {
            return None;
        }
        let last = match self.program.node(reduced.filter?) {
            Node::And(operands) => *operands.last()?,
            _other => reduced.filter?,
        };
        let Node::Apply(Op::Same, operands) = self.program.node(last) else { return None };
        let [sought, element] = operands.as_slice() else { return None };
        let input = self.leaf_of(*element)?;
        let leaf = self.program.input(input)?;
        let list = self.program.list(self.program.scope(leaf.scope)?.list?)?;
        (list.path == leaf.path).then_some(Membership { sought: *sought, element: *element })
    }

    /// The leaf a node reads as it is.
    fn leaf_of(self, node: NodeId) -> Option<InputId> {
        match self.program.node(node) {
            Node::Input(input) | Node::Presume { input, .. } => Some(*input),
            Node::Lift { from, .. } => self.leaf_of(*from),
            _other => None,
        }
    }

    /// « L'étudiant figure parmi « signataires » (convention de stage C1) : … ».
    pub(super) fn member_sentence(self, found: &Membership, reduced: Reduced, step: &Justification) -> Option<Text> {
        let Subject::Node(node, row) = step.subject else { return None };
        let members = self.members(reduced.from, node, row);
        let (first, _) = members.first()?;
        let input = self.leaf_of(found.element)?;
        let facts: Vec<u32> = members.iter().filter_map(|(member, _)| self.row_of(found.element, *member)).collect();
        let (list, parent) = self.list_of_scalars(input, *facts.first()?)?;
        let sought = self.sought(found.sought, *first);
        let listed = self.list_noun(list, parent);
        let elements = self.elements(list, parent);
        let truth = step.known.as_truth();
        let relation = match (truth.is_yes(), truth.is_no()) {
            (true, _) => "figure parmi",
            (_, true) => "ne figure pas parmi",
            (_, _) => "figure peut-être parmi",
        };
        let others = if elements.is_empty() { "aucun connu".to_owned() } else { enumerate(&elements, "et") };
        let text = format!("{} {relation} {} : {others}", capital(&sought), among(&listed));
        Some(Text::from(text).muted(format!(" ({})", self.list_source(list, parent))))
    }

    fn sought(self, node: NodeId, row: u32) -> String {
        let subject = Subject::Node(node, row);
        let known = self.decision.frame.known(node, row as usize);
        let value = known.map(|known| self.of(subject, known)).unwrap_or_default();
        match self.program.node(self.under(node)) {
            Node::Constant(_) => value,
            _other => format!("« {} » ({value})", self.noun(subject)),
        }
    }

    fn under(self, node: NodeId) -> NodeId {
        match self.program.node(node) {
            Node::Lift { from, .. } => self.under(*from),
            _other => node,
        }
    }

    /// The row of the leaf a node reads.
    fn row_of(self, node: NodeId, row: u32) -> Option<u32> {
        match self.program.node(node) {
            Node::Lift { from, hops } => {
                let reached = self.decision.frame.reach(self.program, self.program.scope_of(node), row, hops)?;
                self.row_of(*from, reached)
            }
            _other => Some(row),
        }
    }

    /// The known rows of an inner scope.
    pub(super) fn members(self, from: ScopeId, node: NodeId, row: u32) -> Vec<(u32, Presence)> {
        let found = self.decision.frame.members(self.program, from, self.program.scope_of(node), row);
        found.into_iter().filter(|(_, presence)| *presence != Presence::Many).collect()
    }

    /// A quantifier, in words: which element decides, or what none of them meets.
    pub(super) fn quantified(self, reduced: Reduced, step: &Justification) -> String {
        let Subject::Node(node, row) = step.subject else { return String::new() };
        let list = self.program.scope(reduced.from).and_then(|scope| scope.list);
        let label = list.and_then(|list| self.program.list(list)).map(|list| list.label.clone()).unwrap_or_default();
        let owner = self.element(self.program.scope_of(node), row).map(|owner| format!("{owner} : "));
        let truth = step.known.as_truth();
        let members = self.members(reduced.from, node, row);
        let asked = |member: u32| {
            let mut found = Vec::new();
            for node in [reduced.filter, reduced.body].into_iter().flatten() {
                self.conditions(node, member, &mut found);
            }
            found.join(" ; ")
        };
        let general = members.first().map(|(member, _)| asked(*member)).filter(|words| !words.is_empty());
        let said = match (reduced.how, truth.is_yes(), truth.is_no()) {
            (Reduction::Exists, true, _) => {
                let holds = |member: u32| {
                    reduced.filter.is_none_or(|node| self.truth_at(node, member).is_some_and(|truth| truth.is_yes()))
                };
                let found = members.iter().find(|(member, _)| holds(*member)).map(|(member, _)| *member);
                match found
                    .and_then(|member| self.element(reduced.from, member).map(|element| (element, asked(member))))
                {
                    Some((element, met)) if !met.is_empty() && owner.is_some() => format!("{element} ({met})"),
                    Some((element, met)) if !met.is_empty() => format!("{element} : {met}"),
                    Some((element, _)) => format!("{element} : la condition est remplie"),
                    None => format!("au moins un élément parmi {}", among_label(&label)),
                }
            }
            (Reduction::Exists, _, true) => match &general {
                Some(asked) if asked.contains(" ; ") => {
                    format!("aucun élément parmi {} ne réunit ces conditions : {asked}", among_label(&label))
                }
                Some(asked) => format!("aucun élément parmi {} ne remplit la condition ({asked})", among_label(&label)),
                None => format!("aucun élément parmi {} ne répond à la condition", among_label(&label)),
            },
            (Reduction::Exists, _, _) => match &general {
                Some(asked) => {
                    format!("il reste à savoir si, parmi {}, un élément convient ({asked})", among_label(&label))
                }
                None => format!("il reste à savoir si, parmi {}, un élément convient", among_label(&label)),
            },
            (_, true, _) => format!("condition remplie pour chaque élément de « {label} »"),
            (_, _, true) => format!("condition non remplie pour au moins un élément de « {label} »"),
            (_, _, _) => format!("il reste à savoir si la condition est remplie pour chaque élément de « {label} »"),
        };
        capital(&format!("{}{said}", owner.unwrap_or_default()))
    }

    /// What a condition asks, in a few words.
    pub(super) fn asked(self, node: NodeId, row: u32) -> String {
        let mut found = Vec::new();
        self.conditions(node, row, &mut found);
        found.join(" ; ")
    }

    fn truth_at(self, node: NodeId, row: u32) -> Option<crate::value::Truth> {
        self.decision.frame.known(node, row as usize).map(|known| known.as_truth())
    }

    /// What a condition asks of an element, in a few words each; what has no short name is left to its reasons.
    fn conditions(self, node: NodeId, row: u32, found: &mut Vec<String>) {
        match self.program.node(node) {
            Node::And(operands) => operands.iter().for_each(|operand| self.conditions(*operand, row, found)),
            Node::Or(operands) => {
                let met: Vec<String> = operands
                    .iter()
                    .map(|operand| self.asked(*operand, row))
                    .filter(|words| !words.is_empty())
                    .collect();
                if met.len() == operands.len() {
                    found.push(met.join(" ou "));
                }
            }
            Node::Not(operand) => {
                let mut inner = Vec::new();
                self.conditions(*operand, row, &mut inner);
                if let [only] = inner.as_slice() {
                    found.push(format!("{only} : non"));
                }
            }
            Node::Lift { from, hops } => {
                let reached = self.decision.frame.reach(self.program, self.program.scope_of(node), row, hops);
                if let Some(reached) = reached {
                    self.conditions(*from, reached, found);
                }
            }
            Node::Input(_) | Node::Presume { .. } | Node::Choose { .. } => found.push(self.general(node)),
            Node::Apply(Op::Guarded, operands) => {
                operands.iter().take(1).for_each(|operand| self.conditions(*operand, row, found));
            }
            Node::Apply(Op::Same | Op::Equal, operands) => {
                if let [left, right] = operands.as_slice() {
                    found.push(format!("{} : {}", self.general(*left), self.value_at(*right, row)));
                }
            }
            Node::Apply(Op::Overlaps, operands) => {
                if let [left, _] = operands.as_slice() {
                    found.push(format!("jour commun avec « {} »", self.noun(Subject::Node(*left, row))));
                }
            }
            Node::Apply(Op::Among, operands) => {
                if let [left, others @ ..] = operands.as_slice() {
                    let others: Vec<String> = others.iter().map(|other| self.value_at(*other, row)).collect();
                    found.push(format!("{} : {}", self.general(*left), enumerate(&others, "ou")));
                }
            }
            Node::Apply(op @ (Op::Less | Op::AtMost | Op::Greater | Op::AtLeast | Op::Different), operands) => {
                if let [left, right] = operands.as_slice() {
                    let date = self.program.type_of(*left) == Type::Date;
                    let relation = relation(*op, date);
                    found.push(format!("{} : {relation} {}", self.general(*left), self.value_at(*right, row)));
                }
            }
            _other => {}
        }
    }

    fn value_at(self, node: NodeId, row: u32) -> String {
        let known = self.decision.frame.known(node, row as usize);
        known.map(|known| self.of(Subject::Node(node, row), known)).unwrap_or_default()
    }

    /// Elements that do not count for one and the same reason, told together; the others are left.
    pub(super) fn grouped<'j>(self, children: &[&'j Justification]) -> (Vec<Branch>, Vec<&'j Justification>) {
        let mut groups: Vec<(NodeOrFact, Vec<&'j Justification>)> = Vec::new();
        let mut others = Vec::new();
        for child in children {
            match (child.role, child.known.is_no(), self.deciding(child)) {
                (Role::Element, true, Some((reason, leaf))) => {
                    match groups.iter_mut().find(|(found, _)| *found == reason) {
                        Some((_, leaves)) => leaves.push(leaf),
                        None => groups.push((reason, vec![leaf])),
                    }
                }
                (_, _, _) => others.push(*child),
            }
        }
        let mut branches = Vec::new();
        for (_, leaves) in groups {
            branches.extend(self.group(&leaves));
        }
        (branches, others)
    }

    /// The comparison or the leaf at the end of a chain of single reasons.
    fn deciding(self, step: &Justification) -> Option<(NodeOrFact, &Justification)> {
        let mut step = step;
        loop {
            match step.subject {
                Subject::Fact(input, _) if !self.is_presence(input) => return Some((NodeOrFact::Fact(input), step)),
                Subject::Node(node, _) => match self.program.node(node) {
                    Node::Apply(Op::Same | Op::Equal | Op::Among | Op::Overlaps, _) => {
                        return Some((NodeOrFact::Node(node), step));
                    }
                    Node::And(_) => step = step.because.first().filter(|_| step.because.len() == 1)?,
                    _other => return None,
                },
                Subject::Fact(..) | Subject::List(..) => return None,
            }
        }
    }

    /// « Année de formation : 2 (P2 et P3), et non 1 ».
    fn group(self, leaves: &[&Justification]) -> Option<Branch> {
        let (first, _) = leaves.split_first()?;
        if let Subject::Node(node, _) = first.subject
            && let Node::Apply(Op::Overlaps, operands) = self.program.node(node)
        {
            return self.overlaps(operands, leaves);
        }
        let facts: Vec<(InputId, u32, String)> = leaves.iter().filter_map(|leaf| self.compared_fact(leaf)).collect();
        if facts.len() != leaves.len() {
            return None;
        }
        let (input, _, _) = facts.first()?;
        let label = capital(&self.program.input(*input)?.label);
        let mut values: Vec<(String, Vec<String>)> = Vec::new();
        for (input, row, value) in &facts {
            let list = self.program.scope(self.program.input(*input)?.scope)?.list?;
            let name = self.element_short(list, *row)?;
            match values.iter_mut().find(|(found, _)| found == value) {
                Some((_, names)) => names.push(name),
                None => values.push((value.clone(), vec![name])),
            }
        }
        let said: Vec<String> =
            values.iter().map(|(value, names)| format!("{value} ({})", enumerate(names, "et"))).collect();
        let other = match first.subject {
            Subject::Node(node, row) => self.other_side(node, row).map(|other| format!(", et non {other}")),
            Subject::Fact(..) | Subject::List(..) => None,
        };
        let text = Text::from(format!("{label} : {}{}", said.join(", "), other.unwrap_or_default()));
        let sources: Vec<(InputId, u32)> = facts.iter().map(|(input, row, _)| (*input, *row)).collect();
        Some(Branch::leaf(Mark::None, text.muted(format!(" ({})", self.sources(&sources)))))
    }

    fn compared_fact(self, leaf: &Justification) -> Option<(InputId, u32, String)> {
        let (input, row, known) = match leaf.subject {
            Subject::Fact(input, row) => (input, row, &leaf.known),
            Subject::Node(..) => {
                let operand = leaf.because.first()?;
                let Subject::Fact(input, row) = operand.subject else { return None };
                (input, row, &operand.known)
            }
            Subject::List(..) => return None,
        };
        let given = self.decision.inputs.status(input, row as usize).is_given();
        given.then(|| (input, row, self.of(Subject::Fact(input, row), known)))
    }

    /// What the first operand of a comparison was compared to.
    fn other_side(self, node: NodeId, row: u32) -> Option<String> {
        let Node::Apply(_, operands) = self.program.node(node) else { return None };
        let others: Vec<String> = operands.iter().skip(1).map(|other| self.value_at(*other, row)).collect();
        Some(enumerate(&others, "ou"))
    }

    fn overlaps(self, operands: &[NodeId], leaves: &[&Justification]) -> Option<Branch> {
        let [left, right] = operands else { return None };
        let mut lefts = Vec::new();
        let mut rights = Vec::new();
        for leaf in leaves {
            let Subject::Node(_, row) = leaf.subject else { return None };
            let nouns = [left, right].map(|node| self.noun(Subject::Node(*node, row)));
            let [a, b] = nouns;
            if !lefts.contains(&a) {
                lefts.push(a);
            }
            let b = format!("« {b} »");
            if !rights.contains(&b) {
                rights.push(b);
            }
        }
        let others = match rights.as_slice() {
            [first, .., last] if rights.len() > 3 => format!("{} éléments, de {first} à {last}", rights.len()),
            some => enumerate(some, "et"),
        };
        let text = format!("{} : aucun jour commun avec {others}", capital(&enumerate(&lefts, "et")));
        let mut facts = Vec::new();
        leaves.iter().for_each(|leaf| {
            leaf.walk(&mut |step| {
                if let Subject::Fact(input, row) = step.subject
                    && !facts.contains(&(input, row))
                {
                    facts.push((input, row));
                }
            });
        });
        Some(Branch::leaf(Mark::None, Text::from(text).muted(format!(" ({})", self.sources(&facts)))))
    }

    /// The places of several facts, those that differ by their element alone told once:
    /// « dossier.json, périodes[P1, P2].fin ».
    pub(super) fn sources(self, facts: &[(InputId, u32)]) -> String {
        let mut told: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
        let mut ordered: Vec<(String, String, String)> = Vec::new();
        for (input, row) in facts {
            let path = self.places.path(*input, *row as usize);
            let parts = path.rsplit_once(']').and_then(|(head, tail)| {
                let (head, name) = head.rsplit_once('[')?;
                Some((head.to_owned(), name.to_owned(), tail.to_owned()))
            });
            ordered.push(parts.unwrap_or((path, String::new(), String::new())));
        }
        for (head, name, tail) in ordered {
            if name.is_empty() {
                told.push((head, Vec::new(), Vec::new()));
                continue;
            }
            match told.iter_mut().find(|(other, names, _)| *other == head && !names.is_empty()) {
                Some((_, names, tails)) => {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                    if !tails.contains(&tail) {
                        tails.push(tail);
                    }
                }
                None => told.push((head, vec![name], vec![tail])),
            }
        }
        let mut words = vec![self.dossier.name.clone()];
        words.extend(told.into_iter().map(|(head, names, tails)| {
            if names.is_empty() { head } else { format!("{head}[{}]{}", span_of(&names), tails.join(" et ")) }
        }));
        words.join(", ")
    }

    /// « Période de stage P1 : du 19 mai au 29 juin 2025 », where both dates are given.
    pub(super) fn dated(self, step: &Justification) -> Option<Text> {
        let Subject::Node(node, row) = step.subject else { return None };
        let (period, through) = match self.program.node(node) {
            Node::Apply(Op::MakePeriod, _) => (step, None),
            Node::Apply(Op::ThroughSunday, operands) => {
                let inner = step.because.first()?;
                let Subject::Node(inside, _) = inner.subject else { return None };
                if !matches!(self.program.node(inside), Node::Apply(Op::MakePeriod, _)) {
                    return None;
                }
                let moved = inner.known != step.known;
                (inner, operands.first().filter(|_| moved))
            }
            _other => return None,
        };
        let facts: Vec<(InputId, u32)> = period
            .because
            .iter()
            .filter_map(|child| match child.subject {
                Subject::Fact(input, row) if self.decision.inputs.status(input, row as usize).is_given() => {
                    Some((input, row))
                }
                Subject::Fact(..) | Subject::Node(..) | Subject::List(..) => None,
            })
            .collect();
        if facts.len() != 2 || !period.known.is_settled() {
            return None;
        }
        let noun = capital(&self.noun(Subject::Node(node, row)).replace(", week-end de fin compris", ""));
        let mut words = format!("{noun} : {}", self.of(period.subject, &period.known));
        if through.is_some()
            && let crate::value::Set::Period(stretch) = &step.known.set
            && let Some((_, end)) = stretch.single()
        {
            words.push_str(&format!(", comptée jusqu'au dimanche {}", end.french()).replace("comptée", "compté"));
        }
        Some(Text::from(words).muted(format!(" ({})", self.sources(&facts))))
    }

    /// Whether a fact is the key that names its element: saying the element says it.
    pub(super) fn is_key(self, subject: Subject) -> bool {
        let Subject::Fact(input, _) = subject else { return false };
        let list = self.program.input(input).and_then(|leaf| self.program.scope(leaf.scope)?.list);
        list.and_then(|list: ListId| self.program.list(list)).is_some_and(|list| list.key == Some(input))
    }

    /// Whether a node reads the key of an element.
    pub(super) fn reads_key(self, node: NodeId) -> bool {
        self.leaf_of(node).is_some_and(|input| self.is_key(Subject::Fact(input, 0)))
    }

    /// The mark of a condition.
    pub(super) fn truth_mark(self, step: &Justification) -> Mark {
        mark_of(step.known.as_truth())
    }
}

#[derive(PartialEq)]
enum NodeOrFact {
    Node(NodeId),
    Fact(InputId),
}

/// « les signataires (convention de stage C1) »: a plural takes its article, anything else quotation marks.
fn among(noun: &str) -> String {
    match noun.split_once(" (") {
        Some((label, holder)) => format!("{} ({holder}", among_label(label)),
        None => among_label(noun),
    }
}

fn among_label(label: &str) -> String {
    let first = label.split(' ').next().unwrap_or_default();
    if first.ends_with(['s', 'x']) && first != "les" && !label.contains(',') {
        format!("les {label}")
    } else {
        format!("« {label} »")
    }
}

/// Names of elements, a run of ranks by its ends: « 0 à 7 ».
fn span_of(names: &[String]) -> String {
    let ranks: Vec<u32> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let run = ranks.len() == names.len() && ranks.iter().zip(ranks.iter().skip(1)).all(|(a, b)| a + 1 == *b);
    match (names, run) {
        ([first, _, .., last], true) => format!("{first} à {last}"),
        (_, _) => names.join(", "),
    }
}
