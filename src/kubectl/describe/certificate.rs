//! A request for a certificate at length. Models describe.go CertificateSigningRequestDescriber.

use super::lines::Lines;
use super::other::{events, in_a_row, text};
use super::{Scene, time};
use crate::api::{Other, SigningRequest};
use crate::kubectl::print::other_cells as cells;

/// The parts of a subject that may have several values, by the last byte of their object identifiers.
const PARTS: [(&str, u8); 7] = [
    ("Organization", 10), ("Organizational Unit", 11), ("Country", 6), ("Locality", 7), ("Province", 8), ("StreetAddress", 9), ("PostalCode", 17),
];
const COMMON_NAME: u8 = 3;
const SERIAL_NUMBER: u8 = 5;
const NAMES: [(&str, u8); 4] = [
    ("DNS Names", SigningRequest::DNS), ("Email Addresses", SigningRequest::EMAIL), ("URIs", SigningRequest::URI),
    ("IP Addresses", SigningRequest::IP),
];

/// What cannot be read is not described: the error stands in place of it.
pub(super) fn unreadable(object: &Other) -> Option<String> {
    let error = SigningRequest::parse(&text(object, "spec.request", "")).err()?;
    Some(format!("Error parsing CSR: {error}"))
}

pub(super) fn describe(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    let request = SigningRequest::parse(&text(object, "spec.request", "")).unwrap_or_default();
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "Labels", in_a_row(&object.meta.labels));
    lines.field(0, "Annotations", in_a_row(&object.meta.annotations));
    lines.field(0, "CreationTimestamp", time(object.meta.creation));
    lines.field(0, "Requesting User", text(object, "spec.username", ""));
    lines.field(0, "Signer", text(object, "spec.signerName", ""));
    if !cells::at(object, "spec.expirationSeconds").is_null() {
        lines.field(0, "Requested Duration", cells::duration(object));
    }
    lines.field(0, "Status", cells::request_condition(object));
    lines.line(0, "Subject:");
    for (title, part) in [("Common Name", COMMON_NAME), ("Serial Number", SERIAL_NUMBER)] {
        lines.line(0, format!("\t{title}:\t{}", request.part(part).pop().unwrap_or_default()));
    }
    PARTS.iter().for_each(|(title, part)| list(title, request.part(*part), lines));
    if !request.others.is_empty() {
        lines.line(0, "Subject Alternative Names:");
        NAMES.iter().for_each(|(title, tag)| list(title, request.names(*tag), lines));
    }
    events(object, scene, lines);
}

/// Texts below each other, if there are any. Models printListHelper.
fn list(title: &str, texts: Vec<String>, lines: &mut Lines) {
    for (at, text) in texts.iter().enumerate() {
        let title = if at == 0 { format!("{title}:") } else { String::new() };
        lines.line(0, format!("\t{title}\t{text}"));
    }
}
