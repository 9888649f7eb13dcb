//! A program with probes, a counter and an orderly stop, by the control port of a uservice beside it or above it. The standard library alone,
//! which has no signals: SIGTERM ends this program as it is, so that `shutdown.delay` is the time in which it drains.
use std::io::{Error, Read, Result, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, thread};

static STOPPING: AtomicBool = AtomicBool::new(false);

/// Sends one request on a connection of its own; returns the body of the answer.
fn control(method: &str, path: &str, body: &str) -> Result<String> {
    let base = env::var("USERVICE_CONTROL").unwrap_or("http://127.0.0.1:8078".into());
    let address = base.trim_start_matches("http://").trim_end_matches('/');
    let token = env::var("USERVICE_CONTROL_TOKEN").map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(Duration::from_secs(60)))?;
    let length = body.len();
    write!(connection, "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{token}Content-Length: {length}\r\n\r\n{body}")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    let (head, told) = answer.split_once("\r\n\r\n").ok_or(Error::other("the answer was cut"))?;
    match head.split(' ').nth(1) {
        Some(status) if status.starts_with('2') => Ok(told.into()),
        _ => Err(Error::other(format!("{method} {path}: {told}"))),
    }
}

fn await_stop() {
    while !STOPPING.load(Ordering::Relaxed) {
        match control("GET", "/shutdown?wait=30s", "") {
            Ok(told) => STOPPING.store(told.contains("\"stopping\":true"), Ordering::Relaxed),
            Err(_) => thread::sleep(Duration::from_secs(1)), // not there for the moment
        }
    }
}

fn main() -> Result<()> {
    control("PUT", "/checks/loop", r#"{"for":["alive"],"ttl":"2s"}"#)?; // must be kicked every 2 seconds
    control("PUT", "/checks/work", r#"{"for":["ready"]}"#)?;
    thread::spawn(await_stop);
    while !STOPPING.load(Ordering::Relaxed) {
        control("POST", "/checks/loop/kick", "")?;
        control("POST", "/metrics", r#"{"name":"work_done_total","help":"Work done.","add":1}"#)?;
        thread::sleep(Duration::from_millis(300)); // here the work is done
    }
    control("POST", "/checks/work/disable", r#"{"message":"draining"}"#)?;
    println!("drained");
    Ok(())
}
