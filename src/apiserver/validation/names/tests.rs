//! Tables of names that each rule accepts and refuses.

use super::*;

fn check(rule: fn(&str) -> Vec<String>, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(rule(text).is_empty(), "{text:?} is refused: {:?}", rule(text));
    }
    for text in bad {
        assert!(!rule(text).is_empty(), "{text:?} is accepted");
    }
}

#[test]
fn labels_and_subdomains() {
    let (long, longer) = ("a".repeat(63), "a".repeat(64));
    check(dns1123_label, &["a", "a1", "a--1", "0", "1a", &long], &[
        "", "A", "aBc", "-", "a-", "-a", "a_b", ".", "a.b", "a.", " ", "a b", &longer,
    ]);
    check(dns1035_label, &["a", "a1", "a-1", &long], &["0", "1a", "", "A", "a-", "a.b", &longer]);
    let (long, longer) = ("a".repeat(253), "a".repeat(254));
    check(dns1123_subdomain, &["a", "a.b", "1.2.3", "a--1.b", &long], &[
        "", ".", "a..b", "a.", ".a", "a.B", "a_b.c", "a.-b", "a@b", &longer,
    ]);
    check(wildcard_dns1123_subdomain, &["*.a.b", "*.com"], &["*", "*a.b", "a.*.b", "*.*.b", "a.b"]);
}

#[test]
fn label_keys_and_values() {
    let (long, longer) = ("a".repeat(63), "a".repeat(64));
    let prefixed = format!("{}/b", "a".repeat(253));
    check(qualified_name, &["simple", "1234", "a/b", "a.b/c_D", "Uppercase_OK", &long, &prefixed], &[
        "", "a%b", "a-", "-a", "a/b/c", "A.b/c", "a_b/c", "a/", "/a", &longer, "a b",
    ]);
    check(label_value, &["", "a", "1-a", "A_b.c", &long], &["a%", "-a", "a-", ".a", "a b", "é", &longer]);
    assert_eq!(qualified_name("a/b/c"), [
        "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character \
         (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') \
         with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ]);
}

#[test]
fn ports_variables_keys() {
    check(port_name, &["telnet", "re-mail-ck", "a", "1-a"], &[
        "longerthan15characters", "", "12345", "-begin", "end-", "two--hyphens", "whois++", "Http",
    ]);
    assert_eq!(port_name("HTTP"), [
        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        "must contain at least one letter (a-z)",
    ]);
    for (port, good) in [(1, true), (65535, true), (0, false), (-1, false), (65536, false)] {
        assert_eq!(port_number(port).is_empty(), good, "{port}");
    }
    check(env_var_name, &["A", "1 A", "a.b-c", "!"], &["", "A=B", "é", "\n"]);
    check(config_map_key, &["a", ".a", "A_b-c.d"], &["", ".", "..", "..a", "a/b"]);
    check(http_header_name, &["X-A"], &["", "a b", "a_b"]);
    check(ip_address, &["1.2.3.4", "::1"], &["", "1.2.3", "a"]);
}

#[test]
fn a_prefix_may_end_with_a_dash() {
    assert!(subdomain_rule("p-", NameUse::Prefix).is_empty());
    assert!(!subdomain_rule("p-", NameUse::Whole).is_empty());
    assert!(!subdomain_rule("P-x-", NameUse::Prefix).is_empty());
    assert!(!subdomain_rule("-", NameUse::Prefix).is_empty());
}
