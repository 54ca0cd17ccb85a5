//! The names of chains: the start of a SHA-256 in base 32. Models pkg/proxy/iptables/proxier.go portProtoHash.

use crate::base::sha256;

/// Sixteen letters that stand for a text.
pub(super) fn chain_hash(parts: &[&str]) -> String {
    let hash = sha256(&parts.concat());
    let bits = hash.iter().take(3).fold(0_u128, |bits, word| bits << 32 | u128::from(*word));
    let letter = |index: u32| {
        let five = (bits >> (96 - 5 * (index + 1))) as u8 & 31;
        char::from(if five < 26 { b'A' + five } else { b'2' + five - 26 })
    };
    (0..16).map(letter).collect()
}
