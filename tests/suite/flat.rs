//! The flat workload of the benches, decided in columns, against its oracle.

#[path = "../../benches/flat/workload.rs"]
pub(crate) mod workload;

use workload::{Answered, by_hand, compare, draw, oracle, ruleset};

#[test]
fn columns_know_what_the_oracle_of_the_flat_workload_says() {
    let rows = std::env::var("REGLO_LAWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(20_000);
    let settled = compare(&ruleset(), &draw(rows, 2), 1984);
    // Nine answers a row, of which one in three is open at most.
    assert!(settled > rows * 6 && settled < rows * 9, "{settled}");
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
