// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Echo on tokio and HTTP on hyper, on tokio's current-thread runtime, or on two workers of
//! its multi-thread runtime.
use std::convert::Infallible;
use std::io;

use hyper::header::{HeaderValue, CONTENT_TYPE};
use hyper::server::conn::Http;
use hyper::service::service_fn;
use hyper::{Body, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

async fn echo(mut peer: TcpStream) -> io::Result<()> {
    let mut bytes = [0; 4096];
    loop {
        let count = peer.read(&mut bytes).await?;
        if count == 0 {
            return Ok(());
        }
        peer.write_all(&bytes[..count]).await?;
    }
}

async fn say_hello(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut response = Response::new(Body::from("Hello, World!"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}

async fn serve_http(peer: TcpStream) -> hyper::Result<()> {
    let mut protocol = Http::new();
    protocol.http1_only(true).pipeline_flush(true);
    protocol.serve_connection(peer, service_fn(say_hello)).await
}

/// Tells the driver where the server listens, and sees to it that it does not stay.
fn announce(port: u16) {
    const SECONDS_TO_LIVE: u32 = 300;
    // SAFETY: nothing here handles SIGALRM, so it ends the process.
    unsafe { libc::alarm(SECONDS_TO_LIVE) };
    println!("{port}");
}

/// In a task, because what `block_on` is given itself stays outside of the workers.
fn main() -> io::Result<()> {
    let kind = std::env::args().nth(1).unwrap_or_default();
    let threads = std::env::args().nth(2).unwrap_or_default();
    if kind != "echo" && kind != "http" {
        eprintln!("usage: server echo|http [two-threads]");
        std::process::exit(2);
    }
    if threads == "two-threads" {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(async { tokio::spawn(serve(kind)).await? })
    } else {
        Builder::new_current_thread().enable_all().build()?.block_on(serve(kind))
    }
}

async fn serve(kind: String) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    announce(listener.local_addr()?.port());
    loop {
        let (peer, _) = listener.accept().await?;
        peer.set_nodelay(true)?;
        // A session ends with the error that its peer has gone.
        if kind == "echo" {
            tokio::spawn(echo(peer));
        } else {
            tokio::spawn(serve_http(peer));
        }
    }
}
