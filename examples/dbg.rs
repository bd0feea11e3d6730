#![allow(clippy::all, clippy::restriction, missing_docs)]
use reglo::explain::*;
use reglo::lower::TextFile;
use reglo::ruleset::Analysis;
fn main() {
    let dir = "rulesets/bts-ccst";
    let mut files: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "reglo"))
        .collect();
    files.sort();
    let files = files
        .iter()
        .map(|p| {
            (
                p.file_name().unwrap().to_string_lossy().to_string(),
                reglo::syntax::normalise(&std::fs::read(p).unwrap()).unwrap(),
            )
        })
        .collect();
    let texts =
        vec![TextFile { name: "texte.txt".into(), text: std::fs::read_to_string(format!("{dir}/texte.txt")).unwrap() }];
    let r = Analysis::new("bts-ccst", files, &texts).into_ruleset().unwrap();
    let f = std::env::args().nth(1).unwrap();
    let v: serde_json::Value = serde_json::from_slice(&std::fs::read(&f).unwrap()).unwrap();
    let dos = r.read("x", &serde_json::to_vec(&v["dossier"]).unwrap()).unwrap();
    let dec = r.decide(&dos);
    let p = r.program();
    let id = p.rule_named(&std::env::args().nth(2).unwrap()).unwrap();
    let target = dec.outcome(id).unwrap().answer.as_ref().unwrap().target;
    let j = justify(p, &dec.inputs, &dec.frame, target, Detail::Minimal);
    let n = named(&j);
    let pl = reglo::dossier::Places::new(p, &dec.inputs, &dos.names);
    for (i, row) in &n.facts {
        println!("fact {}", pl.path(*i, *row as usize));
    }
    for (l, row) in &n.lists {
        println!("list {} {}", pl.list_path(*l, *row as usize), row);
    }
    println!("{}", suffices(p, &dec.inputs, &n, (target, &j.known)));
}
