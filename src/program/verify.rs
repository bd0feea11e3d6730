//! Verification: what holds of every program that lowering makes without an error.

use super::{Basis, Discard, Field, Hop, Node, NodeId, Program, Rule, RuleId, Scope, ScopeId, ScopeKind, Shape};
use crate::value::{ListId, Type};

/// Checks that a program is whole: every node refers to earlier nodes of scopes it can see, conditions are
/// conditions, and every id names something. What is wrong is said for those who write the interpreter.
pub fn verify(program: &Program) -> Result<(), String> {
    let count = program.nodes.len();
    if [program.scope_of.len(), program.types.len(), program.origins.len()] != [count; 3] {
        return Err("scopes, types and origins do not run parallel to the nodes".to_owned());
    }
    let verifier = Verifier { program };
    for (id, scope) in (0..).map(ScopeId).zip(&program.scopes) {
        verifier.scope(id, scope).map_err(|problem| format!("scope @{}: {problem}", id.0))?;
    }
    for (id, node) in (0..).map(NodeId).zip(&program.nodes) {
        verifier.node(id, node).map_err(|problem| format!("node n{}: {problem}", id.0))?;
    }
    verifier.facts(&program.facts)?;
    for (id, rule) in program.rules() {
        verifier.rule(rule).map_err(|problem| format!("rule r{} `{}`: {problem}", id.0, rule.name))?;
    }
    program.guard_nodes.iter().try_for_each(|node| verifier.exists(*node))
}

struct Verifier<'a> {
    program: &'a Program,
}

/// Passes where `holds`; else the words are what is wrong.
fn check(holds: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem()) }
}

