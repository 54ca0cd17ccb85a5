//! The names of chains: the start of a SHA-256 in base 32. Models pkg/proxy/iptables/proxier.go portProtoHash.

use sha2::{Digest, Sha256};

/// Sixteen letters that stand for a text.
pub(super) fn chain_hash(parts: &[&str]) -> String {
    let hash = Sha256::digest(parts.concat());
    let bits = hash.iter().take(10).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letter = |index: u32| {
        let five = (bits >> (80 - 5 * (index + 1))) as u8 & 31;
        char::from(if five < 26 { b'A' + five } else { b'2' + five - 26 })
    };
    (0..16).map(letter).collect()
}
