//! The dump: a program as text, one node a line, for those who write the interpreter.

use super::{Hop, Node, NodeId, Program, RuleId, ScopeId, ScopeKind};
use crate::value::{Day, Known, ListId, Number, Set, Type};

/// The whole program: scopes, inputs, nodes and rules, each with its id. Nodes are `n12`, scopes `@2`, rules `r3`,
/// inputs `i4`; a node is written with its scope, its type, and what it computes from which nodes.
pub fn dump(program: &Program) -> String {
    let mut text = format!("program « {} »\n\nscopes\n", program.title);
    for id in (0..program.scopes.len()).filter_map(|id| u32::try_from(id).ok()) {
        line(&mut text, &format!("@{id}"), &scope(program, ScopeId(id)));
    }
    text.push_str("\ninputs\n");
    for (id, input) in (0u32..).zip(&program.inputs) {
        let words = format!(
            "@{} {} {} given n{} read n{}",
            input.scope.0,
            ty(program, input.ty),
            input.path.join("."),
            input.given.0,
            input.node.0
        );
        line(&mut text, &format!("i{id}"), &words);
    }
    text.push_str("\nnodes\n");
    for (id, node) in (0..).map(NodeId).zip(&program.nodes) {
        let words =
            format!("@{} {} {}", program.scope_of(id).0, ty(program, program.type_of(id)), computed(program, id, node));
        line(&mut text, &format!("n{}", id.0), &words);
    }
    text.push_str("\nrules\n");
    for (id, rule) in program.rules() {
        let result = rule.result.map(|node| format!(" result n{}", node.0)).unwrap_or_default();
        let words = format!("@{} {:?} {} instance n{}{result}", rule.scope.0, rule.kind, rule.name, rule.instance.0);
        line(&mut text, &format!("r{}", id.0), &words);
    }
    text
}

fn line(text: &mut String, id: &str, words: &str) {
    text.push_str(&format!("  {id:<6}{words}\n"));
}

fn scope(program: &Program, id: ScopeId) -> String {
    let Some(scope) = program.scope(id) else { return String::new() };
    let list = scope.list.map(|list| path(program, list)).unwrap_or_default();
    let variable = if scope.variable.is_empty() { String::new() } else { format!(" as {}", scope.variable) };
    match &scope.kind {
        ScopeKind::Root => "root".to_owned(),
        ScopeKind::Canonical => format!("in @{} the elements of {list}{variable}", scope.parent.0),
        ScopeKind::Cross { hops, via: None } => {
            format!("in @{} for each row {list}{variable}{}", scope.parent.0, way(hops))
        }
        ScopeKind::Cross { via: Some(reference), .. } => {
            format!("in @{} for each row {list}{variable} of the element n{}", scope.parent.0, reference.0)
        }
    }
}

fn path(program: &Program, list: ListId) -> String {
    program.list(list).map_or_else(|| format!("list {}", list.0), |list| list.path.join("."))
}

/// Hops as arrows: `↑` to the row of the parent, `→` to the element's own row.
fn way(hops: &[Hop]) -> String {
    let arrows = hops.iter().map(|hop| match hop {
        Hop::Parent => '↑',
        Hop::Element => '→',
    });
    if hops.is_empty() { String::new() } else { [' '].into_iter().chain(arrows).collect() }
}

fn ty(program: &Program, ty: Type) -> String {
    match ty {
        Type::Case(_) => {
            program.enumeration(ty).map_or_else(|| "case of ?".to_owned(), |found| format!("case of {}", found.name))
        }
        Type::Key(list) => format!("key of {}", path(program, list)),
        Type::Truth
        | Type::Integer
        | Type::Number
        | Type::Date
        | Type::Duration
        | Type::Offset
        | Type::Period
        | Type::Days
        | Type::Text => format!("{ty:?}").to_lowercase(),
    }
}

fn nodes(operands: &[NodeId]) -> String {
    operands.iter().map(|node| format!(" n{}", node.0)).collect()
}

