//! Says in the author's words why an item cannot be read: what was found, what could stand there, and
//! what is usually meant by such a slip.

use super::grammar::{Failure, Rule};
use super::recover::{Kind, Piece, first_word, respelt, without_accents};
use crate::diagnostic::{Code, Diagnostic, Remedy};
use crate::source::{SourceId, Span};

/// What each rule that pest may have expected is for an author, the most telling first, and the words
/// it begins with, if it is a keyword.
const EXPECTED: &[(Rule, &str, &str)] = &[
    (Rule::colon, "un deux-points, puis la suite", ""),
    (Rule::described, "un deux-points et un type", ""),
    (Rule::equals, "un signe =", ""),
    (Rule::kw_is_type, "le mot «\u{a0}est\u{a0}»", "est"),
    (Rule::kw_then, "le mot «\u{a0}alors\u{a0}»", "alors"),
    (Rule::kw_among, "le mot «\u{a0}parmi\u{a0}»", "parmi"),
    (Rule::close, "une parenthèse fermante", ""),
    (Rule::close_list, "un crochet fermant", ""),
    (Rule::close_record, "une accolade fermante", ""),
    (
        Rule::state_word,
        "«\u{a0}renseigné\u{a0}», «\u{a0}applicable\u{a0}», «\u{a0}vide\u{a0}», «\u{a0}respectée\u{a0}» ou «\u{a0}sans objet\u{a0}»",
        "",
    ),
    (Rule::id, "l'identifiant d'une clause ou d'une interprétation (B1-4)", ""),
    (Rule::passage, "le passage cité, entre «\u{a0}et\u{a0}»", ""),
    (Rule::quote, "un texte entre «\u{a0}et\u{a0}»", ""),
    (Rule::label, "un libellé entre «\u{a0}et\u{a0}»", ""),
    (Rule::string, "un texte entre \" et \"", ""),
    (Rule::decl, "un nom", ""),
    (Rule::word, "un nom", ""),
    (Rule::path, "le nom d'un fait", ""),
    (Rule::given, "un fait et sa valeur (voie = scolaire)", ""),
    (Rule::entry, "un champ et sa valeur (année = 1)", ""),
    (Rule::expectation, "une réponse attendue (recevable = oui)", ""),
    (Rule::answer, "une réponse", ""),
    (Rule::type_expr, "un type (oui/non, date, durée, liste de …)", ""),
    (Rule::t_named, "un type (oui/non, date, durée, liste de …)", ""),
    (Rule::range, "des bornes (de 0 à 20)", "de"),
    (Rule::signed, "un nombre", ""),
    (Rule::kw_to, "le mot «\u{a0}à\u{a0}»", "à"),
    (Rule::kw_in, "«\u{a0}en semaines\u{a0}» ou «\u{a0}en jours\u{a0}»", "en"),
    (Rule::fields, "des champs, un par ligne", ""),
    (Rule::field, "un champ (nom : type)", ""),
    (Rule::cases, "des cas séparés par |", ""),
    (Rule::case, "un cas", ""),
    (Rule::bar, "un autre cas, après |", ""),
    (Rule::each, "«\u{a0}pour chaque s parmi L\u{a0}»", "pour chaque"),
    (Rule::scope, "«\u{a0}pour\u{a0}» et une condition", "pour"),
    (Rule::let_line, "«\u{a0}soit nom = …\u{a0}»", "soit"),
    (Rule::single, "«\u{a0}vaut\u{a0}» et une valeur", "vaut"),
    (Rule::row, "«\u{a0}cas condition : valeur\u{a0}»", "cas"),
    (Rule::content, "ce que dit la règle (exige …)", "exige"),
    (Rule::kw_requires, "le mot «\u{a0}exige\u{a0}»", "exige"),
    (Rule::kw_forbids, "le mot «\u{a0}interdit\u{a0}»", "interdit"),
    (Rule::kw_wishes, "le mot «\u{a0}souhaite\u{a0}»", "souhaite"),
    (Rule::kw_condition, "«\u{a0}à condition que\u{a0}»", "à condition que"),
    (Rule::requirement, "«\u{a0}exige\u{a0}», ou «\u{a0}cas … exige\u{a0}»", "exige"),
    (Rule::kw_case, "le mot «\u{a0}cas\u{a0}»", "cas"),
    (Rule::kw_if, "le mot «\u{a0}si\u{a0}»", "si"),
    (Rule::kw_discards, "le mot «\u{a0}écarte\u{a0}»", "écarte"),
    (Rule::bounds, "«\u{a0}compris entre a et b\u{a0}»", "compris entre"),
    (Rule::kw_text, "«\u{a0}texte\u{a0}» et un nom de fichier", "texte"),
    (Rule::kw_outside, "les mots «\u{a0}hors texte\u{a0}»", "hors texte"),
    (Rule::kw_expects, "le mot «\u{a0}attend\u{a0}»", "attend"),
    (Rule::kw_with, "le mot «\u{a0}avec\u{a0}»", "avec"),
    (Rule::basis, "une clause (selon B1-4)", "selon"),
    (Rule::clauses, "une clause (selon B1-4)", "selon"),
    (Rule::readings, "une interprétation (interprétation AMB-2)", "interprétation"),
    (Rule::exception, "une exception (sauf …)", "sauf"),
    (Rule::exemption, "une exception (sauf …)", "sauf"),
    (Rule::over, "«\u{a0}prime sur\u{a0}»", "prime sur"),
    (Rule::otherwise, "«\u{a0}sinon\u{a0}» et ce qu'on dit à la personne", "sinon"),
    (Rule::bearer, "«\u{a0}à la charge de « … »\u{a0}»", "à la charge de"),
    (Rule::supplier, "«\u{a0}par « … »\u{a0}»", "par"),
    (Rule::silence, "«\u{a0}silence du texte « … »\u{a0}»", "silence du texte"),
    (Rule::place, "«\u{a0}au « … »\u{a0}»", "au"),
    (Rule::no_effect, "«\u{a0}sans effet « … »\u{a0}»", "sans effet"),
    (Rule::occurrence, "le rang du passage, comme (2)", ""),
    (Rule::a_key, "un attribut (clé, facultatif, sinon …)", "clé"),
    (Rule::a_optional, "un attribut (clé, facultatif, sinon …)", "facultatif"),
    (Rule::a_presumed, "un attribut (clé, facultatif, sinon …)", "sinon"),
    (Rule::a_information, "un attribut (clé, facultatif, sinon …)", "pour information"),
    (Rule::a_assessed, "un attribut (clé, facultatif, sinon …)", "à apprécier"),
    (Rule::kw_is_worth, "le mot «\u{a0}vaut\u{a0}»", "vaut"),
    (Rule::kw_let, "«\u{a0}soit nom = …\u{a0}»", "soit"),
    (Rule::kw_each, "«\u{a0}pour chaque s parmi L\u{a0}»", "pour chaque"),
    (Rule::kw_for, "«\u{a0}pour\u{a0}» et une condition", "pour"),
    (Rule::kw_except, "une exception (sauf …)", "sauf"),
    (Rule::kw_according, "une clause (selon B1-4)", "selon"),
    (Rule::kw_reading, "une interprétation (interprétation AMB-2)", "interprétation"),
    (Rule::kw_otherwise, "le mot «\u{a0}sinon\u{a0}»", "sinon"),
    (Rule::kw_by, "«\u{a0}par « … »\u{a0}»", "par"),
    (Rule::kw_bearer, "«\u{a0}à la charge de « … »\u{a0}»", "à la charge de"),
    (Rule::kw_silence, "«\u{a0}silence du texte « … »\u{a0}»", "silence du texte"),
    (Rule::kw_at, "«\u{a0}au « … »\u{a0}»", "au"),
    (Rule::kw_no_effect, "«\u{a0}sans effet « … »\u{a0}»", "sans effet"),
    (Rule::kw_over, "«\u{a0}prime sur\u{a0}»", "prime sur"),
    (Rule::kw_bounds, "«\u{a0}compris entre a et b\u{a0}»", "compris entre"),
    (Rule::kw_and, "une autre clause, après «\u{a0}et\u{a0}»", "et"),
    (Rule::kw_assessed, "un attribut (clé, facultatif, sinon …)", "à apprécier"),
    (Rule::kw_of, "des bornes (de 0 à 20)", "de"),
    (Rule::unit, "une unité (jours, semaines, mois, ans)", ""),
    (Rule::bullet_item, "un point de liste (•)", ""),
    (Rule::t_truth, "un type (oui/non, date, durée, liste de …)", ""),
    (Rule::t_date, "un type (oui/non, date, durée, liste de …)", ""),
    (Rule::kw_duration, "un type (oui/non, date, durée, liste de …)", ""),
    (Rule::kw_reference, "un type (oui/non, date, durée, liste de …)", ""),
    (Rule::list_of, "un type (oui/non, date, durée, liste de …)", ""),
    (Rule::bullet, "un point de liste (•)", ""),
    (Rule::integer, "le rang du passage, comme (2)", ""),
    (Rule::op, "la suite de la condition (et, ou, =, ≤ …)", ""),
    (Rule::state, "la suite de la condition (et, ou, =, ≤ …)", "est"),
    (Rule::EOI, "un autre élément, à la ligne", ""),
];

