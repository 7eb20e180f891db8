// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! The rows that tokio has an equivalent for: on its current-thread runtime, and, where
//! their names say so, on one worker of its multi-thread runtime.
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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

// --- measuring, as measure.cpp does it ---

static KEPT: AtomicU64 = AtomicU64::new(0); // so that no work is without a purpose

/// In a task, because what `block_on` is given itself is polled less directly.
fn run(work: impl Future<Output = u64> + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(async { tokio::spawn(work).await.unwrap() });
    KEPT.store(result, Ordering::Relaxed);
}

fn run_on_worker(work: impl Future<Output = u64> + Send + 'static) {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build().unwrap();
    let result = runtime.block_on(async { tokio::spawn(work).await.unwrap() });
    KEPT.store(result, Ordering::Relaxed);
}

fn run_row(name: &str, count: u64) {
    match name {
        "spawn-join" => run(spawn_each(count)),
        "spawn-1000" => run(spawn_thousands(count)),
        "yield" => run(yield_often(count)),
        "timer" => run(unconstrained(arm_and_cancel(count))),
        "timer-rearm" => run(unconstrained(rearm_one_of_many(count))),
        "sleeping" => run(sleep_together(count)),
        "channel-buffered" => run(pass_through_buffer(count)),
        "channel-ping-pong" => run(ping_pong(count)),
        "worker-spawn-join" => run_on_worker(spawn_each(count)),
        "worker-spawn-1000" => run_on_worker(spawn_thousands(count)),
        "worker-yield" => run_on_worker(yield_often(count)),
        "worker-channel-buffered" => run_on_worker(pass_through_buffer(count)),
        "worker-channel-ping-pong" => run_on_worker(ping_pong(count)),
        "worker-mutex" => run_on_worker(lock_often(count)),
        _ => stop(&format!("there is no row '{name}'")),
    }
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

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.len() != 4 {
        stop("usage: rows ROW OPERATIONS REPEATS");
    }
    let (row, count, repeats) = (&arguments[1], parsed(&arguments[2]), parsed(&arguments[3]));
    let mut least = f64::MAX;
    for _ in 0..u32::clamp(repeats, 1, 64) {
        let begin = cpu_time();
        run_row(row, count);
        least = least.min((cpu_time() - begin) / count as f64);
    }
    println!("{least:.3}");
}
