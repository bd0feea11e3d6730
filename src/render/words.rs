//! Values and things in French: what an administrator would write.
//!
//! Labels of a ruleset come in any gender and number, so sentences are built without agreement: « X : 9
//! semaines ; c'est moins que « Y » (14 semaines) ».

use crate::dossier::{Dossier, Places};
use crate::eval::{Rows, Status};
use crate::explain::Subject;
use crate::program::{Hop, InputId, InputRole, Node, NodeId, Program, Reduction, Rule, RuleId, ScopeId, Unit};
use crate::ruleset::{Decision, Ruleset};
use crate::value::op::day_bounds;
use crate::value::{Days, Known, ListId, Number, Op, Range, Set, Stretch, Texts, Type, french, period};

/// The words for one decision.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) program: &'a Program,
    pub(super) dossier: &'a Dossier,
    pub(super) decision: &'a Decision,
    pub(super) places: Places<'a>,
}

impl<'a> Words<'a> {
    pub(super) fn new(ruleset: &'a Ruleset, dossier: &'a Dossier, decision: &'a Decision) -> Self {
        let program = ruleset.program();
        let places = Places::new(program, &decision.inputs, &dossier.names);
        Self { program, dossier, decision, places }
    }

    /// What is known of a value, in words.
    pub(super) fn value(self, known: &Known, ty: Type, unit: Option<Unit>) -> String {
        let mut ways = Vec::new();
        if !known.set.is_nothing() {
            ways.push(set_words(self.program, &known.set, ty, unit));
        }
        if known.absent {
            ways.push("absent".to_owned());
        }
        if known.inapplicable {
            ways.push("sans objet".to_owned());
        }
        if ways.is_empty() { "sans valeur".to_owned() } else { ways.join(" ou ") }
    }

    /// A step's value in words.
    pub(super) fn of(self, subject: Subject, known: &Known) -> String {
        let (ty, unit) = self.type_of(subject);
        if let Subject::Fact(input, row) = subject
            && let Some(text) = self.dossier.names.unforeseen(input, row as usize)
        {
            return format!("« {text} »");
        }
        self.value(known, ty, unit)
    }

    /// The type of a subject, and the unit its values are best read in.
    pub(super) fn type_of(self, subject: Subject) -> (Type, Option<Unit>) {
        match subject {
            Subject::Node(node, _) => {
                let unit = match self.program.node(node) {
                    Node::Choose { rule, .. } => self.program.rule(*rule).and_then(|rule| rule.unit),
                    _other => None,
                };
                (self.program.type_of(node), unit.or_else(|| self.unit_within(node)))
            }
            Subject::Fact(input, _) => {
                self.program.input(input).map_or((Type::Text, None), |input| (input.ty, input.unit))
            }
            Subject::List(..) => (Type::Truth, None),
        }
    }

    /// Days where what is measured is counted in days, weeks otherwise.
    fn unit_within(self, node: NodeId) -> Option<Unit> {
        (self.program.type_of(node) == Type::Duration).then_some(Unit::Weeks)
    }

    /// Names a thing, without its value.
    pub(super) fn noun(self, subject: Subject) -> String {
        match subject {
            Subject::Fact(input, row) => self.fact(input, row),
            Subject::List(list, row) => {
                let label = self.program.list(list).map(|list| list.label.clone()).unwrap_or_default();
                let _ = row;
                label
            }
            Subject::Node(node, row) => self.node(node, row),
        }
    }

    fn fact(self, input: InputId, row: u32) -> String {
        let leaf = self.places.leaf(input, row as usize);
        match leaf.element {
            Some(element) if !leaf.label.is_empty() => format!("{} ({element})", leaf.label),
            Some(element) => element,
            None => leaf.label,
        }
    }

    fn node(self, node: NodeId, row: u32) -> String {
        match self.program.node(node) {
            Node::Input(input) | Node::Presume { input, .. } => self.fact(*input, row),
            Node::Constant(known) => self.value(known, self.program.type_of(node), self.unit_within(node)),
            Node::Choose { rule, .. } | Node::Judge { rule, .. } | Node::Decide { rule, .. } => {
                self.ruled(*rule, node, row)
            }
            Node::Reduce { rule: Some(rule), .. } => self.ruled(*rule, node, row),
            Node::Lift { from, hops } => {
                let scope = self.program.scope_of(node);
                let reached = self.decision.frame.reach(self.program, scope, row, hops);
                reached.map_or_else(String::new, |row| self.node(*from, row))
            }
            Node::Apply(op, operands) => self.primitive(*op, operands, row),
            Node::Follow { body, reference, .. } => {
                format!("{} ({})", self.label_of(*body), self.noun(Subject::Node(*reference, row)))
            }
            Node::Resolves { reference, .. } => self.noun(Subject::Node(*reference, row)),
            Node::Reduce { how, from, body, rule: None, .. } => self.reduced(*how, *from, *body),
            Node::If { .. } => "la valeur retenue".to_owned(),
            Node::Not(_) | Node::And(_) | Node::Or(_) | Node::Invalid => "cette condition".to_owned(),
        }
    }

