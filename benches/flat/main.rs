//! Deciding the flat workload in memory: nanoseconds a row, and the ratio to the same rules written by hand.
//!
//! `cargo bench --bench flat`, or with a number of rows: `cargo bench --bench flat -- 1000000`. With `csv`, it writes the
//! rows as a delimited file instead, for `reglo batch`. The answers
//! are first compared with those of the oracle. Each figure is the
//! best of several rounds, so that what else the machine does shows little; compare ratios of one run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::disallowed_methods,
    dead_code,
    reason = "a bench measures and prints"
)]

mod workload;

use std::hint::black_box;
use std::time::Instant;

use reglo::eval::Builder;
use reglo::ruleset::{Asked, Batch, Ruleset};
use workload::{Answered, Data, by_hand, draw};

const ROUNDS: usize = 15;

fn best(mut work: impl FnMut()) -> f64 {
    (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}

fn decide(ruleset: &Ruleset, batch: &mut Batch<'_>, builder: &mut Builder, (data, chunk): (&Data, usize)) {
    for from in (0..data.rows).step_by(chunk) {
        let inputs = data.chunk(ruleset.program(), builder, from, chunk);
        let decided = batch.decide(inputs);
        if batch.asked() == Asked::Unmet {
            black_box(decided.unmet(ruleset.program()));
        }
        black_box(&decided);
        builder.keep(batch.keep(decided));
    }
}

fn main() {
    let rows = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000_000);
    let ruleset = workload::ruleset();
    let data = draw(rows, 2);
    if std::env::args().any(|argument| argument == "csv") {
        return data.csv(ruleset.program(), &mut std::io::BufWriter::new(std::io::stdout().lock()));
    }
    println!("{} answers of {rows} rows are those of the oracle", workload::compare(&ruleset, &data, 4096));
    let told = |name: &str, seconds: f64, against: f64| {
        let each = seconds / rows as f64;
        println!("{name:<44} {:>7.2} ns/row {:>7.1} M rows/s   x{:.2}", each * 1e9, 1e-6 / each, seconds / against);
    };
    let mut answered = Answered::default();
    let hand = best(|| by_hand(black_box(&data), black_box(&mut answered)));
    told("by hand, over columns", hand, hand);
    let run = |asked: Asked, chunk: usize, data: &Data| {
        let (mut batch, mut builder) = (ruleset.batch(asked), Builder::default());
        best(|| decide(&ruleset, &mut batch, &mut builder, (data, chunk)))
    };
    for chunk in [1024, 2048, 4096, 8192] {
        told(&format!("answers, chunks of {chunk}"), run(Asked::Answers, chunk, &data), hand);
    }
    told("answers and clauses not met", run(Asked::Unmet, 4096, &data), hand);
    told("the state of every rule and part", run(Asked::States, 4096, &data), hand);
    let whole = draw(rows, 0);
    told("answers, no fact missing", run(Asked::Answers, 4096, &whole), hand);
    let mut builder = Builder::default();
    let reading = best(|| {
        for from in (0..data.rows).step_by(4096) {
            let inputs = data.chunk(ruleset.program(), &mut builder, from, 4096);
            builder.keep(black_box(inputs));
        }
    });
    told("of which taking the columns over", reading, hand);
    let halves = [draw(rows / 2, 2), draw(rows / 2, 2)];
    let two = best(|| {
        std::thread::scope(|scope| {
            for half in &halves {
                scope.spawn(|| {
                    let (mut batch, mut builder) = (ruleset.batch(Asked::Answers), Builder::default());
                    decide(&ruleset, &mut batch, &mut builder, (half, 4096));
                });
            }
        });
    });
    told("answers, two threads", two, hand);
}
