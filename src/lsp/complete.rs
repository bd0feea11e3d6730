//! What may be written where the cursor is, with what each means.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, InsertTextFormat, MarkupContent, MarkupKind,
    Position, TextEdit,
};

use super::help;
use super::hover;
use super::index::{Known, Sort};
use super::spot::{Found, Literal, Spot, spot};
use super::symbol::Symbol;
use super::view::View;
use crate::program::Carried;
use crate::render::typeset;
use crate::syntax::ast::Item;
use crate::syntax::{item_words, model};

/// What may be written at a position, the likeliest first.
pub(super) fn complete(view: View<'_>, position: Position) -> Vec<CompletionItem> {
    let offset = view.at(position).start as usize;
    let items = view.book.items();
    let known = Known::of(&items);
    let found = spot(view, &known, offset);
    let mut list = Offers { view, known: &known, found: &found, offers: Vec::new() };
    list.fill();
    list.offers
}

/// An offer before it is laid out.
struct Offer<'a> {
    label: &'a str,
    kind: CompletionItemKind,
    detail: String,
}

struct Offers<'a> {
    view: View<'a>,
    known: &'a Known<'a>,
    found: &'a Found,
    offers: Vec<CompletionItem>,
}

impl Offers<'_> {
    fn fill(&mut self) {
        match &self.found.spot {
            Spot::Nothing => {}
            Spot::Item => self.items(),
            Spot::Passage => self.passages(),
            Spot::Clause => self.named(|symbol| matches!(symbol, Symbol::Clause(_))),
            Spot::Reading => self.named(|symbol| matches!(symbol, Symbol::Reading(_))),
            Spot::Exception => self.exceptions(),
            Spot::Field(record) | Spot::GivenField(record) => self.fields(&record.clone()),
            Spot::Type => self.types(),
            Spot::List => self.lists(),
            Spot::Attribute => {
                self.words(&["facultatif", "clé", "sinon", "pour information", "à apprécier", "par"]);
            }
            Spot::Person => self.people(),
            Spot::Unit => {
                self.words(&["jours", "semaines", "mois", "ans"]);
                self.continuations();
            }
            Spot::Given => self.named(|symbol| matches!(symbol, Symbol::Fact(_))),
            Spot::GivenValue(literal) => self.literal(&literal.clone()),
            Spot::Expected => self.named(|symbol| matches!(symbol, Symbol::Rule(_))),
            Spot::Answer(rule) => self.answers(&rule.clone()),
            Spot::Compared(enumeration) => {
                self.cases(&enumeration.clone());
                self.expression();
            }
            Spot::Expression => self.expression(),
            Spot::State => {
                self.words(&[
                    "renseigné",
                    "applicable",
                    "sans objet",
                    "vide",
                    "contesté",
                    "respectée",
                    "suivie",
                    "ouverte",
                    "méconnue",
                ]);
            }
            Spot::Continuation => self.continuations(),
        }
    }

    fn push(&mut self, offer: Offer<'_>) {
        let text = offer.label.to_owned();
        self.insert(offer, text, |_| {});
    }

    /// An offer that writes another text than its name, with what else is said of it.
    fn insert(&mut self, offer: Offer<'_>, text: String, more: impl FnOnce(&mut CompletionItem)) {
        let range = self.view.document.range(&self.found.prefix, self.view.desk.encoding);
        let rank = self.offers.len();
        let mut made = CompletionItem {
            label: offer.label.to_owned(),
            kind: Some(offer.kind),
            detail: (!offer.detail.is_empty()).then(|| typeset(&offer.detail)),
            sort_text: Some(format!("{rank:05}")),
            filter_text: Some(offer.label.to_owned()),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: text })),
            ..CompletionItem::default()
        };
        more(&mut made);
        self.offers.push(made);
    }

    fn words(&mut self, words: &[&str]) {
        for word in words {
            let first = word.split(' ').next().unwrap_or(word);
            let detail = help::word(first).unwrap_or_default().to_owned();
            self.push(Offer { label: word, kind: CompletionItemKind::KEYWORD, detail });
        }
    }

    fn items(&mut self) {
        for word in item_words() {
            let detail = help::word(word).unwrap_or_default().to_owned();
            let text = snippet(word).map_or_else(|| word.to_owned(), str::to_owned);
            self.insert(Offer { label: word, kind: CompletionItemKind::SNIPPET, detail }, text, |made| {
                made.insert_text_format = Some(InsertTextFormat::SNIPPET);
                made.documentation = model(word).map(|model| markdown(&format!("```reglo\n{model}\n```")));
            });
        }
    }

    /// Passages of the official text that nothing carries yet.
    fn passages(&mut self) {
        let Some(program) = self.view.program() else { return };
        for entry in program.ledger.iter().filter(|entry| entry.carrier == Carried::Nothing) {
            let Some(text) = program.texts.get(entry.text) else { continue };
            let Some(passage) = text.text.get(entry.range.clone()) else { continue };
            let passage = passage.split_whitespace().collect::<Vec<_>>().join(" ");
            let label: String = passage.chars().take(80).collect();
            let quote = format!("« {passage} »");
            let detail = "passage que rien ne cite encore".to_owned();
            self.insert(Offer { label: &label, kind: CompletionItemKind::TEXT, detail }, quote.clone(), |made| {
                made.filter_text = Some(quote);
                made.documentation = Some(markdown(&format!("> {passage}")));
            });
        }
    }

    fn named(&mut self, wanted: impl Fn(&Symbol) -> bool) {
        for (symbol, declared) in self.view.book.index().by_place() {
            if !wanted(symbol) {
                continue;
            }
            let label = declared.label.as_ref().map(|label| format!("« {label} »"));
            let (kind, detail) = match symbol {
                Symbol::Clause(_) | Symbol::Reading(_) => (CompletionItemKind::REFERENCE, label.unwrap_or_default()),
                Symbol::Fact(_) => (CompletionItemKind::VARIABLE, joined(&declared.kind, label)),
                Symbol::Rule(_) => (CompletionItemKind::FUNCTION, joined(&declared.kind, label)),
                Symbol::Field(..) => (CompletionItemKind::FIELD, joined(&declared.kind, label)),
                Symbol::Type(_) => (CompletionItemKind::ENUM, declared.kind.clone()),
                Symbol::Case(..) => (CompletionItemKind::ENUM_MEMBER, label.unwrap_or_default()),
                Symbol::Part(..) => (CompletionItemKind::EVENT, declared.kind.clone()),
                Symbol::Variable(..) => (CompletionItemKind::VARIABLE, declared.kind.clone()),
            };
            let told = matches!(symbol, Symbol::Clause(_)).then(|| hover::symbol(self.view, symbol));
            let text = symbol.name().to_owned();
            self.insert(Offer { label: symbol.name(), kind, detail }, text, |made| {
                made.documentation = told.map(|told| markdown(&told));
            });
        }
    }

    fn exceptions(&mut self) {
        let text = self.view.document.text();
        let at = self.found.prefix.start;
        let stretch = self.view.document.stretches().iter().rev().find(|stretch| stretch.range.start <= at);
        let Some(stretch) = stretch else { return };
        let words = self.view.document.words();
        let inside = words.iter().filter(|word| stretch.range.contains(&word.range.start)).collect::<Vec<_>>();
        for pair in inside.windows(2) {
            let [sauf, name] = pair else { continue };
            let spelt = |word: &crate::syntax::Word| text.get(word.range.clone()).unwrap_or("");
            if spelt(sauf) == "sauf" {
                self.push(Offer {
                    label: spelt(name),
                    kind: CompletionItemKind::EVENT,
                    detail: "exception".to_owned(),
                });
            }
        }
    }

    fn fields(&mut self, record: &str) {
        self.named(|symbol| matches!(symbol, Symbol::Field(of, _) if of == record));
    }

    fn cases(&mut self, enumeration: &str) {
        self.named(|symbol| matches!(symbol, Symbol::Case(of, _) if of == enumeration));
    }

    fn types(&mut self) {
        self.words(&[
            "oui/non",
            "entier",
            "nombre",
            "date",
            "durée en semaines",
            "durée en jours",
            "période",
            "texte",
            "liste de",
            "réf",
        ]);
        self.named(|symbol| matches!(symbol, Symbol::Type(_)));
    }

    fn lists(&mut self) {
        for (symbol, declared) in self.view.book.index().by_place() {
            if matches!(symbol, Symbol::Fact(_)) && declared.kind.starts_with("liste de ") {
                let label = declared.label.as_ref().map(|label| format!("« {label} »"));
                let detail = joined(&declared.kind, label);
                self.push(Offer { label: symbol.name(), kind: CompletionItemKind::VARIABLE, detail });
            }
        }
        for variable in self.found.variables.clone() {
            self.push(Offer { label: &variable, kind: CompletionItemKind::VARIABLE, detail: String::new() });
        }
    }

    /// Who already supplies facts or bears norms.
    fn people(&mut self) {
        let mut people: Vec<String> = Vec::new();
        for placed in self.view.book.items() {
            let (supplier, bearer) = match placed.item {
                Item::Fact(fact) => (fact.attributes.supplier.as_ref(), None),
                Item::Assessment(item) => (item.supplier.as_ref(), None),
                Item::Norm(norm) => (None, norm.bearer.as_ref()),
                _other => (None, None),
            };
            people.extend(supplier.into_iter().chain(bearer).map(|person| person.text.clone()));
        }
        people.sort();
        people.dedup();
        for person in people {
            let text = format!("« {person} »");
            self.push(Offer { label: &text, kind: CompletionItemKind::VALUE, detail: String::new() });
        }
    }

    fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Truth => self.words(&["oui", "non"]),
            Literal::Of(Sort::Named(name)) if !self.known.cases_of(name).is_empty() => self.cases(name),
            Literal::Of(Sort::Named(name)) => {
                let text = self.record(name);
                self.insert(
                    Offer { label: "{ … }", kind: CompletionItemKind::STRUCT, detail: name.clone() },
                    text,
                    |_| {},
                );
            }
            Literal::Of(Sort::List(element)) => {
                let inner = element.name().map_or_else(String::new, |name| self.record(name));
                let detail = element.name().unwrap_or_default().to_owned();
                let text = format!("[ {inner} ]");
                self.insert(Offer { label: "[ … ]", kind: CompletionItemKind::STRUCT, detail }, text, |_| {});
            }
            Literal::Of(Sort::Other) | Literal::Plain => {}
        }
        let unknown = "on ne le sait pas".to_owned();
        self.push(Offer { label: "?", kind: CompletionItemKind::CONSTANT, detail: unknown });
        self.push(Offer { label: "aucun", kind: CompletionItemKind::CONSTANT, detail: "il n'y en a pas".to_owned() });
    }

    /// An element to fill in.
    fn record(&self, name: &str) -> String {
        let fields: Vec<String> = self.known.fields(name).map(|(field, _)| format!("{field} = ?")).collect();
        if fields.is_empty() { String::new() } else { format!("{{ {} }}", fields.join(", ")) }
    }

    fn answers(&mut self, rule: &str) {
        match self.known.rule_type(rule) {
            Some(ty) => match self.known.sort(ty) {
                Sort::Named(name) => self.cases(&name),
                Sort::List(_) | Sort::Other => {}
            },
            None => self.words(&["oui", "non"]),
        }
        self.words(&["indéterminé", "sans objet", "conflit", "silence", "sans résultat"]);
    }

    fn expression(&mut self) {
        for variable in self.found.variables.clone() {
            let detail = "dans cette règle".to_owned();
            self.push(Offer { label: &variable, kind: CompletionItemKind::VARIABLE, detail });
        }
        if self.found.item == Some("décision") {
            self.named(|symbol| matches!(symbol, Symbol::Rule(_)));
            self.named(|symbol| matches!(symbol, Symbol::Fact(_)));
        } else {
            self.named(|symbol| matches!(symbol, Symbol::Fact(_)));
            self.named(|symbol| matches!(symbol, Symbol::Rule(_)));
        }
        for function in &help::FUNCTIONS {
            let text = format!("{}($1)", function.name);
            let detail = function.gives.to_owned();
            let offer = Offer { label: function.name, kind: CompletionItemKind::METHOD, detail };
            self.insert(offer, text, |made| made.insert_text_format = Some(InsertTextFormat::SNIPPET));
        }
        for (label, text, detail) in QUANTIFIERS {
            let offer = Offer { label, kind: CompletionItemKind::SNIPPET, detail: detail.to_owned() };
            self.insert(offer, text.to_owned(), |made| made.insert_text_format = Some(InsertTextFormat::SNIPPET));
        }
        self.words(&["non", "si", "oui"]);
    }

    fn continuations(&mut self) {
        let parts: &[&str] = match self.found.item {
            Some("règlement") => &["texte"],
            Some("clause" | "titre") => &["au", "sans effet"],
            Some("source") => &["hors texte"],
            Some("type") => &["est"],
            Some("fait") => &["par", "selon"],
            Some("appréciation") => &["selon", "par"],
            Some("incohérence") => &["pour chaque", "soit", "si", "écarte", "compris entre"],
            Some("valeur") => &[
                "selon",
                "interprétation",
                "vaut",
                "cas",
                "sauf",
                "prime sur",
                "si",
                "alors",
                "pour",
                "soit",
                "silence du texte",
            ],
            Some("obligation") => {
                &["selon", "interprétation", "pour", "pour chaque", "soit", "exige", "sauf", "sinon", "à la charge de"]
            }
            Some("interdiction") => &[
                "selon",
                "interprétation",
                "pour",
                "pour chaque",
                "soit",
                "interdit",
                "sauf",
                "sinon",
                "à la charge de",
            ],
            Some("préférence") => {
                &["selon", "interprétation", "pour", "pour chaque", "soit", "souhaite", "sauf", "sinon"]
            }
            Some("permission") => {
                &["selon", "interprétation", "pour", "pour chaque", "soit", "à condition que", "sauf", "sinon"]
            }
            Some("signalement") => &["selon", "interprétation", "pour chaque", "soit", "si"],
            Some("décision") => &["selon", "interprétation", "pour", "soit", "cas", "exige", "sauf"],
            Some("exemple") => &["avec", "attend", "selon", "seulement"],
            Some(_) | None => &[],
        };
        self.words(parts);
        if !matches!(
            self.found.item,
            None | Some("clause" | "titre" | "hors" | "source" | "règlement" | "exemple" | "fait" | "type")
        ) {
            self.words(&["et", "ou", "est renseigné", "dans", "entre", "à défaut", "parmi", "où"]);
        }
    }
}

