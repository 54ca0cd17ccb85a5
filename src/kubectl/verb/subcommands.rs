//! What stands between a verb and its arguments: `create deployment`, `rollout undo`. Each such word knows flags of its own, as
//! the tables of Kubernetes 1.32's kubectl have them; the verb's table holds those of all its words together.

use super::Verb;
use crate::kubectl::flags::Flag;

/// `P`: of all that print objects.
const PRINT: &str = "allow-missing-template-keys output show-managed-fields template";
/// `W`: of all that change objects.
const WRITE: &str = "allow-missing-template-keys output show-managed-fields template dry-run field-manager";
/// `C`: of all that create objects.
const CREATE: &str = "allow-missing-template-keys output show-managed-fields template dry-run field-manager save-config validate";
/// `F`: of all that read files.
const FILES: &str = "filename kustomize recursive";

/// The row of the verb that the page begins with.
const APPLY: (&str, &str) =
    ("apply", "W F all applyset cascade force force-conflicts grace-period openapi-patch overwrite prune prune-allowlist selector server-side subresource timeout validate wait");
/// It alone, so that a plain command of it needs nothing of the table.
static APPLIES: (&str, &str) = APPLY;

/// A word, or two, behind a verb and the flags that it knows. A letter stands for one of the lists above.
const TABLE: &[(&str, &str)] = &[
    ("create clusterrole", "C aggregation-rule non-resource-url resource resource-name verb"),
    ("create clusterrolebinding", "C clusterrole group serviceaccount user"),
    ("create configmap", "C append-hash from-env-file from-file from-literal"),
    ("create cronjob", "C image restart schedule"),
    ("create deployment", "C image port replicas"),
    ("create ingress", "C annotation class default-backend rule"),
    ("create job", "C from image"),
    ("create namespace", "C"),
    ("create poddisruptionbudget", "C max-unavailable min-available selector"),
    ("create priorityclass", "C description global-default preemption-policy value"),
    ("create quota", "C hard scopes"),
    ("create role", "C resource resource-name verb"),
    ("create rolebinding", "C clusterrole group role serviceaccount user"),
    ("create secret docker-registry", "C append-hash docker-email docker-password docker-server docker-username from-file"),
    ("create secret generic", "C append-hash from-env-file from-file from-literal type"),
    ("create secret tls", "C append-hash cert key"),
    ("create service clusterip", "C clusterip tcp"),
    ("create service externalname", "C external-name tcp"),
    ("create service loadbalancer", "C tcp"),
    ("create service nodeport", "C node-port tcp"),
    ("create serviceaccount", "C"),
    ("create token", "P audience bound-object-kind bound-object-name bound-object-uid duration"),
    ("set env", "W F all containers env from keys list local overwrite prefix resolve selector"),
    ("set image", "W F all local record selector"),
    ("set resources", "W F all containers limits local record requests selector"),
    ("set selector", "W all filename local record recursive resource-version"),
    ("set serviceaccount", "W F all local record"),
    ("set subject", "W F all group local selector serviceaccount user"),
    ("rollout history", "P F revision selector"),
    ("rollout pause", "P F field-manager selector"),
    ("rollout restart", "P F field-manager selector"),
    ("rollout resume", "P F field-manager selector"),
    ("rollout status", "F revision selector timeout watch"),
    ("rollout undo", "P F dry-run selector to-revision"),
    ("certificate approve", "P F force"),
    ("certificate deny", "P F force"),
    ("cluster-info dump", "P all-namespaces namespaces output-directory pod-running-timeout"),
    ("top node", "no-headers selector show-capacity sort-by use-protocol-buffers"),
    ("top pod", "all-namespaces containers field-selector no-headers selector sort-by sum use-protocol-buffers"),
    ("auth can-i", "all-namespaces list no-headers quiet subresource"),
    ("auth reconcile", "P F dry-run remove-extra-permissions remove-extra-subjects"),
    ("auth whoami", "P"),
    ("apply edit-last-applied", "P F field-manager validate windows-line-endings"),
    ("apply set-last-applied", "P create-annotation dry-run filename"),
    ("apply view-last-applied", "F all output selector"),
    ("config current-context", ""),
    ("config delete-cluster", ""),
    ("config delete-context", ""),
    ("config delete-user", ""),
    ("config get-clusters", ""),
    ("config get-contexts", "no-headers output"),
    ("config get-users", ""),
    ("config rename-context", ""),
    ("config set", "set-raw-bytes"),
    ("config set-cluster", "certificate-authority embed-certs insecure-skip-tls-verify proxy-url server tls-server-name"),
    ("config set-context", "cluster current namespace user"),
    ("config set-credentials", "auth-provider auth-provider-arg client-certificate client-key embed-certs exec-api-version exec-arg exec-command exec-env exec-interactive-mode exec-provide-cluster-info password token username"),
    ("config unset", ""),
    ("config use-context", ""),
    ("config view", "P flatten merge minify raw"),
    ("plugin list", "name-only"),
    // The verbs themselves.
    APPLY,
    ("auth", ""),
    ("autoscale", "W F cpu-percent max min name record save-config"),
    ("certificate", ""),
    ("cluster-info", ""),
    ("config", ""),
    ("create", "C F edit raw selector windows-line-endings"),
    ("create secret", ""),
    ("create service", ""),
    ("edit", "P F field-manager output-patch save-config subresource validate windows-line-endings"),
    ("plugin", ""),
    ("rollout", ""),
    ("set", ""),
    ("top", ""),
];

