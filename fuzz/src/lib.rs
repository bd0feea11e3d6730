//! What is fuzzed: the bodies of the programs in `fuzz_targets`, and the generator of rulesets of the tests.

#[path = "../../tests/suite/generate/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the laws use the rest")]
mod generate;
pub mod targets;
