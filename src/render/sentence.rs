//! One step of a justification as a sentence.

use super::page::{Mark, Text};
use super::values::{capital, enumerate, fault_words, is_in_days, tells};
use super::words::Words;
use crate::eval::Status;
use crate::explain::{Justification, Role, Subject};
use crate::program::{Basis, Clause, Node, NodeId, NormKind, Program, Reduction, Rule, RuleKind, Unit};
use crate::value::{Fault, Known, Op, Trouble, Truth, Type, french};

impl Words<'_> {
    /// The operand whose name and value the sentence of a comparison already gives.
    pub(super) fn repeated(self, step: &Justification) -> Option<Subject> {
        let Subject::Node(node, _) = step.subject else { return None };
        match self.program.node(node) {
            Node::Apply(op, _) if is_comparison(*op) => step.because.first().map(|child| child.subject),
            Node::Resolves { .. } => step.because.first().map(|child| child.subject),
            _other => None,
        }
    }

    /// One step in words, and what came of it.
    pub(super) fn sentence(self, step: &Justification) -> (Text, Mark) {
        match step.subject {
            Subject::Fact(input, row) => {
                let words = self.stated(step.subject, &step.known);
                let text = Text::from(words).muted(format!(" ({})", self.source(input, row)));
                (text, if step.known.is_settled() { Mark::None } else { Mark::Open })
            }
            Subject::List(list, row) => {
                let open = self.decision.inputs.list(list).is_some_and(|rows| rows.is_open(row));
                let text = Text::from(self.list(list, row)).muted(format!(" ({})", self.list_source(list, row)));
                (text, if open { Mark::Open } else { Mark::None })
            }
            Subject::Node(node, row) => match self.rule(step.subject) {
                Some(rule) => self.ruled_sentence(rule, step),
                None => self.node_sentence(node, row, step),
            },
        }
    }

    fn stated(self, subject: Subject, known: &Known) -> String {
        let noun = capital(&self.noun(subject));
        if let Subject::Fact(input, row) = subject {
            let status = self.decision.inputs.status(input, row as usize);
            if self.is_presence(input) {
                return match (known.is_yes(), known.is_no()) {
                    (true, _) => format!("{noun} : figure au dossier"),
                    (_, true) => format!("{noun} : ne figure pas au dossier"),
                    (_, _) => format!("{noun} : non renseigné"),
                };
            }
            if !known.is_settled() && !status.is_given() {
                let bounds = match (&known.set, status) {
                    (_, Status::SetAside(_)) if self.told_of(subject, known) => {
                        format!(", {}", self.of(subject, known))
                    }
                    (_, _) => String::new(),
                };
                return match status {
                    Status::SetAside(_) => format!("{noun} : donnée contredite par une autre{bounds}"),
                    Status::Rejected => {
                        format!("{noun} : {}", self.rejected(&self.places.path(input, row as usize)))
                    }
                    Status::Given | Status::LeftOut | Status::Unsure | Status::Unheard => {
                        format!("{noun} : non renseigné")
                    }
                };
            }
        }
        if let Some(fault) = fault_of(known) {
            return format!("{noun} : {}", self.faulty(subject, fault));
        }
        format!("{noun} : {}", self.of(subject, known))
    }

    /// Whether what is known of a thing says anything of it.
    pub(super) fn told_of(self, subject: Subject, known: &Known) -> bool {
        !known.set.is_nothing() && tells(self.program, known, self.type_of(subject).0)
    }

    /// Why there is no result: which divisor is zero, where it is that of this very division.
    fn faulty(self, subject: Subject, fault: Fault) -> String {
        let divided = match subject {
            Subject::Node(node, row) => match self.program.node(node) {
                Node::Apply(Op::Divide | Op::DivideRounded(..), operands) => operands.get(1).map(|by| (*by, row)),
                _other => None,
            },
            Subject::Fact(..) | Subject::List(..) => None,
        };
        match (fault, divided) {
            (Fault::DivisionByZero, Some((by, row))) => {
                format!("pas de résultat, car le diviseur, « {} », vaut zéro", self.noun(Subject::Node(by, row)))
            }
            (_, _) => fault_words(fault).to_owned(),
        }
    }

    fn ruled_sentence(self, rule: &Rule, step: &Justification) -> (Text, Mark) {
        let noun = capital(&self.noun(step.subject));
        let (answer, mark) = self.answer(rule, &step.known);
        let mut basis = rule.basis.clone();
        if let (Some((_, applies)), true) =
            (&rule.applies, step.because.iter().any(|child| child.role == Role::Condition))
        {
            basis.clauses.extend(applies.clauses.iter().copied().filter(|id| !rule.basis.clauses.contains(id)));
            basis.readings.extend(applies.readings.iter().copied().filter(|id| !rule.basis.readings.contains(id)));
        }
        (Text::from(format!("{noun} : ")).strong(answer).then(self.cites(&basis)), mark)
    }

    /// A rule's answer in the words of its kind, and what came of it.
    pub(super) fn answer(self, rule: &Rule, known: &Known) -> (String, Mark) {
        if !known.is_settled()
            && let Some(trouble) = known.trouble
        {
            let words = match trouble {
                Trouble::Conflict => "conflit de normes : deux définitions s'appliquent et ne disent pas la même chose",
                Trouble::Gap => "silence du texte : aucune définition ne s'applique",
                Trouble::Fault(fault) => fault_words(fault),
            };
            return (words.to_owned(), Mark::Open);
        }
        if known.is_inapplicable() {
            return ("sans objet".to_owned(), Mark::None);
        }
        let mark = match (known.is_yes(), known.is_no(), known.is_settled()) {
            (true, _, _) => Mark::Good,
            (_, true, _) => Mark::Bad,
            (_, _, true) => Mark::None,
            (_, _, false) => Mark::Open,
        };
        let (yes, no) = match rule.kind {
            RuleKind::Norm(NormKind::Obligation | NormKind::Prohibition) => {
                ("condition remplie", "condition non remplie")
            }
            RuleKind::Norm(NormKind::Preference) => ("préférence suivie", "préférence non suivie"),
            RuleKind::Norm(NormKind::Permission) => ("permission ouverte", "permission fermée"),
            RuleKind::Value | RuleKind::Decision | RuleKind::Notice | RuleKind::Incoherence => ("oui", "non"),
        };
        let words = match mark {
            Mark::Good => yes.to_owned(),
            Mark::Bad => no.to_owned(),
            Mark::None | Mark::Open => {
                let truth = known.as_truth();
                match (rule.ty == Type::Truth, truth.yes, truth.no) {
                    (false, _, _) => self.open_value(rule, known),
                    // It is not known whether it applies, but where it does, this is the answer.
                    (true, true, false) if known.inapplicable => format!("indéterminé ({yes} ou sans objet)"),
                    (true, false, true) if known.inapplicable => format!("indéterminé ({no} ou sans objet)"),
                    (true, _, _) => "indéterminé".to_owned(),
                }
            }
        };
        (words, mark)
    }

    fn open_value(self, rule: &Rule, known: &Known) -> String {
        let value = self.value(known, rule.ty, rule.unit);
        match (known.is_settled(), tells(self.program, known, rule.ty)) {
            (true, _) => value,
            (false, true) => format!("indéterminé ({value})"),
            (false, false) => "indéterminé".to_owned(),
        }
    }

    fn node_sentence(self, node: NodeId, row: u32, step: &Justification) -> (Text, Mark) {
        let truth = step.known.as_truth();
        let mark = if self.program.type_of(node) == Type::Truth { mark_of(truth) } else { Mark::None };
        let source = match (self.repeated(step), self.program.node(node)) {
            (Some(Subject::Fact(input, row)), _) => format!(" ({})", self.source(input, row)),
            (_, _) => String::new(),
        };
        let words = match self.program.node(node) {
            Node::Apply(op, operands) => self.compared(*op, operands, row, step),
            Node::Constant(_) => capital(&self.of(step.subject, &step.known)),
            Node::Contested(input) => {
                let noun = capital(&self.noun(Subject::Fact(*input, row)));
                let found =
                    if truth.is_yes() { "une autre donnée dit le contraire" } else { "rien ne dit le contraire" };
                format!("{noun} : {found}")
            }
            Node::Not(_) => self.inverse(node, row, truth),
            Node::And(_) => logic(truth, true).to_owned(),
            Node::Or(_) => logic(truth, false).to_owned(),
            Node::Resolves { .. } => {
                let noun = capital(&self.noun(step.subject));
                match (truth.is_yes(), truth.is_no()) {
                    (true, _) => format!("{noun} : figure au dossier"),
                    (_, true) => format!("{noun} : ne figure pas au dossier"),
                    (_, _) => format!("{noun} : on ne sait pas si cela figure au dossier"),
                }
            }
            Node::Reduce { how: Reduction::Exists | Reduction::All, .. } => {
                let Some(reduced) = self.reduction(step) else { return (Text::new(), mark) };
                let member = self.membership(reduced);
                if let Some(text) = member.and_then(|member| self.member_sentence(&member, reduced, step)) {
                    return (text, mark);
                }
                self.quantified(reduced, step)
            }
            Node::Presume { input, derived, .. } => {
                let noun = capital(&self.noun(Subject::Fact(*input, row)));
                let how = if *derived { "déduit d'autres faits" } else { "présumé, faute d'indication au dossier" };
                format!("{noun} : {} ({how})", self.of(step.subject, &step.known))
            }
            _other => self.stated(step.subject, &step.known),
        };
        let text = Text::from(words);
        (if source.is_empty() { text } else { text.muted(source) }, mark)
    }

    /// « Déclaré admis : non (condition remplie) ».
    fn inverse(self, node: NodeId, row: u32, truth: Truth) -> String {
        let asked = self.asked(node, row);
        if asked.is_empty() {
            let words = match (truth.is_yes(), truth.is_no()) {
                (true, _) => "Condition remplie, puisque celle qui suit ne l'est pas",
                (_, true) => "Condition non remplie, puisque celle qui suit l'est",
                (_, _) => "On ne sait pas si ce qui suit n'est pas rempli, comme il est exigé",
            };
            return words.to_owned();
        }
        let asked = capital(&asked);
        match (truth.is_yes(), truth.is_no()) {
            (true, _) => format!("{asked} (condition remplie)"),
            (_, true) => format!("{asked} (condition non remplie)"),
            (_, _) => format!("{asked} (reste à savoir)"),
        }
    }

    /// A comparison as it turned out; any other primitive with its value.
    fn compared(self, op: Op, operands: &[NodeId], row: u32, step: &Justification) -> String {
        let truth = step.known.as_truth();
        let (Some(first), second) = (operands.first(), operands.get(1)) else { return String::new() };
        let left = Subject::Node(*first, row);
        let known = |node: NodeId| self.decision.frame.known(node, row as usize).cloned();
        let Some(value) = known(*first) else { return String::new() };
        if let Some(Subject::Fact(input, row)) = self.repeated(step)
            && !truth.is_yes()
            && !truth.is_no()
            && !value.is_settled()
            && !self.decision.inputs.status(input, row as usize).is_given()
        {
            return self.stated(Subject::Fact(input, row), &value);
        }
        let head = self.headed(left, &value);
        let date = self.program.type_of(*first) == Type::Date;
        let relation = |op: Op| relation(op, date);
        match op {
            Op::Equal | Op::Different | Op::Less | Op::AtMost | Op::Greater | Op::AtLeast => {
                let other = second.map(|second| self.second(*second, row, *first)).unwrap_or_default();
                let constant = second.is_some_and(|second| matches!(self.program.node(*second), Node::Constant(_)));
                let stuck = std::iter::once(&value)
                    .chain(&second.and_then(|second| known(*second)))
                    .any(|known| fault_of(known).is_some());
                match (truth.is_yes(), truth.is_no()) {
                    (true, _) if constant && op == Op::Equal => head,
                    (_, true) if constant && op == Op::Different => head,
                    (true, _) if constant && op == Op::Different => format!("{head}, et non {other}"),
                    (_, true) if constant && op == Op::Equal => format!("{head}, et non {other}"),
                    (true, _) if op == Op::Equal => format!("{head} ; c'est autant que {other}"),
                    (_, true) if op == Op::Different => format!("{head} ; c'est autant que {other}"),
                    (true, _) => format!("{head} ; c'est {} {other}", relation(op)),
                    (_, true) => format!("{head} ; c'est {} {other}", relation(opposite(op))),
                    (_, _) if stuck => format!("{head} ; la comparaison avec {other} n'a pas de réponse"),
                    (_, _) => format!("{head} ; on ne sait pas si c'est {} {other}", relation(op)),
                }
            }
            Op::Same | Op::Differs => {
                let other = second.map(|second| self.second(*second, row, *first)).unwrap_or_default();
                let same = if op == Op::Same { truth } else { Truth { yes: truth.no, no: truth.yes } };
                if let Some(listed) = second.and_then(|second| self.listed(*second, row)) {
                    let sought = self.of(left, &value);
                    return match (same.is_yes(), same.is_no()) {
                        (true, _) => listed,
                        (_, true) => format!("{listed}, et non {sought}"),
                        (_, _) => format!("{listed} ; on ne sait pas si c'est {sought}"),
                    };
                }
                let key = second.is_some_and(|second| self.reads_key(*second));
                let other = match second.filter(|_| key).and_then(|second| known(*second).map(|k| (*second, k))) {
                    Some((second, value)) => self.of(Subject::Node(second, row), &value),
                    None => other,
                };
                let constant =
                    key || second.is_some_and(|second| matches!(self.program.node(*second), Node::Constant(_)));
                match (same.is_yes(), same.is_no()) {
                    (true, _) if constant => head,
                    (true, _) => format!("{head}, comme {other}"),
                    (_, true) if constant => format!("{head}, et non {other}"),
                    (_, true) => format!("{head}, à la différence de {other}"),
                    (_, _) => format!("{head} ; on ne sait pas si c'est {other}"),
                }
            }
            Op::Among => {
                let others: Vec<String> =
                    operands.iter().skip(1).map(|other| self.noun(Subject::Node(*other, row))).collect();
                match (truth.is_yes(), truth.is_no()) {
                    (true, _) => head,
                    (_, true) => format!("{head}, et non {}", enumerate(&others, "ou")),
                    (_, _) => format!("{head} ; on ne sait pas si c'est {}", enumerate(&others, "ou")),
                }
            }
            Op::Overlaps => {
                let (a, b) = (self.noun(left), second.map(|b| self.noun(Subject::Node(*b, row))).unwrap_or_default());
                match (truth.is_yes(), truth.is_no()) {
                    (true, _) => format!("{} et « {b} » ont au moins un jour commun", capital(&a)),
                    (_, true) => format!("{} et « {b} » n'ont aucun jour commun", capital(&a)),
                    (_, _) => format!("{} et « {b} » : on ne sait pas s'ils ont un jour commun", capital(&a)),
                }
            }
            Op::IsPresent => {
                presence(&capital(&self.noun(left)), truth, "figure au dossier", "ne figure pas au dossier")
            }
            Op::IsApplicable => presence(&capital(&self.noun(left)), truth, "s'applique", "ne s'applique pas"),
            Op::IsInapplicable => presence(&capital(&self.noun(left)), truth, "ne s'applique pas", "s'applique"),
            Op::Holds => presence(&capital(&self.noun(left)), truth, "condition remplie", "condition non remplie"),
            Op::IsEmptyDays => presence(&capital(&self.noun(left)), truth, "aucun jour", "au moins un jour"),
            _other => self.stated(step.subject, &step.known),
        }
    }

    /// One value of a list of values: « signataires (convention C1) : l'étudiant ».
    fn listed(self, node: NodeId, row: u32) -> Option<String> {
        let (mut node, mut at) = (node, row);
        while let Node::Lift { from, hops } = self.program.node(node) {
            at = self.decision.frame.reach(self.program, self.program.scope_of(node), at, hops)?;
            node = *from;
        }
        let (Node::Input(input) | Node::Presume { input, .. }) = self.program.node(node) else { return None };
        self.list_of_scalars(*input, at)?;
        let known = self.decision.frame.known(node, at as usize)?;
        Some(self.stated(Subject::Fact(*input, at), known))
    }

    /// « X : valeur ».
    fn headed(self, subject: Subject, known: &Known) -> String {
        let Subject::Node(node, row) = subject else { return self.stated(subject, known) };
        match self.program.node(node) {
            Node::Constant(_) => capital(&self.of(subject, known)),
            Node::Input(input) => self.stated(Subject::Fact(*input, row), known),
            Node::Lift { from, hops } => {
                let scope = self.program.scope_of(node);
                match self.decision.frame.reach(self.program, scope, row, hops) {
                    Some(row) => self.headed(Subject::Node(*from, row), known),
                    None => self.stated(subject, known),
                }
            }
            _other => self.stated(subject, known),
        }
    }

    /// The second member of a comparison: a constant as it is, anything else by name with its value.
    fn second(self, node: NodeId, row: u32, first: NodeId) -> String {
        let subject = Subject::Node(node, row);
        let Some(known) = self.decision.frame.known(node, row as usize) else { return String::new() };
        let (ty, unit) = self.type_of(Subject::Node(first, row));
        let unit = self.type_of(subject).1.or(unit);
        // Bounds told in days are compared with days, where weeks would not be whole either.
        let bounds = self.decision.frame.known(first, row as usize).filter(|known| !known.is_settled());
        let days = ty == Type::Duration
            && bounds.is_some_and(|known| is_in_days(known.set.as_range()))
            && is_in_days(known.set.as_range());
        let unit = if days { Some(Unit::Days) } else { unit };
        let ty = if self.program.type_of(node) == Type::Text { Type::Text } else { ty };
        if matches!(self.program.node(node), Node::Constant(_)) {
            return self.value(known, self.program.type_of(node), unit);
        }
        let _ = ty;
        format!("« {} » ({})", self.noun(subject), self.value(known, self.program.type_of(node), unit))
    }

    /// « [B1-4] », « [C-2, lecture AMB-15] ».
    pub(super) fn cites(self, basis: &Basis) -> Text {
        let words = cited_words(self.program, basis);
        if words.is_empty() { Text::new() } else { Text::new().muted(format!(" [{words}]")) }
    }
}

