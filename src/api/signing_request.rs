//! What a certificate is asked for: PKCS #10 in PEM, as far as it names somebody. Models k8s.io/client-go/util/certificate/csr ParseCSR.
//! Left out: the key and the signature, which are not looked at.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Whom a request names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SigningRequest {
    /// The parts of the subject: the last byte of an attribute's object identifier `2.5.4.x`, and its value, in the order of the request.
    pub subject: Vec<(u8, String)>,
    /// The other names: the tag of each (see the constants), and the name.
    pub others: Vec<(u8, String)>,
}

impl SigningRequest {
    /// The tag of a mail address among the other names.
    pub const EMAIL: u8 = 1;
    /// The tag of a DNS name.
    pub const DNS: u8 = 2;
    /// The tag of a URI.
    pub const URI: u8 = 6;
    /// The tag of an address.
    pub const IP: u8 = 7;

    /// Reads `spec.request`, which is PEM in base64. Errors are Go's words for what is wrong.
    pub fn parse(request: &str) -> Result<SigningRequest, &'static str> {
        const NOT_PEM: &str = "PEM block type must be CERTIFICATE REQUEST";
        let pem = BASE64.decode(request).map_err(|_| NOT_PEM)?;
        let pem = std::str::from_utf8(&pem).map_err(|_| NOT_PEM)?;
        let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE REQUEST-----").ok_or(NOT_PEM)?;
        let (body, _) = rest.split_once("-----END CERTIFICATE REQUEST-----").ok_or(NOT_PEM)?;
        let body: String = body.split_whitespace().collect();
        let der = BASE64.decode(body).map_err(|_| NOT_PEM)?;
        read(&der).ok_or("asn1: syntax error: data truncated")
    }

    /// The values of a part of the subject.
    pub fn part(&self, part: u8) -> Vec<String> {
        self.subject.iter().filter(|(of, _)| *of == part).map(|(_, value)| value.clone()).collect()
    }

    /// The other names of a tag.
    pub fn names(&self, tag: u8) -> Vec<String> {
        self.others.iter().filter(|(of, _)| *of == tag).map(|(_, name)| name.clone()).collect()
    }
}

/// Elements of DER, one after the other.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The tag and the content of the next element.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            let count = usize::from(first & 0x7f);
            if count > 3 {
                return None;
            }
            length = rest.get(..count)?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            rest = &rest[count..];
        }
        let content = rest.get(..length)?;
        self.0 = &rest[length..];
        Some((tag, content))
    }

    /// What the next element holds, if it has this tag.
    fn inside(&mut self, wanted: u8) -> Option<Elements<'a>> {
        self.next().filter(|(tag, _)| *tag == wanted).map(|(_, content)| Elements(content))
    }
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT: u8 = 0x06;
const INTEGER: u8 = 0x02;
const ATTRIBUTES: u8 = 0xa0;
/// `1.2.840.113549.1.9.14`
const EXTENSIONS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e];
/// `2.5.29.17`
const OTHER_NAMES: &[u8] = &[0x55, 0x1d, 0x11];

fn read(der: &[u8]) -> Option<SigningRequest> {
    let mut out = SigningRequest::default();
    let mut info = Elements(der).inside(SEQUENCE)?.inside(SEQUENCE)?;
    info.inside(INTEGER)?;
    let mut name = info.inside(SEQUENCE)?;
    while !name.0.is_empty() {
        let mut pair = name.inside(SET)?.inside(SEQUENCE)?;
        let kind = pair.inside(OBJECT)?.0;
        let (_, value) = pair.next()?;
        if let [0x55, 0x04, part] = kind {
            out.subject.push((*part, String::from_utf8_lossy(value).into_owned()));
        }
    }
    info.inside(SEQUENCE)?;
    let Some(mut attributes) = info.inside(ATTRIBUTES) else { return Some(out) };
    while !attributes.0.is_empty() {
        let mut attribute = attributes.inside(SEQUENCE)?;
        if attribute.inside(OBJECT)?.0 == EXTENSIONS {
            extensions(attribute.inside(SET)?.inside(SEQUENCE)?, &mut out)?;
        }
    }
    Some(out)
}

fn extensions(mut all: Elements<'_>, out: &mut SigningRequest) -> Option<()> {
    while !all.0.is_empty() {
        let mut extension = all.inside(SEQUENCE)?;
        if extension.inside(OBJECT)?.0 != OTHER_NAMES {
            continue;
        }
        // Whether it is critical may stand before it.
        let mut content = extension.next()?.1;
        if !extension.0.is_empty() {
            content = extension.next()?.1;
        }
        let mut names = Elements(content).inside(SEQUENCE)?;
        while !names.0.is_empty() {
            let (tag, name) = names.next()?;
            let text = match (tag & 0x1f, name) {
                (SigningRequest::IP, [a, b, c, d]) => format!("{a}.{b}.{c}.{d}"),
                _ => String::from_utf8_lossy(name).into_owned(),
            };
            out.others.push((tag & 0x1f, text));
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `openssl req -new -subj /O=shop/CN=bob`, with an elliptic key.
    const BOB: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWE1IOENBUUF3SFRFTk1Bc0dBMVVFQ2d3RWMyaHZjREVNTUFvR0ExVUVBd3dEWW05aU1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVXd01TakxiVTNqaVlRdHEyV2Rxd3AzOXNJZkZreEg2dXVDMk5HN0lICm5raXNRbFBtV2NOeUhPb0EzZTQ0UXlyT0RSdmRKT1diZVV0Wk5GQ2hpZ0pnMGFBQU1Bb0dDQ3FHU000OUJBTUMKQTBnQU1FVUNJUUNQU3doa0FlTHorQzIzcGlIUldlUzNmVDlpbEVwUWtkZ2NvaTg5U21DOTR3SWdNa21NWCszKwpxTzFnQ21KRzhnbVY1cHRuaFJrdmZLditWanVoUFVmYnY4RT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==";

    #[test]
    fn a_request_names_somebody() {
        let request = SigningRequest::parse(BOB).unwrap_or_default();
        assert_eq!((request.part(3), request.part(10), request.others.len()), (vec!["bob".to_owned()], vec!["shop".to_owned()], 0));
    }

    #[test]
    fn what_is_no_request_is_said_in_the_words_of_go() {
        let pem = |body: &str| BASE64.encode(format!("-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n"));
        let table = [
            (String::new(), "PEM block type must be CERTIFICATE REQUEST"),
            (BASE64.encode("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), "PEM block type must be CERTIFICATE REQUEST"),
            (pem("MIH/"), "asn1: syntax error: data truncated"),
            (pem(""), "asn1: syntax error: data truncated"),
            (pem("MIL/////////////////////////////"), "asn1: syntax error: data truncated"),
        ];
        for (request, expected) in table {
            assert_eq!(SigningRequest::parse(&request), Err(expected), "{request}");
        }
    }
}
