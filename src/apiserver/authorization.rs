//! Who may do what, by the roles and bindings that are there. Whoever sits at the terminal may do everything; somebody else is whom
//! `--as` names. Models plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go.
//! Left out: the roles of the system's own parts, but what everybody may who is known.

use serde_json::{Value, json};

use super::bootstrap;
use crate::api::{Kind, Object, ObjectKey};
use crate::base::Name;
use crate::store::View;

/// Somebody. Models apiserver/pkg/authentication/user Info.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name: `jane`, `system:serviceaccount:default:builder`.
    pub name: String,
    /// The groups, that of all who are known among them.
    pub groups: Vec<String>,
}

/// Something that is asked of the API server. Models apiserver/pkg/authorization/authorizer Attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `get`, `list`, `create`
    pub verb: String,
    /// The group of the resource; empty for the core's.
    pub group: String,
    /// The plural: `pods`.
    pub resource: String,
    /// `log`, `exec`; empty without.
    pub subresource: String,
    /// The object's name; empty if none is named.
    pub name: String,
    /// Empty: in the whole cluster.
    pub namespace: String,
    /// What is no resource: `/healthz`. All but the verb is empty then.
    pub path: String,
}

/// A rule of a role, as the role holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyRule(Value);

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
    /// Whoever sits at the terminal.
    pub fn administrator() -> User {
        User { name: ADMIN.to_owned(), groups: ["kubeadm:cluster-admins", "system:authenticated"].map(str::to_owned).into() }
    }

    /// Whom `--as` and `--as-group` name. Models apiserver/pkg/endpoints/filters/impersonation.go.
    pub fn impersonated(name: &str, groups: Vec<String>) -> User {
        let mut groups = groups;
        if let Some((namespace, _)) = name.strip_prefix(ACCOUNTS).and_then(|rest| rest.split_once(':')).filter(|_| groups.is_empty()) {
            groups = vec!["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{namespace}")];
        }
        let everybody = if name == "system:anonymous" { "system:unauthenticated" } else { "system:authenticated" };
        if !groups.iter().any(|group| group == everybody) {
            groups.push(everybody.to_owned());
        }
        User { name: name.to_owned(), groups }
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

impl PolicyRule {
    /// The words of one of its fields: `verbs`, `apiGroups`, `resources`, `resourceNames`, `nonResourceURLs`.
    pub fn words(&self, field: &str) -> impl Iterator<Item = &str> {
        self.0[field].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// A rule for each group and resource of it. Models component-helpers/auth/rbac/validation BreakdownRule.
    pub fn parts(&self) -> Vec<PolicyRule> {
        let mut parts = Vec::new();
        for group in self.words("apiGroups") {
            for resource in self.words("resources") {
                parts.push(PolicyRule(json!({"apiGroups": [group], "resources": [resource], "resourceNames": self.0["resourceNames"], "verbs": self.0["verbs"]})));
            }
        }
        for url in self.words("nonResourceURLs") {
            parts.push(PolicyRule(json!({"nonResourceURLs": [url], "verbs": self.0["verbs"]})));
        }
        parts
    }

    fn allows(&self, asked: &Attributes) -> bool {
        let has = |field: &str, wanted: &str| self.words(field).any(|word| word == "*" || word == wanted);
        if !has("verbs", &asked.verb) {
            return false;
        }
        if !asked.path.is_empty() {
            let fits = |url: &str| url == asked.path || url.strip_suffix('*').is_some_and(|start| asked.path.starts_with(start));
            return self.words("nonResourceURLs").any(fits);
        }
        let full = if asked.subresource.is_empty() { asked.resource.clone() } else { format!("{}/{}", asked.resource, asked.subresource) };
        let any = format!("*/{}", asked.subresource);
        let names = |name: &str| self.words("resourceNames").any(|known| known == name);
        has("apiGroups", &asked.group)
            && self.words("resources").any(|word| word == "*" || word == full || !asked.subresource.is_empty() && word == any)
            && (self.words("resourceNames").next().is_none() || names(&asked.name))
    }
}

/// Whether somebody may do something.
pub fn allows(view: View<'_>, user: &User, asked: &Attributes) -> bool {
    rules(view, user, &Name::from(asked.namespace.as_str())).iter().any(|rule| rule.allows(asked))
}

/// What somebody may do in a namespace; an empty one: in the whole cluster.
pub fn rules(view: View<'_>, user: &User, namespace: &Name) -> Vec<PolicyRule> {
    let mut rules = Vec::new();
    if user.groups.iter().any(|group| group == "system:masters") {
        add(view, &json!({"kind": "ClusterRole", "name": "cluster-admin"}), namespace, &mut rules);
    }
    if user.groups.iter().any(|group| group == "system:authenticated") {
        let own = |group: &str, resource: &str| PolicyRule(json!({"apiGroups": [group], "resources": [resource], "verbs": ["create"]}));
        rules.push(own("authentication.k8s.io", "selfsubjectreviews"));
        rules.push(own("authorization.k8s.io", "selfsubjectaccessreviews"));
        rules.push(own("authorization.k8s.io", "selfsubjectrulesreviews"));
        rules.push(PolicyRule(json!({"nonResourceURLs": DISCOVERY, "verbs": ["get"]})));
    }
    rules.push(PolicyRule(json!({"nonResourceURLs": PUBLIC, "verbs": ["get"]})));
    if user.groups.iter().any(|group| group == "system:serviceaccounts") {
        rules.push(PolicyRule(json!({"nonResourceURLs": ISSUER, "verbs": ["get"]})));
    }
    let mut bindings = bootstrap::list(view, Kind::ClusterRoleBinding);
    if !namespace.is_empty() {
        bindings.extend(view.list(Kind::RoleBinding, namespace).cloned());
    }
    for binding in bindings.iter().filter_map(Object::as_other) {
        if binding.field("subjects").as_array().into_iter().flatten().any(|subject| user.is_meant(subject)) {
            add(view, binding.field("roleRef"), &binding.meta.namespace, &mut rules);
        }
    }
    rules
}

/// The rules of a role that a binding refers to.
fn add(view: View<'_>, role: &Value, namespace: &Name, rules: &mut Vec<PolicyRule>) {
    let name = Name::from(role["name"].as_str().unwrap_or_default());
    let found = match role["kind"].as_str() {
        Some("ClusterRole") => bootstrap::list(view, Kind::ClusterRole).into_iter().find(|role| role.meta().name == name),
        _ => view.get(&ObjectKey { kind: Kind::Role, namespace: namespace.clone(), name }).cloned(),
    };
    let own = found.as_ref().and_then(Object::as_other).and_then(|role| role.field("rules").as_array().cloned());
    rules.extend(own.into_iter().flatten().map(PolicyRule));
}
