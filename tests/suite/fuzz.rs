//! The fuzz targets without the fuzzer: the corpus of `fuzz/corpus` replayed, then the same with bytes changed, the same
//! each time. `just fuzz` searches at length.

#[allow(unreachable_pub, reason = "another crate has them too")]
#[path = "../../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;

/// How many changed inputs each target is given.
const CHANGED: usize = 150;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 5, "the corpus of {target} was not found");
    paths.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// A number that looks drawn at random, the same each time.
fn drawn(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 40).unwrap()
}

/// Two inputs crossed, then some bytes changed, taken out or repeated.
fn changed(corpus: &[Vec<u8>], seed: &mut u64) -> Vec<u8> {
    let (one, other) = (&corpus[drawn(seed) % corpus.len()], &corpus[drawn(seed) % corpus.len()]);
    let (from, to) = (drawn(seed) % (one.len() + 1), drawn(seed) % (other.len() + 1));
    let mut bytes: Vec<u8> = one[..from].iter().chain(&other[to..]).copied().collect();
    for _ in 0..drawn(seed) % 6 {
        if bytes.is_empty() {
            break;
        }
        let at = drawn(seed) % bytes.len();
        match drawn(seed) % 3 {
            0 => bytes[at] = u8::try_from(drawn(seed) % 256).unwrap(),
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, bytes[drawn(seed) % bytes.len()]),
        }
    }
    bytes
}

fn replay(target: &str, run: fn(&[u8])) {
    let corpus = corpus(target);
    corpus.iter().for_each(|bytes| run(bytes));
    let mut seed = 1;
    for _ in 0..CHANGED {
        run(&changed(&corpus, &mut seed));
    }
}

#[test]
fn any_bytes_are_read_as_a_ruleset_or_refused() {
    replay("ruleset", targets::ruleset);
}

#[test]
fn any_quotations_are_found_in_any_text_or_refused() {
    replay("passages", targets::passages);
}

#[test]
fn any_bytes_are_read_as_a_dossier_and_decided_or_refused() {
    replay("dossier", targets::dossier);
}

#[test]
fn any_ruleset_that_checks_decides_any_dossier() {
    replay("decide", targets::decide);
}
