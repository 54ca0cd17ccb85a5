//! Manifests, from text to the answer of kubectl or the API server as far as decoding decides it.
//!
//! Own cases first; then, where `PODSCAPE_REFERENCE` names the folder, every recorded answer of a real cluster; then text that
//! was damaged at random, which must never bring the program down.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use podscape::manifest::{self, Code, Decoded, Hint};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p1\n";

/// What kubectl prints when it or the server refuses documents of a file while decoding.
fn refusals(source: &str, text: &str) -> Vec<String> {
    let decoded = manifest::decode(text);
    let mut lines = Vec::new();
    for document in decoded.readable() {
        let problems = manifest::check(document);
        if let Some(line) = manifest::client_refusal(source, &problems) {
            lines.push(line);
            continue;
        }
        for object in document.objects() {
            let message = manifest::server_refusal(&object, &manifest::check(&object));
            lines.extend(message.map(|message| format!("Error from server (BadRequest): error when creating {source:?}: {message}")));
        }
    }
    lines.extend(decoded.failure.map(|failure| format!("error: error parsing {source}: {}", failure.message)));
    lines
}

fn bad_request(kind: &str, message: &str) -> String {
    format!(
        "Error from server (BadRequest): error when creating \"f.yaml\": {kind} in version \"v1\" cannot be handled as a {kind}: {message}"
    )
}

#[test]
fn wrong_types_are_refused_by_the_server() {
    let into = "json: cannot unmarshal";
    let rows = [
        ("spec:\n  containers:\n    name: a\n", "object", "PodSpec.spec.containers of type []v1.Container"),
        ("spec:\n  containers:\n  - env:\n    - {name: A, value: 1}\n", "number", "EnvVar.spec.containers.env.value of type string"),
        ("spec:\n  containers:\n  - env:\n    - {name: A, value: yes}\n", "bool", "EnvVar.spec.containers.env.value of type string"),
        ("spec:\n  containers:\n  - command: ls -l\n", "string", "Container.spec.containers.command of type []string"),
        ("spec:\n  containers:\n  - args: [1]\n", "number", "Container.spec.containers.args of type string"),
        ("spec:\n  containers:\n  - ports:\n    - containerPort: \"80\"\n", "string", "ContainerPort.spec.containers.ports.containerPort of type int32"),
        ("spec:\n  containers:\n  - ports:\n    - containerPort: 99999999999\n", "number 99999999999", "ContainerPort.spec.containers.ports.containerPort of type int32"),
        ("spec:\n  containers:\n  - ports:\n    - containerPort: 80.5\n", "number 80.5", "ContainerPort.spec.containers.ports.containerPort of type int32"),
        ("spec:\n  containers:\n  - readinessProbe: {httpGet: {port: true}}\n", "bool", "HTTPGetAction.spec.containers.readinessProbe.httpGet.port of type int32"),
        ("spec:\n  restartPolicy: no\n", "bool", "PodSpec.spec.restartPolicy of type v1.RestartPolicy"),
        ("spec:\n  nodeSelector:\n    ssd: on\n", "bool", "PodSpec.spec.nodeSelector of type string"),
        ("spec:\n  containers: [a]\n", "string", "PodSpec.spec.containers of type v1.Container"),
        ("spec: []\n", "array", "Pod.spec of type v1.PodSpec"),
    ];
    for (rest, found, field) in rows {
        let message = format!("{into} {found} into Go struct field {field}");
        assert_eq!(refusals("f.yaml", &format!("{POD}{rest}")), [bad_request("Pod", &message)], "{rest}");
    }
}

#[test]
fn the_first_wrong_type_counts_and_no_unknown_field_beside_it() {
    let text = format!("{POD}spec:\n  zzz: 1\n  restartPolicy: 5\n  containers: 5\n");
    let message = "json: cannot unmarshal number into Go struct field PodSpec.spec.containers of type []v1.Container";
    assert_eq!(refusals("f.yaml", &text), [bad_request("Pod", message)]);
    // Amounts decode themselves: their failure ends the decoding.
    let text = format!("{POD}spec:\n  activeDeadlineSeconds: x\n  containers:\n  - resources: {{limits: {{cpu: 1core}}}}\n");
    let message = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    assert_eq!(refusals("f.yaml", &text), [bad_request("Pod", message)]);
}

