//! QR codes by ISO/IEC 18004: bytes, error correction level L, versions 1 to 25. Left out: other modes and levels.

use std::fmt::Write;

/// Error correction codewords of a block, by version.
const CHECKS: [usize; 25] = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26];
/// Blocks, by version.
const BLOCKS: [usize; 25] = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12];
/// The mask that is used: rows and columns of both parities are mixed, which suits addresses well enough.
const MASK: u32 = 0;

/// A code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Modules on each side, without the quiet zone.
    pub side: usize,
    dark: Vec<bool>,
}

impl Code {
    /// Whether a module is dark.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.side + x]
    }

    /// The dark modules as an SVG path, a module being one unit.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.side {
            for x in (0..self.side).filter(|x| self.is_dark(*x, y)) {
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
        path
    }
}

/// All modules of a version that are not function patterns, in bits.
fn raw_bits(version: usize) -> usize {
    let side = version * 4 + 17;
    let marks = positions(version).len();
    let finders = 3 * 64;
    let aligned = if marks == 0 { 0 } else { marks * marks - 3 };
    // Of an alignment pattern on a timing line five modules are the line's already.
    let on_lines = if marks == 0 { 0 } else { 2 * (marks - 2) };
    let timing = 2 * (side - 16);
    let infos = 31 + if version >= 7 { 36 } else { 0 };
    side * side - finders - aligned * 25 + on_lines * 5 - timing - infos
}

/// Where the centres of alignment patterns are, along a side.
fn positions(version: usize) -> Vec<usize> {
    if version == 1 {
        return Vec::new();
    }
    let count = version / 7 + 2;
    let last = version * 4 + 10;
    let step = ((last - 6) + (count - 1) * 2 - 1) / ((count - 1) * 2) * 2;
    let mut found: Vec<usize> = (0..count - 1).map(|n| last - n * step).collect();
    found.push(6);
    found.reverse();
    found
}

fn multiply(a: u8, b: u8) -> u8 {
    let mut product = 0_u16;
    for bit in (0..8).rev() {
        product = product << 1 ^ if product >> 7 & 1 == 1 { 0x11D } else { 0 };
        product ^= if b >> bit & 1 == 1 { u16::from(a) } else { 0 };
    }
    product as u8
}

/// The generator polynomial of so many codewords, without its leading one.
fn generator(count: usize) -> Vec<u8> {
    let mut polynomial = vec![0; count];
    polynomial[count - 1] = 1;
    let mut root = 1;
    for _ in 0..count {
        for at in 0..count {
            polynomial[at] = multiply(polynomial[at], root);
            if at + 1 < count {
                polynomial[at] ^= polynomial[at + 1];
            }
        }
        root = multiply(root, 2);
    }
    polynomial
}

fn remainder(data: &[u8], generator: &[u8]) -> Vec<u8> {
    let mut rest = vec![0; generator.len()];
    for byte in data {
        let factor = byte ^ rest.remove(0);
        rest.push(0);
        for (place, coefficient) in rest.iter_mut().zip(generator) {
            *place ^= multiply(*coefficient, factor);
        }
    }
    rest
}

