//! The façade: sources become an [`Analysis`], an analysis without errors a [`Ruleset`], a ruleset and a
//! dossier a [`Decision`].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Component, Path};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::cascade::roots;
use crate::check::{check, reason};
use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::dossier::{Dossier, JsonError};
use crate::eval::{
    Cell, Column, Columns, Frame, Inputs, Plan, Presence, Rows, SetAside, Status, cohere, run, run_plan, weigh,
};
use crate::explain::{Answer, Detail, Justification, Soundness, answers, blank, justify, named, suffices};
use crate::limit::{Exceeded, Limit, Limits};
use crate::lower::{TextFile, lower, lower_within};
use crate::program::{InputId, NodeId, NormKind, Program, Rule, RuleId, RuleKind, ScopeId, dump, verify};
use crate::remedy::propose;
use crate::source::{SourceId, SourceMap, Span};
use crate::syntax::{Reading, ast, parse_within, side_by_side};
use crate::value::Known;

/// Everything known about a set of sources, errors included.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// How the ruleset is named outside (its folder).
    pub id: String,
    /// The sources, in the order given.
    pub sources: SourceMap,
    /// Their trees.
    pub files: Vec<ast::File>,
    /// What they mean; to be relied on only without errors.
    pub program: Program,
    /// What is wrong, in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// What reasoning could not settle: the rule, and the question in French.
    pub unsettled: Vec<(String, String)>,
    /// How large it may be, and what it decides.
    pub limits: Limits,
}

/// Sources read into trees: what can be known before the official texts, since these are named in them.
#[derive(Clone, Debug)]
pub struct Parsed {
    id: String,
    sources: SourceMap,
    files: Vec<ast::File>,
    diagnostics: Vec<Diagnostic>,
    limits: Limits,
}

impl Parsed {
    /// Reads the files of a ruleset (name shown and text each) within limits. Without the examples, which deciding does not
    /// need, what is wrong in them is not seen.
    pub fn within(limits: Limits, (id, reading): (&str, Reading), files: Vec<(String, String)>) -> Self {
        let mut sources = SourceMap::new();
        for (name, text) in files {
            sources.add(name, text);
        }
        let read = |(source, text): &(SourceId, &str)| match too_large(&limits, *source, text) {
            Some(refused) => (ast::File { items: Vec::new(), comments: Vec::new() }, vec![refused]),
            None => parse_within(*source, text, &limits, reading),
        };
        let given: Vec<(SourceId, &str)> = sources.iter().map(|(id, source)| (id, source.text.as_str())).collect();
        let read: Vec<(ast::File, Vec<Diagnostic>)> = if limits.need_stack() {
            given.iter().map(read).collect()
        } else {
            side_by_side(&given, |(_, text)| text.len(), read)
        };
        let (files, diagnostics): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        let diagnostics = diagnostics.into_iter().flatten().collect();
        Self { id: id.to_owned(), sources, files, diagnostics, limits }
    }

    /// The official texts that the headers name.
    pub fn texts(&self) -> Vec<String> {
        texts_named(self.files.iter().flat_map(|file| &file.items))
    }

    /// What these sources mean beside their official texts, and what is wrong.
    pub fn analyse(self, texts: &[TextFile]) -> Analysis {
        let Self { id, sources, files, mut diagnostics, limits } = self;
        diagnostics.extend(oversized(&limits, files.len(), texts));
        diagnostics.extend(crowded(&limits, &files));
        if diagnostics.iter().any(|diagnostic| diagnostic.code == Code::Limit) {
            // What was not read would be missed everywhere: nothing more is said of this ruleset.
            diagnostic::sort(&mut diagnostics);
            let program = Program::default();
            return Analysis { id, sources, files, program, diagnostics, unsettled: Vec::new(), limits };
        }
        let (program, mut found) = lower_within(&files, texts, &limits);
        diagnostic::sort(&mut found);
        diagnostics.extend(roots(&sources, &files, found));
        if !diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            debug_assert!(verify(&program) == Ok(()), "{:?}\n{}", verify(&program), dump(&program));
            diagnostics.extend(check(&program, &files));
        }
        diagnostic::sort(&mut diagnostics);
        propose(&sources, &files, &program, &mut diagnostics);
        Analysis { id, sources, files, program, diagnostics, unsettled: Vec::new(), limits }
    }
}