    /// The label of a rule, with the element where it has instances.
    fn ruled(self, rule: RuleId, node: NodeId, row: u32) -> String {
        let Some(rule) = self.program.rule(rule) else { return String::new() };
        match self.element(self.program.scope_of(node), row) {
            Some(element) => format!("{} ({element})", rule.label),
            None => rule.label.clone(),
        }
    }

    /// The label of what a node holds, without its element.
    fn label_of(self, node: NodeId) -> String {
        match self.program.node(node) {
            Node::Input(input) | Node::Presume { input, .. } => {
                self.program.input(*input).map(|input| input.label.clone()).unwrap_or_default()
            }
            Node::Choose { rule, .. } | Node::Judge { rule, .. } => {
                self.program.rule(*rule).map(|rule| rule.label.clone()).unwrap_or_default()
            }
            _other => "valeur".to_owned(),
        }
    }

    fn reduced(self, how: Reduction, from: ScopeId, body: Option<NodeId>) -> String {
        let list = self.program.scope(from).and_then(|scope| scope.list).and_then(|list| self.program.list(list));
        let label = list.map(|list| list.label.clone()).unwrap_or_default();
        let body = body.map(|body| self.general(body)).unwrap_or_default();
        match how {
            Reduction::Count => format!("nombre d'éléments retenus de « {label} »"),
            Reduction::CountDistinct => format!("nombre de valeurs différentes de {body}"),
            Reduction::Sum => format!("total de « {body} »"),
            Reduction::Minimum => format!("plus petite valeur de « {body} »"),
            Reduction::Maximum => format!("plus grande valeur de « {body} »"),
            Reduction::Merge => format!("jours couverts par « {label} »"),
            Reduction::Exists | Reduction::All | Reduction::Instances => format!("« {label} »"),
        }
    }

    /// What a node holds, whatever the row.
    fn general(self, node: NodeId) -> String {
        match self.program.node(node) {
            Node::Lift { from, .. } => self.general(*from),
            Node::Apply(op, operands) => {
                let inner = operands.first().map(|operand| self.general(*operand)).unwrap_or_default();
                op_words(*op, &inner)
            }
            Node::Follow { body, .. } => self.label_of(*body),
            Node::If { .. } => "valeur retenue".to_owned(),
            _other => self.label_of(node),
        }
    }

    fn primitive(self, op: Op, operands: &[NodeId], row: u32) -> String {
        let noun = |index: usize| operands.get(index).map(|o| self.noun(Subject::Node(*o, row))).unwrap_or_default();
        match op {
            Op::Add => format!("{} + {}", noun(0), noun(1)),
            Op::Subtract | Op::DateDifference => format!("{} − {}", noun(0), noun(1)),
            Op::Multiply => format!("{} × {}", noun(0), noun(1)),
            Op::Divide | Op::DivideRounded(..) => format!("{} / {}", noun(0), noun(1)),
            Op::DatePlusDuration | Op::DatePlusOffset => format!("{} + {}", noun(0), noun(1)),
            Op::DateMinusDuration | Op::DateMinusOffset => format!("{} − {}", noun(0), noun(1)),
            Op::Min => format!("la plus petite valeur entre {}", self.list_of(operands, row)),
            Op::Max => format!("la plus grande valeur entre {}", self.list_of(operands, row)),
            Op::MakePeriod => self.made_period(operands, row),
            Op::Intersection => format!("{} compris dans {}", noun(0), noun(1)),
            Op::Union => format!("{} et {}", noun(0), noun(1)),
            Op::Gaps => format!("ce que {} laisse libre de « {} »", noun(0), noun(1)),
            Op::Default => noun(0),
            Op::Equal
            | Op::Different
            | Op::Less
            | Op::AtMost
            | Op::Greater
            | Op::AtLeast
            | Op::Same
            | Op::Differs
            | Op::Among
            | Op::Overlaps => "cette condition".to_owned(),
            Op::Negate
            | Op::Round(..)
            | Op::PeriodStart
            | Op::PeriodEnd
            | Op::ThroughSunday
            | Op::DaysOfPeriod
            | Op::DurationOfDays
            | Op::DurationOfPeriod
            | Op::LongestRun
            | Op::WholeMonths
            | Op::IsEmptyDays
            | Op::IsPresent
            | Op::IsApplicable
            | Op::IsInapplicable
            | Op::Guarded
            | Op::Met
            | Op::Holds
            | Op::Reported => op_words(op, &noun(0)),
        }
    }

