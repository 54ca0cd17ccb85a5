//! Secrets that hold a token of a service account: they are filled, and go with the account.
//! Models pkg/controller/serviceaccount/tokens_controller.go and pkg/serviceaccount/legacy.go. Left out: a signature that would stand a look into
//! it, and the labels that tell when such a token was last used.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::namespace_objects::CERTIFICATE;
use crate::api::{Kind, Object, ObjectKey, ObjectMeta, Other};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::Name;
use crate::store::View;

const TYPE: &str = "kubernetes.io/service-account-token";
const ACCOUNT: Name = Name::fixed("kubernetes.io/service-account.name");
const ACCOUNT_UID: Name = Name::fixed("kubernetes.io/service-account.uid");
/// Bytes of a signature with an RSA key of 2048 bits.
const SIGNATURE: usize = 256;

/// Whether an object is such a secret.
pub(super) fn is_token(object: &Object) -> bool {
    object.as_other().is_some_and(|secret| secret.kind == Kind::Secret && *secret.field("type") == TYPE)
}

/// The secrets of an account.
pub(super) fn secrets_of<'a>(view: View<'a>, account: &'a ObjectKey) -> impl Iterator<Item = &'a Object> {
    let names = |secret: &&Object| secret.meta().annotations.get(&ACCOUNT).is_some_and(|name| *name == account.name);
    view.list(Kind::Secret, &account.namespace).filter(|secret| is_token(secret)).filter(names)
}

/// Fills a secret, or deletes one whose account is not there. Key: the secret.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey) -> Outcome {
    let mut outcome = Outcome::default();
    let found = view.get(key).filter(|object| is_token(object) && !object.meta().is_deleting());
    let Some(secret) = found.and_then(Object::as_other) else { return outcome };
    let name = secret.meta.annotations.get(&ACCOUNT).cloned().unwrap_or_default();
    let account = view.get(&ObjectKey::new(Kind::ServiceAccount, key.namespace.clone(), name)).map(Object::meta);
    let uid = |account: &ObjectMeta| Name::from(account.uid.to_string());
    let known = secret.meta.annotations.get(&ACCOUNT_UID);
    let Some(account) = account.filter(|account| known.is_none_or(|known| *known == uid(account))) else {
        outcome.write(Write::Delete { key: key.clone(), options: DeleteOptions { uid: Some(secret.meta.uid), ..DeleteOptions::default() } });
        return outcome;
    };
    let mut filled = Other::clone(secret);
    let data = filled.fields.entry("data").or_insert_with(|| json!({}));
    if data.is_null() {
        *data = json!({});
    }
    let root = view.get(&ObjectKey::new(Kind::ConfigMap, key.namespace.clone(), "kube-root-ca.crt")).and_then(Object::as_other);
    let certificate = root.and_then(|root| root.at(&["data", "ca.crt"]).as_str()).unwrap_or(CERTIFICATE);
    data["ca.crt"] = Value::from(STANDARD.encode(certificate));
    data["namespace"] = Value::from(STANDARD.encode(key.namespace.as_str()));
    if data["token"].as_str().unwrap_or_default().is_empty() {
        data["token"] = Value::from(STANDARD.encode(token(key, account)));
    }
    Rc::make_mut(&mut filled.meta.annotations).insert(ACCOUNT_UID, uid(account));
    if filled != **secret {
        filled.meta.resource_version = 0;
        outcome.write(Write::Update(Object::Other(Rc::new(filled))));
    }
    outcome
}

/// The token that a secret holds: a JSON web token of the account.
fn token(secret: &ObjectKey, account: &ObjectMeta) -> String {
    let (namespace, name) = (account.namespace.as_str(), account.name.as_str());
    let header = json!({"alg": "RS256", "kid": "podscape"});
    let claims = json!({
        "iss": "kubernetes/serviceaccount", "kubernetes.io/serviceaccount/namespace": namespace,
        "kubernetes.io/serviceaccount/secret.name": secret.name.as_str(), "kubernetes.io/serviceaccount/service-account.name": name,
        "kubernetes.io/serviceaccount/service-account.uid": account.uid.to_string(), "sub": format!("system:serviceaccount:{namespace}:{name}"),
    });
    let mut text = URL_SAFE_NO_PAD.encode(header.to_string());
    text.push('.');
    text.push_str(&URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature: Vec<u8> = (0..SIGNATURE / 32).flat_map(|part| Sha256::digest(format!("{text}{part}"))).collect();
    text.push('.');
    text.push_str(&URL_SAFE_NO_PAD.encode(signature));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apiserver::ApiServer;
    use crate::base::SimTime;

    #[test]
    fn a_token_comes_and_goes_with_its_account() {
        let (mut api, now) = (ApiServer::new(1), SimTime::from_seconds(1));
        let mut make = |kind, value: Value| {
            let object = Object::from_value(kind, &value).expect("an object");
            api.submit(Write::Create(object), now).expect("it is made").object
        };
        make(Kind::Namespace, json!({"metadata": {"name": "n"}}));
        make(Kind::ServiceAccount, json!({"metadata": {"name": "robot", "namespace": "n"}}));
        let of = |name: &str, account: &str| {
            json!({"metadata": {"name": name, "namespace": "n", "annotations": {"kubernetes.io/service-account.name": account}}, "type": TYPE})
        };
        let (secret, stray) = (make(Kind::Secret, of("t", "robot")), make(Kind::Secret, of("stray", "nobody")));
        let [filled] = <[_; 1]>::try_from(reconcile(api.view(), &secret.key()).actions).expect("one write");
        let Write::Update(filled) = filled.write else { panic!("it is filled") };
        let text = |key: &str| {
            let value = filled.as_other().map(|secret| secret.at(&["data", key]).as_str().unwrap_or_default().to_owned());
            String::from_utf8(STANDARD.decode(value.unwrap_or_default()).unwrap_or_default()).unwrap_or_default()
        };
        assert_eq!((text("namespace").as_str(), text("ca.crt").as_str()), ("n", CERTIFICATE));
        let parts: Vec<Value> = text("token").split('.').take(2).map(|part| {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
        }).collect();
        assert_eq!(parts[0]["alg"], "RS256");
        assert_eq!(parts[1]["sub"], "system:serviceaccount:n:robot");
        api.submit(Write::Update(filled), now).expect("it is written");
        assert!(reconcile(api.view(), &secret.key()).actions.is_empty(), "it has all it needs");
        assert!(matches!(reconcile(api.view(), &stray.key()).actions[0].write, Write::Delete { .. }), "nobody has an account");
    }
}
