#![allow(clippy::all, clippy::restriction, missing_docs)]
use reglo::lower::TextFile;
use reglo::render;
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
    let t = std::time::Instant::now();
    let r = Analysis::new("bts-ccst", files, &texts).into_ruleset().unwrap();
    eprintln!("load {:?}", t.elapsed());
    let f = std::env::args().nth(1).unwrap();
    let bytes = std::fs::read(&f).unwrap();
    let v: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let d = if v.get("dossier").is_some() { serde_json::to_vec(&v["dossier"]).unwrap() } else { bytes };
    let t = std::time::Instant::now();
    let dos = r.read(f.split('/').last().unwrap(), &d).unwrap();
    let dec = r.decide(&dos);
    eprintln!("decide {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let arg = std::env::args().nth(2);
    let page = match arg.as_deref() {
        None => render::decision(&r, &dos, &dec, &[]),
        Some("json") => {
            println!("{}", render::decision_json(&r, &dos, &dec, &[]).to_json_pretty());
            return;
        }
        Some(q) => {
            let id = r.program().rule_named(q).unwrap();
            match std::env::args().nth(3).as_deref() {
                Some("full") => render::explanation(&r, &dos, &dec, id, reglo::explain::Detail::Full),
                Some("why") => render::why_not_page(&r, &dos, &dec, id),
                _ => render::explanation(&r, &dos, &dec, id, reglo::explain::Detail::Minimal),
            }
        }
    };
    let s = render::text(&page, render::Style { colour: false, width: 120 });
    eprintln!("render {:?}", t.elapsed());
    println!("{s}");
}