impl Analysis {
    /// Analyses the files of a ruleset (name shown and text each) with its official texts.
    pub fn new(id: &str, files: Vec<(String, String)>, texts: &[TextFile]) -> Self {
        Self::within(Limits::default(), (id, Reading::Whole), files, texts)
    }

    /// The same within limits of one's own.
    pub fn within(
        limits: Limits,
        (id, reading): (&str, Reading),
        files: Vec<(String, String)>,
        texts: &[TextFile],
    ) -> Self {
        Parsed::within(limits, (id, reading), files).analyse(texts)
    }

    /// Adds what can be proved about the ruleset by reasoning, where nothing else is wrong with it. It takes
    /// longer than all the rest: deciding does not need it.
    #[must_use]
    pub fn reasoned(mut self) -> Self {
        if !self.has_errors() {
            let mut reasoned = reason(&self.program, &self.files);
            propose(&self.sources, &self.files, &self.program, &mut reasoned.diagnostics);
            self.diagnostics.extend(reasoned.diagnostics);
            self.unsettled = reasoned.unsettled;
            diagnostic::sort(&mut self.diagnostics);
        }
        self
    }

    /// The same sources with other trees: what mutation testing decides with.
    pub fn with_trees(&self, files: Vec<ast::File>) -> Self {
        let texts: Vec<TextFile> = self
            .program
            .texts
            .iter()
            .map(|text| TextFile { name: text.name.clone(), text: text.text.clone() })
            .collect();
        let (program, diagnostics) = lower(&files, &texts);
        let (id, sources) = (self.id.clone(), self.sources.clone());
        Self { id, sources, files, program, diagnostics, unsettled: Vec::new(), limits: self.limits }
    }

    /// Whether the ruleset cannot be used.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The ruleset, where nothing is wrong with it; else the analysis back.
    ///
    /// # Errors
    ///
    /// The analysis itself, where one of its diagnostics is an error.
    pub fn into_ruleset(self) -> Result<Ruleset, Box<Analysis>> {
        if self.has_errors() {
            return Err(Box::new(self));
        }
        let answering = self.program.rules().map(|(_, rule)| rule).filter(|rule| match rule.kind {
            RuleKind::Value | RuleKind::Norm(_) | RuleKind::Decision | RuleKind::Notice => true,
            RuleKind::Incoherence => false,
        });
        let cone = cone_of(&self.program, answering);
        Ok(Ruleset { analysis: self, sha256: OnceLock::new(), cone, blank: OnceLock::new() })
    }
}

/// The official texts that the headers among these items name. A ruleset reads nothing outside its folder.
pub fn texts_named<'i>(items: impl IntoIterator<Item = &'i ast::Item>) -> Vec<String> {
    let headers =
        items.into_iter().filter_map(|item| if let ast::Item::Header(header) = item { Some(header) } else { None });
    let mut names: Vec<String> = headers.flat_map(|header| &header.texts).map(|name| name.text.clone()).collect();
    names.retain(|name| {
        let mut parts = Path::new(name).components();
        !name.is_empty() && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
    });
    names.sort();
    names.dedup();
    names
}

/// An error at that place: a limit that is passed.
fn refused(exceeded: &Exceeded, span: Span) -> Diagnostic {
    Diagnostic::error(Code::Limit, span, format!("{exceeded}.")).help(exceeded.help())
}

