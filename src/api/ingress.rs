//! networking.k8s.io/v1 Ingress and IngressClass: which host and path leads to which service.

use serde_json::Value;

use super::ObjectMeta;
use super::json::record;
use crate::base::Name;

/// Rules for HTTP from outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ingress {
    /// Metadata.
    pub meta: ObjectMeta,
    /// The rules.
    pub spec: IngressSpec,
    /// Where they are reached.
    pub status: IngressStatus,
}

/// A class of ingresses, and who serves it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IngressClass {
    /// Metadata.
    pub meta: ObjectMeta,
    /// Who serves it.
    pub spec: IngressClassSpec,
}

/// The annotation that makes a class the default.
pub const DEFAULT_INGRESS_CLASS: &str = "ingressclass.kubernetes.io/is-default-class";

record! {
    /// The rules of an ingress.
    pub struct IngressSpec {
        /// Where requests go that no rule is for.
        default_backend: Option<IngressBackend> = "defaultBackend",
        /// Its class.
        ingress_class_name: Option<Name> = "ingressClassName",
        /// One for each host.
        rules: Vec<IngressRule> = "rules",
        /// Certificates.
        tls: Vec<IngressTls> = "tls",
    }

    /// What is done for a host.
    pub struct IngressRule {
        /// `foo.bar.com`, `*.bar.com`; empty for all hosts.
        host: Name = "host",
        /// By path; without, all goes to the default backend.
        http: Option<HttpIngressRuleValue> = "http",
    }

    /// What is done for the paths of a host.
    pub struct HttpIngressRuleValue {
        /// The paths.
        paths: Vec<HttpIngressPath> = "paths",
    }

    /// What is done for a path.
    pub struct HttpIngressPath {
        /// Where it leads.
        backend: IngressBackend = "backend",
        /// `/foo`
        path: Name = "path",
        /// `Exact`, `Prefix`, `ImplementationSpecific`
        path_type: Option<Name> = "pathType",
    }

    /// Where requests go.
    pub struct IngressBackend {
        /// To some other kind of object.
        resource: Option<Value> = "resource",
        /// To a service of the same namespace.
        service: Option<IngressServiceBackend> = "service",
    }

    /// A service and its port.
    pub struct IngressServiceBackend {
        /// The service.
        name: Name = "name",
        /// Its port.
        port: ServiceBackendPort = "port",
    }

    /// A port of a service, by name or by number.
    pub struct ServiceBackendPort {
        /// By name.
        name: Name = "name",
        /// By number.
        number: i32 = "number",
    }

    /// A certificate.
    pub struct IngressTls {
        /// The hosts that it is for.
        hosts: Vec<Name> = "hosts",
        /// The secret that it is in.
        secret_name: Name = "secretName",
    }

    /// Where an ingress is reached.
    pub struct IngressStatus {
        /// The addresses.
        load_balancer: IngressLoadBalancerStatus = "loadBalancer",
    }

    /// The addresses of an ingress.
    pub struct IngressLoadBalancerStatus {
        /// One for each.
        ingress: Vec<IngressLoadBalancerIngress> = "ingress",
    }

    /// An address of an ingress.
    pub struct IngressLoadBalancerIngress {
        /// Its name.
        hostname: Name = "hostname",
        /// Its address.
        ip: Name = "ip",
    }

    /// Who serves a class.
    pub struct IngressClassSpec {
        /// `k8s.io/ingress-nginx`
        controller: Name = "controller",
        /// The controller's own settings.
        parameters: Option<IngressClassParameters> = "parameters",
    }

    /// An object with a controller's settings.
    pub struct IngressClassParameters {
        /// Its group.
        api_group: Option<Name> = "apiGroup",
        /// Its kind.
        kind: Name = "kind",
        /// Its name.
        name: Name = "name",
        /// Its namespace, if it has one.
        namespace: Option<Name> = "namespace",
        /// `Cluster`, `Namespace`
        scope: Option<Name> = "scope",
    }
}

impl IngressClass {
    /// Whether ingresses without a class get this one.
    pub fn is_default(&self) -> bool {
        self.meta.annotations.get(&Name::fixed(DEFAULT_INGRESS_CLASS)).is_some_and(|value| *value == "true")
    }
}