/// The data codewords: mode, length, bytes, and filling.
fn codewords(text: &[u8], version: usize) -> Option<Vec<u8>> {
    let capacity = raw_bits(version) / 8 - CHECKS[version - 1] * BLOCKS[version - 1];
    let length_bits = if version < 10 { 8 } else { 16 };
    if 4 + length_bits + text.len() * 8 > capacity * 8 {
        return None;
    }
    let mut bits: Vec<bool> = Vec::new();
    let mut put = |value: usize, count: usize| bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    put(4, 4);
    put(text.len(), length_bits);
    text.iter().for_each(|byte| put(usize::from(*byte), 8));
    let end = (capacity * 8 - bits.len()).min(4);
    bits.extend(std::iter::repeat_n(false, end));
    bits.extend(std::iter::repeat_n(false, (8 - bits.len() % 8) % 8));
    let mut bytes: Vec<u8> = bits.chunks(8).map(|chunk| chunk.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect();
    let fill = [0xEC, 0x11];
    let missing = capacity - bytes.len();
    bytes.extend((0..missing).map(|n| fill[n % 2]));
    Some(bytes)
}

/// Data and checks, block by block, interleaved.
fn interleaved(data: &[u8], version: usize) -> Vec<u8> {
    let (blocks, checks) = (BLOCKS[version - 1], CHECKS[version - 1]);
    let all = raw_bits(version) / 8;
    let short = blocks - all % blocks;
    let length = all / blocks - checks;
    let generator = generator(checks);
    let (mut parts, mut ends, mut at) = (Vec::new(), Vec::new(), 0);
    for block in 0..blocks {
        let size = length + usize::from(block >= short);
        let part = &data[at..at + size];
        ends.push(remainder(part, &generator));
        parts.push(part);
        at += size;
    }
    let mut out: Vec<u8> = (0..=length).flat_map(|n| parts.iter().filter_map(move |part| part.get(n).copied())).collect();
    out.extend((0..checks).flat_map(|n| ends.iter().map(move |end| end[n])));
    out
}

/// A code that is being drawn: what is dark, and what belongs to a function pattern.
struct Drawing {
    side: usize,
    dark: Vec<bool>,
    fixed: Vec<bool>,
}

impl Drawing {
    fn fix(&mut self, x: usize, y: usize, dark: bool) {
        self.dark[y * self.side + x] = dark;
        self.fixed[y * self.side + x] = true;
    }

    /// Rings around a centre; `reach` is how far they go.
    fn rings(&mut self, (cx, cy): (usize, usize), reach: i64, light: [i64; 2]) {
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let (x, y) = (cx as i64 + dx, cy as i64 + dy);
                let inside = |place: i64| (0..self.side as i64).contains(&place);
                if inside(x) && inside(y) {
                    let distance = dx.abs().max(dy.abs());
                    self.fix(x as usize, y as usize, !light.contains(&distance));
                }
            }
        }
    }

    fn patterns(&mut self, version: usize) {
        for n in 0..self.side {
            self.fix(6, n, n % 2 == 0);
            self.fix(n, 6, n % 2 == 0);
        }
        let far = self.side - 4;
        for centre in [(3, 3), (far, 3), (3, far)] {
            self.rings(centre, 4, [2, 4]);
        }
        let places = positions(version);
        let last = places.len().saturating_sub(1);
        for (i, x) in places.iter().enumerate() {
            for (j, y) in places.iter().enumerate() {
                if ![(0, 0), (0, last), (last, 0)].contains(&(i, j)) {
                    self.rings((*x, *y), 2, [1, 1]);
                }
            }
        }
        self.format();
        if version >= 7 {
            self.version(version);
        }
    }

    /// Level L and the mask, twice.
    fn format(&mut self) {
        let data = 1_u32 << 3 | MASK;
        let rest = (0..10).fold(data, |rest, _| rest << 1 ^ (rest >> 9) * 0x537);
        let bits = (data << 10 | rest) ^ 0x5412;
        let bit = |n: usize| bits >> n & 1 == 1;
        let side = self.side;
        for n in 0..6 {
            self.fix(8, n, bit(n));
        }
        self.fix(8, 7, bit(6));
        self.fix(8, 8, bit(7));
        self.fix(7, 8, bit(8));
        for n in 9..15 {
            self.fix(14 - n, 8, bit(n));
        }
        for n in 0..8 {
            self.fix(side - 1 - n, 8, bit(n));
        }
        for n in 8..15 {
            self.fix(8, side - 15 + n, bit(n));
        }
        self.fix(8, side - 8, true);
    }

    fn version(&mut self, version: usize) {
        let rest = (0..12).fold(version, |rest, _| rest << 1 ^ (rest >> 11) * 0x1F25);
        let bits = version << 12 | rest;
        for n in 0..18 {
            let (far, near) = (self.side - 11 + n % 3, n / 3);
            let bit = bits >> n & 1 == 1;
            self.fix(far, near, bit);
            self.fix(near, far, bit);
        }
    }

    /// In columns of two from the right, up and down, around what is fixed; masked.
    fn fill(&mut self, bytes: &[u8]) {
        let mut bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
        let mut right = self.side - 1;
        let mut up = true;
        loop {
            for n in 0..self.side {
                let y = if up { self.side - 1 - n } else { n };
                for x in [right, right - 1] {
                    if !self.fixed[y * self.side + x] {
                        self.dark[y * self.side + x] = bits.next().unwrap_or_default() ^ ((x + y) % 2 == 0);
                    }
                }
            }
            up = !up;
            if right < 2 {
                return;
            }
            // The timing column stands by itself.
            right -= if right == 8 { 3 } else { 2 };
        }
    }
}

/// The smallest code that holds a text; None if it is too long.
pub fn encode(text: &[u8]) -> Option<Code> {
    let (version, data) = (1..=CHECKS.len()).find_map(|version| Some((version, codewords(text, version)?)))?;
    let side = version * 4 + 17;
    let mut drawing = Drawing { side, dark: vec![false; side * side], fixed: vec![false; side * side] };
    drawing.patterns(version);
    drawing.fill(&interleaved(&data, version));
    Some(Code { side, dark: drawing.dark })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alignment_patterns_are_where_the_standard_has_them() {
        // ISO/IEC 18004, table E.1.
        let table: [(usize, &[usize]); 6] =
            [(1, &[]), (2, &[6, 18]), (7, &[6, 22, 38]), (14, &[6, 26, 46, 66]), (21, &[6, 28, 50, 72, 94]), (25, &[6, 32, 58, 84, 110])];
        for (version, expected) in table {
            assert_eq!(positions(version), expected, "{version}");
        }
    }

    #[test]
    fn capacities_are_those_of_the_standard() {
        // ISO/IEC 18004, table 7, level L, bytes.
        for (version, bytes) in [(1, 17), (5, 106), (9, 230), (10, 271), (20, 858), (25, 1273)] {
            assert!(codewords(&vec![b'a'; bytes], version).is_some(), "{version}");
            assert!(codewords(&vec![b'a'; bytes + 1], version).is_none(), "{version}");
        }
    }
}