/// Conditions over lists: name, snippet, what it says.
const QUANTIFIERS: [(&str, &str, &str); 5] = [
    (
        "il existe",
        "il existe ${1:s} parmi ${2:liste} où ${3:condition}",
        "Oui si un élément au moins remplit la condition.",
    ),
    ("tout", "tout ${1:s} parmi ${2:liste} vérifie ${3:condition}", "Oui si chaque élément la remplit."),
    ("nombre de", "(nombre de ${1:s} parmi ${2:liste} où ${3:condition})", "Combien d'éléments la remplissent."),
    ("somme de", "(somme de ${1:s}.${2:champ} pour ${1:s} parmi ${3:liste})", "Le total d'un champ."),
    ("maximum de", "(maximum de ${1:s}.${2:champ} pour ${1:s} parmi ${3:liste})", "La plus grande valeur d'un champ."),
];

fn joined(kind: &str, label: Option<String>) -> String {
    match label {
        Some(label) => format!("{kind} {label}"),
        None => kind.to_owned(),
    }
}

fn markdown(text: &str) -> Documentation {
    Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: text.to_owned() })
}

/// An item to fill in.
pub(super) fn snippet(item: &str) -> Option<&'static str> {
    Some(match item {
        "règlement" => "règlement « ${1:titre} »\n  texte \"${2:texte.txt}\"\n",
        "clause" => "clause ${1:A-1} « ${2:passage} »  au « ${3:art. 1} »\n",
        "titre" => "titre « ${1:titre} »\n",
        "hors" => "hors texte « ${1:58} »\n",
        "interprétation" => "interprétation ${1:L-1} « ${2:lecture retenue} »\n",
        "source" => "source ${1:circulaire} « ${2:ce que c'est} » hors texte\n",
        "type" => "type ${1:nom} est ${2:premier} « ${3:libellé} » | ${4:second} « ${5:libellé} »\n",
        "fait" => "fait ${1:nom} : ${2:oui/non} « ${3:libellé} »\n",
        "appréciation" => {
            "appréciation ${1:nom} « ${2:ce qui s'apprécie} »\n  selon ${3:A-1}\n  par « ${4:qui décide} »\n"
        }
        "incohérence" => {
            "incohérence ${1:nom} « ${2:ce qui se contredit} »\n  si ${3:condition}\n  écarte ${4:fait}\n"
        }
        "valeur" => {
            "valeur ${1:nom} : ${2:durée en semaines} « ${3:libellé} »\n  vaut ${4:14 semaines}  selon ${5:A-1}\n"
        }
        "obligation" => "obligation ${1:nom} « ${2:ce qui est exigé} »\n  selon ${3:A-1}\n  exige ${4:condition}\n",
        "interdiction" => {
            "interdiction ${1:nom} « ${2:ce qui est interdit} »\n  selon ${3:A-1}\n  interdit ${4:condition}\n"
        }
        "préférence" => {
            "préférence ${1:nom} « ${2:ce qui est souhaité} »\n  selon ${3:A-1}\n  souhaite ${4:condition}\n"
        }
        "permission" => {
            "permission ${1:nom} « ${2:ce qui est permis} »\n  selon ${3:A-1}\n  à condition que ${4:condition}\n"
        }
        "signalement" => "signalement ${1:nom} « ${2:ce qui est signalé} »\n  selon ${3:A-1}\n  si ${4:condition}\n",
        "décision" => "décision ${1:nom} « ${2:libellé} »\n  exige ${3:règle}\n",
        "exemple" => "exemple « ${1:titre} »\n  avec ${2:fait} = ${3:oui}\n  attend ${4:règle} = ${5:oui}\n",
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::syntax::parse;

    #[test]
    fn every_item_to_fill_in_reads_once_it_is_filled_with_its_own_words() {
        for item in item_words() {
            let mut text = snippet(item).unwrap().to_owned();
            while let Some(at) = text.find("${") {
                let end = text[at..].find('}').unwrap() + at;
                let held = text[at + 4..end].to_owned();
                text.replace_range(at..=end, &held);
            }
            let (file, diagnostics) = parse(SourceId(0), &text);
            assert!(diagnostics.is_empty(), "{text}\n{diagnostics:?}");
            assert_eq!(file.items.len(), 1, "{text}");
        }
    }
}
