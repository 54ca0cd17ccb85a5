//! What the last word of a line could become: verbs, kinds, names, labels, flags and their values, containers, fields, files.
//! Looks only at the kind in question, and at nothing at all for verbs and flags, so that it answers while a person types.

use crate::api::{Kind, Object, ObjectKey};
use crate::base::{Name, SmallSet, sort};
use crate::manifest::schema;
use crate::store::View;

use super::{Session, is_command, item, resource, verb};

/// More words than this are of no use to anyone.
const MOST: usize = 500;

/// The words that the last word of a line could be completed to, in their order. Nothing where it cannot be known.
pub fn complete(line: &str, session: &Session, view: View<'_>) -> Vec<String> {
    // Only the command at the end counts.
    let line = line.rsplit(['|', ';', '&', '(', '`', '\n']).next().unwrap_or_default();
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let last = if line.ends_with(char::is_whitespace) || words.is_empty() { "" } else { words.pop().unwrap_or_default() };
    let typed = Typed { words: words.get(1..).unwrap_or_default(), last, session, view };
    let mut found = match words.first() {
        None => FIRST.iter().map(|word| (*word).to_owned()).collect(),
        Some(word) if is_command(word) => typed.after_kubectl(),
        Some(_) => typed.files(),
    };
    found.retain(|word| word.starts_with(last) && word != last);
    found.dedup();
    found.truncate(MOST);
    found
}

/// What a line begins with.
const FIRST: [&str; 24] = [
    "kubectl", "alias", "awk", "cat", "clear", "column", "cp", "curl", "date", "echo", "export", "for", "grep", "head", "jq", "ls", "mv", "rm",
    "sed", "sleep", "sort", "tail", "timeout", "watch",
];

/// Verbs with words of their own behind them.
const SECOND: [(&str, &[&str]); 8] = [
    ("apply", &["edit-last-applied", "set-last-applied", "view-last-applied"]),
    ("auth", &["can-i", "reconcile", "whoami"]),
    ("config", &["current-context", "get-clusters", "get-contexts", "get-users", "set-context", "use-context", "view"]),
    ("create", &[
        "clusterrole", "clusterrolebinding", "configmap", "cronjob", "deployment", "ingress", "job", "namespace", "poddisruptionbudget",
        "priorityclass", "quota", "role", "rolebinding", "secret", "service", "serviceaccount",
    ]),
    ("rollout", &["history", "pause", "restart", "resume", "status", "undo"]),
    ("set", &["env", "image", "resources", "selector", "serviceaccount", "subject"]),
    ("top", &["node", "pod"]),
    ("completion", &["bash", "fish", "powershell", "zsh"]),
];
/// Third words.
const THIRD: [(&str, &[&str]); 2] =
    [("secret", &["docker-registry", "generic", "tls"]), ("service", &["clusterip", "externalname", "loadbalancer", "nodeport"])];
/// Verbs whose first argument is a pod, or TYPE/NAME.
const OF_PODS: [&str; 6] = ["attach", "cp", "debug", "exec", "logs", "port-forward"];
/// Verbs whose first argument is a type.
const OF_KINDS: [&str; 15] = [
    "annotate", "autoscale", "delete", "describe", "edit", "expose", "get", "label", "patch", "replace", "rollout", "scale", "set", "taint", "wait",
];
/// What can be rolled out.
const ROLLED: [Kind; 3] = [Kind::DaemonSet, Kind::Deployment, Kind::StatefulSet];
/// What flags take.
const VALUES: [(&[&str], &[&str]); 8] = [
    (&["-o", "--output"], &["custom-columns=", "custom-columns-file=", "go-template=", "go-template-file=", "json", "jsonpath=", "jsonpath-as-json=", "jsonpath-file=", "name", "wide", "yaml"]),
    (&["--dry-run"], &["client", "none", "server"]),
    (&["--cascade"], &["background", "foreground", "orphan"]),
    (&["--restart"], &["Always", "Never", "OnFailure"]),
    (&["--type"], &["json", "merge", "strategic"]),
    (&["--for"], &["condition=Available", "condition=Complete", "condition=Ready", "create", "delete", "jsonpath="]),
    (&["--image-pull-policy"], &["Always", "IfNotPresent", "Never"]),
    (&["--validate"], &["ignore", "strict", "warn"]),
];

