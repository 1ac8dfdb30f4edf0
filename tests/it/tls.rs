//! TLS of our own (row H3): what is spoken, what is not, and a certificate that is renewed while the server runs.

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned, SupportedProtocolVersion};
use tempfile::TempDir;

use crate::harness::{Program, Served};

/// Suites with forward secrecy and authenticated encryption: those of TLS 1.3, and what is left of 1.2.
const GOOD: &[&str] = &["TLS13_", "TLS_ECDHE_"];

/// Puts a new certificate of `localhost` and its key into a folder. Answers with the certificate.
fn renew(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    fs::set_permissions(folder.join("key.pem"), Permissions::from_mode(0o400)).unwrap();
    made.cert.der().clone()
}

fn with_tls(folder: &TempDir) -> Program {
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    Program::on(folder.path())
        .with("SAKIN_SERVER_TLS_CERTIFICATE", path("certificate.pem"))
        .with("SAKIN_SERVER_TLS_KEY", path("key.pem"))
}

fn port(server: &Served) -> String {
    server.base.strip_prefix("https://").unwrap().to_owned()
}

fn plain(server: &Served) -> TcpStream {
    let stream = TcpStream::connect(port(server)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

/// Asks for `/livez` trusting one certificate and speaking some versions. Answers with what was spoken and what was said.
fn ask(
    server: &Served,
    trusted: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<(ProtocolVersion, String, String)> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut stream = StreamOwned::new(client, plain(server));
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut said = String::new();
    stream.read_to_string(&mut said)?;
    let suite = stream.conn.negotiated_cipher_suite().unwrap();
    Ok((stream.conn.protocol_version().unwrap(), format!("{:?}", suite.suite()), said))
}

/// A `ClientHello` as a record: of a version, with one cipher suite, and nothing that newer versions add.
fn hello(version: [u8; 2], suite: [u8; 2]) -> Vec<u8> {
    let random = [7; 32];
    let groups_and_signatures =
        [0x00, 0x0A, 0, 4, 0, 2, 0, 23, 0x00, 0x0B, 0, 2, 1, 0, 0x00, 0x0D, 0, 6, 0, 4, 4, 3, 4, 1];
    let mut body = [version.as_slice(), &random, &[0], &[0, 2], &suite, &[1, 0]].concat();
    body.extend(u16::try_from(groups_and_signatures.len()).unwrap().to_be_bytes());
    body.extend(groups_and_signatures);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let handshake = [&[1], &length[1..], &body].concat();
    let length = u16::try_from(handshake.len()).unwrap().to_be_bytes();
    [&[22, 3, 1], length.as_slice(), &handshake].concat()
}

#[test]
fn what_is_spoken_is_new_enough() {
    let folder = TempDir::new().unwrap();
    let certificate = renew(folder.path());
    let server = with_tls(&folder).serve();
    for (version, expected) in
        [(&rustls::version::TLS13, ProtocolVersion::TLSv1_3), (&rustls::version::TLS12, ProtocolVersion::TLSv1_2)]
    {
        let (spoken, suite, said) = ask(&server, &certificate, &[version]).unwrap();
        assert_eq!(spoken, expected);
        assert!(GOOD.iter().any(|good| suite.starts_with(good)) && !suite.contains("CBC"), "{suite}");
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
        assert!(said.contains("strict-transport-security: max-age=31536000; includeSubDomains"), "{said}");
    }
}

#[test]
fn what_is_too_old_gets_an_alert() {
    let folder = TempDir::new().unwrap();
    renew(folder.path());
    let server = with_tls(&folder).serve();
    for (why, version, suite) in [
        ("SSL 3.0", [3, 0], [0xC0, 0x2B]),
        ("TLS 1.0", [3, 1], [0xC0, 0x09]),
        ("TLS 1.1", [3, 2], [0xC0, 0x09]),
        ("1.2 without forward secrecy", [3, 3], [0x00, 0x9C]),
        ("1.2 with CBC", [3, 3], [0xC0, 0x23]),
        ("1.2 with RC4", [3, 3], [0xC0, 0x07]),
        ("1.2 without encryption", [3, 3], [0xC0, 0x06]),
    ] {
        let mut stream = plain(&server);
        stream.write_all(&hello(version, suite)).unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).unwrap();
        assert_eq!(said.first(), Some(&21), "{why}: an alert, and nothing else: {said:?}");
    }
    // The same by a hand that is right shows that the others were refused for what they asked, not for how.
    let mut stream = plain(&server);
    stream.write_all(&hello([3, 3], [0xC0, 0x2B])).unwrap();
    let mut first = [0];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(first, [22], "a ServerHello");
}

#[test]
fn plain_http_gets_no_answer() {
    let folder = TempDir::new().unwrap();
    renew(folder.path());
    let server = with_tls(&folder).serve();
    let mut stream = plain(&server);
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).unwrap();
    assert!(!String::from_utf8_lossy(&said).contains("HTTP"), "{said:?}");
}

#[test]
fn a_renewed_certificate_needs_no_restart_and_a_broken_one_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let first = renew(folder.path());
    let server = with_tls(&folder).serve();
    let both = [&rustls::version::TLS13, &rustls::version::TLS12];
    ask(&server, &first, &both).unwrap();

    fs::remove_file(folder.path().join("key.pem")).unwrap();
    let second = renew(folder.path());
    ask(&server, &first, &both).unwrap();
    server.hang_up();
    let end = Instant::now() + Duration::from_secs(10);
    while ask(&server, &second, &both).is_err() {
        assert!(Instant::now() < end, "{}", server.said());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(ask(&server, &first, &both).is_err());

    fs::write(folder.path().join("certificate.pem"), "nothing").unwrap();
    server.hang_up();
    while !server.said().contains("the TLS certificate stays as it was") {
        assert!(Instant::now() < end, "{}", server.said());
        std::thread::sleep(Duration::from_millis(20));
    }
    ask(&server, &second, &both).unwrap();
}

#[test]
fn what_is_wrong_with_the_files_is_said_in_a_line() {
    let folder = TempDir::new().unwrap();
    renew(folder.path());
    let elsewhere = TempDir::new().unwrap();
    renew(elsewhere.path());
    let path = |folder: &TempDir, name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let whole = with_tls(&folder);
    for (program, reason) in [
        (whole.clone().with("SAKIN_SERVER_TLS_KEY", ""), "server.tls_certificate is set without server.tls_key"),
        (
            whole.clone().with("SAKIN_SERVER_TLS_CERTIFICATE", ""),
            "server.tls_key is set without server.tls_certificate",
        ),
        (
            whole.clone().with("SAKIN_SERVER_TLS_KEY", path(&elsewhere, "key.pem")),
            "is not the key of the first certificate",
        ),
        (whole.clone().with("SAKIN_SERVER_TLS_KEY", path(&folder, "none.pem")), "none.pem cannot be used"),
        (whole.with("SAKIN_SERVER_TLS_CERTIFICATE", path(&folder, "key.pem")), "no certificate stands in it"),
    ] {
        let end = program.run(&["serve"]);
        let said = String::from_utf8(end.stderr).unwrap();
        assert_eq!(end.status.code(), Some(2), "{reason}: {said}");
        assert!(said.lines().count() == 1 && said.contains(reason), "{reason}: {said}");
        let listed = String::from_utf8(program.run(&["check"]).stdout).unwrap();
        assert!(
            listed.lines().any(|line| line.starts_with("FAIL  tls") && line.contains(reason)),
            "{reason}: {listed}"
        );
    }
}
