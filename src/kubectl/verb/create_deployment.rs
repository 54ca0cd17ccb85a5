//! `kubectl create deployment`. Models kubectl/pkg/cmd/create/create_deployment.go.

use serde_json::{Value, json};

use super::Run;
use super::create::{one_name, send};
use crate::api::Kind;
use crate::kubectl::answer::{Answer, Failure};

pub(super) fn run(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let before_dash = given.before_dash.unwrap_or(given.args.len());
    let (words, command) = given.args.split_at(before_dash.min(given.args.len()));
    let images = given.list("image");
    if images.is_empty() {
        return Err(Failure::own("required flag(s) \"image\" not set"));
    }
    let name = one_name("deployment", words.get(1..).unwrap_or_default())?;
    if images.len() > 1 && !command.is_empty() {
        return Err(Failure::own("cannot specify multiple --image options and command"));
    }
    let mut value = manifest(&name, &images, command);
    value["spec"]["replicas"] = json!(number(run, "replicas", "-r, --replicas")?.unwrap_or(1));
    if let Some(port) = number(run, "port", "--port")?.filter(|port| *port >= 0) {
        value["spec"]["template"]["spec"]["containers"][0]["ports"] = json!([{"containerPort": port}]);
    }
    send(run, Kind::Deployment, value)
}

fn number(run: &Run<'_>, flag: &str, shown: &str) -> Result<Option<i32>, Failure> {
    let Some(text) = run.given.text(flag) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| run.refused_flag("create deployment", shown, text, &crate::kubectl::flags::no_number(text)))
}

/// What kubectl sends: all that it is not told is empty.
fn manifest(name: &str, images: &[&str], command: &[String]) -> Value {
    let container = |image: &&str| {
        let mut container = json!({"name": container_name(image), "image": image, "resources": {}});
        if !command.is_empty() {
            container["command"] = json!(command);
        }
        container
    };
    let containers: Vec<Value> = images.iter().map(container).collect();
    let labels = json!({"app": name});
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"creationTimestamp": null, "labels": labels, "name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "strategy": {},
            "template": {"metadata": {"creationTimestamp": null, "labels": labels}, "spec": {"containers": containers}},
        },
        "status": {},
    })
}

/// The last part of an image, without its tag and with dashes for what a name may not hold. Models buildPodSpec.
fn container_name(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or_default();
    let plain = last.split([':', '@']).next().unwrap_or_default();
    plain.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_name_containers() {
        let table = [("luksa/kubia:v1", "kubia"), ("busybox@sha256:aa", "busybox"), ("registry:5000/a/b_c", "b-c"), ("x", "x")];
        for (image, expected) in table {
            assert_eq!(container_name(image), expected, "{image}");
        }
    }
}
