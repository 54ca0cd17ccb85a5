//! Tests of the corrections: a text with a mistake, what is offered, and the text that comes of it.

use super::super::{Code, Diagnostic, Hint, Severity, decode, diagnose};
use super::{Mending, apply_edits, fixes};

/// What is offered for the first finding, and the text after it.
fn mended(text: &str) -> Option<(Mending, String)> {
    let found = diagnose(text);
    let fix = fixes(text, found.first()?).into_iter().next()?;
    Some((fix.mending.clone(), apply_edits(text, &fix.edits)))
}

/// The same for what a server says of a path.
fn refused(text: &str, path: &str, message: &str, hint: Option<Hint>) -> Vec<(Mending, String)> {
    let span = decode(text).documents[0].locate(path);
    let found = Diagnostic { severity: Severity::Error, code: Code::Invalid, span, path: path.to_owned(), message: message.to_owned(), hint };
    fixes(text, &found).into_iter().map(|fix| (fix.mending.clone(), apply_edits(text, &fix.edits))).collect()
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: main\n    image: nginx\n";

#[test]
fn mistakes_in_fields_are_mended() {
    let rows: [(String, Mending, String); 10] = [
        (POD.replace("image", "imgae"), Mending::Rename("image".to_owned()), POD.to_owned()),
        (
            format!("{POD}    nodeSelector:\n      disk: ssd\n    tty: true\n"),
            Mending::Move("spec".to_owned()),
            format!("{POD}    tty: true\n  nodeSelector:\n    disk: ssd\n"),
        ),
        (format!("{POD}    restartPolicy: Never\n").replace("restartPolicy", "hostNetwork"), Mending::Move("spec".to_owned()), format!("{POD}  hostNetwork: Never\n")),
        (format!("{POD}  command: [sh]\n"), Mending::Move("containers".to_owned()), format!("{POD}    command: [sh]\n")),
        (format!("{POD}    env:\n    - name: A\n      value: 3\n"), Mending::Quote, format!("{POD}    env:\n    - name: A\n      value: \"3\"\n")),
        (
            format!("{POD}    ports:\n    - containerPort: \"80\"\n"),
            Mending::Unquote,
            format!("{POD}    ports:\n    - containerPort: 80\n"),
        ),
        (
            POD.replace("  - name: main\n    image", "    name: main\n    image"),
            Mending::List,
            POD.replace("  - name: main\n    image: nginx", "    - name: main\n      image: nginx"),
        ),
        (format!("{POD}    args: x\n"), Mending::List, format!("{POD}    args: [x]\n")),
        ("kind: Pod\nmetadata:\n  name: a\n".to_owned(), Mending::Version("v1".to_owned()), "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n".to_owned()),
        (
            format!("# first\n{POD}---\n{}", POD.replace("image", "imge")),
            Mending::Rename("image".to_owned()),
            format!("# first\n{POD}---\n{POD}"),
        ),
    ];
    for (text, mending, expected) in rows {
        assert_eq!(mended(&text), Some((mending, expected)), "{text}");
    }
}

#[test]
fn texts_that_are_no_yaml_are_mended() {
    let rows = [
        (POD.replace("\n    image", "\n     image"), Mending::Indent, POD.to_owned()),
        (POD.replace("\n    image", "\n\timage"), Mending::Spaces, POD.replace("\n    image", "\n  image")),
        (POD.replace("image: nginx", "image:nginx"), Mending::Colon, POD.to_owned()),
        (POD.replace("metadata:", "metadata"), Mending::Colon, POD.to_owned()),
        (POD.replace("  name: a\n", "  name: a\n   labels:\n     x: y\n"), Mending::Indent, POD.replace("  name: a\n", "  name: a\n  labels:\n    x: y\n")),
        (POD.replace("kind: Pod", " kind: Pod"), Mending::Indent, POD.to_owned()),
    ];
    for (text, mending, expected) in rows {
        let Some((kind, new)) = mended(&text) else { panic!("nothing for {text}") };
        assert_eq!(kind, mending, "{text}");
        if mending == Mending::Spaces {
            assert!(!new.contains('\t'), "{new}");
        } else {
            assert_eq!(new, expected, "{text}");
        }
    }
}

#[test]
fn what_the_server_refuses_is_mended() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels:\n      app: a\n  template:\n    metadata:\n      labels:\n        app: b\n    spec: {}\n";
    let no_match = "`selector` does not match template `labels`";
    let labels = |text: &str| refused(text, "spec.template.metadata.labels", &format!("spec.template.metadata.labels: Invalid value: {no_match}"), None);
    let fitting = deployment.replace("app: b", "app: a");
    assert_eq!(labels(deployment), [(Mending::Labels, fitting.clone())]);
    assert_eq!(labels(&deployment.replace("app: b", "x: y")), [(Mending::Labels, fitting.replace("labels:\n", "labels:\n        app: a\n").replace("        app: a\n        app: a\n", "        app: a\n        x: y\n"))]);
    assert_eq!(labels(&deployment.replace("    metadata:\n      labels:\n        app: b\n", "")), [(Mending::Labels, fitting.clone())]);
    let without = deployment.replace("  selector:\n    matchLabels:\n      app: a\n", "");
    let expected = without.replace("spec:\n  template", "spec:\n  selector:\n    matchLabels:\n      app: b\n  template");
    assert_eq!(refused(&without, "spec.selector", "spec.selector: Required value", None), [(Mending::Selector, expected)]);

    let versions = refused(&POD.replace("v1", "apps/v1"), "apiVersion", "no matches for kind \"Pod\" in version \"apps/v1\"", None);
    assert_eq!(versions, [(Mending::Version("v1".to_owned()), POD.to_owned())]);
    let old = refused(&deployment.replace("apps/v1", "extensions/v1beta1"), "apiVersion", "no matches for kind \"Deployment\" in version \"extensions/v1beta1\"", Some(Hint::Removed("apps/v1")));
    assert_eq!(old, [(Mending::Version("apps/v1".to_owned()), deployment.to_owned())]);
    let kinds = refused(&deployment.replace("kind: Deployment", "kind: Deploymnet"), "kind", "no matches for kind \"Deploymnet\" in version \"apps/v1\"", None);
    assert_eq!(kinds, [(Mending::Kind("Deployment".to_owned()), deployment.to_owned())]);

    let policy = format!("{POD}    imagePullPolicy: always\n");
    let path = "spec.containers[0].imagePullPolicy";
    let words = refused(&policy, path, &format!("{path}: Unsupported value: \"always\": supported values: \"Always\", \"IfNotPresent\", \"Never\""), None);
    assert_eq!(words.len(), 3);
    assert_eq!(words[0], (Mending::Word("Always".to_owned()), policy.replace("always", "Always")));
}

#[test]
fn nothing_is_offered_for_what_nobody_can_guess() {
    for text in ["a: [", "kind: Pod\napiVersion: v1\nspec: {xyzzy: 1}\n", "apiVersion: v1\nkind: 3\n"] {
        assert_eq!(mended(text), None, "{text}");
    }
}
