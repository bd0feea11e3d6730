//! Files of a ruleset read side by side.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Less text than so many bytes is read sooner by one thread than it takes to begin another.
const WORTH_A_THREAD: usize = 32 << 10;

/// The most threads at once: a ruleset has some twenty files, of which few are long.
const THREADS: usize = 4;

/// What `read` makes of each of `files` (each given with its size in bytes), in their order. Other threads help where
/// there is enough to read and the machine has them; they have the stack that threads usually have.
pub fn side_by_side<F: Sync, T: Send>(
    files: &[F],
    size: impl Fn(&F) -> usize,
    read: impl Fn(&F) -> T + Sync,
) -> Vec<T> {
    let worth = files.iter().map(size).sum::<usize>() / WORTH_A_THREAD;
    let helpers = if worth == 0 || files.len() < 2 {
        0
    } else {
        worth.min(THREADS).min(thread::available_parallelism().map_or(1, usize::from)) - 1
    };
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(at) else { return done };
            done.push((at, read(file)));
        }
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        // A thread that cannot be made leaves its share to the others.
        let spawned: Vec<_> =
            (0..helpers).filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let mut done = work();
        for helper in spawned {
            match helper.join() {
                Ok(found) => done.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_side_by_side_comes_in_the_order_of_the_files() {
        let files: Vec<String> = (0..50).map(|n| "x".repeat(n * 400)).collect();
        let lengths = side_by_side(&files, String::len, |file| file.len());
        assert_eq!(lengths, files.iter().map(String::len).collect::<Vec<_>>());
        assert_eq!(side_by_side(&[] as &[String], String::len, String::len), Vec::<usize>::new());
    }
}
