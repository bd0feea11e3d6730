//! Prints the ruleset and the dossier that an input of `decide` stands for.

fn main() {
    let path = std::env::args().nth(1).expect("an input of `decide`");
    let (ruleset, dossier) = reglo_fuzz::targets::shown(&std::fs::read(path).expect("a file"));
    println!("{ruleset}\n{dossier}");
}