/// A line as far as it was typed.
struct Typed<'a> {
    /// The words behind the program's name that are complete.
    words: &'a [&'a str],
    last: &'a str,
    session: &'a Session,
    view: View<'a>,
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

impl Typed<'_> {
    fn after_kubectl(&self) -> Vec<String> {
        let Some((verb, args)) = self.words.split_first() else { return verb::names().map(str::to_owned).collect() };
        if args.contains(&"--") {
            return Vec::new();
        }
        if let Some((flag, _)) = self.last.split_once('=').filter(|(flag, _)| flag.starts_with('-')) {
            return self.values(flag, verb).into_iter().map(|value| format!("{flag}={value}")).collect();
        }
        if self.last.starts_with('-') {
            return verb::flags_of(verb, &self.arguments(args)).map(|flag| format!("--{flag}")).collect();
        }
        if let Some(flag) = args.last().filter(|word| word.starts_with('-') && !word.contains('=')) {
            let values = self.values(flag, verb);
            if !values.is_empty() {
                return values;
            }
        }
        let plain = self.arguments(args);
        if let Some((_, words)) = SECOND.iter().find(|(known, _)| known == verb).filter(|_| plain.is_empty()) {
            return owned(words);
        }
        if let (&"create", [second]) = (verb, plain.as_slice()) {
            let third = THIRD.iter().find(|(known, _)| known == second);
            return third.map(|(_, words)| owned(words)).unwrap_or_default();
        }
        self.argument(verb, &plain)
    }

    /// The words that are neither flags nor their values.
    fn arguments<'b>(&self, args: &[&'b str]) -> Vec<&'b str> {
        let takes = |word: &str| matches!(word, "-n" | "--namespace" | "-l" | "--selector" | "-o" | "--output" | "-c" | "--container" | "-f" | "--filename" | "-p" | "-L");
        let after_flag = |at: usize| at > 0 && takes(args[at - 1]);
        args.iter().enumerate().filter(|(at, word)| !word.starts_with('-') && !after_flag(*at)).map(|(_, word)| *word).collect()
    }

    fn argument(&self, verb: &str, plain: &[&str]) -> Vec<String> {
        if matches!(verb, "cordon" | "uncordon" | "drain") {
            return self.names(Kind::Node);
        }
        if verb == "explain" {
            return self.fields();
        }
        if let Some((word, _)) = self.last.split_once('/') {
            let Ok(kind) = resource::kind(word) else { return Vec::new() };
            return self.names(kind).into_iter().map(|name| format!("{word}/{name}")).collect();
        }
        if OF_PODS.contains(&verb) {
            return match plain {
                [] => self.names(Kind::Pod),
                [pod] if verb == "logs" => self.containers(pod),
                _ => Vec::new(),
            };
        }
        if !OF_KINDS.contains(&verb) {
            return Vec::new();
        }
        let plain = if matches!(verb, "rollout" | "set") { plain.get(1..).unwrap_or_default() } else { plain };
        match plain.first() {
            None if verb == "rollout" => ROLLED.iter().map(|kind| kind.info().plural.to_owned()).collect(),
            None => kinds(self.last),
            Some(word) if !word.contains('/') => {
                let Ok(kind) = resource::kind(word.rsplit(',').next().unwrap_or_default()) else { return Vec::new() };
                let mut names = self.names(kind);
                names.retain(|name| !plain[1..].contains(&name.as_str()));
                names
            }
            Some(_) => Vec::new(),
        }
    }

    /// What a flag could take.
    fn values(&self, flag: &str, verb: &str) -> Vec<String> {
        match flag {
            "-f" | "--filename" | "--from-file" | "--from-env-file" | "--patch-file" => self.files(),
            "-n" | "--namespace" => self.names(Kind::Namespace),
            "-l" | "--selector" => self.labels(),
            "-c" | "--container" => {
                let plain = self.arguments(&self.words[1..]);
                plain.first().map(|pod| self.containers(pod)).unwrap_or_default()
            }
            "--context" | "--cluster" => vec!["podscape".to_owned()],
            "--type" if verb == "expose" => owned(&["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]),
            "--from" if verb == "create" => self.names(Kind::CronJob).into_iter().map(|name| format!("cronjob/{name}")).collect(),
            flag => VALUES.iter().find(|(flags, _)| flags.contains(&flag)).map(|(_, words)| owned(words)).unwrap_or_default(),
        }
    }

    fn namespace(&self) -> Name {
        let given = self.words.windows(2).find(|pair| matches!(pair[0], "-n" | "--namespace")).map(|pair| Name::from(pair[1]));
        let joined = || self.words.iter().find_map(|word| word.strip_prefix("--namespace=").or_else(|| word.strip_prefix("-n="))).map(Name::from);
        given.or_else(joined).unwrap_or_else(|| self.session.namespace.clone())
    }

    /// The namespace to look in; empty for all of them.
    fn place(&self, kind: Kind) -> Name {
        let everywhere = !kind.info().namespaced || self.words.contains(&"-A") || self.words.contains(&"--all-namespaces");
        if everywhere { Name::default() } else { self.namespace() }
    }

    /// The names of a kind that begin with what was typed of one.
    fn names(&self, kind: Kind) -> Vec<String> {
        let typed = self.last.rsplit_once(['/', '=']).map_or(self.last, |(_, name)| name);
        let place = self.place(kind);
        let fits = |name: &&Name| name.starts_with(typed);
        if kind == Kind::Event {
            return item::list(self.view, kind, &place).iter().map(item::Item::name).filter(|name| fits(&name)).take(MOST).map(|name| name.to_string()).collect();
        }
        if kind.info().namespaced == place.is_empty() {
            return self.view.list(kind, &place).map(|object| &object.meta().name).filter(fits).take(MOST).map(ToString::to_string).collect();
        }
        self.view.names_from(kind, &place, typed).take(MOST).map(ToString::to_string).collect()
    }

    /// The containers of a pod, or of what has pods.
    fn containers(&self, pod: &str) -> Vec<String> {
        let (word, name) = pod.split_once('/').unwrap_or(("pods", pod));
        let Ok(kind) = resource::kind(word) else { return Vec::new() };
        let key = ObjectKey::new(kind, self.place(kind), name);
        let Some(mut object) = self.view.get(&key).cloned() else { return Vec::new() };
        let spec = match &mut object {
            Object::Pod(pod) => pod.spec.clone(),
            other => match other.template_mut() {
                Some(template) => template.spec.clone(),
                None => return Vec::new(),
            },
        };
        spec.all_containers().map(|container| container.name.to_string()).collect()
    }

    /// Labels in use: `app=kubia`; behind a comma as well.
    fn labels(&self) -> Vec<String> {
        let plain = self.arguments(self.words.get(1..).unwrap_or_default());
        let Some(kind) = plain.first().and_then(|word| resource::kind(word).ok()) else { return Vec::new() };
        let value = self.last.split_once('=').filter(|(flag, _)| flag.starts_with('-')).map_or(self.last, |(_, value)| value);
        let before = value.rfind(',').map_or("", |at| &value[..=at]);
        let mut labels: SmallSet<(&str, &str)> = SmallSet::new();
        for object in self.view.list(kind, &self.place(kind)) {
            for (key, value) in object.meta().labels.iter() {
                if labels.len() < MOST {
                    labels.insert((key, value));
                }
            }
        }
        labels.iter().map(|(key, value)| format!("{before}{key}={value}")).collect()
    }

    /// `pod.spec.containers`
    fn fields(&self) -> Vec<String> {
        let Some((path, _)) = self.last.rsplit_once('.') else { return kinds("") };
        let mut parts = path.split('.');
        let kind = parts.next().and_then(|word| resource::kind(word).ok());
        let mut at = kind.and_then(|kind| schema::kind(&kind.api_version(), kind.name()));
        for part in parts {
            at = at.and_then(|id| schema::field(id, part)).and_then(|field| field.shape.inner_struct());
        }
        let Some(id) = at else { return Vec::new() };
        schema::fields_of(id).iter().map(|field| format!("{path}.{}", field.name)).collect()
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = self.session.files.keys().cloned().collect();
        sort(&mut names);
        names
    }
}

/// The kinds by their plurals; behind a comma as well.
fn kinds(last: &str) -> Vec<String> {
    let before = last.rfind(',').map_or("", |at| &last[..=at]);
    let mut words: Vec<String> = Kind::all().filter(|kind| !kind.info().is_review).map(|kind| format!("{before}{}", kind.info().plural)).collect();
    if before.is_empty() {
        words.push("all".to_owned());
    }
    sort(&mut words);
    words
}
