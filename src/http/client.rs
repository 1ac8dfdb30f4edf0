//! Where a request comes from. A header can be written by anybody, so it counts only as far as a trusted proxy wrote it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Once;

use actix_web::http::header::{HeaderMap, HeaderValue, X_FORWARDED_FOR};

use crate::config::{Network, Networks};

/// Said once: whoever is on the way can make the header up.
static UNTRUSTED: Once = Once::new();

/// The network that a request is counted under. Each proxy appends the address that it was called from, so the list is read from
/// the right, and the first address that is not a trusted proxy's is the client's: what stands left of it, the client wrote.
pub(super) fn network(peer: IpAddr, headers: &HeaderMap, trusted: &Networks) -> Network {
    let mut client = peer;
    let lines: Vec<&[u8]> = headers.get_all(X_FORWARDED_FOR).map(HeaderValue::as_bytes).collect();
    let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    if !lines.is_empty() && !trusted.contain(peer) {
        // The log would tell the proxy's address for everybody's.
        UNTRUSTED.call_once(|| {
            tracing::warn!(%peer, "requests are forwarded by a proxy that server.trusted_proxies does not name: all its clients count as one");
        });
    }
    while trusted.contain(client) {
        // What is no address was not written by a proxy that knew its caller: that proxy is the last place known.
        let Some(hop) = hops.next().and_then(address) else { break };
        client = hop;
    }
    Network::of_client(client)
}

/// An address, perhaps with a port, as some proxies append it.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop.trim_ascii()).ok()?;
    let bare = || hop.parse::<IpAddr>().ok();
    bare().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn seen(trusted: &str, peer: &str, lines: &[&str]) -> String {
        let flags = [("server.trusted_proxies".to_owned(), trusted.to_owned())];
        let file = tempfile::NamedTempFile::new().unwrap();
        let config = Config::load(Some(file.path()), &flags, std::iter::empty()).unwrap();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        network(peer.parse().unwrap(), &headers, &config.server.trusted_proxies).to_string()
    }

    #[test]
    fn without_trusted_proxies_the_header_counts_for_nothing() {
        for spoofed in [&[][..], &["198.51.100.1"], &["198.51.100.1, 127.0.0.1"], &["198.51.100.1", "198.51.100.2"]] {
            assert_eq!(seen("", "192.0.2.7", spoofed), "192.0.2.7/32", "{spoofed:?}");
        }
        assert_eq!(seen("10.0.0.1", "192.0.2.7", &["198.51.100.1"]), "192.0.2.7/32");
    }

    #[test]
    fn behind_a_trusted_proxy_the_address_it_appended_counts_whatever_the_client_wrote() {
        let real = "203.0.113.9";
        for spoofed in [
            vec![real.to_owned()],
            vec![format!("198.51.100.1, {real}")],
            vec![format!("10.0.0.1, {real}")],
            vec!["198.51.100.1".to_owned(), real.to_owned()],
            vec!["10.0.0.1, 10.0.0.2".to_owned(), format!("x, {real}")],
            vec![format!("\u{e9}, {real}")],
            vec![format!("{real}:4711")],
            vec![format!(",,, {real}")],
        ] {
            let lines: Vec<&str> = spoofed.iter().map(String::as_str).collect();
            assert_eq!(seen("10.0.0.1", "10.0.0.1", &lines), "203.0.113.9/32", "{spoofed:?}");
        }
    }

    #[test]
    fn several_proxies_are_walked_through_and_no_further() {
        let trusted = "10.0.0.0/8, fd00::/8";
        assert_eq!(seen(trusted, "10.0.0.1", &["198.51.100.1, 203.0.113.9, 10.0.0.3, fd00::2"]), "203.0.113.9/32");
        assert_eq!(seen(trusted, "10.0.0.1", &["203.0.113.9, nonsense, 10.0.0.3"]), "10.0.0.3/32");
        assert_eq!(seen(trusted, "10.0.0.1", &["10.0.0.9, 10.0.0.3"]), "10.0.0.9/32");
        assert_eq!(seen(trusted, "10.0.0.1", &[]), "10.0.0.1/32");
        assert_eq!(seen(trusted, "::ffff:10.0.0.1", &["[2001:db8:1:2:3::4]:443"]), "2001:db8:1:2::/64");
    }

    #[test]
    fn an_ipv6_subscriber_s_addresses_share_one_bucket() {
        let one = seen("::1", "::1", &["2001:db8:1:2::1"]);
        assert_eq!(one, seen("::1", "::1", &["9.9.9.9, 2001:db8:1:2:aaaa:bbbb:cccc:dddd"]));
        assert_ne!(one, seen("::1", "::1", &["2001:db8:1:3::1"]));
    }
}
