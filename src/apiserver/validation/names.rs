//! The syntax of names: what each rule accepts and how it words a refusal. A rule returns no message for what it accepts.
//! Models apimachinery/pkg/util/validation and apimachinery/pkg/api/validation/name.go.

/// The regular expressions as the messages quote them.
const LABEL_FORM: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN_FORM: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const DNS1035_FORM: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const WILDCARD_FORM: &str = "\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const QUALIFIED_FORM: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE_FORM: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const CONFIG_KEY_FORM: &str = "[-._a-zA-Z0-9]+";
const HEADER_FORM: &str = "[-A-Za-z0-9]+";

const LABEL_TEXT: &str =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_TEXT: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const DNS1035_TEXT: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const WILDCARD_TEXT: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
const QUALIFIED_TEXT: &str =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_TEXT: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const CONFIG_KEY_TEXT: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
const HEADER_TEXT: &str = "a valid HTTP header must consist of alphanumeric characters or '-'";
const ENV_TEXT: &str = "a valid environment variable name must consist only of printable ASCII characters other than '='";

const LABEL_MAX: usize = 63;
const SUBDOMAIN_MAX: usize = 253;
const PORT_NAME_MAX: usize = 15;

/// A rule of a kind's names. `prefix`: the text is a generateName, to which more is appended.
pub type NameRule = fn(&str, NameUse) -> Vec<String>;

/// What a name is checked as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NameUse {
    /// As it is.
    Whole,
    /// With something appended, so a dash may end it.
    Prefix,
}

fn too_long(max: usize) -> String {
    format!("must be no more than {max} characters")
}