/// What is wrong with the number of files, and with the texts.
fn oversized(limits: &Limits, files: usize, texts: &[TextFile]) -> Vec<Diagnostic> {
    let whole = limits.allow(Limit::Sources, files as u64, || "Ce règlement a trop de fichiers".to_owned());
    let each = texts.iter().map(|text| {
        let subject = || format!("Le texte officiel «\u{a0}{}\u{a0}» est trop long", text.name);
        limits.allow(Limit::SourceSize, text.text.len() as u64, subject)
    });
    let start = Span::new(SourceId(0), 0..0);
    std::iter::once(whole).chain(each).filter_map(Result::err).map(|exceeded| refused(&exceeded, start)).collect()
}

/// What is wrong with the size of a file, or of one of its lines.
fn too_large(limits: &Limits, source: SourceId, text: &str) -> Option<Diagnostic> {
    let size = limits.allow(Limit::SourceSize, text.len() as u64, || "Ce fichier est trop long".to_owned());
    if let Err(exceeded) = size {
        return Some(refused(&exceeded, Span::new(source, 0..0)));
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        let allowed = limits.allow(Limit::Line, bare.len() as u64, || "Cette ligne est trop longue".to_owned());
        if let Err(exceeded) = allowed {
            let first = bare.chars().next().map_or(0, char::len_utf8);
            return Some(refused(&exceeded, Span::new(source, start..start + first)));
        }
        start += line.len();
    }
    None
}

/// What is wrong with the number of items.
fn crowded(limits: &Limits, files: &[ast::File]) -> Option<Diagnostic> {
    let found = files.iter().map(|file| file.items.len() as u64).sum();
    let allowed = limits.allow(Limit::Items, found, || "Ce règlement a trop d'éléments".to_owned());
    allowed.err().map(|exceeded| refused(&exceeded, Span::new(SourceId(0), 0..0)))
}

/// A ruleset without errors.
#[derive(Clone, Debug)]
pub struct Ruleset {
    analysis: Analysis,
    /// Made when someone asks.
    sha256: OnceLock<String>,
    cone: Vec<NodeId>,
    /// What each node may be at all: made when something is to be explained.
    blank: OnceLock<Vec<Known>>,
}

impl Ruleset {
    /// How the ruleset is named outside.
    pub fn id(&self) -> &str {
        &self.analysis.id
    }

    /// SHA-256 of its sources and texts, hexadecimal.
    pub fn sha256(&self) -> &str {
        self.sha256.get_or_init(|| {
            let mut digest = Sha256::new();
            for (_, source) in self.analysis.sources.iter() {
                digest.update(source.text.as_bytes());
                digest.update([0]);
            }
            for text in &self.program().texts {
                digest.update(text.sha256.as_bytes());
            }
            digest.finalize().iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
        })
    }

    /// What it means.
    pub fn program(&self) -> &Program {
        &self.analysis.program
    }

    /// The analysis it comes from.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// How large it may be, and what it decides.
    pub fn limits(&self) -> &Limits {
        &self.analysis.limits
    }

    /// Reads a dossier (JSON) against the facts it declares.
    ///
    /// # Errors
    ///
    /// The bytes are not JSON, or not a record, or more than the limits of the ruleset allow.
    pub fn read(&self, name: &str, bytes: &[u8]) -> Result<Dossier, JsonError> {
        let dossier = Dossier::read_within(self.program(), self.limits(), name, bytes)?;
        self.bear(&dossier).map_err(|exceeded| JsonError {
            line: 1,
            column: 1,
            message: format!("{exceeded}. {}", exceeded.help()),
        })?;
        Ok(dossier)
    }

    /// Nothing where the values to be computed for a dossier are as many as allowed.
    ///
    /// # Errors
    ///
    /// They are more: it must not be decided.
    pub fn bear(&self, dossier: &Dossier) -> Result<(), Exceeded> {
        let found = weigh(self.program(), &dossier.inputs, &self.cone);
        let subject = || "Ce dossier demande trop de calculs".to_owned();
        self.limits().allow(Limit::Values, found, subject).map_err(Exceeded::at_most)
    }

