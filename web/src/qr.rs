//! An address as a QR code: bytes, the lowest error correction, small enough to be read from the last row of a lecture room. The code itself is
//! computed by `qrcodegen`.

use std::fmt::Write;

use qrcodegen::{DataTooLong, Mask, QrCode, QrCodeEcc, QrSegment, Version};

/// A larger version (this one has 117 modules on each side, 1,273 bytes) has modules too fine for a camera some metres away.
const LARGEST: u8 = 25;
/// Rows and columns of both parities are mixed, which suits addresses well enough; to try all eight takes eight times as long.
const MASK: u8 = 0;

/// The smallest code that holds a text.
///
/// # Errors
/// The text is longer than 1,273 bytes.
pub fn encode(text: &str) -> Result<QrCode, DataTooLong> {
    let segments = [QrSegment::make_bytes(text.as_bytes())];
    QrCode::encode_segments_advanced(&segments, QrCodeEcc::Low, Version::MIN, Version::new(LARGEST), Some(Mask::new(MASK)), false)
}

/// The dark modules as an SVG path, a module being one unit.
pub fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_as_small_as_it_can_be_and_no_larger_than_a_room_can_read() {
        // ISO/IEC 18004, table 7, level L, bytes.
        for (side, bytes) in [(21, 17), (37, 106), (53, 230), (57, 271), (97, 858), (117, 1273)] {
            assert_eq!(encode(&"a".repeat(bytes)).map(|code| code.size()).ok(), Some(side));
        }
        assert!(encode(&"a".repeat(1274)).is_err());
    }
}
