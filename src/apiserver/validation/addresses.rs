//! Addresses and ranges of addresses that services and endpoints name.
//! Models apimachinery/pkg/util/validation IsValidIP, IsValidCIDR and pkg/apis/core/validation ValidateNonSpecialIP.

use std::net::IpAddr;

use super::names;
use super::path::{Causes, FieldPath};

/// An address, of either family. True if it is one.
pub fn validate_ip(text: &str, path: &FieldPath, causes: &mut Causes) -> bool {
    let messages = names::ip_address(text);
    let fits = messages.is_empty();
    causes.invalid_each(path, text, messages);
    fits
}

/// An address that is some machine's own: endpoints and external addresses.
pub fn validate_ordinary_ip(text: &str, path: &FieldPath, causes: &mut Causes) {
    let Ok(address) = text.parse::<IpAddr>() else {
        causes.invalid(path, text, "must be a valid IP address");
        return;
    };
    if address.is_unspecified() {
        causes.invalid(path, text, format!("may not be unspecified ({text})"));
    }
    if address.is_loopback() {
        causes.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    }
    let (unicast, multicast) = match address {
        IpAddr::V4(address) => (address.is_link_local(), address.octets()[..3] == [224, 0, 0]),
        IpAddr::V6(address) => (address.segments()[0] & 0xFFC0 == 0xFE80, address.segments()[0] & 0xFF0F == 0xFF02),
    };
    if unicast {
        causes.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    }
    if multicast {
        causes.invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }
}

/// The address and the length of the mask of `10.9.8.0/24`; None if it is no such range.
pub fn parse_cidr(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = text.split_once('/')?;
    let (address, length) = (address.parse::<IpAddr>().ok()?, length.parse::<u32>().ok()?);
    let most = if address.is_ipv4() { 32 } else { 128 };
    (length <= most).then_some((address, length))
}

/// Whether a range holds an address.
pub fn cidr_holds((network, length): (IpAddr, u32), address: IpAddr) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(u32::from(address)) << 96,
        IpAddr::V6(address) => u128::from(address),
    };
    let mask = u128::MAX.checked_shl(128 - length).unwrap_or_default();
    network.is_ipv4() == address.is_ipv4() && bits(network) & mask == bits(address) & mask
}

/// A range of addresses.
pub fn validate_cidr(text: &str, path: &FieldPath, causes: &mut Causes) {
    if parse_cidr(text).is_none() {
        causes.invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_addresses() {
        let table = [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "1.2.3.4", true),
            ("192.168.1.7/32", "192.168.1.7", true), ("2001:db8::/64", "2001:db8::5", true), ("2001:db8::/64", "10.0.0.1", false),
        ];
        for (range, address, expected) in table {
            let holds = parse_cidr(range).zip(address.parse().ok()).map(|(range, address)| cidr_holds(range, address));
            assert_eq!(holds, Some(expected), "{range} {address}");
        }
        for text in ["10.0.0.0", "10.0.0.0/33", "a/8", "10.0.0.0/"] {
            assert_eq!(parse_cidr(text), None, "{text}");
        }
    }
}
