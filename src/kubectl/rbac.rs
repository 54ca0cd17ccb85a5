//! Who may do what, by the roles and bindings that are there: for `kubectl auth can-i` and for `--as`. Whoever sits at the terminal
//! may do everything. Models plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go.
//! Left out: the roles of the system's own parts, but what everybody may who is known.

use serde_json::{Value, json};

use super::flags::Given;
use super::item::{self, Item};
use crate::api::{Kind, Object, ObjectKey, Other};
use crate::base::{Name, sort_by_cached_key};
use crate::store::View;

/// Somebody.
pub(super) struct User {
    pub name: String,
    pub groups: Vec<String>,
}

/// Something that is asked of the API server; `path` is for what is no resource.
#[derive(Default)]
pub(super) struct Deed {
    pub verb: String,
    pub group: String,
    pub resource: String,
    pub subresource: String,
    pub name: String,
    /// Empty: in the whole cluster.
    pub namespace: String,
    pub path: String,
}

/// A rule of a role.
pub(super) struct Rule(Value);

const ADMIN: &str = "kubernetes-admin";
/// What `--as` makes of every account of a service.
const ACCOUNTS: &str = "system:serviceaccount:";
/// Paths that everybody may read who is known. Models bootstrappolicy system:discovery.
const DISCOVERY: [&str; 11] =
    ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"];
/// Those that anybody may read. Models bootstrappolicy system:public-info-viewer.
const PUBLIC: [&str; 5] = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
/// Those of service accounts. Models bootstrappolicy system:service-account-issuer-discovery.
const ISSUER: [&str; 3] = ["/.well-known/openid-configuration", "/.well-known/openid-configuration/", "/openid/v1/jwks"];

impl User {
    /// Who gives a command: the administrator, or whom `--as` names.
    pub fn of(given: &Given) -> User {
        let groups = || given.list("as-group").into_iter().map(str::to_owned);
        let Some(name) = given.text("as").filter(|name| !name.is_empty()) else {
            let own = ["kubeadm:cluster-admins", "system:authenticated"].map(str::to_owned).to_vec();
            return User { name: ADMIN.to_owned(), groups: own };
        };
        let mut all: Vec<String> = groups().collect();
        if let Some((namespace, _)) = name.strip_prefix(ACCOUNTS).and_then(|rest| rest.split_once(':')).filter(|_| all.is_empty()) {
            all = vec!["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{namespace}")];
        }
        let everybody = if name == "system:anonymous" { "system:unauthenticated" } else { "system:authenticated" };
        if !all.iter().any(|group| group == everybody) {
            all.push(everybody.to_owned());
        }
        User { name: name.to_owned(), groups: all }
    }

    /// Whether a binding names them.
    fn is_meant(&self, subject: &Value) -> bool {
        let field = |key: &str| subject[key].as_str().unwrap_or_default();
        match field("kind") {
            "User" => field("name") == self.name,
            "Group" => self.groups.iter().any(|group| group == field("name")),
            "ServiceAccount" => self.name == format!("{ACCOUNTS}{}:{}", field("namespace"), field("name")),
            _ => false,
        }
    }
}

fn words<'a>(rule: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    rule[field].as_array().into_iter().flatten().filter_map(Value::as_str)
}

impl Rule {
    fn allows(&self, deed: &Deed) -> bool {
        let has = |field: &str, wanted: &str| words(&self.0, field).any(|word| word == "*" || word == wanted);
        if !has("verbs", &deed.verb) {
            return false;
        }
        if !deed.path.is_empty() {
            let fits = |url: &str| url == deed.path || url.strip_suffix('*').is_some_and(|start| deed.path.starts_with(start));
            return words(&self.0, "nonResourceURLs").any(fits);
        }
        let full = if deed.subresource.is_empty() { deed.resource.clone() } else { format!("{}/{}", deed.resource, deed.subresource) };
        let any = format!("*/{}", deed.subresource);
        let names = |name: &str| words(&self.0, "resourceNames").any(|known| known == name);
        has("apiGroups", &deed.group)
            && words(&self.0, "resources").any(|word| word == "*" || word == full || !deed.subresource.is_empty() && word == any)
            && (words(&self.0, "resourceNames").next().is_none() || names(&deed.name))
    }

