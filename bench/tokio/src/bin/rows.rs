// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! The rows that tokio has an equivalent for: on its current-thread runtime, and, where
//! their names say so, on one worker of its multi-thread runtime, or on two.
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use coil_bench_tokio::{compute, fibonacci_of, main_of, COMPUTED_TOGETHER};
use tokio::sync::mpsc::{channel, Receiver, Sender};
use tokio::task::{unconstrained, yield_now};
use tokio::time::{sleep, Instant, Sleep};

// --- spawn, yield ---

async fn add_one(to: u64) -> u64 {
    to + 1
}

async fn spawn_each(count: u64) -> u64 {
    let mut sum = 0;
    for _ in 0..count {
        sum = tokio::spawn(add_one(sum)).await.unwrap();
    }
    sum
}

async fn spawn_thousands(count: u64) -> u64 {
    let mut sum = 0;
    while sum < count {
        let children: Vec<_> = (0..1000).map(|_| tokio::spawn(add_one(0))).collect();
        for child in children {
            sum += child.await.unwrap();
        }
    }
    sum
}

async fn yield_often(count: u64) -> u64 {
    for _ in 0..count {
        yield_now().await;
    }
    count
}

// --- timers ---

/// A timer takes its place in the wheel when it is first polled.
async fn arm(mut timer: Pin<&mut Sleep>) {
    tokio::select! {
        biased;
        _ = timer.as_mut() => {}
        _ = async {} => {}
    }
}

/// Lets the driver see which timer is the first: arming one before that wakes the driver,
/// by a write to an eventfd.
const OPERATIONS_PER_YIELD: u64 = 64;

async fn arm_and_cancel(count: u64) -> u64 {
    tokio::spawn(sleep(Duration::from_secs(30))); // is the first
    for i in 0..count {
        if i % OPERATIONS_PER_YIELD == 0 {
            yield_now().await;
        }
        let timer = sleep(Duration::from_secs(60));
        tokio::pin!(timer);
        arm(timer).await;
    }
    count
}

async fn rearm_one_of_many(count: u64) -> u64 {
    let mut many = Vec::new();
    for _ in 0..10_000 {
        let mut timer = Box::pin(sleep(Duration::from_secs(60)));
        arm(timer.as_mut()).await;
        many.push(timer);
    }
    let mut draw = Numbers(1);
    for i in 0..count {
        if i % OPERATIONS_PER_YIELD == 0 {
            yield_now().await;
        }
        let moved = &mut many[draw.below(10_000) as usize];
        let pause = Duration::from_millis(10_000 + draw.below(50_000));
        moved.as_mut().reset(Instant::now() + pause);
    }
    count
}

/// The same numbers as in measure.hpp.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % limit
    }
}

// --- memory ---

async fn sleep_together(count: u64) -> u64 {
    for _ in 0..count {
        tokio::spawn(sleep(Duration::from_secs(3600)));
    }
    tokio::spawn(async {}).await.unwrap(); // the queue is fair: now all of them sleep
    count
}

// --- channels ---

async fn pass_through_buffer(count: u64) -> u64 {
    let (to, mut from) = channel(64);
    tokio::spawn(async move {
        for i in 0..count {
            to.send(i).await.unwrap();
        }
    });
    let mut sum = 0;
    while let Some(item) = from.recv().await {
        sum += item;
    }
    sum
}

async fn give_back(mut from: Receiver<u64>, to: Sender<u64>) {
    while let Some(ball) = from.recv().await {
        to.send(ball).await.unwrap();
    }
}

async fn ping_pong(count: u64) -> u64 {
    let (there, received) = channel(1);
    let (back, mut returned) = channel(1);
    tokio::spawn(give_back(received, back));
    let mut sum = 0;
    for i in 0..count {
        there.send(i).await.unwrap();
        sum += returned.recv().await.unwrap();
    }
    sum
}

async fn lock_often(count: u64) -> u64 {
    let free = tokio::sync::Mutex::new(0);
    for _ in 0..count {
        *free.lock().await += 1;
    }
    let sum = *free.lock().await;
    sum
}

// --- what many threads are for ---

async fn compute_one(seed: u64) -> u64 {
    compute(seed)
}

async fn compute_together(count: u64) -> u64 {
    let mut states = [0; COMPUTED_TOGETHER];
    for _ in 0..count / states.len() as u64 {
        let children: Vec<_> =
            states.iter().map(|state| tokio::spawn(compute_one(*state))).collect();
        for (state, child) in states.iter_mut().zip(children) {
            *state = child.await.unwrap();
        }
    }
    states.iter().copied().fold(0, u64::wrapping_add)
}

/// What calls itself has to be in a box.
fn fibonacci(number: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if number < 2 {
            return number;
        }
        let larger = tokio::spawn(fibonacci(number - 1));
        let smaller = fibonacci(number - 2).await;
        larger.await.unwrap() + smaller
    })
}

async fn fork_and_join(count: u64) -> u64 {
    fibonacci(fibonacci_of(count)).await
}

// --- where they run ---

/// In a task, because what `block_on` is given itself is polled less directly.
fn run(work: impl Future<Output = u64> + Send + 'static) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::spawn(work).await.unwrap() })
}

fn run_on(workers: usize, work: impl Future<Output = u64> + Send + 'static) -> u64 {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(workers).enable_all().build().unwrap();
    runtime.block_on(async { tokio::spawn(work).await.unwrap() })
}

fn run_row(name: &str, count: u64) -> Option<u64> {
    let result = match name {
        "spawn-join" => run(spawn_each(count)),
        "spawn-1000" => run(spawn_thousands(count)),
        "yield" => run(yield_often(count)),
        "timer" => run(unconstrained(arm_and_cancel(count))),
        "timer-rearm" => run(unconstrained(rearm_one_of_many(count))),
        "sleeping" => run(sleep_together(count)),
        "channel-buffered" => run(pass_through_buffer(count)),
        "channel-ping-pong" => run(ping_pong(count)),
        "worker-spawn-join" => run_on(1, spawn_each(count)),
        "worker-spawn-1000" => run_on(1, spawn_thousands(count)),
        "worker-yield" => run_on(1, yield_often(count)),
        "worker-channel-buffered" => run_on(1, pass_through_buffer(count)),
        "worker-channel-ping-pong" => run_on(1, ping_pong(count)),
        "worker-mutex" => run_on(1, lock_often(count)),
        "worker-compute" => run_on(1, compute_together(count)),
        "worker-fork-join" => run_on(1, fork_and_join(count)),
        "two-workers-spawn-1000" => run_on(2, spawn_thousands(count)),
        "two-workers-channel-ping-pong" => run_on(2, ping_pong(count)),
        "two-workers-compute" => run_on(2, compute_together(count)),
        "two-workers-fork-join" => run_on(2, fork_and_join(count)),
        _ => return None,
    };
    Some(result)
}

fn main() {
    main_of(run_row);
}
