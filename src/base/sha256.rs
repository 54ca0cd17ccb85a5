//! SHA-256 (FIPS 180-4).

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first 8.
struct Constants {
    rounds: [u32; 64],
    start: [u32; 8],
}

/// The integer part of the `degree`th root of a number.
fn root(number: u128, degree: u32) -> u128 {
    let (mut low, mut high) = (0_u128, 1 << 41);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if middle.checked_pow(degree).is_some_and(|power| power <= number) { low = middle } else { high = middle }
    }
    low
}

fn constants() -> Constants {
    let mut all = Constants { rounds: [0; 64], start: [0; 8] };
    let primes = (2_u128..).filter(|n| (2..*n).all(|divisor| n % divisor != 0));
    for (index, prime) in primes.take(64).enumerate() {
        all.rounds[index] = root(prime << 96, 3) as u32;
        if index < 8 {
            all.start[index] = root(prime << 64, 2) as u32;
        }
    }
    all
}

fn block(state: &mut [u32; 8], rounds: &[u32; 64], bytes: &[u8]) {
    let mut words = [0_u32; 64];
    for (word, four) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = four.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for i in 16..64 {
        let (a, b) = (words[i - 15], words[i - 2]);
        let first = a.rotate_right(7) ^ a.rotate_right(18) ^ a >> 3;
        let second = b.rotate_right(17) ^ b.rotate_right(19) ^ b >> 10;
        words[i] = words[i - 16].wrapping_add(first).wrapping_add(words[i - 7]).wrapping_add(second);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, round) in words.iter().zip(rounds) {
        let sum = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = e & f ^ !e & g;
        let first = h.wrapping_add(sum).wrapping_add(choice).wrapping_add(*round).wrapping_add(*word);
        let sum = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let second = sum.wrapping_add(a & b ^ a & c ^ b & c);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
    }
    for (old, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *old = old.wrapping_add(new);
    }
}

/// The digest of a text, as eight words.
pub fn sha256(text: &str) -> [u32; 8] {
    let Constants { rounds, start: mut state } = constants();
    let mut bytes = text.as_bytes().to_vec();
    let bits = bytes.len() as u64 * 8;
    bytes.push(0x80);
    while bytes.len() % 64 != 56 {
        bytes.push(0);
    }
    bytes.extend(bits.to_be_bytes());
    bytes.chunks_exact(64).for_each(|chunk| block(&mut state, &rounds, chunk));
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256() {
        // FIPS 180-4, example of one block; and of the empty text.
        assert_eq!(format!("{:08x}{:08x}", sha256("abc")[0], sha256("abc")[7]), "ba7816bff20015ad");
        assert_eq!(format!("{:08x}{:08x}", sha256("")[0], sha256("")[7]), "e3b0c4427852b855");
    }
}
