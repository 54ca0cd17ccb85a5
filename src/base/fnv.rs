//! FNV-1a (Fowler, Noll, Vo), in both widths: the hash that Kubernetes names templates by, and that seeds and digests are made of.

/// The hash of nothing, 64 bits: where a hash of several pieces begins.
pub const FNV_OFFSET: u64 = 0xCBF2_9CE4_8422_2325;

/// Goes on with a hash of 64 bits.
pub fn fnv64(start: u64, text: &str) -> u64 {
    text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
}

/// The hash of 32 bits.
pub fn fnv32(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the test vectors that its authors published.
    #[test]
    fn hashes_are_the_published_ones() {
        let table = [("", 0x811C_9DC5, FNV_OFFSET), ("a", 0xE40C_292C, 0xAF63_DC4C_8601_EC8C), ("foobar", 0xBF9C_F968, 0x8594_4171_F739_67E8)];
        for (text, narrow, wide) in table {
            assert_eq!((fnv32(text.bytes()), fnv64(FNV_OFFSET, text)), (narrow, wide), "{text}");
        }
    }
}
