//! What the language offers, told to the author in a line or two.

/// A built-in function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: &'static str,
    /// What it takes, as the author would write it; the last may be repeated where it ends with `…`.
    pub(super) parameters: &'static [&'static str],
    /// What it gives.
    pub(super) gives: &'static str,
}

/// Every built-in function.
pub(super) const FUNCTIONS: [Function; 12] = [
    Function {
        name: "min",
        parameters: &["valeur", "valeur…"],
        gives: "La plus petite de ces valeurs (nombres, durées ou dates).",
    },
    Function {
        name: "max",
        parameters: &["valeur", "valeur…"],
        gives: "La plus grande de ces valeurs (nombres, durées ou dates).",
    },
    Function {
        name: "arrondi",
        parameters: &["nombre", "décimales", "mode"],
        gives: "Le nombre arrondi à tant de décimales ; une division s'arrondit en une fois : « arrondi(a / b, 2) ». Le mode : \
                au_plus_proche (sans autre précision), au_pair, loin_de_zéro, vers_zéro, par_excès ou par_défaut.",
    },
    Function {
        name: "fusion",
        parameters: &["périodes", "jours…"],
        gives: "Les jours de toutes les périodes d'une liste, chacun compté une fois.",
    },
    Function { name: "intersection", parameters: &["jours", "jours"], gives: "Les jours communs aux deux." },
    Function {
        name: "lacunes",
        parameters: &["jours couverts", "période"],
        gives: "Les jours de la période que les autres laissent libres.",
    },
    Function {
        name: "durée",
        parameters: &["jours ou période"],
        gives: "Le nombre de jours, premier et dernier compris ; se compare à « 4 semaines ».",
    },
    Function {
        name: "plus_longue_suite",
        parameters: &["jours"],
        gives: "La durée de la plus longue suite de jours consécutifs.",
    },
    Function {
        name: "jusqu'au_dimanche",
        parameters: &["période"],
        gives: "La période prolongée jusqu'au dimanche qui suit, si elle finit un vendredi ou un samedi.",
    },
    Function {
        name: "mois_entiers",
        parameters: &["jours"],
        gives: "Le nombre de mois entiers que font ces jours ; se compare à « 6 mois ».",
    },
    Function {
        name: "chevauche",
        parameters: &["période", "période"],
        gives: "Oui si les deux périodes ont un jour en commun.",
    },
    Function {
        name: "indéterminé_entre",
        parameters: &["valeur", "valeur…"],
        gives: "L'une de ces valeurs, sans qu'aucun fait ne dise laquelle : le texte laisse la question ouverte.",
    },
];

/// The function of that name.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

impl Function {
    /// How it is called: `arrondi(nombre, décimales)`.
    pub(super) fn call(&self) -> String {
        format!("{}({})", self.name, self.parameters.join(", "))
    }
}