    /// Decides a dossier: every value, norm and decision of the ruleset.
    pub fn decide(&self, dossier: &Dossier) -> Decision {
        self.decide_some(dossier, |_| true)
    }

    /// The same, with the answers of some rules only: what they and the notices need is evaluated.
    pub fn decide_some(&self, dossier: &Dossier, wanted: impl Fn(RuleId) -> bool) -> Decision {
        let program = self.program();
        let answering = |rule: &Rule| matches!(rule.kind, RuleKind::Value | RuleKind::Norm(_) | RuleKind::Decision);
        let asked: Vec<(RuleId, &Rule)> = program.rules().filter(|(id, rule)| answering(rule) && wanted(*id)).collect();
        let all = program
            .rules()
            .all(|(id, rule)| !answering(rule) || asked.binary_search_by_key(&id, |(id, _)| *id).is_ok());
        let cone = if all {
            Cow::Borrowed(&self.cone)
        } else {
            let noticed = program.rules().map(|(_, rule)| rule).filter(|rule| rule.kind == RuleKind::Notice);
            Cow::Owned(cone_of(program, asked.iter().map(|(_, rule)| *rule).chain(noticed)))
        };
        let (inputs, set_aside) = cohere(program, &dossier.inputs);
        let frame = run::<Cell>(program, &inputs, &cone);
        let trials = self.limits().count(Limit::Trials);
        let (outcomes, tried) = outcomes(program, (&inputs, &frame), (&cone, trials), &asked);
        let notices = noticed(program, &frame);
        Decision { inputs, set_aside, frame, outcomes, notices, tried }
    }

    /// Why the answer of a node is what it is: [`Explainer::justify`] for a single answer.
    pub fn justify(&self, decision: &Decision, target: (NodeId, u32), detail: Detail) -> Justification {
        self.explainer(decision).justify(target, detail)
    }

    /// Whoever explains many answers of a decision: what they share is looked at once.
    pub fn explainer<'a>(&'a self, decision: &'a Decision) -> Explainer<'a> {
        let (program, blank) = (self.program(), self.blank.get_or_init(|| blank(self.program())));
        Explainer { program, decision, soundness: Soundness::new(program, &decision.inputs, &decision.frame, blank) }
    }
}

/// Explains the answers of a decision.
pub struct Explainer<'a> {
    program: &'a Program,
    decision: &'a Decision,
    soundness: Soundness<'a>,
}

impl Explainer<'_> {
    /// Why the answer of a node is what it is. The minimal justification suffices: where what it names does
    /// not determine the answer alone, everything is opened instead.
    pub fn justify(&mut self, target: (NodeId, u32), detail: Detail) -> Justification {
        let (program, inputs, frame) = (self.program, &self.decision.inputs, &self.decision.frame);
        let minimal = justify(program, inputs, frame, target, detail);
        if detail == Detail::Full || !minimal.known.is_settled() || self.soundness.shows(target) {
            return minimal;
        }
        if suffices(program, inputs, &named(&minimal), (target, &minimal.known)) {
            return minimal;
        }
        justify(program, inputs, frame, target, Detail::Full)
    }
}

fn narrow(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// The nodes that rules need.
fn cone_of<'r>(program: &Program, rules: impl Iterator<Item = &'r Rule>) -> Vec<NodeId> {
    let nodes =
        rules.flat_map(|rule| std::iter::once(rule.instance).chain(rule.guarded).chain(rule.result).chain(rule.filter));
    program.cone(&nodes.collect::<Vec<_>>())
}