/// What may begin an operand: reported together.
const OPERAND: &[Rule] = &[
    Rule::minus,
    Rule::negation,
    Rule::expr,
    Rule::call,
    Rule::callee,
    Rule::quantity,
    Rule::decimal,
    Rule::string,
    Rule::kw_if,
];

/// The words among operators, which pest reports as one.
const OPERATOR_WORDS: [&str; 9] = ["et", "ou", "dans", "entre", "alors", "sinon", "où", "vérifie", "à défaut"];

/// The words of states, which pest reports as one.
const STATE_WORDS: [&str; 11] = [
    "renseigné",
    "renseignée",
    "applicable",
    "vide",
    "respectée",
    "suivie",
    "ouverte",
    "méconnue",
    "contesté",
    "contestée",
    "sans objet",
];

/// At most this many things that could stand there are named.
const NAMED: usize = 4;

/// The one diagnostic of an item that cannot be read. `body` is the text of the item.
pub(super) fn explain(source: SourceId, body: &str, piece: &Piece, failure: &Failure) -> Diagnostic {
    let place = |start: usize, end: usize| Span::new(source, piece.range.start + start..piece.range.start + end);
    if failure.expected.is_empty() {
        let end = body.chars().next().map_or(0, char::len_utf8);
        return Diagnostic::error(Code::TooDeep, place(0, end), "cet élément s'emboîte trop pour être lu")
            .help("nommez une partie du calcul par «\u{a0}soit\u{a0}», ou faites-en une valeur à part");
    }
    let at = failure.at;
    let rest = body.get(at..).unwrap_or("");
    let at = at + (rest.len() - rest.trim_start().len());
    let slip = Slip {
        kind: piece.kind,
        before: body.get(..at).unwrap_or(""),
        rest: rest.trim_start(),
        expected: &failure.expected,
    };
    let found = slip.found();
    let here = if found.is_empty() {
        let end = slip.before.trim_end();
        let last = end.chars().next_back().map_or(0, char::len_utf8);
        place(end.len() - last, end.len())
    } else {
        place(at, at + found.len())
    };
    if let Some(open) = piece.open_bracket.filter(|&open| open < piece.range.start + at) {
        let span = Span::new(source, open..open + 1);
        let (bracket, mark) = match body.get(open - piece.range.start..).and_then(|rest| rest.chars().next()) {
            Some('[') => ("ce crochet ne se ferme jamais", "]"),
            Some('{') => ("cette accolade ne se ferme jamais", "}"),
            _ => ("cette parenthèse ne se ferme jamais", ")"),
        };
        let end = slip.before.trim_end().len();
        return Diagnostic::error(Code::Unclosed, span, whose(piece, body) + bracket)
            .other(here, "la lecture s'arrête ici")
            .help("fermez-la là où finit ce qu'elle entoure")
            .remedy(Remedy::replace(
                place(end, end),
                mark,
                format!("Mettre «\u{a0}{mark}\u{a0}» là où la lecture s'arrête"),
            ));
    }
    let message = match found {
        "" => "il manque quelque chose à la fin".to_owned(),
        "«" | "»" | "\"" => "ce guillemet ne peut pas venir ici".to_owned(),
        _ if found.chars().count() > 40 => {
            format!("«\u{a0}{}…\u{a0}» ne peut pas venir ici", found.chars().take(40).collect::<String>())
        }
        _ => format!("«\u{a0}{found}\u{a0}» ne peut pas venir ici"),
    };
    let message = whose(piece, body) + &message;
    let mut diagnostic = Diagnostic::error(Code::Syntax, here, message);
    let could = slip.could_be();
    if !could.is_empty() {
        diagnostic = diagnostic.label(format!("ici peut venir\u{a0}: {could}"));
    }
    diagnostic.remedies.extend(slip.remedy(place, at));
    diagnostic.help(slip.advice())
}

