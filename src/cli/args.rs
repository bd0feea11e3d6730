//! What may be typed.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{ArgAction, Parser, Subcommand, ValueEnum, ValueHint};

use super::batch_args::Batch;
use crate::limit::{Limit, Limits};

/// How every help page is laid out: French words where the parser would have its own.
const TEMPLATE: &str = "{about-with-newline}\nUtilisation\u{a0}: {usage}\n\n{all-args}{after-help}";

/// The `reglo` command.
#[derive(Parser, Debug)]
#[command(
    name = "reglo",
    version,
    about = "Décide un dossier d’après un règlement, et cite les clauses sur lesquelles repose chaque réponse.",
    help_template = TEMPLATE,
    subcommand_help_heading = "Commandes",
    subcommand_value_name = "COMMANDE",
    disable_help_flag = true,
    disable_help_subcommand = true,
    disable_version_flag = true,
    after_help = "Un règlement est un dossier qui contient des fichiers .reglo et le texte officiel, ou un seul fichier .reglo.\n\n\
                  Code de retour\u{a0}: 0 tout va bien\u{a0}; 1 le règlement ou un essai est fautif\u{a0}; 2 commande mal \
                  écrite ou fichier illisible\u{a0}; 3 une décision demandée reste ouverte.\n\n\
                  Exemple\u{a0}: reglo check rulesets/bts-ccst",
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) common: Common,
}

/// What every command understands.
#[derive(clap::Args, Debug)]
pub(super) struct Common {
    /// Forme du résultat : text, json, markdown ou html
    #[arg(
        long,
        global = true,
        value_name = "FORME",
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(super) format: Format,
    /// Écrit le résultat dans ce fichier plutôt qu’à l’écran
    #[arg(short, long, global = true, value_name = "FICHIER", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,
    /// Ne dit que ce qui ne va pas
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Couleurs : auto, always (toujours) ou never (jamais)
    #[arg(
        long,
        global = true,
        value_name = "QUAND",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(super) color: Color,
    /// Largeur des lignes, en caractères (40 au moins)
    #[arg(long, global = true, value_name = "COLONNES", value_parser = width)]
    pub(super) width: Option<usize>,
    /// Relève ou abaisse une limite contre les données trop grosses ; peut être répété
    #[arg(
        long = "limit",
        global = true,
        value_name = "NOM=VALEUR",
        value_parser = limit,
        help = LIMITS.as_str()
    )]
    pub(super) limit: Vec<(Limit, u64)>,
    /// Affiche cette aide
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// Affiche la version
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Vérifie des règlements
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo check rulesets/bts-ccst")]
    Check(Check),
    /// Décide des dossiers, et dit pourquoi
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo decide rulesets/bts-ccst dossier.json --format html -o decision.html")]
    Decide(Decide),
    /// Explique une réponse
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo explain rulesets/bts-ccst dossier.json dossier_recevable --why-not")]
    Explain(Explain),
    /// Vérifie qu’une décision découle du règlement, de ses textes et du dossier
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo verify decision.json --ruleset rulesets/bts-ccst --dossier dossier.json")]
    Verify(Verify),
    /// Décide les exemples des règlements et les cas rangés à côté, et compare
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo test rulesets/bts-ccst")]
    Test(Test),
    /// Montre, phrase par phrase, ce qui porte le texte officiel
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo coverage rulesets/bts-ccst --format html -o couverture.html")]
    Coverage(Coverage),
    /// Revérifie des règlements à chaque enregistrement, et dit quelles réponses changent
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo watch rulesets/bts-ccst")]
    Watch(Watch),
    /// Commence un règlement à partir d’un texte officiel
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo new mon-reglement --texte arrete.txt")]
    New(New),
    /// Met des règlements en forme
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo fmt rulesets/bts-ccst --check")]
    Fmt(Fmt),
    /// Répond à un éditeur de texte (Language Server Protocol, entrée et sortie standard)
    #[command(help_template = TEMPLATE, after_help = "Un éditeur le lance lui-même\u{a0}: voir editors/vscode.\n\nExemple\u{a0}: reglo lsp")]
    Lsp(Lsp),
    /// Décrit les dossiers qu’un règlement attend (JSON Schema)
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo schema rulesets/bts-ccst --template -o dossier.json")]
    Schema(Schema),
    /// Décide un fichier de dossiers, un par ligne
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo batch rulesets/bts-ccst candidats.csv --key candidat --table periodes=periodes.csv -o reponses.csv")]
    Batch(Box<Batch>),
    /// Écrit de quoi compléter les commandes dans un interpréteur
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo completions bash > ~/.local/share/bash-completion/completions/reglo")]
    Completions(Completions),
    /// Écrit la page de manuel
    #[command(help_template = TEMPLATE, after_help = "Exemple\u{a0}: reglo man > ~/.local/share/man/man1/reglo.1")]
    Man,
}