/// The notices that hold, in source order.
fn noticed(program: &Program, frame: &Frame<Cell>) -> Vec<Noticed> {
    let mut notices = Vec::new();
    for (id, rule) in program.rules().filter(|(_, rule)| rule.kind == RuleKind::Notice) {
        let rows = frame.rows(rule.scope).map_or(0, Rows::len);
        let fires = |row: &usize| {
            let passes = |node| frame.known(node, *row).is_some_and(Known::is_yes);
            rule.filter.is_none_or(passes) && passes(rule.instance)
        };
        notices.extend((0..rows).filter(fires).map(|row| Noticed { rule: id, row: narrow(row) }));
    }
    notices
}

/// The answers of rules, for the dossier and for each known element.
fn outcomes(
    program: &Program,
    (inputs, frame): (&Inputs<Cell>, &Frame<Cell>),
    (cone, trials): (&[NodeId], usize),
    asked: &[(RuleId, &Rule)],
) -> (Vec<Outcome>, usize) {
    let mut targets: Vec<(NodeId, u32)> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    for (_, rule) in asked {
        let before = targets.len();
        targets.extend(rule.result.map(|result| (result, 0)));
        if rule.scope != ScopeId::ROOT {
            targets.extend(instances(program, frame, rule).map(|row| (rule.guarded.unwrap_or(rule.instance), row)));
        }
        counts.push(targets.len() - before);
    }
    let (answers, tried) = answers(program, (inputs, frame), cone, &targets, trials);
    let mut answers = answers.into_iter();
    let mut outcomes = Vec::new();
    for ((id, rule), count) in asked.iter().zip(counts) {
        let answer = rule.result.and_then(|_| answers.next());
        let instances = answers.by_ref().take(count - usize::from(answer.is_some())).collect();
        outcomes.push(Outcome { rule: *id, answer, instances });
    }
    (outcomes, tried)
}

/// The rows of the instances of a rule.
fn instances<'a>(program: &'a Program, frame: &'a Frame<Cell>, rule: &'a Rule) -> impl Iterator<Item = u32> + 'a {
    let rows = frame.rows(rule.scope);
    (0..rows.map_or(0, Rows::len)).map(narrow).filter(move |row| {
        let heard = rows.is_some_and(|rows| is_heard(program, frame, rule.scope, *row, rows));
        heard && rule.filter.is_none_or(|filter| frame.known(filter, *row as usize).is_none_or(|known| !known.is_no()))
    })
}

/// Whether the elements a row stands for are all known to be there.
pub(crate) fn is_heard(program: &Program, frame: &Frame<Cell>, scope: ScopeId, row: u32, rows: &Rows) -> bool {
    if rows.presence_of(row) == Presence::Many {
        return false;
    }
    let parent = program.scope(scope).map(|scope| scope.parent).filter(|parent| *parent != ScopeId::ROOT);
    match parent.and_then(|parent| frame.rows(parent).map(|rows| (parent, rows))) {
        Some((parent, above)) => is_heard(program, frame, parent, rows.parent_of(row), above),
        None => true,
    }
}

/// The answer of a rule for the dossier and, where it has instances, for each.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The rule.
    pub rule: RuleId,
    /// For the dossier; none of a value that each element of a list has.
    pub answer: Option<Answer>,
    /// For each known element, in the order of the dossier.
    pub instances: Vec<Answer>,
}

/// A notice that holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Noticed {
    /// The notice.
    pub rule: RuleId,
    /// The row of its scope.
    pub row: u32,
}

/// A dossier decided: the facts retained and the value of every node.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The facts, those that contradict each other set aside.
    pub inputs: Inputs<Cell>,
    /// What was set aside.
    pub set_aside: Vec<SetAside>,
    /// The value of every node.
    pub frame: Frame<Cell>,
    /// The answer of every value, norm and decision, in source order.
    pub outcomes: Vec<Outcome>,
    /// The notices that hold, in source order.
    pub notices: Vec<Noticed>,
    /// How many values were computed for the open answers.
    pub tried: usize,
}

