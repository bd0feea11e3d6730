//! The flat workload of the benches, decided in columns, against its oracle.

#[path = "../../benches/flat/workload.rs"]
mod workload;

use reglo::eval::Builder;
use reglo::ruleset::Asked;
use reglo::value::{Number, Range, Set, Truth};
use workload::{ANSWERS, Answered, NORMS, by_hand, draw, oracle, ruleset};

/// Where the oracle knows, so do the columns, and the same; the clauses not met are those it names.
#[test]
fn columns_know_what_the_oracle_of_the_flat_workload_says() {
    let rows = std::env::var("REGLO_LAWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(20_000);
    let (ruleset, data) = (ruleset(), draw(rows, 2));
    let program = ruleset.program();
    let result = |name: &str| program.rule(program.rule_named(name).unwrap()).unwrap().result.unwrap();
    let mut batch = ruleset.batch(Asked::Unmet);
    let mut builder = Builder::default();
    let (mut settled, mut open, mut failed) = (0, 0, 0);
    for from in (0..rows).step_by(1984) {
        let decided = batch.decide(data.chunk(program, &mut builder, from, 1984));
        let unmet = decided.unmet(program);
        for row in 0..decided.inputs.dossiers {
            let said = oracle(&data, from + row);
            for (name, said) in ANSWERS.iter().zip(said.answers) {
                let known = decided.answer(result(name)).unwrap().known(row).unwrap();
                match said {
                    Some(holds) => assert_eq!(known.set, Set::Truth(Truth::of(holds)), "{name} of row {}", from + row),
                    None => open += 1,
                }
                settled += usize::from(said.is_some());
            }
            let least = decided.answer(result("duree_min")).unwrap().known(row).unwrap();
            if let Some(halves) = said.least {
                assert_eq!(least.set, Set::Range(Range::exactly(halves * Number::SCALE / 2)), "row {}", from + row);
            }
            for (name, fails) in NORMS.iter().zip(said.failed) {
                let rule = program.rule_named(name).unwrap();
                let told = unmet.iter().any(|unmet| unmet.rule == rule && unmet.rows[row / 64] >> (row % 64) & 1 == 1);
                assert_eq!(told, fails, "{name} of row {}", from + row);
                failed += usize::from(fails);
            }
        }
        builder.keep(batch.keep(decided));
    }
    assert!(settled > rows * 8 && open > rows / 10 && failed > rows / 10, "{settled} {open} {failed}");
}

/// The rules written by hand, which the benches compare with, say the same.
#[test]
fn the_columns_written_by_hand_say_what_the_oracle_says() {
    let data = draw(6400, 2);
    let mut answered = Answered::default();
    by_hand(&data, &mut answered);
    for row in 0..data.rows {
        let said = oracle(&data, row);
        for ((may, may_not), said) in answered.words[row / 64].iter().zip(said.answers) {
            let word = (may >> (row % 64) & 1 == 1, may_not >> (row % 64) & 1 == 1);
            if let Some(holds) = said {
                assert_eq!(word, (holds, !holds), "row {row}");
            }
        }
        if let Some(least) = said.least {
            assert_eq!(answered.least[row], (least as i32, least as i32), "row {row}");
        }
    }
}