    fn list_of(self, operands: &[NodeId], row: u32) -> String {
        let nouns: Vec<String> = operands.iter().map(|operand| self.noun(Subject::Node(*operand, row))).collect();
        enumerate(&nouns, "et")
    }

    /// A period made of the dates of one element is the element itself.
    fn made_period(self, operands: &[NodeId], row: u32) -> String {
        let owner = operands.first().and_then(|start| match self.program.node(*start) {
            Node::Input(_) | Node::Presume { .. } => self.element(self.program.scope_of(*start), row),
            Node::Lift { from, hops } => {
                let scope = self.program.scope_of(*start);
                let row = self.decision.frame.reach(self.program, scope, row, hops)?;
                self.element(self.program.scope_of(*from), row)
            }
            _other => None,
        });
        owner.unwrap_or_else(|| {
            let noun =
                |index: usize| operands.get(index).map(|o| self.noun(Subject::Node(*o, row))).unwrap_or_default();
            format!("la période allant de « {} » à « {} »", noun(0), noun(1))
        })
    }

    /// The element a row of a scope stands for: « période P1 ».
    pub(super) fn element(self, scope: ScopeId, row: u32) -> Option<String> {
        let described = self.program.scope(scope)?;
        let list = described.list?;
        let row = match described.kind {
            crate::program::ScopeKind::Root => return None,
            crate::program::ScopeKind::Canonical => row,
            crate::program::ScopeKind::Cross { .. } => {
                self.decision.frame.reach(self.program, scope, row, &[Hop::Element])?
            }
        };
        self.places.element_label(list, row as usize)
    }

    /// The elements of a list, as people name them.
    pub(super) fn elements(self, list: ListId, parent: u32) -> Vec<String> {
        let Some(rows) = self.decision.inputs.list(list) else { return Vec::new() };
        rows.children(parent).filter_map(|row| self.places.element_name(list, row as usize)).collect()
    }

    /// What is to be said of a list: its elements, or that it is not known.
    pub(super) fn list(self, list: ListId, parent: u32) -> String {
        let label = self.program.list(list).map(|list| capital(&list.label)).unwrap_or_default();
        let open = self.decision.inputs.list(list).is_some_and(|rows: &Rows| rows.is_open(parent));
        let elements = self.elements(list, parent);
        match (open, elements.as_slice()) {
            (true, []) => format!("{label} : non renseigné"),
            (true, some) => format!("{label} : {}, et peut-être d'autres", some.join(", ")),
            (false, []) => format!("{label} : aucun élément au dossier"),
            (false, some) => format!("{label} : {} au dossier ({})", some.len(), some.join(", ")),
        }
    }

    /// Where a fact comes from: place in the dossier, or why there is none.
    pub(super) fn source(self, input: InputId, row: u32) -> String {
        let leaf = self.places.leaf(input, row as usize);
        let assessed = self.program.input(input).is_some_and(|input| input.declared.assessed);
        let supplier = leaf.supplier.as_deref();
        match self.decision.inputs.status(input, row as usize) {
            Status::Given => match (assessed, supplier) {
                (true, Some(supplier)) => format!("apprécié par {supplier} ; {}, {}", self.dossier.name, leaf.path),
                (_, _) => format!("{}, {}", self.dossier.name, leaf.path),
            },
            Status::LeftOut | Status::Unsure | Status::Unheard => match (assessed, supplier) {
                (true, Some(supplier)) => format!("à apprécier par {supplier} ; {}", leaf.path),
                (false, Some(supplier)) => format!("à fournir par {supplier} ; {}", leaf.path),
                (_, None) => format!("à fournir ; {}", leaf.path),
            },
            Status::Rejected => format!("donnée non retenue, à corriger ; {}", leaf.path),
            Status::SetAside(rule) => {
                let why = self.program.rule(rule).map(|rule| rule.label.clone()).unwrap_or_default();
                format!("donnée écartée : {why} ; {}", leaf.path)
            }
        }
    }

    /// Whether a leaf says that an optional record is there.
    pub(super) fn is_presence(self, input: InputId) -> bool {
        self.program.input(input).is_some_and(|input| input.role == InputRole::Presence)
    }

    /// The rule a node is the answer of.
    pub(super) fn rule(self, subject: Subject) -> Option<&'a Rule> {
        let Subject::Node(node, _) = subject else { return None };
        match self.program.node(node) {
            Node::Choose { rule, .. } | Node::Judge { rule, .. } | Node::Decide { rule, .. } => {
                self.program.rule(*rule)
            }
            Node::Reduce { rule: Some(rule), .. } => self.program.rule(*rule),
            _other => None,
        }
    }
}

