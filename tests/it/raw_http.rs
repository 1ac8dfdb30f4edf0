//! Bytes that two HTTP parsers could read differently (row H4): whatever a proxy in front makes of them, the service answers at most
//! once, and what an attacker hides behind the first request is never done. On one connection, as a proxy would reuse it.

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::harness::{Backend, TestApp, on_both};

/// A connection on which nothing comes for so long is waiting for more bytes from us.
const QUIET: Duration = Duration::from_millis(700);

/// What must become of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Answered 4xx (or not at all), then closed.
    Refused,
    /// Read as one request, answered once, whatever the answer is.
    One,
}
use Fate::{One, Refused};

/// Head lines after the request line and `Host`, then the body's bytes. `{hidden}` is the request behind.
struct Case {
    name: &'static str,
    head: String,
    body: String,
    fate: Fate,
}

fn case(name: &'static str, head: &str, body: &str, fate: Fate) -> Case {
    Case { name, head: head.to_owned(), body: body.to_owned(), fate }
}

/// Bodies whose length the head tells in two ways, or in none that RFC 9112 allows. The chunked ones end early in one reading.
fn lengths() -> Vec<Case> {
    let chunked = "0\r\n\r\n{hidden}";
    let te = "Transfer-Encoding: chunked\r\n";
    let mut cases = vec![
        case("both lengths (CVE-2026-73051)", &format!("Content-Length: {{all}}\r\n{te}"), chunked, Refused),
        case("both lengths, the other first", &format!("{te}Content-Length: {{all}}\r\n"), chunked, Refused),
        case("both lengths, none by number", &format!("{te}Content-Length: 0\r\n"), chunked, Refused),
        case("both lengths, short by number", &format!("{te}Content-Length: 5\r\n"), chunked, Refused),
        case("two equal lengths", "Content-Length: 2\r\nContent-Length: 2\r\n", "{}{hidden}", Refused),
        case("two lengths", "Content-Length: 2\r\nContent-Length: {all}\r\n", "{}{hidden}", Refused),
        case("two lengths, none first", "Content-Length: 0\r\nContent-Length: {all}\r\n", "{hidden}", Refused),
        case("two codings", &format!("{te}{te}"), chunked, Refused),
        case("coding and identity", &format!("{te}Transfer-Encoding: identity\r\n"), chunked, Refused),
        case("coding in HTTP/1.0", &format!("HTTP/1.0 {te}"), chunked, Refused),
        case("coding and length in HTTP/1.0", &format!("HTTP/1.0 {te}Content-Length: 2\r\n"), chunked, Refused),
        case(
            "upgrade and length",
            "Upgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 2\r\n",
            "{}{hidden}",
            One,
        ),
        case(
            "upgrade to h2c",
            "Upgrade: h2c\r\nConnection: upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: {all}\r\n",
            "{hidden}",
            One,
        ),
    ];
    for length in [
        "+2",
        "-2",
        "0x2",
        "2.0",
        "2e0",
        "2 2",
        "2,2",
        "2, 2",
        "2;",
        "",
        " ",
        "٢",
        "２",
        "18446744073709551616",
        "99999999999999999999999",
    ] {
        cases.push(Case {
            name: "a length that is no number",
            head: format!("Content-Length: {length}\r\n"),
            body: "{}{hidden}".to_owned(),
            fate: Refused,
        });
    }
    for coding in [
        "xchunked",
        "chunked, chunked",
        "chunked, identity",
        "identity, chunked",
        "gzip, chunked",
        "chunked;q=1",
        "\"chunked\"",
        "chunk ed",
        "identity",
        "",
        "chunked\u{b}",
        "\u{b}chunked",
        "chunked\0",
        "cow, chunked",
    ] {
        cases.push(Case {
            name: "a coding that is not chunked",
            head: format!("Transfer-Encoding: {coding}\r\n"),
            body: chunked.to_owned(),
            fate: Refused,
        });
    }
    for name in [
        "Transfer-Encoding ",
        " Transfer-Encoding",
        "Transfer Encoding",
        "Transfer-Encoding\t",
        "Transfer-Encoding\r",
        "Transfer-Encoding\0",
        "Content-Length ",
    ] {
        cases.push(Case {
            name: "a name that is no token",
            head: format!("Content-Length: 2\r\n{name}: chunked\r\n"),
            body: "{}{hidden}".to_owned(),
            fate: Refused,
        });
    }
    cases
}

