//! `openssl genrsa`, `req` and `rand` of the machine at which a person sits, for the Secrets of Ingresses.
//! Left out: everything else of it. Keys and certificates only look like such: nothing is encrypted here, and nobody reads what they say.

use super::Surroundings;
use super::tools::Call;
use crate::runtime::files::normal;

/// So many bytes of a key of 2048 bits, of a certificate, of a request.
const SIZES: [usize; 3] = [1192, 792, 640];

pub(super) fn openssl(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let args = call.args;
    let value = |flag: &str| args.iter().position(|arg| arg == flag).and_then(|at| args.get(at + 1)).map(String::as_str);
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    match args.first().map(String::as_str) {
        Some("genrsa") => put(call, around, value("-out"), "PRIVATE KEY", SIZES[0]),
        Some("req") if value("-subj").is_none() => {
            call.err += "openssl: -subj /CN=NAME is wanted, as nobody is asked here\n";
            1
        }
        Some("req") => {
            if let Some(key) = value("-key").filter(|key| around.disk.read(&normal(call.directory, key)).is_err()) {
                call.err += &format!("Could not open file or uri for loading private key from {key}: No such file or directory\n");
                return 1;
            }
            if has("-newkey") && put(call, around, Some(value("-keyout").unwrap_or("privkey.pem")), "PRIVATE KEY", SIZES[0]) != 0 {
                return 1;
            }
            let (what, size) = if has("-x509") { ("CERTIFICATE", SIZES[1]) } else { ("CERTIFICATE REQUEST", SIZES[2]) };
            put(call, around, value("-out"), what, size)
        }
        Some("rand") => {
            let count = args.last().and_then(|text| text.parse::<usize>().ok()).unwrap_or(16).min(4096);
            let mut drawn = drawn(call.at.micros());
            let text: String = match has("-hex") {
                true => (0..count * 2).map(|_| char::from(b"0123456789abcdef"[usize::from(drawn() % 16)])).collect(),
                false => letters(&mut drawn, count.div_ceil(3) * 4),
            };
            call.out += &(text + "\n");
            0
        }
        Some("version") => {
            call.out += "OpenSSL 3.0.15 3 Sep 2024 (Library: OpenSSL 3.0.15 3 Sep 2024)\n";
            0
        }
        other => {
            call.err += &format!("openssl {}: only genrsa, req and rand are here\n", other.unwrap_or_default());
            1
        }
    }
}

/// Bytes that differ from moment to moment.
fn drawn(seed: u64) -> impl FnMut() -> u8 {
    let mut state = seed | 1;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    }
}

fn letters(drawn: &mut impl FnMut() -> u8, count: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (0..count).map(|_| char::from(LETTERS[usize::from(drawn() % 64)])).collect()
}

/// Writes a block into a file, or shows it.
fn put(call: &mut Call<'_>, around: &mut Surroundings<'_>, name: Option<&str>, what: &str, bytes: usize) -> i32 {
    let mut drawn = drawn(call.at.micros() ^ bytes as u64);
    // All of them begin with the head of a sequence.
    let body = "MII".to_owned() + &letters(&mut drawn, bytes.div_ceil(3) * 4 - 3);
    let mut text = format!("-----BEGIN {what}-----\n");
    for line in body.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text += &format!("-----END {what}-----\n");
    let Some(name) = name else {
        call.out += &text;
        return 0;
    };
    match around.disk.write(&normal(call.directory, name), &text) {
        Ok(()) => 0,
        Err(_) => {
            call.err += &format!("Can't open \"{name}\" for writing, No such file or directory\n");
            1
        }
    }
}
