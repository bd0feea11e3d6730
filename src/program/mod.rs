//! The resolved, typed, ordered program: what every ruleset becomes, and all that deciding,
//! explaining, checking and batching read.
//!
//! Every node refers to earlier nodes only, so the list of nodes is its own order of evaluation. Records
//! and lists do not exist here: a record is its leaves, and a list is a [`Scope`] in which a node has one
//! row for each element.

mod id;
mod node;
mod rule;
mod facts;
mod verify;
mod dump;

pub use crate::syntax::ast::{NormKind, Unit};
pub use dump::dump;
pub use facts::{Declared, EnumCase, Enumeration, Field, Input, InputRole, List, Shape};
pub use id::{ClauseId, InputId, NodeId, ReadingId, RuleId, ScopeId};
pub use node::{Definition, Hop, Node, Reduction, RequirementNode, Scope, ScopeKind};
pub use rule::{
    Basis, Clause, ClauseRole, Content, Discard, Exemption, OfficialPlace, Reading, Rule, RuleKind, UNTRANSCRIBED,
};
pub use verify::verify;

use crate::source::Span;
use crate::value::Type;

/// A ruleset, resolved.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its title.
    pub title: String,
    /// The official texts: file name, whole text and SHA-256.
    pub texts: Vec<OfficialTextFile>,
    /// Its enumerations.
    pub enumerations: Vec<Enumeration>,
    /// The facts of a dossier, in source order.
    pub facts: Vec<Field>,
    /// The lists among them.
    pub lists: Vec<List>,
    /// The leaves among them.
    pub inputs: Vec<Input>,
    /// Where nodes have their rows.
    pub scopes: Vec<Scope>,
    /// What is computed, each node from earlier ones.
    pub nodes: Vec<Node>,
    /// The scope of each node.
    pub scope_of: Vec<ScopeId>,
    /// The type of each node.
    pub types: Vec<Type>,
    /// Where each node was written.
    pub origins: Vec<Span>,
    /// Clauses, headings cited, outside sources.
    pub clauses: Vec<Clause>,
    /// Interpretations.
    pub readings: Vec<Reading>,
    /// Values, norms, decisions, notices and incoherences, in source order.
    pub rules: Vec<Rule>,
    /// What the incoherences need: evaluated first, on the facts as given.
    pub guard_nodes: Vec<NodeId>,
    /// The official texts in order, and what carries each passage.
    pub ledger: Vec<LedgerEntry>,
}

/// A passage of an official text and what carries it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerEntry {
    /// Which text.
    pub text: usize,
    /// The stretch, in bytes of the text.
    pub range: std::ops::Range<usize>,
    /// What carries it.
    pub carrier: Carried,
}

/// What carries a passage of an official text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carried {
    /// A clause or a heading that rules may cite.
    Clause(ClauseId),
    /// A heading without id.
    Heading,
    /// Editorial noise.
    Noise,
    /// Nothing: the ruleset does not check.
    Nothing,
}