/// Chunks that are no chunks. The first is whole, so that the server has begun to read.
fn chunks() -> Vec<Case> {
    let bodies = [
        "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
        "10000000000000002\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "+2\r\n{}\r\n0\r\n\r\n",
        "0x2\r\n{}\r\n0\r\n\r\n",
        " 2\r\n{}\r\n0\r\n\r\n",
        "\r\n2\r\n{}\r\n0\r\n\r\n",
        "2\n{}\r\n0\r\n\r\n",
        "2\r{}\r\n0\r\n\r\n",
        "2\r\n{}0\r\n\r\n",
        "2\r\n{}\n0\r\n\r\n",
        "2\r\n{}\r0\r\n\r\n",
        "2\r\n{}\r\n0\n\n",
        "2\r\n{}\r\n0\r\r",
        "2;a\nb\r\n{}\r\n0\r\n\r\n",
        "2;a\rb\r\n{}\r\n0\r\n\r\n",
        "2;a=\"\n\"\r\n{}\r\n0\r\n\r\n",
        "2;\0\r\n{}\r\n0\r\n\r\n",
        "2 2\r\n{}\r\n0\r\n\r\n",
        "2,2\r\n{}\r\n0\r\n\r\n",
        "\r\n",
        "g\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}\r\n\r\n",
        "2\r\n{}\r\n;\r\n\r\n",
        "2_\r\n{}\r\n0\r\n\r\n",
    ];
    let mut cases: Vec<Case> = bodies
        .into_iter()
        .map(|body| Case {
            name: "a chunk that is none",
            head: "Transfer-Encoding: chunked\r\n".to_owned(),
            body: format!("{body}{{hidden}}"),
            fate: Refused,
        })
        .collect();
    let within = "{length}\r\n{hidden}\r\n0\r\n\r\n";
    cases.push(case("the hidden request is a chunk", "Transfer-Encoding: chunked\r\n", within, One));
    let extension = format!("2;{}\r\n{{}}\r\n{{hidden}}", "x".repeat(1_000_000));
    cases.push(Case {
        name: "a chunk with a long extension",
        head: "Transfer-Encoding: chunked\r\n".to_owned(),
        body: extension,
        fate: Refused,
    });
    cases
}

/// Heads that are none.
fn heads() -> Vec<Case> {
    let after = "{hidden}";
    let many: String = (0..1_000).fold(String::new(), |mut head, number| {
        let _ = write!(head, "X-{number}: y\r\n");
        head
    });
    let mut cases = vec![
        case("a folded line", "X-A: b\r\n c\r\nContent-Length: {all}\r\n", after, Refused),
        case("a folded coding", "Transfer-Encoding:\r\n chunked\r\nContent-Length: {all}\r\n", after, Refused),
        case("a folded length", "Content-Length:\r\n 2\r\n", "{}{hidden}", Refused),
        case("a bare CR", "X-A: b\rTransfer-Encoding: chunked\r\n", after, Refused),
        case("a bare CR before the end", "X-A: b\r\rContent-Length: 2\r\n", after, Refused),
        case("NUL in a value", "X-A: b\0c\r\nContent-Length: {all}\r\n", after, Refused),
        case("NUL in a name", "X-\0A: b\r\nContent-Length: {all}\r\n", after, Refused),
        case("a line without a colon", "X-A\r\nContent-Length: {all}\r\n", after, Refused),
        case("a name of nothing", ": b\r\nContent-Length: {all}\r\n", after, Refused),
        case("a second Host", "Host: other.example\r\nContent-Length: {all}\r\n", after, Refused),
        case("the same Host again", "Host: localhost\r\nContent-Length: {all}\r\n", after, Refused),
        case("a DEL in a value", "X-A: \u{7f}\r\nContent-Length: {all}\r\n", after, Refused),
    ];
    cases.push(Case {
        name: "a thousand lines",
        head: many + "Content-Length: {all}\r\n",
        body: after.to_owned(),
        fate: Refused,
    });
    let long = format!("X-A: {}\r\nContent-Length: {{all}}\r\n", "b".repeat(200_000));
    cases.push(Case { name: "a head of 200 kB", head: long, body: after.to_owned(), fate: Refused });
    cases
}

/// Request lines; the rest of the head is sound and the body holds the hidden request.
const LINES: &[(&str, Fate)] = &[
    ("POST {path} HTTP/1.1 HTTP/1.1", Refused),
    ("POST  {path}  HTTP/1.1", Refused),
    ("POST\t{path}\tHTTP/1.1", Refused),
    ("POST {path} HTTP/1.2", Refused),
    ("POST {path} HTTP/2.0", Refused),
    ("POST {path} HTTP/0.9", Refused),
    ("POST {path} http/1.1", Refused),
    ("POST {path}", Refused),
    ("POST {path} HTTP/1.1\0", Refused),
    ("PO ST {path} HTTP/1.1", Refused),
    ("PO\u{b}ST {path} HTTP/1.1", Refused),
    ("POST {path}\u{e9}\0 HTTP/1.1", Refused),
    ("POST http://other.example{path} HTTP/1.1", One),
    ("POST http://user@localhost{path} HTTP/1.1", One),
    ("POST //other.example{path} HTTP/1.1", One),
    ("POST {path}#x HTTP/1.1", One),
    ("POST * HTTP/1.1", One),
    ("CONNECT other.example:443 HTTP/1.1", One),
    ("TRACE {path} HTTP/1.1", One),
    ("GET {path} HTTP/1.1", One),
    ("HEAD {path} HTTP/1.1", One),
    ("OPTIONS {path} HTTP/1.1", One),
    ("QUERY {path} HTTP/1.1", One),
    ("POST {path} HTTP/1.0", One),
];