/// The computation without result that leaves a value open.
pub(super) fn fault_of(known: &Known) -> Option<Fault> {
    match known.trouble {
        Some(Trouble::Fault(fault)) if !known.is_settled() => Some(fault),
        Some(_) | None => None,
    }
}

fn is_comparison(op: Op) -> bool {
    matches!(
        op,
        Op::Equal
            | Op::Different
            | Op::Less
            | Op::AtMost
            | Op::Greater
            | Op::AtLeast
            | Op::Same
            | Op::Differs
            | Op::Among
            | Op::IsPresent
    )
}

fn presence(noun: &str, truth: Truth, yes: &str, no: &str) -> String {
    match (truth.is_yes(), truth.is_no()) {
        (true, _) => format!("{noun} : {yes}"),
        (_, true) => format!("{noun} : {no}"),
        (_, _) => format!("{noun} : indéterminé"),
    }
}

/// The ids a basis cites: « C-2, lectures AMB-15 et AMB-22 ».
pub(super) fn cited_words(program: &Program, basis: &Basis) -> String {
    let clauses = basis.clauses.iter().filter_map(|id| program.clause(*id)).map(clause_name);
    let readings: Vec<String> =
        basis.readings.iter().filter_map(|id| program.reading(*id)).map(|reading| reading.id.clone()).collect();
    let read = match readings.len() {
        0 => None,
        1 => Some(format!("lecture {}", enumerate(&readings, "et"))),
        _ => Some(format!("lectures {}", enumerate(&readings, "et"))),
    };
    clauses.chain(read).collect::<Vec<_>>().join(", ")
}

