// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! The rows that rayon is made for: work that computes, and never waits.
use coil_bench_tokio::{compute, fibonacci_of, main_of, COMPUTED_TOGETHER};

fn spawn_thousands(count: u64) -> u64 {
    let mut sums = [0; 1000];
    for _ in 0..count / sums.len() as u64 {
        rayon::scope(|children| {
            for sum in &mut sums {
                children.spawn(move |_| *sum += 1);
            }
        });
    }
    sums.iter().sum()
}

fn compute_together(count: u64) -> u64 {
    let mut states = [0; COMPUTED_TOGETHER];
    for _ in 0..count / states.len() as u64 {
        rayon::scope(|children| {
            for state in &mut states {
                children.spawn(move |_| *state = compute(*state));
            }
        });
    }
    states.iter().copied().fold(0, u64::wrapping_add)
}

fn fibonacci(number: u64) -> u64 {
    if number < 2 {
        return number;
    }
    let (larger, smaller) = rayon::join(|| fibonacci(number - 1), || fibonacci(number - 2));
    larger + smaller
}

fn run_on(workers: usize, work: impl FnOnce() -> u64 + Send) -> u64 {
    rayon::ThreadPoolBuilder::new().num_threads(workers).build().unwrap().install(work)
}

fn run_row(name: &str, count: u64) -> Option<u64> {
    let result = match name {
        "worker-spawn-1000" => run_on(1, || spawn_thousands(count)),
        "worker-compute" => run_on(1, || compute_together(count)),
        "worker-fork-join" => run_on(1, || fibonacci(fibonacci_of(count))),
        "two-workers-spawn-1000" => run_on(2, || spawn_thousands(count)),
        "two-workers-compute" => run_on(2, || compute_together(count)),
        "two-workers-fork-join" => run_on(2, || fibonacci(fibonacci_of(count))),
        _ => return None,
    };
    Some(result)
}

fn main() {
    main_of(run_row);
}
