//! Folders with a kustomization. What is expected was printed by kubectl 1.32.4 (kustomize v5.5.0) for the same files.

use podscape::simulator::{Command, Receipt, Scenario, Simulator};

fn run(simulator: &mut Simulator, line: &str) -> Receipt {
    simulator.apply(Command::Line(line.to_owned()))
}

fn put(simulator: &mut Simulator, name: &str, text: &str) {
    simulator.apply(Command::File { name: name.to_owned(), text: text.to_owned() });
}

/// A text with the place of the files in it.
fn at_home(text: &str) -> String {
    text.replace("HOME", "/root")
}

const FILES: [(&str, &str); 6] = [
    (
        "base/deploy.yaml",
        r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: nginx
        image: nginx:1.25
        envFrom:
        - configMapRef: {name: settings}
        env:
        - name: P
          valueFrom: {secretKeyRef: {name: sec, key: a}}
        volumeMounts: [{name: v, mountPath: /v}]
      - {name: side, image: "busybox"}
      volumes:
      - name: v
        configMap: {name: settings}
---
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {x: "y"}}
spec:
  selector: {app: web}
  ports: [{port: 80}]
"#,
    ),
    (
        "base/kustomization.yaml",
        r#"resources:
- deploy.yaml
configMapGenerator:
- name: settings
  literals: [A=b, "C=d e"]
secretGenerator:
- name: sec
  literals: [a=b]
"#,
    ),
    (
        "kustomization.yaml",
        r#"apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [base, ns.yaml]
namespace: shop
namePrefix: dev-
nameSuffix: -v1
labels:
- pairs: {team: a}
- pairs: {env: dev}
  includeSelectors: true
commonAnnotations: {note: hi}
images:
- name: nginx
  newTag: "1.27"
- name: busybox
  newName: reg.io/bb
  digest: sha256:abc
replicas:
- {name: web, count: 5}
configMapGenerator:
- name: more
  files: [a.txt, k=b.txt]
generatorOptions:
  labels: {gen: "yes"}
patches:
- target: {kind: Deployment}
  patch: |-
    - op: add
      path: /spec/template/spec/containers/0/args
      value: [x]
- patch: |-
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {type: NodePort}
"#,
    ),
    (
        "a.txt",
        r#"hello
"#,
    ),
    (
        "b.txt",
        r#"x
y
"#,
    ),
    (
        "ns.yaml",
        r#"apiVersion: v1
kind: Namespace
metadata: {name: shop}
"#,
    ),
];

const BUILT: &str = r#"apiVersion: v1
kind: Namespace
metadata:
  annotations:
    note: hi
  labels:
    env: dev
    team: a
  name: shop
---
apiVersion: v1
data:
  a.txt: |
    hello
  k: |
    x
    y
kind: ConfigMap
metadata:
  annotations:
    note: hi
  labels:
    env: dev
    gen: "yes"
    team: a
  name: dev-more-v1-2f55hkmchk
  namespace: shop
---
apiVersion: v1
data:
  A: b
  C: d e
kind: ConfigMap
metadata:
  annotations:
    note: hi
  labels:
    env: dev
    team: a
  name: dev-settings-v1-59d6h92gkd
  namespace: shop
---
apiVersion: v1
data:
  a: Yg==
kind: Secret
metadata:
  annotations:
    note: hi
  labels:
    env: dev
    team: a
  name: dev-sec-v1-k695gkmbtk
  namespace: shop
type: Opaque
---
apiVersion: v1
kind: Service
metadata:
  annotations:
    note: hi
    x: "y"
  labels:
    env: dev
    team: a
  name: dev-web-v1
  namespace: shop
spec:
  ports:
  - port: 80
  selector:
    app: web
    env: dev
  type: NodePort
---
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    note: hi
  labels:
    env: dev
    team: a
  name: dev-web-v1
  namespace: shop