impl Decision {
    /// The answer of a rule.
    pub fn outcome(&self, rule: RuleId) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.rule == rule)
    }
}

/// What is asked of a batch: each answers more than the one before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Asked {
    /// The answer of every value, norm and decision.
    Answers,
    /// The obligations and prohibitions not met, item by item.
    Unmet,
    /// The state of every definition, exception, exemption and item, and of each instance.
    States,
}

impl Ruleset {
    /// Decides many dossiers, chunk by chunk. It holds the buffers it uses again: make one for each thread.
    pub fn batch(&self, asked: Asked) -> Batch<'_> {
        let program = self.program();
        let mut wanted = Vec::new();
        for rule in program.rules.iter().filter(|rule| rule.kind != RuleKind::Incoherence) {
            wanted.extend(rule.result);
            if asked >= Asked::Unmet && must_be_met(rule) {
                wanted.extend(rule.contents.iter().flat_map(|content| &content.nodes));
            }
            if asked >= Asked::States {
                wanted.push(rule.instance);
                wanted.extend(rule.filter);
                wanted.extend(rule.applies.iter().map(|(node, _)| *node));
                wanted.extend(rule.exemptions.iter().map(|exemption| exemption.condition));
                wanted.extend(rule.contents.iter().flat_map(|content| content.condition.iter().chain(&content.nodes)));
            }
        }
        self.batch_with(asked, &wanted)
    }

    /// The same for the answers of some rules, all that they need being kept.
    pub fn batch_of(&self, rules: &[RuleId]) -> Batch<'_> {
        let program = self.program();
        let results: Vec<NodeId> = rules.iter().filter_map(|rule| program.rule(*rule)?.result).collect();
        self.batch_with(Asked::States, &program.cone(&results))
    }

    fn batch_with(&self, asked: Asked, wanted: &[NodeId]) -> Batch<'_> {
        let program = self.program();
        let incoherences = program.rules.iter().filter(|rule| rule.kind == RuleKind::Incoherence);
        let guards: Vec<NodeId> =
            incoherences.flat_map(|rule| std::iter::once(rule.instance).chain(rule.filter)).collect();
        Batch {
            program,
            asked,
            guards: Plan::new(program, &guards),
            plan: Plan::new(program, wanted),
            columns: Columns::default(),
        }
    }
}

fn must_be_met(rule: &Rule) -> bool {
    match rule.kind {
        RuleKind::Norm(NormKind::Obligation | NormKind::Prohibition) => true,
        RuleKind::Norm(NormKind::Preference | NormKind::Permission)
        | RuleKind::Value
        | RuleKind::Decision
        | RuleKind::Notice
        | RuleKind::Incoherence => false,
    }
}

/// Decides chunks of dossiers.
#[derive(Debug)]
pub struct Batch<'r> {
    program: &'r Program,
    asked: Asked,
    guards: Plan,
    plan: Plan,
    columns: Columns,
}

