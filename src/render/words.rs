//! Values and things in French: what an administrator would write.
//!
//! Labels of a ruleset come in any gender and number, so sentences are built without agreement: « X : 9
//! semaines ; c'est moins que « Y » (14 semaines) ».

use super::values::{capital, enumerate, lowered, set_words};
use crate::dossier::{Anomaly, Dossier, Places};
use crate::eval::{Presence, Status};
use crate::explain::Subject;
use crate::program::{Hop, InputId, InputRole, Node, NodeId, Program, Reduction, Rule, RuleId, ScopeId, Unit};
use crate::ruleset::{Decision, Ruleset};
use crate::value::{Known, ListId, Op, Type};

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
        self.valued(known, (ty, unit), "aucune valeur")
    }

    /// What is known of a value, in words; `nothing` says that there is none.
    pub(super) fn valued(self, known: &Known, (ty, unit): (Type, Option<Unit>), nothing: &str) -> String {
        let mut ways = Vec::new();
        if !known.set.is_nothing() {
            ways.push(set_words(self.program, &known.set, ty, unit));
        }
        if known.absent {
            ways.push(nothing.to_owned());
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
        let fact = matches!(subject, Subject::Fact(..));
        self.valued(known, (ty, unit), if fact { "rien au dossier" } else { "aucune valeur" })
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
            Subject::List(list, row) => self.list_noun(list, row),
            Subject::Node(node, row) => self.node(node, row),
        }
    }

    fn fact(self, input: InputId, row: u32) -> String {
        if let Some((list, parent)) = self.list_of_scalars(input, row) {
            return self.list_noun(list, parent);
        }
        self.places.leaf(input, row as usize).named()
    }

    /// The list a leaf is an element of, where its elements are bare values, and the row that holds it.
    pub(super) fn list_of_scalars(self, input: InputId, row: u32) -> Option<(ListId, u32)> {
        let leaf = self.program.input(input)?;
        let list = self.program.scope(leaf.scope)?.list?;
        let bare = self.program.list(list)?.path == leaf.path;
        bare.then(|| self.decision.inputs.list(list).map(|rows| (list, rows.parent_of(row)))).flatten()
    }

    /// « signataires (convention de stage C1) ».
    pub(super) fn list_noun(self, list: ListId, parent: u32) -> String {
        let Some(described) = self.program.list(list) else { return String::new() };
        let holder = self.program.scope(described.scope).and_then(|scope| self.element(scope.parent, parent));
        match holder {
            Some(holder) => format!("{} ({holder})", described.label),
            None => described.label.clone(),
        }
    }

    fn node(self, node: NodeId, row: u32) -> String {
        match self.program.node(node) {
            Node::Input(input) | Node::Presume { input, .. } => self.fact(*input, row),
            Node::Contested(input) => self.fact(*input, row),
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
            Node::Input(input) | Node::Presume { input, .. } => self.places.label(*input),
            Node::Choose { rule, .. } | Node::Judge { rule, .. } => {
                self.program.rule(*rule).map(|rule| rule.label.clone()).unwrap_or_default()
            }
            _other => "valeur".to_owned(),
        }
    }

    fn reduced(self, how: Reduction, from: ScopeId, body: Option<NodeId>) -> String {
        let list = self.program.scope(from).and_then(|scope| scope.list).and_then(|list| self.program.list(list));
        let label = list.map(|list| list.label.clone()).unwrap_or_default();
        let inner = body;
        let body = body.map(|body| self.general(body)).unwrap_or_default();
        match how {
            Reduction::Count => format!("nombre d'éléments retenus de « {label} »"),
            Reduction::CountDistinct => format!("nombre de valeurs différentes de « {body} »"),
            Reduction::Sum => format!("total de « {body} »"),
            Reduction::Minimum => format!("plus petite valeur de « {body} »"),
            Reduction::Maximum => format!("plus grande valeur de « {body} »"),
            Reduction::Merge => {
                let whole = body_is_through_sunday(self.program, inner);
                format!("jours de « {label} »{}", if whole { ", week-ends de fin compris" } else { "" })
            }
            Reduction::Exists | Reduction::All | Reduction::Instances => format!("« {label} »"),
        }
    }

    /// What a node holds, whatever the row.
    pub(super) fn general(self, node: NodeId) -> String {
        match self.program.node(node) {
            Node::Lift { from, .. } => self.general(*from),
            Node::Constant(known) => self.value(known, self.program.type_of(node), self.unit_within(node)),
            Node::Apply(Op::MakePeriod, operands) => {
                let list = operands
                    .first()
                    .and_then(|start| self.owner_scope(*start))
                    .and_then(|scope| self.program.scope(scope)?.list)
                    .and_then(|list| self.program.list(list));
                list.map_or_else(|| "période".to_owned(), |list| list.element.clone())
            }
            Node::Apply(op @ (Op::Min | Op::Max), operands) => self.bounded(*op, operands),
            Node::Apply(op, operands) => {
                let inner = operands.first().map(|operand| self.general(*operand)).unwrap_or_default();
                match (sign(*op), operands.get(1)) {
                    (Some(sign), Some(second)) => format!("{inner} {sign} {}", self.general(*second)),
                    (_, _) => op_words(*op, &inner),
                }
            }
            Node::Follow { body, .. } => self.general(*body),
            // The branch that says more than a constant.
            Node::If { yes, no, .. } => {
                let constant = matches!(self.program.node(*no), Node::Constant(_));
                self.general(if constant { *yes } else { *no })
            }
            _other => self.label_of(node),
        }
    }

    /// « durée fixée (au plus 14 semaines) »: the smaller of a value and a constant is that value, at most the constant.
    fn bounded(self, op: Op, operands: &[NodeId]) -> String {
        let constant = |node: &&NodeId| matches!(self.program.node(**node), Node::Constant(_));
        let (bounds, values): (Vec<&NodeId>, Vec<&NodeId>) = operands.iter().partition(constant);
        let names = |nodes: &[&NodeId]| nodes.iter().map(|node| self.general(**node)).collect::<Vec<_>>();
        let (limit, extreme) = if op == Op::Min { ("au plus", "petite") } else { ("au moins", "grande") };
        match (values.as_slice(), bounds.as_slice()) {
            ([value], [bound]) => format!("{} ({limit} {})", self.general(**value), self.general(**bound)),
            (_, _) => {
                let all: Vec<&NodeId> = operands.iter().collect();
                format!("la plus {extreme} valeur entre {}", enumerate(&names(&all), "et"))
            }
        }
    }

    /// The scope of the element a node is read from.
    fn owner_scope(self, node: NodeId) -> Option<ScopeId> {
        match self.program.node(node) {
            Node::Lift { from, .. } => self.owner_scope(*from),
            Node::Input(_) | Node::Presume { .. } => Some(self.program.scope_of(node)),
            _other => None,
        }
    }

    fn primitive(self, op: Op, operands: &[NodeId], row: u32) -> String {
        let noun = |index: usize| operands.get(index).map(|o| self.noun(Subject::Node(*o, row))).unwrap_or_default();
        match op {
            Op::Add
            | Op::Subtract
            | Op::DateDifference
            | Op::Multiply
            | Op::Divide
            | Op::DivideRounded(..)
            | Op::DatePlusDuration
            | Op::DatePlusOffset
            | Op::DateMinusDuration
            | Op::DateMinusOffset => format!("{} {} {}", noun(0), sign(op).unwrap_or_default(), noun(1)),
            Op::Min => format!("la plus petite valeur entre {}", self.list_of(operands, row)),
            Op::Max => format!("la plus grande valeur entre {}", self.list_of(operands, row)),
            Op::OneOf => "ce que le texte laisse ouvert".to_owned(),
            Op::MakePeriod => self.made_period(operands, row),
            Op::Intersection => format!("{}, dans {}", noun(0), noun(1)),
            Op::Union => format!("{} et {}", noun(0), noun(1)),
            Op::Gaps => {
                let whole = noun(1);
                let whole = if whole.starts_with("la période") { whole } else { format!("« {whole} »") };
                format!("ce que laissent libre de {whole} {}", days_of(&noun(0)))
            }
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
            let bound = |index: usize| {
                let known = operands.get(index).and_then(|node| self.decision.frame.known(*node, row as usize));
                known.map(|known| self.value(known, Type::Date, None)).unwrap_or_default()
            };
            format!("la période du {} au {}", bound(0), bound(1))
        })
    }

    /// The element a row of a scope stands for: « période P1 ».
    pub(super) fn element(self, scope: ScopeId, row: u32) -> Option<String> {
        let (list, row) = self.element_at(scope, row)?;
        self.places.element_label(list, row as usize)
    }

    /// The path of the element on which a rule has an instance.
    pub(super) fn element_path(self, scope: ScopeId, row: u32) -> Option<String> {
        let (list, row) = self.element_at(scope, row)?;
        Some(self.places.element_path(list, row as usize))
    }

    fn element_at(self, scope: ScopeId, row: u32) -> Option<(ListId, u32)> {
        let described = self.program.scope(scope)?;
        let list = described.list?;
        let row = match described.kind {
            crate::program::ScopeKind::Root => return None,
            crate::program::ScopeKind::Canonical => row,
            crate::program::ScopeKind::Cross { .. } => {
                self.decision.frame.reach(self.program, scope, row, &[Hop::Element])?
            }
        };
        Some((list, row))
    }

    /// The known elements of a list, as people name them: keys, bare values, else ranks.
    pub(super) fn elements(self, list: ListId, parent: u32) -> Vec<String> {
        let Some(rows) = self.decision.inputs.list(list) else { return Vec::new() };
        rows.children(parent).filter_map(|row| self.element_short(list, row)).collect()
    }

    /// The name of one element within its list: « P1 », « l'étudiant », « n° 2 ».
    pub(super) fn element_short(self, list: ListId, row: u32) -> Option<String> {
        if self.decision.inputs.list(list)?.presence_of(row) == Presence::Many {
            return None;
        }
        let described = self.program.list(list)?;
        let bare = (0..).zip(&self.program.inputs).find(|(_, input)| input.path == described.path);
        if let Some((id, _)) = bare {
            let known = self.decision.inputs.known(InputId(id), row as usize)?;
            return Some(self.of(Subject::Fact(InputId(id), row), known));
        }
        if let Some(key) = self.dossier.names.key(list, row as usize) {
            return Some(key.to_owned());
        }
        let name = self.places.element_name(list, row as usize)?;
        Some(name.parse::<u32>().map_or(name, |index| format!("n° {}", index.saturating_add(1))))
    }

    /// What is to be said of a list: its elements, or that it is not known.
    pub(super) fn list(self, list: ListId, parent: u32) -> String {
        let label = capital(&self.list_noun(list, parent));
        let open = self.decision.inputs.list(list).is_some_and(|rows| rows.is_open(parent));
        let elements = self.elements(list, parent);
        let named = elements.first().is_some_and(|first| !first.starts_with("n° "));
        if open && self.dossier.names.status(list, parent as usize) == Status::Rejected {
            return format!("{label} : {}", self.rejected(&self.places.list_path(list, parent as usize)));
        }
        match (open, elements.as_slice()) {
            (true, []) => format!("{label} : non renseigné"),
            (true, some) => format!("{label} : {}, et peut-être d'autres", some.join(", ")),
            (false, []) => format!("{label} : aucun élément au dossier"),
            (false, some) if named => format!("{label} : {} au dossier, {}", some.len(), enumerate(some, "et")),
            (false, some) => format!("{label} : {} au dossier", some.len()),
        }
    }

    /// Why a datum of that place, or what it lies in, was not retained.
    pub(super) fn rejected(self, path: &str) -> String {
        let holds = |anomaly: &&Anomaly| {
            let rest = path.strip_prefix(anomaly.path.as_str());
            rest.is_some_and(|rest| rest.is_empty() || anomaly.path.is_empty() || rest.starts_with(['.', '[']))
        };
        let found = self.dossier.anomalies.iter().filter(holds).max_by_key(|anomaly| anomaly.path.len());
        match found {
            Some(anomaly) => format!("donnée non retenue, car {}", lowered(anomaly.why())),
            None => "donnée non retenue".to_owned(),
        }
    }

    /// Where a list comes from.
    pub(super) fn list_source(self, list: ListId, parent: u32) -> String {
        let path = self.places.list_path(list, parent as usize);
        let open = self.decision.inputs.list(list).is_some_and(|rows| rows.is_open(parent));
        if open && self.dossier.names.status(list, parent as usize) == Status::Rejected {
            return format!("à corriger ; {path}");
        }
        match (open, self.places.list_supplier(list)) {
            (false, _) => format!("{}, {path}", self.dossier.name),
            (true, Some(supplier)) => format!("à fournir par {supplier} ; {path}"),
            (true, None) => format!("à fournir ; {path}"),
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
            Status::Rejected => format!("à corriger ; {}", leaf.path),
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

fn body_is_through_sunday(program: &Program, body: Option<NodeId>) -> bool {
    match body.map(|body| program.node(body)) {
        Some(Node::Apply(Op::ThroughSunday, _)) => true,
        Some(Node::Apply(Op::DaysOfPeriod, operands)) => body_is_through_sunday(program, operands.first().copied()),
        _other => false,
    }
}

/// The sign between the operands of an operation.
fn sign(op: Op) -> Option<&'static str> {
    match op {
        Op::Add | Op::DatePlusDuration | Op::DatePlusOffset => Some("+"),
        Op::Subtract | Op::DateDifference | Op::DateMinusDuration | Op::DateMinusOffset => Some("−"),
        Op::Multiply => Some("×"),
        Op::Divide | Op::DivideRounded(..) => Some("/"),
        _other => None,
    }
}

fn op_words(op: Op, inner: &str) -> String {
    match op {
        Op::ThroughSunday => format!("{inner}, week-end de fin compris"),
        Op::DurationOfDays if inner.starts_with("jours de ") => format!("durée totale des {inner}"),
        Op::DurationOfDays if inner.starts_with("ce que ") => format!("durée de {inner}"),
        Op::DurationOfDays | Op::DurationOfPeriod => format!("durée ({inner})"),
        Op::LongestRun => format!("plus longue suite de jours consécutifs parmi {}", days_of(inner)),
        Op::WholeMonths => format!("mois entiers parmi {}", days_of(inner)),
        Op::PeriodStart => format!("début ({inner})"),
        Op::PeriodEnd => format!("fin ({inner})"),
        Op::Negate => format!("− {inner}"),
        Op::Round(..) => format!("{inner}, arrondi"),
        _other => inner.to_owned(),
    }
}

/// « les jours de « périodes de stage » »: days with their article, what has one already as it is.
fn days_of(words: &str) -> String {
    if words.starts_with("jours de ") { format!("les {words}") } else { words.to_owned() }
}