/// The values of a set, in words.
pub(super) fn set_words(program: &Program, set: &Set, ty: Type, unit: Option<Unit>) -> String {
    match set {
        Set::Nothing => "sans valeur".to_owned(),
        Set::Truth(truth) if truth.is_yes() => "oui".to_owned(),
        Set::Truth(truth) if truth.is_no() => "non".to_owned(),
        Set::Truth(_) => "indéterminé".to_owned(),
        Set::Range(range) => range_words(*range, ty, unit),
        Set::Cases(bits) => cases_words(program, *bits, ty),
        Set::Text(Texts::Any) => "inconnu".to_owned(),
        Set::Text(Texts::OneOf(texts)) => {
            enumerate(&texts.iter().map(|text| format!("« {text} »")).collect::<Vec<_>>(), "ou")
        }
        Set::Period(stretch) => stretch_words(*stretch),
        Set::Days(days) => days_words(days),
    }
}

fn cases_words(program: &Program, bits: u64, ty: Type) -> String {
    let Some(enumeration) = program.enumeration(ty) else { return "inconnu".to_owned() };
    let labels: Vec<String> = enumeration
        .cases
        .iter()
        .zip(0u32..)
        .filter(|(_, bit)| bits & 1u64.checked_shl(*bit).unwrap_or(0) != 0)
        .map(|(case, _)| case.label.clone())
        .collect();
    if labels.len() == enumeration.cases.len() && labels.len() > 3 {
        return "inconnu".to_owned();
    }
    enumerate(&labels, "ou")
}

fn range_words(range: Range, ty: Type, unit: Option<Unit>) -> String {
    let word = |value: i64| ordinal(value, ty, unit);
    if let Some(single) = range.single() {
        return word(single);
    }
    if ty == Type::Date {
        let (first, last) = day_bounds(range);
        let (early, late) = (first == crate::value::Day::MIN, last == crate::value::Day::MAX);
        return match (early, late) {
            (true, true) => "date inconnue".to_owned(),
            (true, false) => format!("au plus tard le {}", last.french()),
            (false, true) => format!("à partir du {}", first.french()),
            (false, false) => format!("entre le {} et le {}", first.french(), last.french()),
        };
    }
    match (range.lo, range.hi) {
        (Some(lo), Some(hi)) => format!("entre {} et {}", word(lo), word(hi)),
        (Some(lo), None) => format!("au moins {}", word(lo)),
        (None, Some(hi)) => format!("au plus {}", word(hi)),
        (None, None) => "inconnu".to_owned(),
    }
}

/// An ordinal of that type, in words.
fn ordinal(value: i64, ty: Type, unit: Option<Unit>) -> String {
    match ty {
        Type::Duration => french::duration(Number::from_millionths(value), unit != Some(Unit::Days)),
        Type::Offset => french::months(i32::try_from(value).unwrap_or(i32::MAX)),
        Type::Date => {
            let (day, _) = day_bounds(Range::exactly(value));
            day.french()
        }
        Type::Truth
        | Type::Integer
        | Type::Number
        | Type::Period
        | Type::Days
        | Type::Text
        | Type::Case(_)
        | Type::Key(_) => {
            let number = Number::from_millionths(value);
            // A year is not grouped by thousands; no other whole number below ten thousand needs it.
            match number.to_integer() {
                Some(whole) if ty == Type::Integer && whole.unsigned_abs() < 10_000 => whole.to_string(),
                Some(_) | None => number.french(),
            }
        }
    }
}

fn op_words(op: Op, inner: &str) -> String {
    match op {
        Op::ThroughSunday => format!("{inner} (week-end final compris)"),
        Op::DurationOfDays | Op::DurationOfPeriod => format!("durée de {inner}"),
        Op::LongestRun => format!("plus longue suite de jours consécutifs parmi les {}", without_article(inner)),
        Op::WholeMonths => format!("mois entiers parmi les {}", without_article(inner)),
        Op::PeriodStart => format!("début de {inner}"),
        Op::PeriodEnd => format!("fin de {inner}"),
        Op::Negate => format!("− {inner}"),
        Op::Round(..) => format!("{inner}, arrondi"),
        _other => inner.to_owned(),
    }
}

fn without_article(words: &str) -> &str {
    words.strip_prefix("les ").unwrap_or(words)
}

fn stretch_words(stretch: Stretch) -> String {
    match stretch.single() {
        Some((start, end)) if end >= start => period::french_run(start, end),
        Some((start, end)) => format!("du {} au {}", start.french(), end.french()),
        None if stretch == Stretch::ANY => "dates inconnues".to_owned(),
        None => "dates incertaines".to_owned(),
    }
}

fn days_words(days: &Days) -> String {
    if days.is_exact() {
        return days.certain.french();
    }
    if days.certain.is_empty() {
        return "jours inconnus".to_owned();
    }
    format!("certainement {}", days.certain.french())
}

/// « a, b et c ».
pub(super) fn enumerate(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., end] => format!("{} {last} {end}", before.join(", ")),
    }
}

/// With a capital letter.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
