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
        let p = r.program();
        let expected = v.get("expected").cloned().unwrap_or_default();
        let inputs_places = reglo::dossier::Places::new(p, &dec.inputs, &dos.names);
        for o in &dec.outcomes {
            let rule = p.rule(o.rule).unwrap();
            let Some(a) = &o.answer else { continue };
            let j = r.justify(&dec, a.target, reglo::explain::Detail::Minimal);
            let suff = !j.known.is_settled()
                || reglo::explain::suffices(
                    p,
                    &dec.inputs,
                    &reglo::explain::named(&reglo::explain::justify(
                        p,
                        &dec.inputs,
                        &dec.frame,
                        a.target,
                        reglo::explain::Detail::Minimal,
                    )),
                    (a.target, &j.known),
                );
            let show = |x: &reglo::explain::Unknown| match x {
                reglo::explain::Unknown::Leaf(i, r) => inputs_places.path(*i, *r as usize),
                reglo::explain::Unknown::List(l, r) => inputs_places.list_path(*l, *r as usize),
                reglo::explain::Unknown::Record(i, r, d) => format!("{}@{d}", inputs_places.path(*i, *r as usize)),
            };
            let missing: Vec<String> = a.missing.iter().map(show).collect();
            let c: Vec<&str> =
                reglo::explain::cited(p, &j).clauses.iter().map(|c| p.clause(*c).unwrap().id.as_str()).collect();
            let name = reglo::program::fold(&rule.name);
            println!(
                "{f} {name} {:?} suff={suff} missing={missing:?} contested={} whatever={} cites={c:?} {:?}",
                a.status,
                a.contested.len(),
                a.whatever.len(),
                a.known.set
            );
            for (q, e) in expected.as_object().into_iter().flatten() {
                if reglo::program::fold(q) != name {
                    continue;
                }
                for want in e["clauses"].as_array().into_iter().flatten() {
                    let want = want.as_str().unwrap();
                    if !want.split('|').any(|w| c.contains(&w)) {
                        println!("!! {f} {q}: wants clause {want}, cites {c:?}");
                    }
                }
                if let Some(m) = e.get("missing").and_then(|m| m.as_array()) {
                    let m: Vec<String> = m.iter().map(|x| reglo::program::fold(x.as_str().unwrap())).collect();
                    let got: Vec<String> = missing.iter().map(|x| reglo::program::fold(x)).collect();
                    if m != got {
                        println!("!! {f} {q}: wants missing {m:?}, got {got:?}");
                    }
                }
            }
        }
    }
}