/// A word before nodes, where there are any.
fn clause(word: &str, operands: &[NodeId]) -> String {
    if operands.is_empty() { String::new() } else { format!(" {word}{}", nodes(operands)) }
}

fn rule(program: &Program, id: RuleId) -> String {
    program.rule(id).map_or_else(|| format!("r{}", id.0), |rule| format!("r{} {}", id.0, rule.name))
}

fn computed(program: &Program, id: NodeId, node: &Node) -> String {
    match node {
        Node::Input(input) => format!("input i{}", input.0),
        Node::Constant(known) => format!("constant {}", constant(program, known, program.type_of(id))),
        Node::Presume { input, otherwise, derived } => {
            format!("{} i{} n{}", if *derived { "derive" } else { "presume" }, input.0, otherwise.0)
        }
        Node::Contested(input) => format!("contested i{}", input.0),
        Node::Apply(op, operands) => format!("{op:?}{}", nodes(operands)),
        Node::Not(operand) => format!("not n{}", operand.0),
        Node::And(operands) => format!("and{}", nodes(operands)),
        Node::Or(operands) => format!("or{}", nodes(operands)),
        Node::If { condition, yes, no } => format!("if n{} then n{} else n{}", condition.0, yes.0, no.0),
        Node::Choose { rule: of, applies, definitions, order } => {
            let definitions: Vec<String> = (0..)
                .zip(definitions)
                .map(|(at, definition)| {
                    let when = definition.condition.map(|when| format!("n{} ", when.0)).unwrap_or_default();
                    let over = order.over(at);
                    let below = if over.is_empty() { String::new() } else { format!(" below {over:?}") };
                    format!("{at}: {when}→ n{}{below}", definition.value.0)
                })
                .collect();
            let applies = clause("where", applies.as_slice());
            let total = if order.is_total() { " total" } else { "" };
            format!("choose{total} {}{applies} {{ {} }}", rule(program, *of), definitions.join("; "))
        }
        Node::Judge { rule: of, applies, exemptions, content } => {
            let (applies, unless) = (clause("where", applies.as_slice()), clause("unless", exemptions));
            format!("judge {}{applies}{unless}{}", rule(program, *of), clause("requires", content))
        }
        Node::Decide { rule: of, applies, exemptions, requirements, total } => {
            let lines: Vec<String> = requirements
                .iter()
                .map(|line| {
                    let case = line.case.map(|case| format!("n{} ", case.0)).unwrap_or_default();
                    format!("{case}→{}", nodes(&line.items))
                })
                .collect();
            let (applies, unless) = (clause("where", applies.as_slice()), clause("unless", exemptions));
            let total = if *total { " total" } else { "" };
            format!("decide{total} {}{applies}{unless} {{ {} }}", rule(program, *of), lines.join("; "))
        }
        Node::Lift { from, hops } => format!("lift n{}{}", from.0, way(hops)),
        Node::Follow { list, reference, key, body } => {
            format!("follow n{} to {} by n{} giving n{}", reference.0, path(program, *list), key.0, body.0)
        }
        Node::Resolves { list, reference, key } => {
            format!("resolves n{} to {} by n{}", reference.0, path(program, *list), key.0)
        }
        Node::Reduce { how, from, filter, body, rule: of } => {
            let (filter, body) = (clause("where", filter.as_slice()), clause("of", body.as_slice()));
            let of = of.map(|id| format!(" {}", rule(program, id))).unwrap_or_default();
            format!("{how:?} @{}{of}{filter}{body}", from.0)
        }
        Node::Invalid => "invalid".to_owned(),
    }
}

