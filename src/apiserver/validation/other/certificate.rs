//! Requests for certificates. Models pkg/apis/certificates/validation ValidateCertificateSigningRequestCreate. Left out: the signature of a
//! request, the form of a signer's name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::api::{Other, SigningRequest};
use crate::apiserver::validation::path::{Causes, FieldPath, GoSyntax};

/// What a key may be used for.
const USAGES: [&str; 23] = [
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only",
    "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement",
    "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
];
/// Seconds for which a certificate lasts at least.
const SHORTEST: i64 = 600;

pub(super) fn validate(object: &Other, causes: &mut Causes) {
    let spec = FieldPath::new("spec");
    let request = object.at(&["spec", "request"]).as_str().unwrap_or_default();
    if let Err(error) = SigningRequest::parse(request) {
        causes.invalid(&spec.child("request"), GoSyntax(bytes(request)), error);
    }
    let usages = object.at(&["spec", "usages"]).as_array().map_or(&[] as &[_], Vec::as_slice);
    if usages.is_empty() {
        causes.required(&spec.child("usages"), "");
    }
    for (at, usage) in usages.iter().enumerate() {
        let usage = usage.as_str().unwrap_or_default();
        if !USAGES.contains(&usage) {
            causes.not_supported(&spec.child("usages").index(at), usage, &USAGES);
        }
    }
    if object.at(&["spec", "signerName"]).as_str().is_none_or(str::is_empty) {
        causes.required(&spec.child("signerName"), "");
    }
    if let Some(seconds) = object.at(&["spec", "expirationSeconds"]).as_i64().filter(|seconds| *seconds < SHORTEST) {
        let seconds = i32::try_from(seconds).unwrap_or_default();
        causes.invalid(&spec.child("expirationSeconds"), seconds, "may not specify a duration less than 600 seconds (10 minutes)");
    }
}

/// What base64 stands for, as Go prints bytes.
fn bytes(text: &str) -> String {
    let bytes = BASE64.decode(text).unwrap_or_default();
    if bytes.is_empty() {
        return "[]byte(nil)".to_owned();
    }
    format!("[]byte{{{}}}", bytes.iter().map(|byte| format!("{byte:#x}")).collect::<Vec<_>>().join(", "))
}