spec:
  replicas: 5
  selector:
    matchLabels:
      app: web
      env: dev
  template:
    metadata:
      annotations:
        note: hi
      labels:
        app: web
        env: dev
    spec:
      containers:
      - args:
        - x
        env:
        - name: P
          valueFrom:
            secretKeyRef:
              key: a
              name: dev-sec-v1-k695gkmbtk
        envFrom:
        - configMapRef:
            name: dev-settings-v1-59d6h92gkd
        image: nginx:1.27
        name: nginx
        volumeMounts:
        - mountPath: /v
          name: v
      - image: reg.io/bb@sha256:abc
        name: side
      volumes:
      - configMap:
          name: dev-settings-v1-59d6h92gkd
        name: v
"#;

#[test]
fn a_folder_is_built_as_kubectl_builds_it() {
    let mut simulator = Simulator::new(&Scenario::empty());
    for (name, text) in FILES {
        put(&mut simulator, name, text);
    }
    assert_eq!(run(&mut simulator, "kubectl kustomize").output, BUILT);
    assert_eq!(run(&mut simulator, "kubectl kustomize ./base/ | grep -c kind:").output, "4\n");
    let created = "\
namespace/shop created
configmap/dev-more-v1-2f55hkmchk created
configmap/dev-settings-v1-59d6h92gkd created
secret/dev-sec-v1-k695gkmbtk created
service/dev-web-v1 created
deployment.apps/dev-web-v1 created
";
    assert_eq!(run(&mut simulator, "kubectl apply -k .").output, created);
    assert_eq!(run(&mut simulator, "kubectl apply -k ./").output, created.replace("created", "unchanged"));
    assert_eq!(run(&mut simulator, "kubectl diff -k .").output, "");
    assert_eq!(run(&mut simulator, "kubectl get -k . -o name | tail -1").output, "deployment.apps/dev-web-v1\n");
}

/// Each file alone in a folder, and why it is not built.
#[test]
fn what_is_wrong_is_said_as_kubectl_says_it() {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n";
    let missing = |name: &str| format!("evalsymlink failure on 'HOME/k/{name}' : lstat HOME/k/{name}: no such file or directory");
    let table = [
        ("", "kustomization.yaml is empty".to_owned()),
        ("foo: bar", "invalid Kustomization: json: unknown field \"foo\"".to_owned()),
        ("resources: [", "invalid Kustomization: yaml: line 1: did not find expected node content".to_owned()),
        (
            "resources: [nope.yaml]",
            format!("accumulating resources: accumulation err='accumulating resources from 'nope.yaml': {0}': must build at directory: not a valid directory: {0}", missing("nope.yaml")),
        ),
        (
            "resources: [a.yaml, b.yaml]",
            "accumulating resources: accumulation err='merging resources from 'b.yaml': may not add resource with an already registered id: \
             Namespace.v1.[noGrp]/x.[noNs]': must build at directory: 'HOME/k/b.yaml': file is not directory".to_owned(),
        ),
        ("configMapGenerator: [{name: x, files: [nope]}]", format!("loading KV pairs: file sources: [nope]: {}", missing("nope"))),
        (
            "patches: [{path: nope}]",
            format!("trouble configuring builtin PatchTransformer with config: `\npath: nope\n`: failed to get the patch file from path(nope): {}", missing("nope")),
        ),
        (
            "resources: [a.yaml]\npatches: [{patch: \"{apiVersion: v1, kind: Service, metadata: {name: q}}\"}]",
            "no resource matches strategic merge patch \"Service.v1.[noGrp]/q.[noNs]\": no matches for Id Service.v1.[noGrp]/q.[noNs]; failed to find \
             unique target for patch Service.v1.[noGrp]/q.[noNs]".to_owned(),
        ),
    ];
    for (text, why) in table {
        let mut simulator = Simulator::new(&Scenario::empty());
        put(&mut simulator, "k/a.yaml", namespace);
        put(&mut simulator, "k/b.yaml", namespace);
        put(&mut simulator, "k/kustomization.yaml", text);
        let receipt = run(&mut simulator, "kubectl apply -k k");
        let why = at_home(&why);
        assert_eq!((receipt.output, receipt.exit), (format!("error: {why}\n"), 1), "{text}");
        let built = run(&mut simulator, "kubectl kustomize k");
        assert_eq!((built.output, built.exit), (format!("error: {why}\n"), 1), "{text}");
    }
    let mut simulator = Simulator::new(&Scenario::empty());
    put(&mut simulator, "k/a.yaml", namespace);
    let table = [
        ("kubectl apply -k nosuch", "error: must build at directory: not a valid directory: evalsymlink failure on 'nosuch' : lstat HOME/nosuch: no such file or directory\n"),
        ("kubectl apply -k k", "error: unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory 'HOME/k'\n"),
        ("mkdir l; echo 'resources: [../l]' > l/kustomization.yaml; kubectl apply -k l", "error: accumulating resources: accumulation err='accumulating resources from '../l': 'HOME/l' must resolve to a file': cycle detected: candidate root 'HOME/l' contains visited root 'HOME/l'\n"),
        ("kubectl apply -k k -f x", "error: only one of -f or -k can be specified\n"),
    ];
    for (line, output) in table {
        assert_eq!(run(&mut simulator, line).output, at_home(output), "{line}");
    }
}