/// `check`
#[derive(clap::Args, Debug)]
pub(super) struct Check {
    /// Les règlements : dossiers ou fichiers .reglo
    #[arg(required = true, value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) rulesets: Vec<PathBuf>,
    /// Fait d’abord, dans les fichiers, les corrections sûres : orthographe, guillemets, citations à la lettre
    #[arg(long)]
    pub(super) fix: bool,
}

/// `decide`
#[derive(clap::Args, Debug)]
pub(super) struct Decide {
    /// Le règlement : un dossier ou un fichier .reglo
    #[arg(value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) ruleset: PathBuf,
    /// Les dossiers à décider, en JSON ; - pour l’entrée standard
    #[arg(required = true, value_name = "DOSSIER", value_hint = ValueHint::FilePath)]
    pub(super) dossiers: Vec<PathBuf>,
    /// Ne répond qu’à cette question ; peut être répété
    #[arg(long = "outcome", value_name = "NOM")]
    pub(super) outcomes: Vec<String>,
}

/// `verify`
#[derive(clap::Args, Debug)]
pub(super) struct Verify {
    /// La décision, telle que « decide --format json » l’a écrite ; - pour l’entrée standard
    #[arg(value_name = "DÉCISION", value_hint = ValueHint::FilePath)]
    pub(super) decision: PathBuf,
    /// Le règlement : un dossier ou un fichier .reglo
    #[arg(long, value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) ruleset: PathBuf,
    /// Le dossier décidé, en JSON
    #[arg(long, value_name = "DOSSIER", value_hint = ValueHint::FilePath)]
    pub(super) dossier: PathBuf,
}

/// `explain`
#[derive(clap::Args, Debug)]
pub(super) struct Explain {
    /// Le règlement : un dossier ou un fichier .reglo
    #[arg(value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) ruleset: PathBuf,
    /// Le dossier, en JSON ; - pour l’entrée standard
    #[arg(value_name = "DOSSIER", value_hint = ValueHint::FilePath)]
    pub(super) dossier: PathBuf,
    /// La réponse à expliquer, par son nom dans le règlement
    #[arg(value_name = "RÉPONSE")]
    pub(super) outcome: String,
    /// Montre tout ce qui a été examiné, et pas seulement ce qui décide
    #[arg(long, conflicts_with = "why_not")]
    pub(super) full: bool,
    /// Montre ce qu’il faudrait changer pour que la réponse soit autre
    #[arg(long)]
    pub(super) why_not: bool,
}

/// `test`
#[derive(clap::Args, Debug)]
pub(super) struct Test {
    /// Les règlements : dossiers ou fichiers .reglo ; leurs cas sont dans un dossier « cases » à côté
    #[arg(required = true, value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) rulesets: Vec<PathBuf>,
    /// Décide ces cas plutôt que ceux du règlement (fichier ou dossier) ; peut être répété
    #[arg(long = "cases", value_name = "CAS", value_hint = ValueHint::AnyPath)]
    pub(super) cases: Vec<PathBuf>,
    /// Fait une à une, dans le règlement, les fautes que l’on fait en transcrivant, et dit lesquelles les essais ne voient pas
    #[arg(long)]
    pub(super) mutate: bool,
    /// Écrit, pour chaque seuil des règles, des exemples juste en dessous, au seuil et juste au-dessus, à relire et à garder
    #[arg(long, conflicts_with = "mutate")]
    pub(super) boundaries: bool,
    /// Montre quels états de chaque règle, exception et clause les essais ont montrés, et un exemple de ceux qu’ils pourraient montrer
    #[arg(long, conflicts_with_all = ["mutate", "boundaries"])]
    pub(super) coverage: bool,
    /// Sort en erreur si moins de tant de clauses pour cent sont citées par une réponse, ou tant de règles vues répondre ; avec --coverage, tant des états possibles vus
    #[arg(long, value_name = "POURCENT", conflicts_with_all = ["mutate", "boundaries"])]
    pub(super) fail_under: Option<u8>,
    /// Combien de fils d’exécution pour --mutate (autant que de processeurs si rien n’est dit)
    #[arg(long, value_name = "N", requires = "mutate")]
    pub(super) jobs: Option<usize>,
}

