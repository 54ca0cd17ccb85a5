//! Clusters, users and contexts of kubectl's settings. What is expected was printed by kubectl 1.32.4 with the same settings in a file.

use podscape::simulator::{Command, Scenario, Simulator};

#[test]
fn clusters_and_users_are_written_down() {
    let mut simulator = Simulator::new(&Scenario::empty());
    let table = [
        ("kubectl config set-cluster foo --server=https://1.2.3.4:6443", "Cluster \"foo\" set.\n", 0),
        ("kubectl config set-cluster foo --insecure-skip-tls-verify=true", "Cluster \"foo\" set.\n", 0),
        ("kubectl config set-cluster foo --certificate-authority=/x/ca.crt", "Cluster \"foo\" set.\n", 0),
        (
            "kubectl config set-cluster foo --certificate-authority=/x/ca.crt --embed-certs",
            "error: could not stat certificate-authority file /x/ca.crt: stat /x/ca.crt: no such file or directory\n",
            1,
        ),
        ("kubectl config set-credentials bob --token=abc", "User \"bob\" set.\n", 0),
        ("kubectl config set-credentials bob --username=u --password=p", "User \"bob\" set.\n", 0),
        (
            "kubectl config set-credentials bob --username=u --token=p",
            "error: you cannot specify more than one authentication method at the same time: --token, --username/--password\n",
            1,
        ),
        ("kubectl config set-credentials al --client-certificate=/x/a.crt --client-key=/x/a.key", "User \"al\" set.\n", 0),
        ("kubectl config set-context bc --cluster=foo --user=bob --namespace=x", "Context \"bc\" created.\n", 0),
        ("kubectl config view --minify --context=bc", MINIFIED, 0),
        ("kubectl config view --minify --context=zz", "error: cannot locate context zz\n", 1),
        ("kubectl config view -o jsonpath='{.users[*].name}'", "admin al bob", 0),
        ("kubectl config get-users", "NAME\nadmin\nal\nbob\n", 0),
        ("kubectl config set clusters.foo.server https://5.6.7.8", "Property \"clusters.foo.server\" set.\n", 0),
        ("kubectl config set users.bob.token zzz", "Property \"users.bob.token\" set.\n", 0),
        ("kubectl config set preferences.colors true", "Property \"preferences.colors\" set.\n", 0),
        ("kubectl config set foo.bar x", "error: unable to parse foo.bar after [] at api.Config\n", 1),
        ("kubectl config set clusters.foo.insecure-skip-tls-verify maybe", "error: strconv.ParseBool: parsing \"maybe\": invalid syntax\n", 1),
        ("kubectl config unset users.nope", "Property \"users.nope\" unset.\n", 0),
        ("kubectl config unset users.bob.token", "Property \"users.bob.token\" unset.\n", 0),
        ("kubectl config unset contexts.bc.nope", "Property \"contexts.bc.nope\" unset.\n", 0),
        ("kubectl get po --context=bc", "Unable to connect to the server: dial tcp 5.6.7.8:443: i/o timeout\n", 1),
        ("kubectl config delete-cluster nope", "error: cannot delete cluster nope, not in HOME/.kube/config\n", 1),
        ("kubectl config delete-user al", "deleted user al from HOME/.kube/config\n", 0),
        ("kubectl config delete-user", "error: user to delete is required\nSee 'kubectl config delete-user -h' for help and examples\n", 1),
        ("kubectl config delete-cluster foo", "deleted cluster foo from HOME/.kube/config\n", 0),
        ("kubectl config get-clusters", "NAME\npodscape\n", 0),
        ("kubectl get po --context=bc", "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n", 1),
        ("kubectl get po --user=zed", "error: auth info \"zed\" does not exist\n", 1),
        ("kubectl get po --cluster=zed", "error: no server found for cluster \"zed\"\n", 1),
        ("kubectl get po", "No resources found in default namespace.\n", 0),
        ("kubectl get po --user=bob", "error: You must be logged in to the server (Unauthorized)\n", 1),
    ];
    for (line, output, exit) in table {
        let receipt = simulator.apply(Command::Line(line.to_owned()));
        assert_eq!((receipt.output.as_str(), receipt.exit), (output.replace("HOME", "/root").as_str(), exit), "{line}");
    }
}

const MINIFIED: &str = "\
apiVersion: v1
clusters:
- cluster:
    certificate-authority: /x/ca.crt
    server: https://1.2.3.4:6443
  name: foo
contexts:
- context:
    cluster: foo
    namespace: x
    user: bob
  name: bc
current-context: bc
kind: Config
preferences: {}
users:
- name: bob
  user:
    password: REDACTED
    username: u
";
