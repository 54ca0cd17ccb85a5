//! `kubectl create token`: what a pod would show the API server as its service account. Models kubectl/pkg/cmd/create/create_token.go.
//! The token is made as the API server makes it, with the same fields; its signature is drawn, since nothing here checks it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Run;
use super::create::name_of;
use crate::api::{ApiError, FieldError, FieldErrorKind, Kind, ObjectKey};
use crate::base::{FNV_OFFSET, Name, fnv64};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::duration_millis;
use crate::kubectl::print::Output;

/// Whom a token is for unless somebody else is named.
const SERVER: &str = "https://kubernetes.default.svc.cluster.local";
/// Its life in seconds unless another is asked for. Models pkg/apis/authentication/v1 SetDefaults_TokenRequestSpec.
const LIFE: i64 = 3600;
/// Less is refused. Models pkg/apis/authentication/validation.
const SHORTEST: i64 = 600;

pub(super) fn run(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "token", 1)?;
    check(run)?;
    let account = run.scope().key(Kind::ServiceAccount, &Name::from(name));
    let failed = |failure: Failure| failure.within("failed to create token: ");
    let request = token(run, &account).map_err(failed)?;
    match Output::of_write(Some(&super::get::template(run.given)))? {
        None => Ok(Answer::ok(request["status"]["token"].as_str().unwrap_or_default().to_owned() + "\n")),
        Some(output) => output.value(&request).map(Answer::ok),
    }
}

/// Models CreateTokenOptions.Validate.
fn check(run: &Run<'_>) -> Result<(), Failure> {
    let text = |flag: &str| run.given.text(flag).filter(|text| !text.is_empty());
    if run.given.text("duration").and_then(|text| duration_millis(text).ok()).is_some_and(|millis| millis < 0) {
        return Err(Failure::own("--duration must be greater than or equal to 0"));
    }
    match (text("bound-object-kind"), text("bound-object-name")) {
        (None, None) if text("bound-object-uid").is_some() => Err(Failure::own("--bound-object-uid can only be set if --bound-object-kind is provided")),
        (None, Some(_)) => Err(Failure::own("--bound-object-name can only be set if --bound-object-kind is provided")),
        (Some(kind), _) if !["Node", "Pod", "Secret"].contains(&kind) => Err(Failure::own("supported --bound-object-kind values are Node, Pod, Secret")),
        (Some(_), None) => Err(Failure::own("--bound-object-name is required if --bound-object-kind is provided")),
        _ => Ok(()),
    }
}

/// The request as the server answers it.
fn token(run: &Run<'_>, account: &ObjectKey) -> Result<Value, Failure> {
    let found = run.view().get(account).ok_or_else(|| ApiError::not_found(Kind::ServiceAccount, &account.name))?;
    let asked = run.given.text("duration").and_then(|text| duration_millis(text).ok()).unwrap_or_default() / 1000;
    let life = if asked == 0 { LIFE } else { asked };
    if life < SHORTEST {
        let cause = FieldError {
            path: "spec.expirationSeconds".into(),
            kind: FieldErrorKind::Invalid,
            value: life.to_string(),
            detail: "may not specify a duration less than 10 minutes".to_owned(),
        };
        let message = format!("TokenRequest.authentication.k8s.io \"{}\" is invalid: {cause}", account.name);
        return Err(ApiError::new(crate::api::Reason::Invalid, message).into());
    }
    let given: Vec<&str> = run.given.list("audience");
    let audiences = if given.is_empty() { vec![SERVER] } else { given };
    let now = i64::try_from(run.now().seconds()).unwrap_or_default();
    let mut about = json!({"namespace": account.namespace.as_str(), "serviceaccount": {"name": account.name.as_str(), "uid": found.meta().uid.to_string()}});
    let bound = bound(run)?;
    if let Some((kind, reference)) = &bound {
        about[kind] = json!({"name": reference["name"], "uid": reference["uid"]});
    }
    let seed = fnv64(fnv64(FNV_OFFSET ^ run.now().micros(), account.name.as_str()), account.namespace.as_str());
    let claims = json!({
        "aud": audiences, "exp": now + life, "iat": now, "iss": SERVER, "jti": jti(seed), "kubernetes.io": about, "nbf": now,
        "sub": format!("system:serviceaccount:{}:{}", account.namespace, account.name),
    });
    let head = json!({"alg": "RS256", "kid": URL_SAFE_NO_PAD.encode(drawn(FNV_OFFSET, 32))});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let token = format!("{}.{}.{}", part(&head), part(&claims), URL_SAFE_NO_PAD.encode(drawn(seed, 256)));
    let reference = bound.map_or(Value::Null, |(_, reference)| reference);
    let end = crate::base::SimTime::from_seconds(u64::try_from(now + life).unwrap_or_default()).rfc3339();
    Ok(json!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
        "metadata": {"creationTimestamp": run.now().rfc3339(), "name": account.name.as_str(), "namespace": account.namespace.as_str()},
        "spec": {"audiences": audiences, "boundObjectRef": reference, "expirationSeconds": life},
        "status": {"expirationTimestamp": end, "token": token},
    }))
}

/// The object whose end ends the token, and the field that tells of it.
fn bound(run: &Run<'_>) -> Result<Option<(String, Value)>, Failure> {
    let Some(word) = run.given.text("bound-object-kind").filter(|word| !word.is_empty()) else { return Ok(None) };
    let kind = [Kind::Node, Kind::Pod, Kind::Secret].into_iter().find(|kind| kind.name() == word).unwrap_or(Kind::Pod);
    let key = run.scope().key(kind, &Name::from(run.given.text("bound-object-name").unwrap_or_default()));
    let object = run.view().get(&key).ok_or_else(|| ApiError::not_found(kind, &key.name))?;
    let reference = json!({"apiVersion": "v1", "kind": word, "name": key.name.as_str(), "uid": object.meta().uid.to_string()});
    Ok(Some((word.to_ascii_lowercase(), reference)))
}

/// So many bytes drawn from a number.
fn drawn(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = fnv64(state, "token");
        (state >> 24) as u8
    };
    (0..count).map(|_| next()).collect()
}

/// The token's own number, written as a UUID of version 4.
fn jti(seed: u64) -> String {
    let bytes: Vec<String> = drawn(seed ^ 1, 16).iter().map(|byte| format!("{byte:02x}")).collect();
    let text = bytes.concat();
    format!("{}-{}-4{}-a{}-{}", &text[..8], &text[8..12], &text[13..16], &text[17..20], &text[20..])
}
