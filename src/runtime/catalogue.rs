//! The images that are known: what they run. Those that the documentation of Kubernetes and its tutorials use are among them.
//! Left out: what else is in them, tags but those that answer otherwise.

use super::image::{Fails, Image, Manner, OnTerm, Program, Server};

pub(super) const KUBIA: Server = Server {
    on_term: OnTerm::Ignore,
    ports: &[8080],
    greeting: "Kubia server starting...",
    answer: "You've hit HOST\n",
    prints_requests: true,
    fails: Fails::Never,
    manner: Manner::Node,
};
/// A web server that obeys SIGTERM.
const WEB: Server = Server {
    on_term: OnTerm::Exit(0),
    ports: &[80],
    greeting: "",
    answer: "<html><body><h1>It works!</h1></body></html>\n",
    prints_requests: false,
    fails: Fails::Never,
    manner: Manner::Plain,
};
/// Is well for ten seconds: the documentation's example of a liveness probe.
const HEALTH: Server = Server { on_term: OnTerm::Exit(2), ports: &[8080], answer: "ok", fails: Fails::After(10), ..WEB };
/// The servers in the image of Kubernetes' own tests, by their first arguments.
pub(super) const AGNHOST: [(&str, Server); 6] = [
    ("liveness", HEALTH),
    ("netexec", Server { on_term: OnTerm::Exit(2), ports: &[8080, 8081], answer: "NOW", ..WEB }),
    ("serve-hostname", Server { on_term: OnTerm::Exit(2), ports: &[9376], answer: "HOST", ..WEB }),
    ("test-webserver", Server { on_term: OnTerm::Exit(2), ..WEB }),
    ("grpc-health-checking", Server { on_term: OnTerm::Exit(2), ports: &[5000, 8080], answer: "", manner: Manner::Grpc, ..WEB }),
    ("pause", Server { on_term: OnTerm::Exit(0), ports: &[], answer: "", ..WEB }),
];
const NGINX: &str = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n";

/// A server in Go, as the examples of the documentation are.
const GO: Server = Server { on_term: OnTerm::Exit(2), ports: &[8080], ..WEB };
/// The application of the first tutorial.
const BOOTCAMP: Server = Server { ports: &[8080], greeting: "Kubernetes Bootcamp App Started", ..WEB };
/// What the echo server tells of a request; `CLIENT` stands for the address that it came from.
const ECHO: &str = "\n\nHostname: HOST\n\nPod Information:\n\t-no pod information available-\n\nServer values:\n\tserver_version=nginx: 1.13.3 - lua: 10008\n\n\
    Request Information:\n\tclient_address=CLIENT\n\tmethod=GET\n\treal path=/\n\tquery=\n\trequest_version=1.1\n\trequest_scheme=http\n\n\
    Request Body:\n\t-no body in request-\n\n";

const fn image(repository: &'static str, size: u64, program: Program) -> Image {
    Image { repository, size, program }
}

/// The names in the catalogue.
pub fn image_names() -> impl Iterator<Item = &'static str> {
    CATALOGUE.iter().map(|image| image.repository)
}