/// Expected is what kubectl 1.32.5 builds of the same files.
#[test]
fn components_and_replacements_change_what_is_there() {
    let base = "resources: [dep.yaml, cm.yaml]\n";
    let dep = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    \
               spec:\n      containers: [{name: c, image: nginx, env: [{name: HOST, value: x}]}]\n";
    let cm = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cfg}\ndata: {host: db.example.com}\n";
    let component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/replicas\n      value: 3\n";
    let host = "replacements:\n- source: {kind: ConfigMap, name: cfg, fieldPath: data.host}\n  targets:\n  - select: {kind: Deployment, name: web}\n    \
                fieldPaths: [\"spec.template.spec.containers.[name=c].env.[name=HOST].value\"]\n";
    let part = "replacements:\n- source: {kind: ConfigMap, name: cfg, fieldPath: data.host, options: {delimiter: \".\", index: 1}}\n  targets:\n  - select: {kind: Deployment}\n    \
                fieldPaths: [spec.template.spec.containers.0.image]\n    options: {delimiter: \":\", index: 1}\n";
    let of = |kind: &str, name: &str, field: &str, target: &str| {
        format!("resources: [../base]\nreplacements:\n- source: {{kind: {kind}, name: {name}, fieldPath: {field}}}\n  targets:\n  - select: {{kind: Deployment}}\n    fieldPaths: [{target}]\n")
    };
    let table = [
        (format!("resources: [../base]\ncomponents: [../comp]\n{host}"), "| grep -e replicas -e value", "          value: db.example.com\n  replicas: 3\n".to_owned()),
        (format!("resources: [../base]\n{part}"), "| grep image", "        image: nginx:example\n".to_owned()),
        (
            "resources: [../base]\ncomponents: [../nosuch]\n".to_owned(),
            "",
            "error: accumulating components: loader.New \"must build at directory: not a valid directory: evalsymlink failure on 'HOME/nosuch' : lstat HOME/nosuch: \
             no such file or directory\"\n".to_owned(),
        ),
        (of("ConfigMap", "nosuch", "data.host", "spec.replicas"), "", "error: nothing selected by ConfigMap.[noVer].[noGrp]/nosuch.[noNs]:data.host\n".to_owned()),
        (
            of("ConfigMap", "cfg", "data.nosuch", "spec.replicas"),
            "",
            "error: fieldPath `data.nosuch` is missing for replacement source ConfigMap.[noVer].[noGrp]/cfg.[noNs]\n".to_owned(),
        ),
        (of("ConfigMap", "cfg", "data.host", "spec.nosuch.x"), "", "error: unable to find field \"spec.nosuch.x\" in replacement target\n".to_owned()),
    ];
    for (text, filter, output) in table {
        let mut simulator = Simulator::new(&Scenario::empty());
        for (name, text) in [("base/kustomization.yaml", base), ("base/dep.yaml", dep), ("base/cm.yaml", cm), ("comp/kustomization.yaml", component), ("over/kustomization.yaml", &text)] {
            put(&mut simulator, name, text);
        }
        let built = run(&mut simulator, &format!("kubectl kustomize over {filter}"));
        let lines = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(lines(&built.output), lines(&at_home(&output)), "{text}");
    }
}
