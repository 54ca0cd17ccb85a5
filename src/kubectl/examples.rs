//! Manifests at addresses of Kubernetes' documentation, for `-f https://k8s.io/examples/…`: no web is reached from here, and these are what
//! people's notes begin with. They are written anew from what the objects there are; comments are left out.
//!
//! `examples.txt` holds them: `@@` and the path below `examples/` begin a manifest.

const TEXTS: &str = include_str!("examples.txt");
/// Where the documentation has them.
const ROOTS: [&str; 5] = [
    "k8s.io/examples/",
    "kubernetes.io/examples/",
    "www.kubernetes.io/examples/",
    "raw.githubusercontent.com/kubernetes/website/main/content/en/examples/",
    "raw.githubusercontent.com/kubernetes/website/master/content/en/examples/",
];

/// The text at an address; None if it is none that is known. Not needed at the start of a page.
#[inline(never)]
pub(super) fn at(address: &str) -> Option<&'static str> {
    let (_, place) = address.split_once("://")?;
    let path = ROOTS.iter().find_map(|root| place.strip_prefix(root))?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut entries = TEXTS.strip_prefix("@@")?.split("\n@@");
    entries.find_map(|entry| entry.strip_prefix(path)?.strip_prefix('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_a_manifest_that_can_be_read() {
        for path in TEXTS.lines().filter_map(|line| line.strip_prefix("@@")) {
            let text = at(&format!("https://k8s.io/examples/{path}")).unwrap_or_default();
            let decoded = crate::manifest::decode(text);
            assert!(decoded.failure.is_none() && !decoded.readable().is_empty(), "{path}");
            for document in decoded.readable() {
                assert_eq!(crate::manifest::check(document).len(), 0, "{path}");
            }
        }
        assert_eq!(at("https://k8s.io/examples/nosuch.yaml"), None);
        assert_eq!(at("https://example.com/examples/pods/simple-pod.yaml"), None);
    }
}