/// The images, those of one tag before those of any.
pub(super) static CATALOGUE: [Image; 41] = [
    image("luksa/kubia:ip", 3_206_624, Program::Server(Server { prints_requests: false, manner: Manner::Source, ..KUBIA })),
    image("luksa/kubia", 3_206_624, Program::Server(KUBIA)),
    image("luksa/kubia-unhealthy", 3_206_623, Program::Server(Server { fails: Fails::From(6), ..KUBIA })),
    image("luksa/kubia-flaky", 3_206_623, Program::Server(Server { fails: Fails::Each(5), ..KUBIA })),
    image("luksa/kubia-pet", 3_206_624, Program::Server(KUBIA)),
    image("luksa/batch-job", 1_033_274, Program::Sleeper("SLEEP", 20)),
    image("luksa/ssd-monitor", 1_033_249, Program::Printer("SSD OK", 5)),
    image("luksa/fortune", 20_000_000, Program::Printer("", 3600)),
    image("busybox:1.28", 721_000, Program::Shell),
    image("busybox:1.28.4", 721_000, Program::Shell),
    image("busybox", 1_033_149, Program::Shell),
    image("radial/busyboxplus", 1_800_000, Program::Shell),
    image("bash", 5_800_000, Program::Shell),
    image("perl", 341_000_000, Program::Shell),
    image("alpine", 3_626_897, Program::Shell),
    image("debian", 48_500_000, Program::Shell),
    image("ubuntu", 29_700_000, Program::Shell),
    image("tutum/dnsutils", 60_000_000, Program::Shell),
    image("curlimages/curl", 11_200_000, Program::Shell),
    image("tutum/curl", 60_000_000, Program::Shell),
    image("nginx", 72_080_558, Program::Server(Server { answer: NGINX, manner: Manner::Nginx, ..WEB })),
    image("httpd", 58_700_000, Program::Server(WEB)),
    image("redis", 45_000_000, Program::Server(Server { ports: &[6379], answer: "", greeting: "Ready to accept connections tcp", ..WEB })),
    image("polinux/stress", 4_000_000, Program::Eater),
    image("registry.k8s.io/ingress-nginx/controller", 118_000_000, Program::Server(Server { ports: &[80, 443, 8443, 10_254], answer: "", ..WEB })),
    image("registry.k8s.io/etcd", 98_100_000, Program::Server(Server { ports: &[2379, 2380], answer: "", manner: Manner::Grpc, ..WEB })),
    image("registry.k8s.io/e2e-test-images/agnhost", 53_800_000, Program::Agnhost),
    image("registry.k8s.io/e2e-test-images/jessie-dnsutils", 112_000_000, Program::Shell),
    image("registry.k8s.io/serve_hostname", 2_300_000, Program::Server(Server { ports: &[9376], answer: "HOST", ..GO })),
    image("k8s.gcr.io/serve_hostname", 2_300_000, Program::Server(Server { ports: &[9376], answer: "HOST", ..GO })),
    image("registry.k8s.io/goproxy", 1_700_000, Program::Server(Server { answer: "", ..GO })),
    image("registry.k8s.io/hpa-example", 192_000_000, Program::Server(Server { answer: "OK!", ..WEB })),
    image("registry.k8s.io/nginx-slim", 41_000_000, Program::Server(Server { answer: NGINX, manner: Manner::Nginx, ..WEB })),
    image("registry.k8s.io/echoserver", 37_000_000, Program::Server(Server { ports: &[8080], answer: ECHO, ..WEB })),
    image("gcr.io/google-samples/hello-app:2.0", 11_500_000, Program::Server(Server { answer: "Hello, world!\nVersion: 2.0.0\nHostname: HOST\n", ..GO })),
    image("gcr.io/google-samples/hello-app", 11_500_000, Program::Server(Server { answer: "Hello, world!\nVersion: 1.0.0\nHostname: HOST\n", ..GO })),
    image("gcr.io/google-samples/kubernetes-bootcamp", 83_000_000, Program::Server(Server { answer: "Hello Kubernetes bootcamp! | Running on: HOST | v=1\n", ..BOOTCAMP })),
    image("jocatalin/kubernetes-bootcamp", 83_000_000, Program::Server(Server { answer: "Hello Kubernetes bootcamp! | Running on: HOST | v=2\n", ..BOOTCAMP })),
    image("registry.k8s.io/liveness", 2_400_000, Program::Server(HEALTH)),
    image("k8s.gcr.io/liveness", 2_400_000, Program::Server(HEALTH)),
    image("registry.k8s.io/pause", 311_286, Program::Server(Server { ports: &[], answer: "", ..WEB })),
];

/// What stands in for an image that is not in the catalogue.
pub(super) const STAND_IN: Image = image("", 25_000_000, Program::Server(Server { ports: &[], answer: "You've hit HOST\n", ..WEB }));