#[test]
fn unknown_fields_are_refused_in_the_order_of_their_names() {
    let text = format!("{POD}specs: {{}}\nspec:\n  replicas: 1\n  containers:\n  - name: a\n    Image: b\n    foo: 1\n");
    let message = "strict decoding error: unknown field \"spec.containers[0].Image\", unknown field \"spec.containers[0].foo\", unknown field \"spec.replicas\", unknown field \"specs\"";
    assert_eq!(refusals("f.yaml", &text), [bad_request("Pod", message)]);
    let document = &manifest::decode(&text).documents[0];
    assert_eq!(manifest::strict_warnings(&manifest::check(document)).len(), 4);
}

#[test]
fn kubectl_refuses_what_it_must_know_itself() {
    let validating = |what: &str| {
        format!("error: error validating \"f.yaml\": error validating data: {what}; if you choose to ignore these errors, turn validation off with --validate=false")
    };
    let decoding = |what: &str| format!("error: unable to decode \"f.yaml\": {what}");
    let field = |found: &str, field: &str| decoding(&format!("json: cannot unmarshal {found} into Go struct field {field}"));
    let rows = [
        ("metadata: {name: x}\n", validating("[apiVersion not set, kind not set]")),
        ("apiVersion: v1\n", validating("kind not set")),
        ("kind: Pod\n", validating("apiVersion not set")),
        ("apiVersion: 1\nkind: Pod\n", validating("apiVersion isn't string type")),
        ("apiVersion: v1\nkind: [Pod]\n", validating("kind isn't string type")),
        ("apiVersion: a/b/c\nkind: Pod\n", validating("unexpected GroupVersion string: a/b/c")),
        ("just text\n", validating("invalid object to validate")),
        ("- a\n- b\n", validating("invalid object to validate")),
        ("apiVersion: v1\nkind: \"\"\n", decoding(r#"Object 'Kind' is missing in '{"apiVersion":"v1","kind":""}'"#)),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: 7}\n", field("number", "ObjectMeta.metadata.name of type string")),
        ("apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: 5}}\n", field("number", "ObjectMeta.metadata.labels of type string")),
        ("apiVersion: v1\nkind: Pod\nmetadata: {labels: [a]}\n", field("array", "ObjectMeta.metadata.labels of type map[string]string")),
        ("apiVersion: v1\nkind: Pod\nmetadata: x\n", field("string", "metadataOnlyObject.metadata of type v1.ObjectMeta")),
        ("apiVersion: v1\nkind: Pod\nmetadata: {creationTimestamp: now}\n", decoding(r#"parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006""#)),
    ];
    for (text, line) in rows {
        assert_eq!(refusals("f.yaml", text), [line], "{text}");
    }
    for empty in ["", "\n", "---\n", "# nothing\n---\n---\n", "~\n", "null\n"] {
        let decoded = manifest::decode(empty);
        assert!(decoded.documents.is_empty() && decoded.failure.is_none(), "{empty:?}");
    }
}

#[test]
fn syntax_errors_are_told_in_the_words_and_with_the_line_of_go_yaml() {
    let rows = [
        ("a: 1\n\tb: 2\n", "yaml: line 2: found a tab character that violates indentation"),
        ("a:\n\t- b\n", "yaml: line 2: found character that cannot start any token"),
        ("a: b: c\n", "yaml: mapping values are not allowed in this context"),
        ("x: 1\na\nb: c\n", "yaml: line 3: could not find expected ':'"),
        ("a\n  b: c\n", "yaml: line 2: mapping values are not allowed in this context"),
        ("a:\n  b: 1\n c: 2\n", "yaml: line 2: did not find expected key"),
        ("a:\n- b\n c: 2\n", "yaml: line 3: mapping values are not allowed in this context"),
        ("a:\n  - b\n  c: 2\n", "yaml: line 2: did not find expected '-' indicator"),
        ("a: - b\n", "yaml: block sequence entries are not allowed in this context"),
        ("a: \"b\n", "yaml: line 2: found unexpected end of stream"),
        ("a: [b\nc: d\n", "yaml: line 1: did not find expected ',' or ']'"),
        ("a: {b: c\nd: e\n", "yaml: line 1: did not find expected ',' or '}'"),
        ("a: @b\n", "yaml: found character that cannot start any token"),
        ("a: \"\\q\"\n", "yaml: found unknown escape character"),
        ("a: *b\n", "yaml: unknown anchor 'b' referenced"),
        ("a: &a\n  b: *a\n", "yaml: anchor 'a' value contains itself"),
        ("a: {{ .b }}\n", "yaml: invalid map key: map[interface {}]interface {}{\".b\":interface {}(nil)}"),
        ("a: !!int b\n", "yaml: cannot decode !!str `b` as a !!int"),
        ("a: .inf\n", "json: unsupported value: +Inf"),
        ("a: \u{1}\n", "yaml: control characters are not allowed"),
        // The line counts from the document's own beginning.
        ("a: 1\n---\nb: 1\n\tc: 2\n", "yaml: line 2: found a tab character that violates indentation"),
    ];
    for (text, message) in rows {
        let failure = manifest::decode(text).failure.unwrap_or_else(|| panic!("{text:?} is refused"));
        assert_eq!(failure.message, format!("error converting YAML to JSON: {message}"), "{text:?}");
    }
    let failure = manifest::decode("a: 1\n--- b\n").failure.expect("a bad separator");
    assert_eq!(failure.message, "invalid Yaml document separator: b");
}

#[test]
fn values_are_read_by_the_rules_of_yaml_1_1() {
    let rows = [
        ("yes", "true"),
        ("0755", "493"),
        ("'0755'", "\"0755\""),
        ("1_000", "1000"),
        ("1e3", "1000"),
        ("0.5", "0.5"),
        ("~", "null"),
        ("", "null"),
        ("2026-11-22", "\"2026-11-22\""),
        ("1:30", "\"1:30\""),
        ("!!str 5", "\"5\""),
        ("!!binary aGk=", "\"hi\""),
        ("{1: a, true: b, 1.5: c}", "{\"1\":\"a\",\"1.5\":\"c\",\"true\":\"b\"}"),
        ("[a, 'b', \"c\\n\"]", "[\"a\",\"b\",\"c\\n\"]"),
        ("|\n  x\n   y\n\n", "\"x\\n y\\n\""),
        (">-\n  x\n  y\n\n  z\n", "\"x y\\nz\""),
        ("x\n  y", "\"x y\""),
        ("{a: 1, <<: {a: 2, b: 3}}", "{\"a\":2,\"b\":3}"),
        ("{<<: [{a: 1}, {a: 2, b: 3}], b: 4}", "{\"a\":1,\"b\":4}"),
        ("{a: 1, a: 2}", "{\"a\":2}"),
    ];
    for (text, json) in rows {
        let decoded = manifest::decode(&format!("k: {text}\n"));
        let value = decoded.documents.first().map(|document| document.value["k"].to_string());
        assert_eq!(value.as_deref(), Some(json), "{text}: {:?}", decoded.failure);
    }
    let text = "base: &base {image: a, env: [x]}\nfirst: *base\nsecond:\n  <<: *base\n  image: b\n";
    let value = &manifest::decode(text).documents[0].value;
    assert_eq!(value["first"]["env"][0], "x");
    assert_eq!(value["second"].to_string(), r#"{"env":["x"],"image":"b"}"#);
}

#[test]
fn aliases_cannot_blow_up_a_document() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_string();
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let failure = manifest::decode(&text).failure.expect("too much");
    assert_eq!(failure.message, "error converting YAML to JSON: yaml: document contains excessive aliasing");
    let chain: String = (1..5000).map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1)).collect();
    for deep in [
        format!("a0: &a0 x\n{chain}"),
        "[".repeat(5000),
        "- {a: ".repeat(5000),
        "- ".repeat(5000),
        "{\"a\":".repeat(5000),
    ] {
        assert!(manifest::decode(&deep).failure.is_some());
    }
}

#[test]
fn a_json_file_is_read_as_json() {
    let text = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}\n{\"apiVersion\": \"v1\",}";
    let decoded = manifest::decode(text);
    assert_eq!(decoded.readable().len(), 1);
    assert_eq!(decoded.readable()[0].name(), "a");
    let failure = decoded.failure.expect("a comma too much");
    assert_eq!(failure.message, "json: offset 84: invalid character '}' looking for beginning of object key string");
}

#[test]
fn fields_are_found_in_the_text() {
    let text = "---\napiVersion: v1\nkind: Pod\nmetadata:\n  labels: {app.kubernetes.io/name: x}\nspec:\n  containers:\n  - name: a\n  - name: b\n    image:\n";
    let document = &manifest::decode(text).documents[0];
    let rows = [
        ("spec.containers[1].name", 9, "b"),
        ("metadata.labels[app.kubernetes.io/name]", 5, "x"),
        ("metadata.labels.app.kubernetes.io/name", 5, "x"),
        ("spec.containers[1].image", 10, "image"),
        ("spec.containers[0].image", 8, "name: a"),
        ("spec.containers[0].ports[3].name", 8, "name: a"),
        ("kind", 3, "Pod"),
    ];
    for (path, line, piece) in rows {
        let span = document.locate(path);
        assert_eq!((span.start.line, &text[span.start.offset..span.end.offset]), (line, piece), "{path}");
    }
    assert_eq!(document.locate_key("spec.containers").start.line, 7);
    assert_eq!((document.api_version(), document.kind(), document.name()), ("v1", "Pod", ""));
}

#[test]
fn an_editor_gets_a_remark_with_its_place_and_a_hint() {
    let text = format!("{POD}spec:\n  containers:\n  - name: a\n    imagePullPolcy: Always\n    name: b\n    image: 5\n---\nkind: Pod\n---\na: b: c\n");
    let rows: Vec<(usize, Code, Option<Hint>)> = manifest::diagnose(&text)
        .into_iter()
        .map(|diagnostic| (diagnostic.span.start.line, diagnostic.code, diagnostic.hint))
        .collect();
    assert_eq!(
        rows,
        [
            (8, Code::UnknownField, Some(Hint::Meant("imagePullPolicy"))),
            (9, Code::DuplicateKey, Some(Hint::Repeated(7))),
            (10, Code::WrongType, Some(Hint::Quote("5".to_owned()))),
            (12, Code::ApiVersion, None),
            (14, Code::Syntax, Some(Hint::ColonAbove)),
        ]
    );
}

#[test]
fn the_items_of_a_list_are_documents() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a, labels: {x: 1}}\n- apiVersion: v1\n  kind: Service\n  spec: {Type: x}\n";
    let lines = refusals("f.yaml", text);
    let label = "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string";
    assert_eq!(lines, [bad_request("Pod", label), bad_request("Service", "strict decoding error: unknown field \"spec.Type\"")]);
    let objects = manifest::decode(text).documents[0].objects();
    assert_eq!(objects[1].locate("spec.Type").start.line, 9);
}