/// Models RegexError: the odd double blank before `or` is Kubernetes' own.
fn regex_error(text: &str, form: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples.iter().map(|example| format!("'{example}', ")).collect();
    format!("{text} (e.g. {}regex used for validation is '{form}')", examples.join(" or "))
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn framed(text: &str, edge: fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    edge(*first) && edge(*last) && bytes.iter().all(|byte| inner(*byte))
}

fn label_fits(text: &str) -> bool {
    framed(text, is_lower, |byte| is_lower(byte) || byte == b'-')
}

fn subdomain_fits(text: &str) -> bool {
    text.split('.').all(label_fits)
}

fn word_fits(text: &str) -> bool {
    framed(text, |byte| byte.is_ascii_alphanumeric(), |byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Names of containers, volumes, namespaces, host names.
pub fn dns1123_label(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > LABEL_MAX {
        out.push(too_long(LABEL_MAX));
    }
    if label_fits(text) {
        return out;
    }
    let dots = subdomain_fits(text);
    out.push(if dots { "must not contain dots".to_owned() } else { regex_error(LABEL_TEXT, LABEL_FORM, &["my-name", "123-abc"]) });
    out
}

/// Names of most objects.
pub fn dns1123_subdomain(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > SUBDOMAIN_MAX {
        out.push(too_long(SUBDOMAIN_MAX));
    }
    if !subdomain_fits(text) {
        out.push(regex_error(SUBDOMAIN_TEXT, SUBDOMAIN_FORM, &["example.com"]));
    }
    out
}

/// Names of Services.
pub fn dns1035_label(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > LABEL_MAX {
        out.push(too_long(LABEL_MAX));
    }
    if !label_fits(text) || text.starts_with(|c: char| c.is_ascii_digit()) {
        out.push(regex_error(DNS1035_TEXT, DNS1035_FORM, &["my-name", "abc-123"]));
    }
    out
}

/// Hosts of Ingress rules that start with `*.`.
pub fn wildcard_dns1123_subdomain(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > SUBDOMAIN_MAX {
        out.push(too_long(SUBDOMAIN_MAX));
    }
    if !text.strip_prefix("*.").is_some_and(subdomain_fits) {
        out.push(regex_error(WILDCARD_TEXT, WILDCARD_FORM, &["*.example.com"]));
    }
    out
}

/// Keys of labels, annotations (in lower case), taints, finalizers.
pub fn qualified_name(text: &str) -> Vec<String> {
    let examples = ["MyName", "my.name", "123-abc"];
    let mut out = Vec::new();
    let mut parts = text.split('/');
    let name = match (parts.next(), parts.next(), parts.next()) {
        (Some(name), None, _) => name,
        (Some(prefix), Some(name), None) => {
            if prefix.is_empty() {
                out.push("prefix part must be non-empty".to_owned());
            } else {
                out.extend(dns1123_subdomain(prefix).into_iter().map(|message| format!("prefix part {message}")));
            }
            name
        }
        _ => {
            let form = regex_error(QUALIFIED_TEXT, QUALIFIED_FORM, &examples);
            out.push(format!("a qualified name {form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"));
            return out;
        }
    };
    if name.is_empty() {
        out.push("name part must be non-empty".to_owned());
    } else if name.len() > LABEL_MAX {
        out.push(format!("name part {}", too_long(LABEL_MAX)));
    }
    if !word_fits(name) {
        out.push(format!("name part {}", regex_error(QUALIFIED_TEXT, QUALIFIED_FORM, &examples)));
    }
    out
}

/// Values of labels.
pub fn label_value(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > LABEL_MAX {
        out.push(too_long(LABEL_MAX));
    }
    if !text.is_empty() && !word_fits(text) {
        out.push(regex_error(LABEL_VALUE_TEXT, LABEL_VALUE_FORM, &["MyValue", "my_value", "12345"]));
    }
    out
}

/// Names of container ports.
pub fn port_name(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut check = |bad: bool, message: &str| {
        if bad {
            out.push(message.to_owned());
        }
    };
    check(text.len() > PORT_NAME_MAX, "must be no more than 15 characters");
    let charset = !text.is_empty() && text.bytes().all(|byte| is_lower(byte) || byte == b'-');
    check(!charset, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    check(!text.bytes().any(|byte| byte.is_ascii_lowercase()), "must contain at least one letter (a-z)");
    check(text.contains("--"), "must not contain consecutive hyphens");
    check(text.starts_with('-') || text.ends_with('-'), "must not begin or end with a hyphen");
    out
}

/// Port numbers.
pub fn port_number(port: i64) -> Vec<String> {
    if (1..=65535).contains(&port) { Vec::new() } else { vec![super::path::between(1..=65535)] }
}

/// Names of environment variables; the relaxed rule, on by default since 1.32.
pub fn env_var_name(text: &str) -> Vec<String> {
    if text.is_empty() {
        return vec!["environment variable name must be non-empty".to_owned()];
    }
    let fits = text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=');
    if fits { Vec::new() } else { vec![ENV_TEXT.to_owned()] }
}

/// Keys of ConfigMaps and Secrets.
pub fn config_map_key(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if text.len() > SUBDOMAIN_MAX {
        out.push(too_long(SUBDOMAIN_MAX));
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
        out.push(regex_error(CONFIG_KEY_TEXT, CONFIG_KEY_FORM, &["key.name", "KEY_NAME", "key-name"]));
    }
    match text {
        "." => out.push("must not be '.'".to_owned()),
        ".." => out.push("must not be '..'".to_owned()),
        _ if text.starts_with("..") => out.push("must not start with '..'".to_owned()),
        _ => {}
    }
    out
}

/// Names of HTTP headers.
pub fn http_header_name(text: &str) -> Vec<String> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits { Vec::new() } else { vec![regex_error(HEADER_TEXT, HEADER_FORM, &["X-Header-Name"])] }
}

/// IP addresses of either family.
pub fn ip_address(text: &str) -> Vec<String> {
    let fits = text.parse::<std::net::IpAddr>().is_ok();
    if fits { Vec::new() } else { vec!["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".to_owned()] }
}

/// The rule of most kinds' names.
pub fn subdomain_rule(text: &str, used: NameUse) -> Vec<String> {
    masked(text, used, dns1123_subdomain)
}

/// Names that become a step of a path, and may be anything else: roles and their bindings.
/// Models apimachinery/pkg/api/validation/path IsValidPathSegmentName, IsValidPathSegmentPrefix.
pub fn path_segment_rule(text: &str, used: NameUse) -> Vec<String> {
    if used == NameUse::Whole && (text == "." || text == "..") {
        return vec![format!("may not be '{text}'")];
    }
    let bad = ["/", "%"].into_iter().filter(|part| text.contains(part));
    bad.map(|part| format!("may not contain '{part}'")).collect()
}

/// The rule of Namespaces' names.
pub fn label_rule(text: &str, used: NameUse) -> Vec<String> {
    masked(text, used, dns1123_label)
}

/// The rule of Services' names.
pub fn dns1035_rule(text: &str, used: NameUse) -> Vec<String> {
    masked(text, used, dns1035_label)
}

/// Models maskTrailingDash: the last two characters of a prefix are taken for a letter.
fn masked(text: &str, used: NameUse, rule: fn(&str) -> Vec<String>) -> Vec<String> {
    let ends_with_dash = used == NameUse::Prefix && text.len() > 1 && text.ends_with('-');
    match text.get(..text.len().saturating_sub(2)) {
        Some(head) if ends_with_dash => rule(&format!("{head}a")),
        _ => rule(text),
    }
}

#[cfg(test)]
mod tests;
