//! What `batch` understands.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};

use crate::value::Day;

/// `batch`
#[derive(clap::Args, Debug)]
pub(super) struct Batch {
    /// Le règlement : un dossier ou un fichier .reglo
    #[arg(value_name = "RÈGLEMENT", value_hint = ValueHint::AnyPath)]
    pub(super) ruleset: PathBuf,
    /// Le fichier des dossiers, un par ligne (.csv, .tsv, .txt, .jsonl, .xlsx, .ods, ou classeur.xlsx#Feuille) ; - pour l’entrée standard
    #[arg(value_name = "ENTRÉE", value_hint = ValueHint::FilePath)]
    pub(super) input: PathBuf,
    /// Ne répond qu’à cette question ; peut être répété
    #[arg(long = "outcome", value_name = "NOM")]
    pub(super) outcomes: Vec<String>,
    /// Forme de l’entrée, si son nom ne la dit pas : csv, jsonl ou xlsx
    #[arg(long, value_name = "FORME", hide_possible_values = true)]
    pub(super) from: Option<Reading>,
    /// Forme du résultat, si son nom ne la dit pas : csv, jsonl ou xlsx
    #[arg(long, value_name = "FORME", hide_possible_values = true)]
    pub(super) to: Option<Reading>,
    /// Séparateur des colonnes, si l’on ne veut pas qu’il soit deviné : « ; », « , », « | » ou tab
    #[arg(long, value_name = "SIGNE", value_parser = separator)]
    pub(super) separator: Option<u8>,
    /// Colonne qui désigne le dossier, reprise dans le résultat ; peut être répété (sinon la première colonne, si le règlement ne la connaît pas)
    #[arg(long = "key", value_name = "COLONNE")]
    pub(super) keys: Vec<String>,
    /// Fichier CSV ou feuille d’un classeur qui donne une liste, un élément par ligne, relié aux dossiers par --key ; peut être répété
    #[arg(long = "table", value_name = "LISTE=FICHIER", value_parser = table)]
    pub(super) tables: Vec<(String, PathBuf)>,
    /// Correspondance (JSON) entre les colonnes de l’export et les faits du règlement ; « reglo schema --map » en écrit une à remplir
    #[arg(long, value_name = "FICHIER", value_hint = ValueHint::FilePath)]
    pub(super) map: Option<PathBuf>,
    /// Dossier (JSON) de ce que tous les dossiers ont en commun
    #[arg(long, value_name = "FICHIER", value_hint = ValueHint::FilePath)]
    pub(super) common: Option<PathBuf>,
    /// Où écrire ce qui n’a pas pu être lu (sinon à côté du résultat : SORTIE.rejets.csv)
    #[arg(long, value_name = "FICHIER", value_hint = ValueHint::FilePath)]
    pub(super) rejects: Option<PathBuf>,
    /// Écrit le bilan dans ce fichier (JSON)
    #[arg(long, value_name = "FICHIER", value_hint = ValueHint::FilePath)]
    pub(super) summary: Option<PathBuf>,
    /// Explique les dossiers refusés (failed), ouverts (open), tous (all) ou celui de cette clé ; peut être répété
    #[arg(long, value_name = "LESQUELS")]
    pub(super) explain: Vec<String>,
    /// Où écrire les explications : un fichier .jsonl, sinon un dossier de pages (sinon SORTIE.explications.jsonl)
    #[arg(long, value_name = "CHEMIN", value_hint = ValueHint::AnyPath, requires = "explain")]
    pub(super) explanations: Option<PathBuf>,
    /// Écrit dans ce dossier, vide, une lettre à imprimer par candidat à qui il manque une pièce ou dont la réponse est non
    #[arg(long, value_name = "DOSSIER", value_hint = ValueHint::DirPath, requires = "before")]
    pub(super) letters: Option<PathBuf>,
    /// Dernier jour pour fournir ce que les lettres demandent (31/12/2026)
    #[arg(long, value_name = "DATE", value_parser = day, requires = "letters")]
    pub(super) before: Option<Day>,
    /// Combien de fils d’exécution (autant que de processeurs si rien n’est dit) ; le résultat n’en dépend pas
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: Option<u16>,
    /// Reprend un travail interrompu là où il en était
    #[arg(long)]
    pub(super) resume: bool,
}

/// The form of a file of rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Reading {
    /// Delimited.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// A sheet of a workbook.
    Xlsx,
}

fn day(text: &str) -> Result<Day, String> {
    crate::dossier::day(text).ok_or_else(|| "on attend un jour, 31/12/2026 ou 2026-12-31".to_owned())
}

fn separator(text: &str) -> Result<u8, String> {
    match text {
        ";" | "," | "|" | "\t" => Ok(text.bytes().next().unwrap_or(b';')),
        "tab" | "\\t" => Ok(b'\t'),
        _ => Err("on attend «\u{a0};\u{a0}», «\u{a0},\u{a0}», «\u{a0}|\u{a0}» ou tab".to_owned()),
    }
}

fn table(text: &str) -> Result<(String, PathBuf), String> {
    let (list, path) = text.split_once('=').ok_or("on attend LISTE=FICHIER")?;
    Ok((list.to_owned(), PathBuf::from(path)))
}
