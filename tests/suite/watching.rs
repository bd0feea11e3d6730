//! `watch`, from one save to the next.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::blocks::folder;

/// A save that is not heard of for so long is lost.
const PATIENCE: Duration = Duration::from_secs(60);

const RULES: &str = "règlement « Prêt »\n  texte \"texte.txt\"\nclause P « Trois semaines. »\n\
                     fait jours : entier « jours »\nobligation retour « rendu à temps » selon P exige jours ≤ 21\n\
                     exemple « dernier jour » avec jours = 21 attend retour = oui\n\
                     exemple « tard » avec jours = 30 attend retour = non\n";

/// `reglo watch`, and what it says line by line.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_reglo"))
            .args(["watch", "."])
            .current_dir(folder)
            .env("NO_COLOR", "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, lines }
    }

    /// What is said up to the blank line that ends a report.
    fn report(&self) -> Vec<String> {
        let mut said = Vec::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect("a save is heard");
            if line.is_empty() && !said.is_empty() {
                return said;
            }
            said.push(line);
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn each_save_tells_the_answers_that_change() {
    let folder = folder("watching");
    let save = |rules: &str| std::fs::write(folder.join("pret.reglo"), rules).unwrap();
    std::fs::write(folder.join("texte.txt"), "Trois semaines.\n").unwrap();
    save(RULES);
    let watching = Watching::start(&folder);
    assert_eq!(watching.report(), [".\u{a0}: 2 exemples, tout concorde."]);
    save(&RULES.replace("≤ 21", "≤ 20"));
    assert_eq!(
        watching.report(),
        [
            ".\u{a0}: 2 exemples, 1 ne concorde pas.",
            "1 exemple change de réponse\u{a0}:",
            "  ✗ ne concorde plus\u{a0}: dernier jour",
            "    retour\u{a0}: condition remplie → condition non remplie",
        ]
    );
    // A ruleset that does not check says so, and what changes is told from before it.
    save(&RULES.replace("≤ 21", "≤ vingt"));
    assert!(watching.report().concat().contains("nom-inconnu"));
    assert_eq!(watching.report(), ["1 erreur"]);
    // What an editor leaves beside a file is none of it, nor is saving the same again.
    std::fs::write(folder.join(".pret.reglo.swp"), "x").unwrap();
    save(&RULES.replace("≤ 21", "≤ 21 "));
    assert_eq!(
        watching.report(),
        [
            ".\u{a0}: 2 exemples, tout concorde.",
            "1 exemple change de réponse\u{a0}:",
            "  ✓ concorde maintenant\u{a0}: dernier jour",
            "    retour\u{a0}: condition non remplie → condition remplie",
        ]
    );
    std::fs::write(folder.join("texte.txt"), "Trois semaines au plus.\n").unwrap();
    assert!(watching.report().concat().contains("citation-introuvable"));
}
