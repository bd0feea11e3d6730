#![allow(clippy::all, clippy::restriction, missing_docs)]
use reglo::lower::TextFile;
use reglo::ruleset::Analysis;
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "reglo"))
        .collect();
    files.sort();
    let t0 = std::time::Instant::now();
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
    let a = Analysis::new("bts", files, &texts);
    eprintln!("analysis {:?}, {} nodes {} scopes", t0.elapsed(), a.program.nodes.len(), a.program.scopes.len());
    for d in &a.diagnostics {
        let s = a.sources.get(d.primary.span.source).unwrap();
        let (l, c) = s.position(d.primary.span.start);
        println!("{}:{l}:{c} [{}] {} | {} | {:?}", s.name, d.code.as_str(), d.message, d.primary.text, d.help);
    }
    let Ok(r) = a.into_ruleset() else { return };
    for f in std::env::args().skip(2) {
        let bytes = std::fs::read(&f).unwrap();
        let v: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let d = if v.get("dossier").is_some() { serde_json::to_vec(&v["dossier"]).unwrap() } else { bytes };
        let t = std::time::Instant::now();
        let dos = r.read(&f, &d).unwrap();
        let t1 = t.elapsed();
        let dec = r.decide(&dos);
        eprintln!("read {:?} decide {:?}", t1, t.elapsed() - t1);
        for an in &dos.anomalies {
            println!("{f}: anomaly {} {}", an.path, an.message);
        }
        for (id, rule) in r.program().rules() {
            if let Some(k) = dec.known(r.program(), id) {
                println!(
                    "{f} {} = {:?} abs={} na={} {:?}",
                    reglo::program::fold(&rule.name),
                    k.set,
                    k.absent,
                    k.inapplicable,
                    k.trouble
                );
            }
        }
    }
}
