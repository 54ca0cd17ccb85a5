//! `kubectl certificate approve | deny`. Models kubectl/pkg/cmd/certificates/certificates.go; what is approved is signed at once, where
//! the signer is one of the cluster's own. Left out: a certificate that would stand a look into it.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{Names, Run, Tally, Teller, object_of, whole};
use crate::api::Object;
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;

pub(super) const FLAGS: &[Flag] = &[flag("force", Takes::Truth)];

/// Signers that the controller manager signs for. Models pkg/controller/certificates/signer.
const SIGNERS: [&str; 3] =
    ["kubernetes.io/kube-apiserver-client", "kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving"];
/// Stands for a certificate: `-----BEGIN CERTIFICATE-----`, `-----END CERTIFICATE-----` in base64.
const SIGNED: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let help = || Ok(Answer::ok(super::help::of("certificate").unwrap_or_default()));
    let Some((word, names)) = run.given.args.split_first() else { return help() };
    let (kind, reason, deed) = match word.as_str() {
        "approve" => ("Approved", "KubectlApprove", "approved"),
        "deny" => ("Denied", "KubectlDeny", "denied"),
        // Unlike other groups of verbs it does not mind a word that it does not know.
        _ => return help(),
    };
    if names.is_empty() && run.given.text("filename").is_none() {
        return Err(Failure::own("one or more CSRs must be specified as <name> or -f <filename>"));
    }
    let teller = Teller::of(run.given)?;
    let args: Vec<String> = if names.is_empty() { Vec::new() } else { std::iter::once("csr".to_owned()).chain(names.iter().cloned()).collect() };
    let (_, found) = run.find_args(&run.scope(), &args, Names::Needed)?;
    let mut tally = Tally { text: String::new(), failures: found.failures };
    for item in &found.items {
        let text = format!("This CSR was {deed} by kubectl certificate {word}.");
        let now = run.now().rfc3339();
        let condition = json!({"type": kind, "status": "True", "reason": reason, "message": text, "lastUpdateTime": now, "lastTransitionTime": now});
        tally.add(decide(run, item, condition, &teller, deed));
    }
    Ok(tally.answer())
}

/// Notes a decision in a request, unless it is there.
fn decide(run: &mut Run<'_>, item: &Item, condition: Value, teller: &Teller, deed: &str) -> Result<String, Failure> {
    let mut object = object_of(item)?;
    let Object::Other(request) = &mut object else { return Err(Failure::own("can only handle certificates.k8s.io/v1 certificate signing requests")) };
    let signer = request.field("spec")["signerName"].as_str().unwrap_or_default().to_owned();
    let mut status = request.field("status").clone();
    if !status.is_object() {
        status = json!({});
    }
    let decided = |status: &Value| status["conditions"].as_array().is_some_and(|all| all.iter().any(|there| there["type"] == condition["type"]));
    if decided(&status) && !run.given.is_on("force") {
        return teller.tell(item, deed);
    }
    let mut conditions = status["conditions"].as_array().cloned().unwrap_or_default();
    conditions.retain(|there| there["type"] != condition["type"]);
    if condition["type"] == "Approved" && SIGNERS.contains(&signer.as_str()) {
        status["certificate"] = Value::from(SIGNED);
    }
    conditions.push(condition);
    status["conditions"] = Value::from(conditions);
    Rc::make_mut(request).fields.insert("status".to_owned(), status);
    let committed = run.write(Write::UpdateStatus(object), teller.dry_run)?;
    teller.tell_written(committed, deed)
}