/// `new`
#[derive(clap::Args, Debug)]
pub(super) struct New {
    /// Le dossier à créer, du nom du règlement
    #[arg(value_name = "NOM", value_hint = ValueHint::DirPath)]
    pub(super) folder: PathBuf,
    /// Le texte officiel, en texte brut (UTF-8) ; il est copié tel quel
    #[arg(long = "texte", value_name = "FICHIER", value_hint = ValueHint::FilePath)]
    pub(super) text: PathBuf,
}

/// `fmt`
#[derive(clap::Args, Debug)]
pub(super) struct Fmt {
    /// Les règlements à mettre en forme : dossiers ou fichiers .reglo ; - pour l’entrée standard
    #[arg(required = true, value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// Ne change rien, nomme les fichiers à mettre en forme, et sort en erreur s’il y en a
    #[arg(long)]
    pub(super) check: bool,
}

/// `watch`
#[derive(clap::Args, Debug)]
pub(super) struct Watch {
    /// Les règlements : dossiers ou fichiers .reglo
    #[arg(required = true, value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) rulesets: Vec<PathBuf>,
}

/// `lsp`
#[derive(clap::Args, Debug)]
pub(super) struct Lsp {
    /// Sans effet : c’est la seule façon de parler à l’éditeur, et certains la demandent
    #[arg(long)]
    pub(super) stdio: bool,
}

/// `coverage`
#[derive(clap::Args, Debug)]
pub(super) struct Coverage {
    /// Le règlement : un dossier ou un fichier .reglo
    #[arg(value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) ruleset: PathBuf,
}

/// `schema`
#[derive(clap::Args, Debug)]
pub(super) struct Schema {
    /// Le règlement : un dossier ou un fichier .reglo
    #[arg(value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) ruleset: PathBuf,
    /// Écrit plutôt un dossier à remplir
    #[arg(long)]
    pub(super) template: bool,
    /// Écrit plutôt une correspondance à remplir entre les colonnes d’un export et les faits, pour « reglo batch --map »
    #[arg(long, conflicts_with = "template")]
    pub(super) map: bool,
}

/// `completions`
#[derive(clap::Args, Debug)]
pub(super) struct Completions {
    /// L’interpréteur : bash, elvish, fish, powershell ou zsh
    #[arg(value_name = "INTERPRÉTEUR", hide_possible_values = true)]
    pub(super) shell: clap_complete::Shell,
}

/// How a result is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Format {
    /// For a terminal.
    Text,
    /// For a program.
    Json,
    /// For a forge or a wiki.
    Markdown,
    /// For a browser or a printer.
    Html,
}

/// When to colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Color {
    /// On a terminal that can, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

fn width(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "un nombre entier de colonnes est attendu".to_owned())
}

/// What the help says of the limits: their names, and what they are where nobody changes them.
static LIMITS: LazyLock<String> = LazyLock::new(|| {
    let named = |limit: &Limit| format!("{}={}", limit.name(), limit.default());
    let all: Vec<String> = Limit::ALL.iter().map(named).collect();
    format!(
        "Relève ou abaisse une limite de taille ou de travail\u{202f}; peut être répété. Limites, et leur valeur si rien \
         n’est dit\u{a0}: {}. K, M et G valent 1024, 1024² et 1024³",
        all.join(", ")
    )
});

/// `NAME=VALUE`; K, M and G after the number are powers of 1024.
fn limit(text: &str) -> Result<(Limit, u64), String> {
    let (name, value) = text.split_once('=').ok_or("on attend NOM=VALEUR, par exemple list=2000000")?;
    let limit = Limit::named(name).ok_or_else(|| {
        let all: Vec<&str> = Limit::ALL.iter().map(|limit| limit.name()).collect();
        format!("aucune limite ne s’appelle «\u{a0}{name}\u{a0}»\u{202f}; il y a {}", all.join(", "))
    })?;
    let (digits, shift) = match value.char_indices().last() {
        Some((at, 'K' | 'k')) => (value.get(..at).unwrap_or_default(), 10),
        Some((at, 'M')) => (value.get(..at).unwrap_or_default(), 20),
        Some((at, 'G')) => (value.get(..at).unwrap_or_default(), 30),
        Some(_) | None => (value, 0),
    };
    let most = limit.most();
    let found = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    let within = found.filter(|found| (1..=most).contains(found));
    within.map(|found| (limit, found)).ok_or_else(|| format!("un nombre entier est attendu, de 1 à {most}"))
}

impl Common {
    /// The limits, those asked for changed.
    pub(super) fn limits(&self) -> Limits {
        self.limit.iter().fold(Limits::default(), |limits, (limit, value)| limits.with(*limit, *value))
    }
}