fn constant(program: &Program, known: &Known, ty: Type) -> String {
    match &known.set {
        Set::Truth(truth) if truth.is_yes() => "yes".to_owned(),
        Set::Truth(truth) if truth.is_no() => "no".to_owned(),
        Set::Range(range) => match (range.single(), ty) {
            (Some(ordinal), Type::Date) => i32::try_from(ordinal)
                .ok()
                .and_then(Day::from_number)
                .map_or_else(|| ordinal.to_string(), |day| day.to_string()),
            (Some(ordinal), Type::Offset) => format!("{ordinal} months"),
            (Some(ordinal), Type::Duration) => format!("{} days", Number::from_millionths(ordinal)),
            (Some(ordinal), _) => Number::from_millionths(ordinal).to_string(),
            (None, _) => format!("{range:?}"),
        },
        Set::Cases(bits) => {
            let cases = program.enumeration(ty).map(|found| found.cases.as_slice()).unwrap_or_default();
            let named = cases.iter().zip(0u32..).filter(|(_, bit)| bits.checked_shr(*bit).unwrap_or(0) & 1 == 1);
            named.map(|(case, _)| case.name.as_str()).collect::<Vec<_>>().join(" | ")
        }
        Set::Text(texts) => texts.single().map_or_else(|| format!("{texts:?}"), |text| format!("{text:?}")),
        other @ (Set::Nothing | Set::Truth(_) | Set::Period(_) | Set::Days(_)) => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::{TextFile, lower};
    use crate::source::SourceId;
    use crate::syntax::parse;

    #[test]
    fn a_dump_reads_from_the_facts_to_the_rules() {
        let rules = r#"
règlement « Prêt »
  texte "texte.txt"

clause A1 « Le prêt dure trois semaines. »
clause A2 « Un étudiant en thèse garde l'ouvrage six semaines. »
clause A3 « Aucun prêt ne dépasse la durée. »

type statut est étudiant | doctorant

type prêt est
  début : date
  fin   : date

fait emprunteur : statut, par « l'école »
fait prêts : liste de prêt, par « la bibliothèque »

valeur durée_du_prêt : durée en semaines
  vaut 3 semaines  selon A1
  sauf thèse  selon A2
    si emprunteur = doctorant
    alors 6 semaines

obligation respect  selon A3
  pour chaque p parmi prêts où p.début ≥ 2024-09-01
  exige p.fin ≤ p.début + durée_du_prêt
"#;
        let text = "Le prêt dure trois semaines.\nUn étudiant en thèse garde l'ouvrage six semaines.\nAucun prêt ne dépasse la durée.\n";
        let (file, problems) = parse(SourceId(0), rules);
        assert_eq!(problems, []);
        let (program, problems) = lower(&[file], &[TextFile { name: "texte.txt".to_owned(), text: text.to_owned() }]);
        assert_eq!(problems, []);
        insta::assert_snapshot!(dump(&program), @r#"
        program « Prêt »

        scopes
          @0    root
          @1    in @0 the elements of prêts as p

        inputs
          i0    @0 case of statut emprunteur given n0 read n0
          i1    @1 date prêts.début given n1 read n1
          i2    @1 date prêts.fin given n2 read n2

        nodes
          n0    @0 case of statut input i0
          n1    @1 date input i1
          n2    @1 date input i2
          n3    @0 duration constant 21 days
          n4    @0 case of statut constant doctorant
          n5    @0 truth Same n0 n4
          n6    @0 duration choose total r0 durée_du_prêt { 0: → n3 }
          n7    @0 duration constant 42 days
          n8    @0 duration choose total r0 durée_du_prêt { 0: → n3 below [1]; 1: n5 → n7 }
          n9    @1 date constant 2024-09-01
          n10   @1 truth AtLeast n1 n9
          n11   @1 duration lift n8 ↑
          n12   @1 date DatePlusDuration n1 n11
          n13   @1 truth AtMost n2 n12
          n14   @1 truth judge r1 respect requires n13
          n15   @1 truth judge r1 respect where n10 requires n13
          n16   @0 truth Instances @1 r1 respect where n10 of n14
          n17   @1 truth Less n2 n1
          n18   @1 truth judge r2 fin_avant_début_prêts requires n17

        rules
          r0    @0 Value durée_du_prêt instance n8 result n8
          r1    @1 Norm(Obligation) respect instance n14 result n16
          r2    @1 Incoherence fin_avant_début_prêts instance n18
        "#);
    }
}
