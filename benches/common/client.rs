//! The load generator: a bare HTTP/1.1 client on non-blocking sockets, because it shares the cores with what it measures.

use std::fmt::Write as _;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::cpu::{GENERATOR, PerAnswer, Taken};
use crate::Result;

/// Threads of the generator, as many as pgbench gets.
pub(crate) const THREADS: usize = 2;

/// A connection that is kept alive and carries one request at a time.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 16 * 1024], filled: 0 })
    }

    /// Sends a request and reads the whole answer: its status and body.
    pub(crate) async fn send(&mut self, request: &str) -> io::Result<(u16, &[u8])> {
        let mut rest = request.as_bytes();
        while !rest.is_empty() {
            match self.stream.try_write(rest) {
                Ok(sent) => rest = rest.get(sent..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(error) => return Err(error),
            }
        }
        self.filled = 0;
        loop {
            self.stream.readable().await?;
            if self.filled == self.buffer.len() {
                self.buffer.resize(2 * self.filled, 0);
            }
            match self.stream.try_read(self.buffer.get_mut(self.filled..).unwrap_or_default()) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            }
            let read = self.buffer.get(..self.filled).unwrap_or_default();
            if let Some((status, body, end)) = head(read)
                && end <= self.filled
            {
                return Ok((status, self.buffer.get(body..end).unwrap_or_default()));
            }
        }
    }

    /// Sends a request and reads the JSON of its answer, which must be a success.
    pub(crate) async fn json(&mut self, request: &str) -> Result<serde_json::Value> {
        let (status, body) = self.send(request).await?;
        if status / 100 == 2 {
            return Ok(serde_json::from_slice(body)?);
        }
        Err(format!("{}: {status} {}", request.lines().next().unwrap_or_default(), String::from_utf8_lossy(body))
            .into())
    }
}

/// Status, begin of the body and end of the answer, once its head is there. The answers measured here all say their length.
fn head(read: &[u8]) -> Option<(u16, usize, usize)> {
    let body = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = str::from_utf8(read.get(..body)?).ok()?;
    let status = head.get(9..12)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") { value.trim().parse::<usize>().ok() } else { None }
    });
    Some((status, body, body + length.unwrap_or(0)))
}

/// The bytes of a GET.
pub(crate) fn get(path: &str, token: Option<&str>) -> String {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n");
    if let Some(token) = token {
        let _ = write!(request, "Authorization: Bearer {token}\r\n");
    }
    request + "\r\n"
}

/// The bytes of a POST of JSON under an idempotency key.
pub(crate) fn post(path: &str, token: &str, key: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The request that is sent as number n.
pub(crate) type Requests = Arc<dyn Fn(u64) -> String + Send + Sync>;

/// What a measurement found.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    /// Milliseconds.
    pub(crate) p50: f64,
    /// Milliseconds.
    pub(crate) p95: f64,
    /// Milliseconds.
    pub(crate) p99: f64,
    /// Answers that were no success.
    pub(crate) failed: usize,
    /// What the service's threads took of the processors for each answer.
    pub(crate) cpu: PerAnswer,
}

/// A stretch of time: what is sent before `begin` warms up.
#[derive(Clone, Copy)]
struct Span {
    begin: Instant,
    end: Instant,
}

/// Closed loop: each connection sends its next request when the answer to the last one is there.
pub(crate) fn measure(address: SocketAddr, connections: usize, seconds: u64, requests: &Requests) -> Result<Measured> {
    let begin = Instant::now() + Duration::from_secs(1);
    let span = Span { begin, end: begin + Duration::from_secs(seconds) };
    let number = Arc::new(AtomicU64::new(0));
    let threads = THREADS.min(connections);
    let mut latencies = Vec::new();
    let mut failed = 0;
    let mut taken = Taken::default();
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let share = connections / threads + usize::from(thread < connections % threads);
                let number = &number;
                let clients = move || thread_of_clients(address, share, span, number, requests);
                std::thread::Builder::new().name(GENERATOR.to_owned()).spawn_scoped(scope, clients)
            })
            .collect::<io::Result<_>>()?;
        std::thread::sleep(span.begin.saturating_duration_since(Instant::now()));
        let before = Taken::until_now()?;
        std::thread::sleep(span.end.saturating_duration_since(Instant::now()));
        taken = Taken::until_now()?.since(before);
        for thread in running {
            let (some, wrong) = thread.join().map_err(|_| "a thread of the generator panicked")??;
            latencies.extend(some);
            failed += wrong;
        }
        Ok::<_, crate::Failure>(())
    })?;
    latencies.sort_unstable();
    // None answered in time: there is no number that would tell.
    let quantile = |percent: usize| {
        let at = latencies.get(latencies.len() * percent / 100);
        at.map_or(f64::NAN, |at| at.as_secs_f64() * 1_000.0)
    };
    let count = f64::from(u32::try_from(latencies.len())?);
    let (p50, p95, p99) = (quantile(50), quantile(95), quantile(99));
    let per_second = count / Duration::from_secs(seconds).as_secs_f64();
    Ok(Measured { per_second, p50, p95, p99, failed, cpu: taken.per_answer(count) })
}

fn thread_of_clients(
    address: SocketAddr,
    connections: usize,
    span: Span,
    number: &Arc<AtomicU64>,
    requests: &Requests,
) -> Result<(Vec<Duration>, usize)> {
    runtime()?.block_on(async {
        let mut clients = JoinSet::new();
        for _ in 0..connections {
            clients.spawn(client(address, span, Arc::clone(number), Arc::clone(requests)));
        }
        let (mut latencies, mut failed) = (Vec::new(), 0);
        while let Some(client) = clients.join_next().await {
            let (some, wrong) = client??;
            latencies.extend(some);
            failed += wrong;
        }
        Ok((latencies, failed))
    })
}

async fn client(
    address: SocketAddr,
    span: Span,
    number: Arc<AtomicU64>,
    requests: Requests,
) -> io::Result<(Vec<Duration>, usize)> {
    let mut connection = Connection::open(address).await?;
    let (mut latencies, mut failed) = (Vec::new(), 0);
    loop {
        let request = requests(number.fetch_add(1, Ordering::Relaxed));
        let sent = Instant::now();
        let (status, body) = connection.send(&request).await?;
        let answered = Instant::now();
        if answered >= span.end {
            return Ok((latencies, failed));
        }
        if status / 100 != 2 {
            if failed == 0 {
                eprintln!("{status} {}", String::from_utf8_lossy(body));
            }
            failed += 1;
        } else if sent >= span.begin {
            latencies.push(answered - sent);
        }
    }
}

/// One thread's runtime.
pub(crate) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}