/// Other names of these words.
const ALIASES: &[(&str, &str)] = &[
    ("cm", "configmap"),
    ("cj", "cronjob"),
    ("deploy", "deployment"),
    ("ing", "ingress"),
    ("ns", "namespace"),
    ("pdb", "poddisruptionbudget"),
    ("pc", "priorityclass"),
    ("resourcequota", "quota"),
    ("sa", "serviceaccount"),
    ("svc", "service"),
    ("nodes", "node"),
    ("no", "node"),
    ("pods", "pod"),
    ("po", "pod"),
];

/// The row that words behind a verb fall under.
fn row(verb: &str, words: &[&str]) -> Option<&'static (&'static str, &'static str)> {
    // All words behind it that have flags of their own end so.
    if verb == APPLIES.0 && !words.iter().any(|word| word.ends_with("-last-applied")) { Some(&APPLIES) } else { among_all(verb, words) }
}

/// The same by the table, which the page needs later than its first verb.
#[inline(never)]
fn among_all(verb: &str, words: &[&str]) -> Option<&'static (&'static str, &'static str)> {
    let full = |word: &str| ALIASES.iter().find(|(short, _)| *short == word).map_or_else(|| word.to_owned(), |(_, full)| (*full).to_owned());
    let one = words.first().map(|first| format!("{verb} {}", full(first)));
    let two = one.as_ref().zip(words.get(1)).map(|(one, second)| format!("{one} {second}"));
    let find = |wanted: &str| TABLE.iter().find(|(path, _)| *path == wanted);
    two.and_then(|two| find(&two)).or_else(|| one.and_then(|one| find(&one))).or_else(|| find(verb))
}

/// The name by which kubectl's help knows what was called, and the flags that belong there: all of the verb's, unless a word
/// behind it has some of its own.
pub(super) fn of(verb: &Verb, words: &[&str]) -> (String, Vec<Flag>) {
    let all = verb.flags.iter().copied().flatten().copied();
    let Some((path, own)) = row(verb.name, words) else { return (verb.name.to_owned(), all.collect()) };
    let lists = own.split(' ').flat_map(|word| match word {
        "P" => PRINT.split(' '),
        "W" => WRITE.split(' '),
        "C" => CREATE.split(' '),
        "F" => FILES.split(' '),
        word => word.split(' '),
    });
    let names: Vec<&str> = lists.collect();
    ((*path).to_owned(), all.filter(|flag| names.contains(&flag.long)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubectl::verb::VERBS;

    #[test]
    fn every_flag_of_the_table_is_in_its_verbs_table() {
        for (path, own) in TABLE {
            let name = path.split(' ').next().unwrap_or_default();
            let verb = VERBS.iter().find(|verb| verb.name == name);
            let has = |long: &str| verb.is_some_and(|verb| verb.flags.iter().copied().flatten().chain(super::super::GLOBAL).any(|flag| flag.long == long));
            for word in own.split(' ').filter(|word| word.len() > 1) {
                assert!(has(word), "{path} --{word}");
            }
        }
    }

    #[test]
    fn words_are_found_by_their_other_names_too() {
        let path = |verb, words: &[&str]| row(verb, words).map(|(path, _)| *path);
        let table = [
            (path("create", &["deploy", "x"]), Some("create deployment")),
            (path("create", &["secret", "tls", "x"]), Some("create secret tls")),
            (path("create", &["svc", "nodeport", "x"]), Some("create service nodeport")),
            (path("create", &["nosuch"]), Some("create")),
            (path("create", &["service"]), Some("create service")),
            (path("apply", &[]), Some("apply")),
            (path("get", &["ns"]), None),
            (path("top", &["po"]), Some("top pod")),
        ];
        for (found, expected) in table {
            assert_eq!(found, expected);
        }
    }
}