/// `dans l'obligation « convention » : `
fn whose(piece: &Piece, body: &str) -> String {
    let Some(kind) = piece.kind else {
        return String::new();
    };
    if kind == Kind::Noise {
        return format!("dans {}\u{a0}: ", kind.with_article());
    }
    let after = body.get(kind.word().len()..).unwrap_or("").trim_start();
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(after.len());
    match after.get(..end.min(60)).filter(|name| !name.is_empty()) {
        Some(name) => format!("dans {} «\u{a0}{name}\u{a0}»\u{a0}: ", kind.with_article()),
        None => format!("dans {}\u{a0}: ", kind.with_article()),
    }
}

/// A place where reading stopped.
struct Slip<'t> {
    kind: Option<Kind>,
    before: &'t str,
    rest: &'t str,
    expected: &'t [Rule],
}

impl<'t> Slip<'t> {
    /// What stands there: a word, a number, a quotation mark or a sign; empty at the end.
    fn found(&self) -> &'t str {
        let word = first_word(self.rest);
        let sign = self.rest.chars().next().map_or(0, char::len_utf8);
        self.rest.get(..word.len().max(sign)).unwrap_or("")
    }

    fn expects(&self, rules: &[Rule]) -> bool {
        self.expected.iter().any(|rule| rules.contains(rule))
    }

    /// What could stand there, as a French enumeration.
    fn could_be(&self) -> String {
        let mut phrases: Vec<&str> = Vec::new();
        let operand = self.expects(&[Rule::minus, Rule::expr]);
        for (rule, phrase, _) in EXPECTED {
            if operand && OPERAND.contains(rule) {
                continue;
            }
            if self.expected.contains(rule) && !phrases.contains(phrase) {
                phrases.push(phrase);
            }
        }
        if operand {
            phrases.insert(0, "une condition ou une valeur");
        }
        if phrases.len() > 1 {
            phrases.retain(|phrase| *phrase != "un autre élément, à la ligne");
        }
        phrases.truncate(NAMED);
        match phrases.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{}, ou {last}", others.join(", ")),
            None => String::new(),
        }
    }

    /// What to do about it.
    fn advice(&self) -> String {
        if let Some(advice) = self.foreign_sign() {
            return advice.to_owned();
        }
        let found = self.found();
        if let Some(word) = self.near_word() {
            return format!("vouliez-vous écrire «\u{a0}{word}\u{a0}»\u{202f}?");
        }
        if found == "\"" && self.expects(&[Rule::quote, Rule::label, Rule::passage]) {
            return "un libellé ou une citation s'écrit entre « et », pas entre guillemets droits".to_owned();
        }
        if found == "«"
            && !self.expects(&[Rule::quote, Rule::label])
            && self.expects(&[Rule::expr, Rule::call, Rule::quantity, Rule::string])
        {
            return "un texte à comparer, ou un nom de fichier, s'écrit entre guillemets droits\u{a0}: \"…\""
                .to_owned();
        }
        if self.expects(&[Rule::unit]) && self.before.trim_end().ends_with(|c: char| c.is_ascii_digit()) {
            let abbreviated = ["sem", "j", "jr", "jrs", "m", "a", "s"].contains(&found);
            if abbreviated {
                return "écrivez l'unité en toutes lettres\u{a0}: 14 semaines, 10 jours, 6 mois, 2 ans".to_owned();
            }
            if found.starts_with(|c: char| c.is_ascii_digit()) {
                return "un nombre s'écrit sans espace (1200)\u{202f}; deux valeurs se séparent par une virgule"
                    .to_owned();
            }
        }
        if found == "-" && self.before.trim_end_matches([' ', '\t', '\u{a0}', '\u{202f}']).ends_with('\n') {
            return "les points d'une liste commencent par •".to_owned();
        }
        if found == "-" && self.before.ends_with(char::is_alphanumeric) {
            return "un nom ne contient pas de trait d'union\u{202f}: écrivez-le avec _, comme durée_minimale"
                .to_owned();
        }
        if self.expects(&[Rule::decl]) && !first_word(found).is_empty() {
            return format!("«\u{a0}{found}\u{a0}» est un mot de la langue\u{202f}: choisissez un autre nom");
        }
        self.missing().map_or_else(|| self.model(), str::to_owned)
    }

    /// How to write what stands there, `at` so many bytes into the item; the same slips as in [`Self::advice`].
    fn remedy(&self, place: impl Fn(usize, usize) -> Span, at: usize) -> Option<Remedy> {
        let found = self.found();
        let write = |from: usize, length: usize, word: &str| {
            Remedy::replace(place(from, from + length), word, format!("Écrire «\u{a0}{word}\u{a0}»"))
        };
        if let Some(word) = self.foreign_word() {
            // A sign may be typed twice: `&&`, `||`.
            let twice = self.rest.get(found.len()..).is_some_and(|rest| rest.starts_with(found))
                && first_word(found).is_empty();
            return Some(write(at, found.len() * if twice { 2 } else { 1 }, word).safe_if(true));
        }
        if self.before.ends_with('=') && matches!(found, "=" | ">" | "<") {
            let word = match found {
                ">" => "≥",
                "<" => "≤",
                _ => "=",
            };
            return Some(write(at - 1, 2, word).safe_if(true));
        }
        if found == ";" {
            let title = "Supprimer le point-virgule";
            return Some(Remedy::replace(place(at, at + 1), "", title).safe_if(true));
        }
        if let Some(word) = self.near_word() {
            let written = self.rest.split_whitespace().take(word.split_whitespace().count()).last()?;
            let end = written.as_ptr().addr() - self.rest.as_ptr().addr() + written.len();
            return Some(respelt(place(at, at + end), self.rest.get(..end)?, word));
        }
        if found == "\"" && self.expects(&[Rule::quote, Rule::label, Rule::passage]) {
            let inside = self.rest.get(1..)?.split(['"', '\n']).next()?;
            let closed = self.rest.get(1 + inside.len()..)?.starts_with('"');
            let words = format!("« {} »", inside.trim());
            let title = "Mettre des guillemets français";
            return closed.then(|| Remedy::replace(place(at, at + inside.len() + 2), words, title).safe_if(true));
        }
        if self.expects(&[Rule::unit]) && self.before.trim_end().ends_with(|c: char| c.is_ascii_digit()) {
            let unit = match found {
                "sem" => "semaines",
                "j" | "jr" | "jrs" => "jours",
                _ => return None,
            };
            return Some(write(at, found.len(), unit).safe_if(true));
        }
        if found == "-" && self.before.trim_end_matches([' ', '\t', '\u{a0}', '\u{202f}']).ends_with('\n') {
            return Some(write(at, 1, "•").safe_if(true));
        }
        None
    }

    /// The word of the language for one of another.
    fn foreign_word(&self) -> Option<&'static str> {
        Some(match self.found() {
            "&" | "and" | "AND" | "ET" => "et",
            "or" | "OR" | "OU" => "ou",
            "|" if self.rest.starts_with("||") => "ou",
            "not" | "NOT" | "NON" => "non",
            "if" | "SI" => "si",
            "then" | "ALORS" => "alors",
            "else" | "SINON" => "sinon",
            _ => return None,
        })
    }

    /// What was probably left out just before.
    fn missing(&self) -> Option<&'static str> {
        let word = !first_word(self.found()).is_empty();
        let before = self.before.trim_end();
        let after_attribute =
            ["clé", "facultatif", "facultative", "information"].iter().any(|word| before.ends_with(word));
        if after_attribute && self.expects(&[Rule::colon]) {
            return Some("un attribut est précédé d'une virgule\u{a0}: id : texte, clé");
        }
        let row = self.kind == Some(Kind::Value) && self.expects(&[Rule::op]);
        if self.expects(&[Rule::colon]) && row {
            return Some("une ligne s'écrit «\u{a0}cas condition : valeur selon B1-4\u{a0}»");
        }
        if self.expects(&[Rule::colon]) {
            return Some("un nom et son type sont séparés par un deux-points\u{a0}: fait voie : texte");
        }
        if self.kind == Some(Kind::Type) && self.expects(&[Rule::bar]) {
            return Some("un champ s'écrit «\u{a0}nom : type\u{a0}»\u{202f}; deux cas se séparent par |");
        }
        if self.kind == Some(Kind::Example) && word && self.expects(&[Rule::op]) {
            return Some("les faits, comme les réponses attendues, se séparent par des virgules");
        }
        if row && self.last_joint() == "si" {
            return Some("après «\u{a0}si condition\u{a0}», écrivez «\u{a0}alors valeur\u{a0}»");
        }
        None
    }

    /// The last word before the slip that joins two parts of a rule.
    fn last_joint(&self) -> &'t str {
        let words = self.before.rsplit(char::is_whitespace).take(200);
        words
            .into_iter()
            .find(|word| ["si", "alors", "sinon", "vaut", "selon", "cas", "sauf"].contains(word))
            .unwrap_or("")
    }

    /// How such an item is written.
    fn model(&self) -> String {
        match self.kind {
            Some(kind) => format!("modèle\u{a0}: {}", kind.model()),
            None => "vérifiez les mots de cette condition, en partant de l'endroit montré".to_owned(),
        }
    }

    /// Signs and words of programming languages.
    fn foreign_sign(&self) -> Option<&'static str> {
        let before = self.before.chars().next_back().unwrap_or(' ');
        let found = self.found();
        Some(match (before, found) {
            ('=', "=") => "l'égalité s'écrit avec un seul =",
            ('=', ">") => "«\u{a0}au moins\u{a0}» s'écrit ≥ ou >=",
            ('=', "<") => "«\u{a0}au plus\u{a0}» s'écrit ≤ ou <=",
            (_, "&") => "écrivez «\u{a0}et\u{a0}»",
            (_, "|") if self.rest.starts_with("||") => "écrivez «\u{a0}ou\u{a0}»",
            (_, "!") => "écrivez «\u{a0}non\u{a0}»",
            (_, "and" | "AND" | "ET") => "écrivez «\u{a0}et\u{a0}»",
            (_, "or" | "OR" | "OU") => "écrivez «\u{a0}ou\u{a0}»",
            (_, "not" | "NOT" | "NON") => "écrivez «\u{a0}non\u{a0}»",
            (_, "if" | "SI") => "écrivez «\u{a0}si\u{a0}»",
            (_, "then" | "ALORS") => "écrivez «\u{a0}alors\u{a0}»",
            (_, "else" | "SINON") => "écrivez «\u{a0}sinon\u{a0}»",
            (_, "“" | "”" | "„") => "les guillemets sont « et », ou \" pour un texte à comparer",
            (_, "»") => "ce » n'a pas de « devant lui",
            (_, ";") => "rien ne se termine par un point-virgule\u{202f}: supprimez-le",
            _ => return None,
        })
    }

    /// The word that could stand there and is spelt almost like what does.
    fn near_word(&self) -> Option<&'static str> {
        let operators = OPERATOR_WORDS.iter().filter(|_| self.expects(&[Rule::op]));
        let states = STATE_WORDS.iter().filter(|_| self.expects(&[Rule::state_word]));
        let keywords = EXPECTED.iter().filter(|(rule, ..)| self.expected.contains(rule)).map(|(.., word)| word);
        let mut best: Option<(usize, &'static str)> = None;
        for &word in operators.chain(states).chain(keywords) {
            let words = word.split_whitespace().count();
            let written = self
                .rest
                .split_whitespace()
                .take(words)
                .map(|written| written.get(..written.len().min(40)).unwrap_or(""));
            let written = without_accents(&written.collect::<Vec<_>>().join(" "));
            let wanted = without_accents(word);
            let length = wanted.chars().count();
            if written.is_empty() || length == 0 {
                continue;
            }
            let distance = strsim::osa_distance(&written, &wanted);
            if distance <= length / 4 && best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, word));
            }
        }
        best.map(|(_, word)| word)
    }
}