/// One official text.
#[derive(Clone, Debug)]
pub struct OfficialTextFile {
    /// Its file name.
    pub name: String,
    /// Its whole text, untouched.
    pub text: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl Program {
    /// The node of that id.
    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0 as usize).unwrap_or(&Node::Invalid)
    }

    /// The scope a node has its rows in.
    pub fn scope_of(&self, id: NodeId) -> ScopeId {
        self.scope_of.get(id.0 as usize).copied().unwrap_or(ScopeId::ROOT)
    }

    /// The type of a node.
    pub fn type_of(&self, id: NodeId) -> Type {
        self.types.get(id.0 as usize).copied().unwrap_or(Type::Truth)
    }

    /// Where a node was written.
    pub fn origin(&self, id: NodeId) -> Option<Span> {
        self.origins.get(id.0 as usize).copied()
    }

    /// How many cases an enumeration type has; 0 for any other type.
    pub fn cases_of(&self, ty: Type) -> u32 {
        let Type::Case(id) = ty else { return 0 };
        self.enumerations.get(id.0 as usize).map_or(0, |e| u32::try_from(e.cases.len()).unwrap_or(64))
    }

    /// The rule of that id.
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id.0 as usize)
    }

    /// Rules with their ids.
    pub fn rules(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.rules.iter().zip(0..).map(|(rule, id)| (RuleId(id), rule))
    }

    /// The rule of that name: exactly, or as data spells it.
    pub fn rule_named(&self, name: &str) -> Option<RuleId> {
        let folded = fold(name);
        let exact = self.rules().find(|(_, rule)| rule.name == name);
        exact.or_else(|| self.rules().find(|(_, rule)| fold(&rule.name) == folded)).map(|(id, _)| id)
    }

    /// The clause of that id.
    pub fn clause(&self, id: ClauseId) -> Option<&Clause> {
        self.clauses.get(id.0 as usize)
    }

    /// The interpretation of that id.
    pub fn reading(&self, id: ReadingId) -> Option<&Reading> {
        self.readings.get(id.0 as usize)
    }

    /// The leaf of that id.
    pub fn input(&self, id: InputId) -> Option<&Input> {
        self.inputs.get(id.0 as usize)
    }

    /// The list of that id.
    pub fn list(&self, id: crate::value::ListId) -> Option<&List> {
        self.lists.get(id.0 as usize)
    }

    /// The lists whose elements a scope runs over, the innermost first.
    pub fn lists_of(&self, mut scope: ScopeId) -> Vec<crate::value::ListId> {
        let mut found = Vec::new();
        while scope != ScopeId::ROOT {
            let Some(described) = self.scope(scope) else { break };
            found.extend(described.list);
            scope = described.parent;
        }
        found
    }

    /// The scope of that id.
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0 as usize)
    }

    /// The enumeration behind a type.
    pub fn enumeration(&self, ty: Type) -> Option<&Enumeration> {
        let Type::Case(id) = ty else { return None };
        self.enumerations.get(id.0 as usize)
    }

    /// All nodes that the given ones need, in evaluation order, themselves included.
    pub fn cone(&self, wanted: &[NodeId]) -> Vec<NodeId> {
        let mut needed = vec![false; self.nodes.len()];
        for id in wanted {
            if let Some(flag) = needed.get_mut(id.0 as usize) {
                *flag = true;
            }
        }
        for index in (0..self.nodes.len()).rev() {
            if !needed.get(index).copied().unwrap_or(false) {
                continue;
            }
            if let Some(node) = self.nodes.get(index) {
                let via = self.scope_chain_nodes(self.scope_of.get(index).copied().unwrap_or(ScopeId::ROOT));
                node.operands(|operand| {
                    if let Some(flag) = needed.get_mut(operand.0 as usize) {
                        *flag = true;
                    }
                });
                let reduced =
                    if let Node::Reduce { from, .. } = node { self.scope_chain_nodes(*from) } else { Vec::new() };
                for operand in via.into_iter().chain(reduced) {
                    if let Some(flag) = needed.get_mut(operand.0 as usize) {
                        *flag = true;
                    }
                }
            }
        }
        (0..).zip(&needed).filter(|(_, needed)| **needed).map(|(id, _)| NodeId(id)).collect()
    }

    /// The nodes through which the scope and those above it find their lists.
    fn scope_chain_nodes(&self, mut scope: ScopeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        while scope != ScopeId::ROOT {
            let Some(current) = self.scope(scope) else { break };
            if let ScopeKind::Cross { via: Some(reference), .. } = &current.kind {
                found.push(*reference);
            }
            scope = current.parent;
        }
        found
    }
}

/// Names as data spell them: without regard to case, accents, `-`, `_`, spaces and apostrophes.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '\'' | '’' => {}
            _ if c.is_whitespace() => {}
            _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            // The letters French names have; everything else takes the long way.
            'à' | 'â' | 'ä' | 'À' | 'Â' | 'Ä' => folded.push('a'),
            'ç' | 'Ç' => folded.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => folded.push('e'),
            'î' | 'ï' | 'Î' | 'Ï' => folded.push('i'),
            'ô' | 'ö' | 'Ô' | 'Ö' => folded.push('o'),
            'ù' | 'û' | 'ü' | 'Ù' | 'Û' | 'Ü' => folded.push('u'),
            _ => return fold_any(name),
        }
    }
    folded
}

/// [`fold`] for any script, by decomposition.
fn fold_any(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    name.nfkd()
        .filter(|c| !is_combining_mark(*c) && !matches!(c, '-' | '_' | '\'' | '’') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_to_fold_a_name_agrees_with_the_long_one() {
        for name in
            ["durée_fixée", "ÉLÈVE", "jusqu'au Noël", "L’été-indien", "Ça_où", "Œuvre", "Straße", "Ⅳ", "a\u{301}"]
        {
            let short: String = name.chars().map(|c| fold(&c.to_string())).collect();
            assert_eq!(fold(name), fold_any(name), "{name}");
            if !name.contains('\u{301}') {
                assert_eq!(short, fold_any(name), "{name}");
            }
        }
    }
}