/// The folder of recordings of a real cluster.
fn reference() -> Option<PathBuf> {
    let folder = std::env::var_os("PODSCAPE_REFERENCE").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: PODSCAPE_REFERENCE is not set");
    }
    folder
}

/// The lines of an answer that decoding decides.
fn decoding_lines(answer: &str) -> Vec<String> {
    let is_decoding = |line: &&str| {
        let from_server = line.contains(" cannot be handled as a ") && !line.contains("no kind ");
        from_server || ["error: error parsing", "error: unable to decode", "error: error validating"].iter().any(|start| line.starts_with(start))
    };
    answer.lines().filter(is_decoding).map(str::to_string).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() { waiting.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

#[test]
fn real_manifests_get_the_answer_of_the_real_server() {
    let Some(folder) = reference() else { return };
    let folder = folder.join("kubernetes");
    let verdicts = fs::read_to_string(folder.join("verdicts.md")).expect("the verdicts");
    let mut count = 0;
    for verdict in verdicts.split("\n## ").skip(1) {
        let (name, answer) = verdict.split_once('\n').expect("a name and an answer");
        let text = fs::read_to_string(folder.join("corpus").join(name)).expect("the manifest");
        let file = Path::new(name).file_name().and_then(|name| name.to_str()).expect("a file name");
        assert_eq!(refusals(file, &text), decoding_lines(answer), "{name}");
        count += 1;
    }
    assert!(count > 250, "{count} verdicts");
}

#[test]
fn recorded_sessions_get_the_answers_of_the_real_cluster() {
    let Some(folder) = reference() else { return };
    let mut count = 0;
    for path in files_below(&folder.join("transcripts")) {
        let transcript = fs::read_to_string(&path).expect("a transcript");
        let mut manifests: BTreeMap<String, String> = BTreeMap::new();
        for block in transcript.split("\n```\n\n") {
            if let Some((name, text)) = block.rsplit_once("`:\n```yaml\n") {
                let name = name.rsplit_once('`').map_or(name, |(_, name)| name);
                manifests.insert(name.to_string(), format!("{text}\n"));
            }
            let Some((_, command)) = block.split_once("\n$ kubectl ") else { continue };
            let (command, answer) = command.split_once('\n').unwrap_or((command, ""));
            let words: Vec<&str> = command.split(' ').collect();
            let ["create" | "apply", "-f", file] = words.as_slice() else { continue };
            let Some(text) = manifests.get(*file) else { continue };
            assert_eq!(refusals(file, text), decoding_lines(answer), "{}: {command}", path.display());
            count += 1;
        }
    }
    assert!(count > 150, "{count} commands");
}

#[test]
fn what_kubectl_printed_is_printed_the_same_again() {
    let Some(folder) = reference() else { return };
    let mut outputs: Vec<String> = files_below(&folder.join("kubernetes/defaulted"))
        .iter()
        .map(|path| fs::read_to_string(path).expect("an object"))
        .collect();
    for path in files_below(&folder.join("transcripts")) {
        let transcript = fs::read_to_string(&path).expect("a transcript");
        for command in transcript.split("\n$ kubectl ").skip(1) {
            let (command, answer) = command.split_once('\n').unwrap_or((command, ""));
            if command.ends_with("-o yaml") && answer.starts_with("apiVersion") {
                outputs.push(answer.split("\n```").next().unwrap_or("").to_string());
            }
        }
    }
    assert!(outputs.len() > 250, "{} outputs", outputs.len());
    for output in outputs {
        let Decoded { documents, failure, .. } = manifest::decode(&output);
        assert_eq!(failure, None, "{output}");
        // In the recordings a word stands for times, which would need no quotes.
        let output = output.replace("\"<time>\"", "<time>");
        let printed: Vec<String> = documents.iter().map(|document| manifest::encode(&document.value)).collect();
        assert_eq!(printed.join("---\n").trim_end(), output.trim_end());
    }
}

/// A generator of numbers that is always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

const PIECES: &[&str] = &[
    "\t", " ", "  ", "\n", "\r\n", ":", ": ", "- ", "[", "]", "{", "}", ",", "'", "\"", "#", " #", "|", ">", "|2\n", ">-\n", "&a ",
    "*a", "<<: *a\n", "!!int ", "!x ", "? ", "%", "@", "`", "---\n", "...\n", "\\", "\u{e9}", "\u{d55c}", "\u{2028}", "\u{feff}",
    "\u{1}", "0755", "1e999", "-", "~", "[]: a\n", "{a: b}: c\n", "[a: b, c]", "\"\\U0010FFFF\"", "\"\\x", "spec", "metadata: 5\n",
    "99999999999999999999", "1Gi",
];

/// Lose, double, move or put in something at a random place.
fn damage(text: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(4) {
        let at = dice.below(chars.len() + 1);
        match dice.below(6) {
            0 => chars.truncate(at.max(1)),
            1 => drop(chars.drain(at..(at + dice.below(6)).min(chars.len()))),
            2 => {
                let from = dice.below(chars.len() + 1);
                let piece: Vec<char> = chars[from..(from + dice.below(20)).min(chars.len())].to_vec();
                chars.splice(at..at, piece);
            }
            _ => drop(chars.splice(at..at, PIECES[dice.below(PIECES.len())].chars())),
        }
    }
    chars.into_iter().collect()
}

#[test]
fn damaged_manifests_bring_nothing_down() {
    let seeds = [
        format!("{POD}  labels: {{a: b, 'c': \"d\"}}\nspec:\n  containers:\n  - name: a\n    image: b\n    command: [sh, -c, \"x\"]\n    args: |\n      a\n        b\n    ports:\n    - containerPort: 80\n"),
        "apiVersion: v1\nkind: List\nitems:\n- &x {apiVersion: v1, kind: Service, spec: {ports: [{port: 80, targetPort: http}]}}\n- <<: *x\n  metadata: {name: y}\n---\nkind: Job\n".to_string(),
        "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"spec\": {\"replicas\": 3, \"template\": {\"spec\": {\"containers\": [{\"resources\": {\"limits\": {\"cpu\": \"1\"}}}]}}}}".to_string(),
    ];
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for round in 0..4000 {
        let text = damage(&seeds[round % seeds.len()], &mut dice);
        manifest::diagnose(&text);
        for document in manifest::decode(&text).documents.iter().flat_map(|document| document.objects()) {
            document.locate("spec.containers[0].ports[0].name");
            let again = manifest::decode(&manifest::encode(&document.value));
            let value = again.documents.first().map(|document| &document.value);
            assert_eq!(value, Some(&document.value).filter(|value| !value.is_null()), "{text:?}");
        }
    }
}