/// The words that begin items, and those that begin their parts: what each is for.
const WORDS: [(&str, &str); 40] = [
    ("règlement", "Le titre du règlement, et le fichier de son texte officiel."),
    ("clause", "Un passage du texte officiel, cité à la lettre. Les règles s'appuient sur elle par « selon »."),
    ("titre", "Un titre du texte officiel ; avec un identifiant, les règles peuvent le citer."),
    ("hors", "« hors texte » : numéro de page, note, mention d'édition. Ce n'est pas du texte à appliquer."),
    (
        "interprétation",
        "La lecture retenue là où le texte en permet plusieurs. Une règle la nomme après son « selon ».",
    ),
    ("source", "Un document qui n'est pas le texte officiel (circulaire, usage), que des règles peuvent citer."),
    ("type", "Les cas possibles d'un fait (« est a | b | autre »), ou les champs d'une fiche."),
    ("fait", "Ce qu'un dossier dit du cas à décider, et que les règles lisent."),
    ("appréciation", "Un oui ou non qu'une personne doit juger : la machine n'en décide pas."),
    ("incohérence", "Des faits qui se contredisent : ceux qu'elle « écarte » redeviennent inconnus."),
    (
        "valeur",
        "Une grandeur que le texte fixe : une durée, un tarif, une date. « vaut » donne la règle, « sauf » ce qui y déroge.",
    ),
    ("obligation", "Ce que le texte exige."),
    ("interdiction", "Ce que le texte interdit."),
    ("préférence", "Ce que le texte souhaite, sans l'imposer : elle ne bloque jamais une décision."),
    ("permission", "Ce que le texte permet, à une condition peut-être."),
    ("signalement", "Ce qu'il faut porter à l'attention de quelqu'un, sans bloquer."),
    ("décision", "La réponse donnée au dossier : les règles qu'elle « exige », et ce qui en dispense."),
    ("exemple", "Un petit dossier, et les réponses attendues. « Décider » le vérifie."),
    ("selon", "La clause sur laquelle repose ce qui précède. Sans clause, pas de règle."),
    ("sauf", "Une exception : elle prime sur la règle là où sa condition est remplie."),
    ("prime", "« prime sur » : de deux exceptions qui s'appliquent ensemble, celle-ci l'emporte."),
    (
        "pour",
        "À qui ou à quoi la règle s'applique ; ailleurs elle est sans objet. « pour chaque » : à chaque élément d'une liste.",
    ),
    ("vaut", "La valeur, quand aucune exception ne joue."),
    ("cas", "Une ligne d'un tableau : « cas condition : valeur selon … »."),
    ("exige", "La condition à remplir."),
    ("interdit", "La condition qui ne doit pas être remplie."),
    ("souhaite", "La condition souhaitée."),
    ("si", "La condition d'une exception, d'un signalement, ou d'un calcul « si … alors … sinon … »."),
    ("alors", "Ce qui vaut quand la condition est remplie."),
    (
        "sinon",
        "Ce qu'on dit à l'intéressé quand la condition n'est pas remplie ; d'un fait : ce qu'on présume s'il n'est pas donné.",
    ),
    ("soit", "Donne un nom à un calcul, pour la règle où il est écrit."),
    ("parmi", "Les éléments d'une liste, un par un : « il existe s parmi périodes où … »."),
    ("où", "Ne garde que les éléments qui remplissent la condition."),
    ("vérifie", "Ce que chaque élément doit remplir : « tout s parmi L vérifie … »."),
    ("silence", "« silence du texte » : le texte ne dit rien, et on le sait."),
    ("facultatif", "Le fait peut manquer ; une règle qui le lit dit alors « à défaut … »."),
    ("avec", "Les faits de l'exemple."),
    ("attend", "Les réponses attendues de l'exemple."),
    ("par", "Qui fournit le fait, ou qui l'apprécie."),
    ("écarte", "Les faits que l'incohérence rend inconnus."),
];

/// What a word of the language is for.
pub(super) fn word(word: &str) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, help)| *help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{is_inner_word, item_words};
    use crate::value::Rounding;

    #[test]
    fn every_function_of_the_language_is_told_and_no_other() {
        let told: Vec<&str> = FUNCTIONS.iter().map(|function| function.name).collect();
        assert_eq!(told, crate::lower::FUNCTIONS);
    }

    #[test]
    fn every_word_that_begins_an_item_is_told_and_only_words_of_the_language() {
        for item in item_words() {
            assert!(word(item).is_some(), "{item}");
        }
        for (known, _) in WORDS {
            assert!(is_inner_word(known) || item_words().any(|item| item == known), "{known}");
        }
    }

    #[test]
    fn every_mode_of_rounding_is_told() {
        let told = function("arrondi").map_or("", |function| function.gives);
        let modes: Vec<&str> = told.split([' ', ',', '.']).filter(|word| Rounding::from_name(word).is_some()).collect();
        assert_eq!(modes, Rounding::ALL.map(Rounding::name));
    }
}
