//! Renaming across the files of a ruleset.
//!
//! A renamed ruleset must mean the same: it is analysed before the change is offered, and compared node by node.

use lsp_types::{Position, Range, WorkspaceEdit};

use super::snapshot::Snapshot;
use super::symbol::Symbol;
use super::view::View;
use crate::diagnostic::{Code, Edit};
use crate::remedy::edited;
use crate::source::SourceId;
use crate::syntax::ast::Item;
use crate::syntax::{WordKind, parse, words};

/// The name at a position, where it can be renamed.
pub(super) fn prepare(view: View<'_>, position: Position) -> Option<(Range, String)> {
    let found = view.book.index().at(view.at(position))?;
    view.book.index().declared.get(&found.symbol)?;
    Some((view.range(found.span), found.symbol.name().to_owned()))
}

/// The edits that give the name at a position another name.
///
/// # Errors
///
/// Why it cannot be renamed so, in French.
pub(super) fn rename(view: View<'_>, position: Position, name: &str) -> Result<WorkspaceEdit, String> {
    let name = name.trim();
    let index = view.book.index();
    let found = index.at(view.at(position)).ok_or("Il n'y a pas ici de nom que l'on puisse changer.")?;
    let old = found.symbol.name();
    if !index.declared.contains_key(&found.symbol) {
        return Err(format!("« {old} » n'est déclaré nulle part."));
    }
    is_name(name, &found.symbol)?;
    let mut edits: Vec<Edit> =
        index.of(&found.symbol).map(|place| Edit { span: place.span, replacement: name.to_owned() }).collect();
    edits.dedup();
    keeps_meaning(view, &edits, name)?;
    Ok(view.edits(&edits))
}

/// Whether dossiers may hold the name at a position: they are not renamed.
pub(super) fn reaches_dossiers(view: View<'_>, position: Position) -> bool {
    let found = view.book.index().at(view.at(position));
    found.is_some_and(|found| match found.symbol {
        Symbol::Fact(_) | Symbol::Field(..) | Symbol::Case(..) | Symbol::Rule(_) => true,
        Symbol::Clause(_) | Symbol::Reading(_) | Symbol::Type(_) | Symbol::Part(..) | Symbol::Variable(..) => false,
    })
}

/// Whether a name may be given: one that the language reads as one.
fn is_name(name: &str, symbol: &Symbol) -> Result<(), String> {
    let (probe, what) = if symbol.is_id() {
        (format!("clause {name} « x »"), "un identifiant")
    } else {
        (format!("fait {name} : date"), "un nom")
    };
    let (file, diagnostics) = parse(SourceId(0), &probe);
    let read = diagnostics.is_empty()
        && match file.items.as_slice() {
            [Item::Clause(clause)] => clause.id.text == name,
            [Item::Fact(fact)] => fact.name.text == name,
            _other => false,
        };
    let single = words(name).len() == 1 || symbol.is_id();
    let comment = words(name).iter().any(|word| word.kind == WordKind::Comment);
    if read && single && !comment {
        return Ok(());
    }
    Err(format!(
        "« {name} » n'est pas {what} : il faut une lettre, puis des lettres, des chiffres ou « _ »{}, et aucun mot de la \
         langue.",
        if symbol.is_id() { ", avec des tirets" } else { "" }
    ))
}

/// Whether the ruleset means the same once these edits are made.
fn keeps_meaning(view: View<'_>, edits: &[Edit], name: &str) -> Result<(), String> {
    let now = view.book.now();
    let mut renamed = now.clone();
    for ((_, text), rank) in renamed.files.iter_mut().zip(0..) {
        let own: Vec<&Edit> = edits.iter().filter(|edit| edit.span.source == SourceId(rank)).collect();
        *text = edited(text, &own);
    }
    let (before, after) = (Snapshot::of(now), Snapshot::of(renamed));
    let errors = |snapshot: &Snapshot| snapshot.analysis().diagnostics.len();
    let collides = |snapshot: &Snapshot| {
        let codes = [Code::DuplicateName, Code::CollidingName];
        snapshot.analysis().diagnostics.iter().filter(|found| codes.contains(&found.code)).count()
    };
    if collides(&after) > collides(&before) {
        return Err(format!("« {name} » est déjà pris, ou se confondrait avec un autre nom dans les dossiers."));
    }
    if errors(&after) != errors(&before) || after.program().nodes != before.program().nodes {
        return Err(format!("Le nom « {name} » changerait ce que dit le règlement : il y désigne déjà autre chose."));
    }
    Ok(())
}