/// How people read the id of a clause: that of an outside source is a name in plain words.
pub(super) fn clause_name(clause: &Clause) -> String {
    french::plain(&clause.id)
}

pub(super) fn mark_of(truth: Truth) -> Mark {
    match (truth.yes, truth.no) {
        (true, false) => Mark::Good,
        (false, true) => Mark::Bad,
        (true, true) => Mark::Open,
        (false, false) => Mark::None,
    }
}

fn logic(truth: Truth, conjunction: bool) -> &'static str {
    match (truth.is_yes(), truth.is_no(), conjunction) {
        (true, _, true) => "Toutes ces conditions sont réunies",
        (_, true, true) => "Une de ces conditions manque",
        (_, _, true) => "Il reste à savoir si toutes ces conditions sont réunies",
        (true, _, false) => "Une de ces conditions est remplie",
        (_, true, false) => "Aucune de ces conditions n'est remplie",
        (_, _, false) => "Il reste à savoir si l'une de ces conditions est remplie",
    }
}

fn opposite(op: Op) -> Op {
    match op {
        Op::Equal => Op::Different,
        Op::Different => Op::Equal,
        Op::Less => Op::AtLeast,
        Op::AtLeast => Op::Less,
        Op::Greater => Op::AtMost,
        Op::AtMost => Op::Greater,
        other => other,
    }
}

pub(super) fn relation(op: Op, date: bool) -> &'static str {
    match (op, date) {
        (Op::Less, true) => "avant",
        (Op::AtMost, true) => "au plus tard",
        (Op::Greater, true) => "après",
        (Op::AtLeast, true) => "au plus tôt",
        (Op::Less, false) => "moins que",
        (Op::AtMost, false) => "au plus",
        (Op::Greater, false) => "plus que",
        (Op::AtLeast, false) => "au moins",
        (Op::Different, _) => "autre chose que",
        (_, _) => "exactement",
    }
}
