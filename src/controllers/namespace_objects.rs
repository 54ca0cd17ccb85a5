//! What every namespace holds: the service account of its pods, and the certificate they know the API server by.
//! Models pkg/controller/serviceaccount/serviceaccounts_controller.go and pkg/controller/certificates/rootcacertpublisher.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use crate::api::{Kind, Labels, Object, ObjectKey, ObjectMeta, Other};
use crate::apiserver::{Outcome, Write};
use crate::base::Name;
use crate::store::View;

const ACCOUNT: Name = Name::fixed("default");
const ROOT_CA: Name = Name::fixed("kube-root-ca.crt");
const DESCRIPTION: Name = Name::fixed("kubernetes.io/description");
const TELLS: Name = Name::fixed(
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or \
     kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
);
/// Nobody checks it here.
pub(super) const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU6IG5vYm9keSBjaGVja3MgaXQgaGVyZQ==\n-----END CERTIFICATE-----\n";

/// Whether a change of this object concerns these controllers.
pub(super) fn is_kept(key: &ObjectKey) -> bool {
    key.kind == Kind::ServiceAccount && key.name == ACCOUNT || key.kind == Kind::ConfigMap && key.name == ROOT_CA
}

/// Makes what is missing in a namespace. Key: the namespace.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey) -> Outcome {
    let mut outcome = Outcome::default();
    let alive = view.namespace(&key.name).is_some_and(|namespace| !namespace.meta.is_deleting());
    if !alive {
        return outcome;
    }
    let place = |kind, name| ObjectKey::new(kind, key.name.clone(), name);
    if view.get(&place(Kind::ServiceAccount, ACCOUNT)).is_none() {
        outcome.write(Write::Create(object(Kind::ServiceAccount, meta(key, ACCOUNT), Map::new())));
    }
    let data = json!({"ca.crt": CERTIFICATE});
    let fields = || [("data".to_owned(), data.clone())].into_iter().collect::<Map<String, Value>>();
    match view.get(&place(Kind::ConfigMap, ROOT_CA)).and_then(Object::as_other) {
        None => {
            let mut meta = meta(key, ROOT_CA);
            meta.annotations = Rc::new(Labels::from([(DESCRIPTION, TELLS)]));
            outcome.write(Write::Create(object(Kind::ConfigMap, meta, fields())));
        }
        Some(known) if *known.field("data") != data => {
            outcome.write(Write::Update(object(Kind::ConfigMap, known.meta.clone(), fields())));
        }
        Some(_) => {}
    }
    outcome
}

fn meta(namespace: &ObjectKey, name: Name) -> ObjectMeta {
    ObjectMeta { name, namespace: namespace.name.clone(), ..ObjectMeta::default() }
}

fn object(kind: Kind, meta: ObjectMeta, fields: Map<String, Value>) -> Object {
    Object::Other(Rc::new(Other { kind, meta, fields }))
}
