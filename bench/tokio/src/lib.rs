// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Measuring, as measure.cpp does it.
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

static KEPT: AtomicU64 = AtomicU64::new(0); // so that no work is without a purpose

/// `program ROW OPERATIONS REPEATS` prints, among the repeats, the least nanoseconds per
/// operation of CPU time, and of wall time.
pub fn main_of(run_row: fn(&str, u64) -> Option<u64>) {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.len() != 4 {
        stop("usage: rows ROW OPERATIONS REPEATS");
    }
    let (row, count, repeats) = (&arguments[1], parsed(&arguments[2]), parsed(&arguments[3]));
    let (mut least, mut least_wall) = (f64::MAX, f64::MAX);
    for _ in 0..u32::clamp(repeats, 1, 64) {
        let (wall_begin, begin) = (Instant::now(), cpu_time());
        match run_row(row, count) {
            Some(result) => KEPT.store(result, Ordering::Relaxed),
            None => stop(&format!("there is no row '{row}'")),
        }
        least = least.min((cpu_time() - begin) / count as f64);
        least_wall = least_wall.min(wall_begin.elapsed().as_nanos() as f64 / count as f64);
    }
    println!("{least:.3} {least_wall:.3}");
}

/// Nanoseconds of the whole process.
fn cpu_time() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to `now`, which is there until it returns.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

fn stop(why: &str) -> ! {
    eprintln!("rows: {why}");
    std::process::exit(2)
}

fn parsed<T: std::str::FromStr>(number: &str) -> T {
    number.parse().unwrap_or_else(|_| stop(&format!("'{number}' is no number")))
}

// --- the same work as in measure.cpp and measure.hpp ---

pub const COMPUTED_TOGETHER: usize = 64;

#[inline(never)]
pub fn compute(seed: u64) -> u64 {
    let mut state = seed + 1;
    for _ in 0..10_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    state
}

pub fn fibonacci_of(tasks: u64) -> u64 {
    let (mut number, mut calls, mut next) = (0, 1, 1);
    while calls < tasks {
        (calls, next) = (next, calls + next + 1);
        number += 1;
    }
    number
}