    /// `[get list]`
    pub fn shown(&self, field: &str) -> String {
        format!("[{}]", words(&self.0, field).collect::<Vec<_>>().join(" "))
    }

    /// `deployments.apps`
    pub fn combined(&self) -> String {
        let (group, resource) = (words(&self.0, "apiGroups").next().unwrap_or_default(), words(&self.0, "resources").next().unwrap_or_default());
        if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
    }

    /// A rule for each group and resource of it.
    fn parts(&self) -> Vec<Rule> {
        let mut parts = Vec::new();
        for group in words(&self.0, "apiGroups") {
            for resource in words(&self.0, "resources") {
                parts.push(Rule(json!({"apiGroups": [group], "resources": [resource], "resourceNames": self.0["resourceNames"], "verbs": self.0["verbs"]})));
            }
        }
        for url in words(&self.0, "nonResourceURLs") {
            parts.push(Rule(json!({"nonResourceURLs": [url], "verbs": self.0["verbs"]})));
        }
        parts
    }
}

/// Whether somebody may do something.
pub(super) fn allows(view: View<'_>, user: &User, deed: &Deed) -> bool {
    rules_in(view, user, &Name::from(deed.namespace.as_str())).iter().any(|rule| rule.allows(deed))
}

/// What somebody may do in a namespace, a line for each kind. Models apimachinery's sorting of rules by their text.
pub(super) fn rules(view: View<'_>, user: &User, namespace: &Name) -> Vec<Rule> {
    let mut parts: Vec<Rule> = rules_in(view, user, namespace).iter().flat_map(Rule::parts).collect();
    sort_by_cached_key(&mut parts, |rule| ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"].map(|field| rule.shown(field)).concat());
    parts
}

fn rules_in(view: View<'_>, user: &User, namespace: &Name) -> Vec<Rule> {
    let mut rules = Vec::new();
    if user.groups.iter().any(|group| group == "system:masters") {
        add(view, &json!({"kind": "ClusterRole", "name": "cluster-admin"}), namespace, &mut rules);
    }
    if user.groups.iter().any(|group| group == "system:authenticated") {
        let own = |group: &str, resource: &str| Rule(json!({"apiGroups": [group], "resources": [resource], "verbs": ["create"]}));
        rules.push(own("authentication.k8s.io", "selfsubjectreviews"));
        rules.push(own("authorization.k8s.io", "selfsubjectaccessreviews"));
        rules.push(own("authorization.k8s.io", "selfsubjectrulesreviews"));
        rules.push(Rule(json!({"nonResourceURLs": DISCOVERY, "verbs": ["get"]})));
    }
    rules.push(Rule(json!({"nonResourceURLs": PUBLIC, "verbs": ["get"]})));
    if user.groups.iter().any(|group| group == "system:serviceaccounts") {
        rules.push(Rule(json!({"nonResourceURLs": ISSUER, "verbs": ["get"]})));
    }
    let mut bindings = item::list(view, Kind::ClusterRoleBinding, &Name::default());
    if !namespace.is_empty() {
        bindings.extend(item::list(view, Kind::RoleBinding, namespace));
    }
    for binding in bindings.iter().filter_map(kept) {
        if binding.field("subjects").as_array().into_iter().flatten().any(|subject| user.is_meant(subject)) {
            add(view, binding.field("roleRef"), &binding.meta.namespace, &mut rules);
        }
    }
    rules
}

/// The rules of a role that a binding refers to.
fn add(view: View<'_>, role: &Value, namespace: &Name, rules: &mut Vec<Rule>) {
    let name = Name::from(role["name"].as_str().unwrap_or_default());
    let key = match role["kind"].as_str() {
        Some("ClusterRole") => ObjectKey { kind: Kind::ClusterRole, namespace: Name::default(), name },
        _ => ObjectKey { kind: Kind::Role, namespace: namespace.clone(), name },
    };
    let found = item::find(view, &key);
    let own = found.as_ref().and_then(kept).and_then(|role| role.field("rules").as_array().cloned());
    rules.extend(own.into_iter().flatten().map(Rule));
}

fn kept(item: &Item) -> Option<&Other> {
    if let Item::Object(object) = item { Object::as_other(object).map(|other| &**other) } else { None }
}
