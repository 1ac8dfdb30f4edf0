//! Addresses and networks: which proxies are believed, and which network a client counts as.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::value::Setting;

/// Bits of an IPv6 address that tell one subscriber from another: a single one usually holds a whole /64 (RFC 6177).
const SUBSCRIBER_BITS: u8 = 64;

/// The addresses that share their first bits, such as `10.1.0.0/16`. A single address is a network of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

impl Network {
    /// The network that requests from an address are counted under: the address itself, for IPv6 its /64.
    pub fn of_client(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let bits = if address.is_ipv4() { 32 } else { SUBSCRIBER_BITS };
        Self { first: first(address, bits), bits }
    }

    /// Whether the address lies in this network. An IPv4 address written as IPv6 (`::ffff:10.1.2.3`) is the IPv4 address.
    pub fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4() && first(address, self.bits) == self.first
    }
}

/// The address with all but its first bits cleared.
fn first(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let kept = u32::MAX.checked_shl(32_u32.saturating_sub(bits.into())).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & kept).into()
        }
        IpAddr::V6(v6) => {
            let kept = u128::MAX.checked_shl(128_u32.saturating_sub(bits.into())).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & kept).into()
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("must be addresses or networks such as \"127.0.0.1, 10.1.0.0/16\", not \"{text}\"");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address = address.parse::<IpAddr>().map_err(|_| wrong())?.to_canonical();
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most).ok_or_else(wrong)?,
        };
        if first(address, bits) != address {
            let network = Self { first: first(address, bits), bits };
            return Err(format!(
                "has bits set after the first {bits} of {text}: write {network} if you mean that network"
            ));
        }
        Ok(Self { first: address, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

/// A list of networks, separated by commas; empty is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// Whether the address lies in one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// A network of every address there is, which would let anybody claim any address.
    pub(super) fn everybody(&self) -> Option<Network> {
        self.0.iter().copied().find(|network| network.bits == 0)
    }
}

impl Setting for Networks {
    fn set(&mut self, text: &str, _: &[RangeInclusive<u64>]) -> Result<(), String> {
        let parts = text.split(',').map(str::trim).filter(|_| !text.trim().is_empty());
        self.0 = parts.map(str::parse).collect::<Result<_, _>>()?;
        Ok(())
    }

    fn show(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_s_network_is_its_address_and_for_ipv6_its_64() {
        let of = |text: &str| Network::of_client(address(text)).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7/32");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7/32");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2::"), of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }

    #[test]
    fn a_network_contains_its_addresses_and_no_others() {
        for (network, inside, outside) in [
            ("10.1.0.0/16", "10.1.255.255", "10.2.0.0"),
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("127.0.0.1", "::ffff:127.0.0.1", "::1"),
            ("fd00::/8", "fdff::1", "fe80::1"),
            ("::1", "::1", "127.0.0.1"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert!(parsed.contains(address(inside)), "{network} {inside}");
            assert!(!parsed.contains(address(outside)), "{network} {outside}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        let mut list = Networks::default();
        for text in ["10.0.0.1/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.1", "proxy", "10.0.0.1,", "10.0.0.1/8"] {
            list.set(text, &[]).unwrap_err();
        }
        list.set(" 10.0.0.0/8,::1 ", &[]).unwrap();
        assert_eq!(list.show(), "10.0.0.0/8, ::1/128");
        list.set("", &[]).unwrap();
        assert_eq!(list, Networks::default());
    }
}