/// What is hidden: a look at a file, under somebody's token, which leaves a trace when it is done.
struct Attack {
    hidden: String,
    token: String,
}

impl Attack {
    /// The bytes of a case: as somebody without a token, whose body nobody reads, and as somebody whose body is read.
    fn bytes(&self, case: &Case, line: &str, signed_in: bool) -> Vec<u8> {
        let body = case.body.replace("{length}", &format!("{:x}", self.hidden.len())).replace("{hidden}", &self.hidden);
        let head = case.head.replace("{all}", &body.len().to_string());
        let (head, line) = match head.strip_prefix("HTTP/1.0 ") {
            Some(head) => (head, line.replace("HTTP/1.1", "HTTP/1.0")),
            None => (head.as_str(), line.to_owned()),
        };
        let token = if signed_in { format!("Authorization: Bearer {}\r\n", self.token) } else { String::new() };
        let (line, media) = (line.replace("{path}", "/api/v1/people/search"), "Content-Type: application/json\r\n");
        format!("{line}\r\nHost: localhost\r\n{token}{media}{head}\r\n{body}").into_bytes()
    }
}

/// What came back on one connection.
struct Heard {
    statuses: Vec<u16>,
    closed: bool,
    text: String,
}

async fn exchange(address: SocketAddr, bytes: Vec<u8>) -> Heard {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut heard = Vec::new();
    let mut closed = false;
    // The server may answer and close before it has read all.
    let (mut reading, mut writing) = stream.split();
    let write = async {
        let _ = writing.write_all(&bytes).await;
    };
    let read = async {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            match tokio::time::timeout(QUIET, reading.read(&mut buffer)).await {
                Err(_) => return,
                Ok(Ok(0)) => closed = true,
                Ok(Ok(count)) => {
                    heard.extend_from_slice(&buffer[..count]);
                    continue;
                }
                Ok(Err(error)) => closed = error.kind() == ErrorKind::ConnectionReset,
            }
            return;
        }
    };
    tokio::join!(write, read);
    let text = String::from_utf8_lossy(&heard).into_owned();
    let statuses = text.split("HTTP/1.").skip(1).filter_map(|rest| rest.get(2..5)?.parse().ok());
    // An interim answer is none.
    let statuses = statuses.filter(|status: &u16| *status >= 200).collect();
    Heard { statuses, closed, text }
}

/// Why what came back is not the fate.
fn fault(fate: Fate, heard: &Heard) -> Option<String> {
    let Heard { statuses, closed, text } = heard;
    if text.contains("file_number") || statuses.len() > 1 {
        return Some(format!("the hidden request was answered: {statuses:?}"));
    }
    if statuses.iter().any(|status| *status >= 500) {
        return Some(format!("{statuses:?}"));
    }
    let refused = *closed && statuses.iter().all(|status| (400..500).contains(status));
    (fate == Refused && !refused).then(|| format!("{statuses:?}, closed: {closed}"))
}

on_both! {
    async fn no_request_hides_behind_another(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let token = officer.token.clone().unwrap();
        let hidden = format!("GET {person} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
        let attack = Attack { hidden: hidden.clone(), token };
        let looks = || app.database.count("audit_event WHERE action = 12");

        // That the hidden request works when it does not hide: two requests one after the other are two.
        let before = looks();
        let open = exchange(app.address, format!("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n{hidden}").into_bytes()).await;
        assert_eq!((open.statuses.as_slice(), looks() - before), (&[200, 200][..], 1), "{}", open.text);

        let sound = "POST {path} HTTP/1.1";
        let mut sent: Vec<(String, Fate, Vec<u8>)> = Vec::new();
        for signed_in in [false, true] {
            for case in lengths().iter().chain(&chunks()).chain(&heads()) {
                let name = format!("{} (signed in: {signed_in}): {:.80?} {:.60?}", case.name, case.head, case.body);
                sent.push((name, case.fate, attack.bytes(case, sound, signed_in)));
            }
            for (line, fate) in LINES {
                let case = case("", "Content-Length: {all}\r\n", "{hidden}", *fate);
                sent.push((format!("{line:?} (signed in: {signed_in})"), *fate, attack.bytes(&case, line, signed_in)));
            }
        }
        let bare_lf = String::from_utf8(attack.bytes(&case("", "Content-Length: {all}\r\n", "{hidden}", One), sound, true)).unwrap();
        let (lines, body) = bare_lf.split_once("\r\n\r\n").unwrap();
        sent.push(("lines that end in LF alone".to_owned(), One, format!("{}\n\n{body}", lines.replace("\r\n", "\n")).into_bytes()));

        let count = sent.len();
        let before = looks();
        let mut running = JoinSet::new();
        for (name, fate, bytes) in sent {
            let address = app.address;
            running.spawn(async move {
                let heard = exchange(address, bytes).await;
                fault(fate, &heard).map(|fault| format!("{name}: {fault}\n{:.200}", heard.text))
            });
        }
        let faults: Vec<String> = running.join_all().await.into_iter().flatten().collect();
        assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
        assert!(count >= 150, "{count}");
        assert_eq!(looks(), before, "a hidden request was done");
    }
}