impl Batch<'_> {
    /// What it was asked.
    pub fn asked(&self) -> Asked {
        self.asked
    }

    /// Decides a chunk; some thousands of dossiers are about what the caches hold. Facts that contradict each
    /// other are set aside first, dossier by dossier.
    pub fn decide(&mut self, inputs: Inputs<Columns>) -> Decided {
        let (inputs, set_aside) = self.cohere(inputs);
        let frame = run_plan(&mut self.columns, self.program, &inputs, &self.plan);
        Decided { inputs, set_aside, frame }
    }

    /// Takes the buffers of a chunk back once it is read; returns its facts, whose buffers are their builder's.
    pub fn keep(&mut self, decided: Decided) -> Inputs<Columns> {
        self.columns.keep_frame(decided.frame);
        decided.inputs
    }

    fn cohere(&mut self, inputs: Inputs<Columns>) -> (Inputs<Columns>, Vec<(usize, SetAside)>) {
        if self.program.guard_nodes.is_empty() {
            return (inputs, Vec::new());
        }
        let frame = run_plan(&mut self.columns, self.program, &inputs, &self.guards);
        let mut suspect: BTreeSet<usize> = BTreeSet::new();
        for rule in self.program.rules.iter().filter(|rule| rule.kind == RuleKind::Incoherence) {
            let Some(fires) = frame.column(rule.instance).map(Column::holding) else { continue };
            for row in (0..)
                .zip(&fires)
                .flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit))
            {
                suspect.extend(dossier_of(self.program, &frame, (rule.scope, row)));
            }
        }
        self.columns.keep_frame(frame);
        let (mut inputs, mut found) = (inputs, Vec::new());
        let mut replaced: BTreeMap<InputId, Vec<(usize, Known, Status)>> = BTreeMap::new();
        for dossier in suspect {
            let (kept, set_aside) = cohere(self.program, &inputs.dossier(self.program, dossier));
            for aside in set_aside {
                let Some(input) = self.program.input(aside.input) else { continue };
                let Some(known) = kept.known(aside.input, aside.input_row) else { continue };
                let row = inputs.first_row(self.program, input.scope, dossier) + aside.input_row;
                let status = kept.status(aside.input, aside.input_row);
                replaced.entry(aside.input).or_default().push((row, known.clone(), status));
                found.push((dossier, aside));
            }
        }
        for (input, rows) in replaced {
            inputs.replace(input, rows);
        }
        (inputs, found)
    }
}

/// The dossier that a row of a scope belongs to.
fn dossier_of(program: &Program, frame: &Frame<Columns>, (scope, row): (ScopeId, u32)) -> Option<usize> {
    let (mut scope, mut row) = (scope, row);
    while scope != ScopeId::ROOT {
        row = frame.rows(scope)?.parent_of(row);
        scope = program.scope(scope)?.parent;
    }
    usize::try_from(row).ok()
}

/// A chunk of dossiers decided.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The facts, those that contradict each other set aside.
    pub inputs: Inputs<Columns>,
    /// What was set aside, and of which dossier.
    pub set_aside: Vec<(usize, SetAside)>,
    /// What was asked.
    pub frame: Frame<Columns>,
}

/// An item of a norm, and the dossiers where it is surely not met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unmet {
    /// The norm.
    pub rule: RuleId,
    /// Which of its contents; none where it is judged element by element.
    pub part: Option<usize>,
    /// One bit a dossier, 64 a word.
    pub rows: Vec<u64>,
}

impl Decided {
    /// What is known of a node, if it was asked for.
    pub fn answer(&self, node: NodeId) -> Option<&Column> {
        self.frame.column(node)
    }

    /// Obligations and prohibitions not met, in source order: each norm that surely applies and does not hold,
    /// by those of its items that surely fail.
    pub fn unmet(&self, program: &Program) -> Vec<Unmet> {
        let mut found = Vec::new();
        for (id, rule) in program.rules().filter(|(_, rule)| must_be_met(rule)) {
            let Some(result) = rule.result.and_then(|result| self.answer(result)) else { continue };
            let failed = result.failing();
            if failed.iter().all(|word| *word == 0) {
                continue;
            }
            if rule.scope != ScopeId::ROOT || rule.contents.len() < 2 {
                let part = (rule.scope == ScopeId::ROOT).then_some(0);
                found.push(Unmet { rule: id, part, rows: failed });
                continue;
            }
            for (part, content) in rule.contents.iter().enumerate() {
                let mut rows = vec![0; failed.len()];
                for item in content.nodes.iter().filter_map(|node| self.answer(*node)) {
                    let item = item.failing();
                    rows.iter_mut().zip(&failed).zip(item).for_each(|((rows, failed), item)| *rows |= failed & item);
                }
                if rows.iter().any(|word| *word != 0) {
                    found.push(Unmet { rule: id, part: Some(part), rows });
                }
            }
        }
        found
    }
}