impl Verifier<'_> {
    fn exists(&self, node: NodeId) -> Result<(), String> {
        check((node.0 as usize) < self.program.nodes.len(), || format!("n{} does not exist", node.0))
    }

    fn list(&self, list: ListId) -> Result<ScopeId, String> {
        self.program.list(list).map(|list| list.scope).ok_or_else(|| format!("list {} does not exist", list.0))
    }

    /// A node with its rows in that scope.
    fn lies_in(&self, node: NodeId, scope: ScopeId) -> Result<(), String> {
        self.exists(node)?;
        let found = self.program.scope_of(node);
        check(found == scope, || format!("n{} lies in @{}, not in @{}", node.0, found.0, scope.0))
    }

    fn is_condition(&self, node: NodeId) -> Result<(), String> {
        let ty = self.program.type_of(node);
        check(ty == Type::Truth, || format!("n{} is no condition but {ty:?}", node.0))
    }

    /// The scope that `hops` lead to from a row of `scope`.
    fn reached(&self, scope: ScopeId, hops: &[Hop]) -> Result<ScopeId, String> {
        let mut current = scope;
        for hop in hops {
            let described = self.program.scope(current).ok_or_else(|| format!("@{} does not exist", current.0))?;
            current = match (hop, described.list) {
                (Hop::Parent, Some(_)) => described.parent,
                (Hop::Element, Some(list)) => self.list(list)?,
                (Hop::Parent | Hop::Element, None) => return Err(format!("a hop leads out of @{}", current.0)),
            };
        }
        Ok(current)
    }

    /// Whether `inner` is `outer` or lies in it.
    fn is_within(&self, inner: ScopeId, outer: ScopeId) -> bool {
        let mut current = inner;
        while current != outer {
            match self.program.scope(current) {
                Some(scope) if current != ScopeId::ROOT => current = scope.parent,
                Some(_) | None => return false,
            }
        }
        true
    }

    fn scope(&self, id: ScopeId, scope: &Scope) -> Result<(), String> {
        check(scope.parent < id || id == ScopeId::ROOT, || "its parent comes after it".to_owned())?;
        let list = scope.list.map(|list| self.list(list)).transpose()?;
        match (&scope.kind, list) {
            (ScopeKind::Root, None) => check(id == ScopeId::ROOT, || "a second root".to_owned()),
            (ScopeKind::Canonical, Some(own)) => check(own == id, || format!("its list lies in @{}", own.0)),
            (ScopeKind::Cross { hops, via: None }, Some(own)) => {
                let holder = self.program.scope(own).map(|own| own.parent);
                let reached = self.reached(scope.parent, hops)?;
                check(holder == Some(reached), || format!("its hops lead to @{}, which holds no such list", reached.0))
            }
            (ScopeKind::Cross { hops, via: Some(reference) }, Some(_)) => {
                check(hops.is_empty(), || "it is reached by hops and by reference".to_owned())?;
                self.lies_in(*reference, scope.parent)
            }
            (ScopeKind::Root, Some(_)) => Err("the root has a list".to_owned()),
            (ScopeKind::Canonical | ScopeKind::Cross { .. }, None) => Err("it has no list".to_owned()),
        }
    }

    fn node(&self, id: NodeId, node: &Node) -> Result<(), String> {
        let scope = self.program.scope_of(id);
        check(self.program.scope(scope).is_some(), || format!("@{} does not exist", scope.0))?;
        let mut late = None;
        node.operands(|operand| late = late.or((operand >= id).then_some(operand)));
        if let Some(late) = late.or_else(|| self.program.scope_chain_nodes(scope).into_iter().find(|via| *via >= id)) {
            return Err(format!("it needs n{}, which is not earlier", late.0));
        }
        match node {
            Node::Input(input) => {
                let input = self.program.input(*input).ok_or_else(|| format!("input {} does not exist", input.0))?;
                check(input.scope == scope, || format!("its input lies in @{}", input.scope.0))?;
                check(input.given == id, || format!("its input is given by n{}", input.given.0))
            }
            Node::Contested(input) => {
                let input = self.program.input(*input).ok_or_else(|| format!("input {} does not exist", input.0))?;
                check(input.scope == scope, || format!("its input lies in @{}", input.scope.0))?;
                self.is_condition(id)
            }
            Node::Presume { input, otherwise, .. } => {
                let input = self.program.input(*input).ok_or_else(|| format!("input {} does not exist", input.0))?;
                check(input.scope == scope, || format!("its input lies in @{}", input.scope.0))?;
                check(input.node == id, || format!("rules read its input as n{}", input.node.0))?;
                self.lies_in(*otherwise, scope)
            }
            Node::Lift { from, hops } => {
                let reached = self.reached(scope, hops)?;
                self.lies_in(*from, reached)?;
                let (own, from) = (self.program.type_of(id), self.program.type_of(*from));
                check(own == from, || format!("it is {own:?} of {from:?}"))
            }
            Node::Follow { list, reference, key, body } => {
                self.reference(id, (*list, *reference, *key))?;
                self.lies_in(*body, self.list(*list)?)
            }
            Node::Resolves { list, reference, key } => {
                self.reference(id, (*list, *reference, *key))?;
                self.is_condition(id)
            }
            Node::Reduce { from, filter, body, rule, .. } => {
                check(*from != scope && self.is_within(*from, scope), || {
                    format!("it reduces @{}, which does not lie in @{}", from.0, scope.0)
                })?;
                filter.iter().try_for_each(|filter| self.is_condition(*filter))?;
                rule.iter().try_for_each(|rule| self.rule_exists(*rule))?;
                filter.iter().chain(body).try_for_each(|operand| self.lies_in(*operand, *from))?;
                let late = self.program.scope_chain_nodes(*from).into_iter().find(|via| *via >= id);
                late.map_or(Ok(()), |late| Err(format!("it needs n{}, which is not earlier", late.0)))
            }
            Node::Choose { rule, .. } | Node::Judge { rule, .. } | Node::Decide { rule, .. } => {
                self.rule_exists(*rule)?;
                self.beside(id, node)
            }
            Node::Constant(_) | Node::Apply(..) | Node::Not(_) | Node::And(_) | Node::Or(_) | Node::If { .. } => {
                self.beside(id, node)
            }
            Node::Invalid => Err("it could not be lowered".to_owned()),
        }
    }

    /// Operands in the scope of the node itself, those that are conditions of that type.
    fn beside(&self, id: NodeId, node: &Node) -> Result<(), String> {
        let scope = self.program.scope_of(id);
        let mut operands = Vec::new();
        node.operands(|operand| operands.push(operand));
        operands.iter().try_for_each(|operand| self.lies_in(*operand, scope))?;
        let mut conditions: Vec<NodeId> = Vec::new();
        match node {
            Node::Not(_) | Node::And(_) | Node::Or(_) | Node::Judge { .. } | Node::Decide { .. } => {
                conditions.push(id);
                conditions.extend(operands);
            }
            Node::If { condition, .. } => conditions.push(*condition),
            Node::Choose { applies, definitions, .. } => {
                conditions.extend(applies.iter().copied().chain(definitions.iter().filter_map(|d| d.condition)));
            }
            Node::Input(_)
            | Node::Constant(_)
            | Node::Presume { .. }
            | Node::Contested(_)
            | Node::Apply(..)
            | Node::Lift { .. }
            | Node::Follow { .. }
            | Node::Resolves { .. }
            | Node::Reduce { .. }
            | Node::Invalid => {}
        }
        conditions.into_iter().try_for_each(|condition| self.is_condition(condition))
    }

    fn reference(&self, id: NodeId, (list, reference, key): (ListId, NodeId, NodeId)) -> Result<(), String> {
        self.lies_in(reference, self.program.scope_of(id))?;
        self.lies_in(key, self.list(list)?)
    }

    fn rule_exists(&self, rule: RuleId) -> Result<(), String> {
        check(self.program.rule(rule).is_some(), || format!("rule r{} does not exist", rule.0))
    }

    fn facts(&self, fields: &[Field]) -> Result<(), String> {
        fields.iter().try_for_each(|field| {
            self.shape(&field.shape).map_err(|problem| format!("fact `{}`: {problem}", field.name))
        })
    }

    fn shape(&self, shape: &Shape) -> Result<(), String> {
        let input = |input: &super::InputId| {
            let input = self.program.input(*input).ok_or_else(|| format!("input {} does not exist", input.0))?;
            self.lies_in(input.given, input.scope)?;
            self.lies_in(input.node, input.scope)
        };
        match shape {
            Shape::Leaf(leaf) => input(leaf),
            Shape::Record { fields, presence } => {
                presence.iter().try_for_each(input)?;
                self.facts(fields)
            }
            Shape::List { list, element } => {
                self.list(*list)?;
                self.shape(element)
            }
        }
    }

    fn basis(&self, basis: &Basis) -> Result<(), String> {
        let clauses = basis.clauses.iter().all(|clause| self.program.clause(*clause).is_some());
        let readings = basis.readings.iter().all(|reading| self.program.reading(*reading).is_some());
        check(clauses && readings, || "it rests on what does not exist".to_owned())
    }

    fn rule(&self, rule: &Rule) -> Result<(), String> {
        let own = |node: NodeId| self.lies_in(node, rule.scope);
        self.basis(&rule.basis)?;
        own(rule.instance)?;
        rule.guarded.iter().try_for_each(|guarded| own(*guarded))?;
        rule.result.iter().try_for_each(|result| self.lies_in(*result, ScopeId::ROOT))?;
        rule.filter.iter().try_for_each(|filter| own(*filter))?;
        if let Some((applies, basis)) = &rule.applies {
            self.basis(basis)?;
            own(*applies)?;
        }
        for content in &rule.contents {
            self.basis(&content.basis)?;
            content.condition.iter().chain(&content.nodes).try_for_each(|node| own(*node))?;
        }
        for exemption in &rule.exemptions {
            self.basis(&exemption.basis)?;
            own(exemption.condition)?;
        }
        rule.discards.iter().try_for_each(|discard| self.discard(rule, discard))
    }

    fn discard(&self, rule: &Rule, discard: &Discard) -> Result<(), String> {
        let input = self.program.input(discard.input).ok_or_else(|| "it sets aside no fact".to_owned())?;
        if let Some((low, high)) = discard.bounds {
            self.lies_in(low, rule.scope)?;
            self.lies_in(high, rule.scope)?;
        }
        match discard.via {
            Some((reference, key)) => {
                self.lies_in(reference, rule.scope)?;
                self.lies_in(key, input.scope)
            }
            None => {
                let reached = self.reached(rule.scope, &discard.hops)?;
                check(reached == input.scope, || format!("what it sets aside lies in @{}", input.scope.0))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests read the ruleset of the repository")]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::lower::{TextFile, lower};
    use crate::source::SourceId;
    use crate::syntax::parse;

    fn internships() -> Program {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets/bts-ccst");
        let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let rules = paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "reglo"));
        let files: Vec<_> =
            (0..).zip(rules).map(|(id, path)| parse(SourceId(id), &std::fs::read_to_string(path).unwrap()).0).collect();
        let text = std::fs::read_to_string(folder.join("texte.txt")).unwrap();
        let (program, diagnostics) = lower(&files, &[TextFile { name: "texte.txt".to_owned(), text }]);
        assert_eq!(diagnostics, []);
        assert!(program.nodes.len() > 500, "{}", program.nodes.len());
        program
    }

    /// What is wrong once every node has gone through `change`.
    fn broken(program: &Program, change: impl Fn(&mut Node) -> bool) -> String {
        let mut program = program.clone();
        assert!(program.nodes.iter_mut().any(change), "nothing to break");
        verify(&program).unwrap_err()
    }

    #[test]
    fn the_internship_ruleset_is_whole_and_what_is_broken_in_it_is_seen() {
        let program = internships();
        assert_eq!(verify(&program), Ok(()));

        let last = NodeId(u32::try_from(program.nodes.len() - 1).unwrap());
        let later = |node: &mut Node| {
            let Node::Not(operand) = node else { return false };
            *operand = last;
            true
        };
        assert!(broken(&program, later).contains("which is not earlier"));
        let astray = |node: &mut Node| {
            let Node::Lift { hops, .. } = node else { return false };
            hops.clear();
            true
        };
        assert!(broken(&program, astray).contains(", not in @"));
        let loose = |node: &mut Node| {
            let Node::Choose { rule, .. } = node else { return false };
            *rule = RuleId(u32::MAX);
            true
        };
        assert!(broken(&program, loose).contains("does not exist"));
        let invalid = |node: &mut Node| {
            *node = Node::Invalid;
            true
        };
        assert!(broken(&program, invalid).contains("it could not be lowered"));
        let mut elsewhere = program.clone();
        let inner = elsewhere.scope_of.iter_mut().find(|scope| **scope != ScopeId::ROOT).unwrap();
        *inner = ScopeId::ROOT;
        assert!(verify(&elsewhere).is_err());
        let mut unclear = program;
        let condition = unclear.nodes.iter().position(|node| matches!(node, Node::And(_))).unwrap();
        *unclear.types.get_mut(condition).unwrap() = Type::Date;
        assert!(verify(&unclear).unwrap_err().contains("is no condition"));
    }
}
