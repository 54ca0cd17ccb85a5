//! Images as behaviours: how large they are, what their program answers and prints, how long it runs and what it does on SIGTERM.
//! An image that is not in the catalogue serves on the ports that its container declares, until it is stopped.
//! Left out: which tags an image has, beyond those that are plainly made up.

use super::catalogue::{AGNHOST, CATALOGUE, STAND_IN};
use super::clients::is_client;
use super::shell::is_tool;
use crate::api::Container;
use crate::base::{Name, SimDuration};

/// What a program does on SIGTERM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTerm {
    /// Nothing: it is process 1 without a handler, so the kernel drops the signal, and SIGKILL ends it with 137.
    Ignore,
    /// It ends at once with this code.
    Exit(i32),
}

/// Which requests a server fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fails {
    /// None.
    Never,
    /// This one and all after it, counted from the start of the container.
    From(u32),
    /// Each so manyth.
    Each(u32),
    /// Those that come so many seconds after the start of the container.
    After(u64),
}

impl Fails {
    /// Whether the request of this number fails.
    pub fn is_failed(self, number: u32) -> bool {
        match self {
            Fails::Never | Fails::After(_) => false,
            Fails::From(first) => number >= first,
            Fails::Each(step) => number.is_multiple_of(step),
        }
    }
}

/// A program that answers requests until it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// On SIGTERM.
    pub on_term: OnTerm,
    /// Where it listens; on the ports that the container declares if there are none here.
    pub ports: &'static [i32],
    /// What it prints when it starts.
    pub greeting: &'static str,
    /// What it answers; `HOST` stands for its host name.
    pub answer: &'static str,
    /// Whether it prints a line for each request.
    pub prints_requests: bool,
    /// Which requests end in 500.
    pub fails: Fails,
    /// How it answers.
    pub manner: Manner,
}

/// Whose manners a server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Nobody's.
    Plain,
    /// A program for Node.js.
    Node,
    /// One that tells the address that a request came from. Its variables PORT and EXIT_ON_TERM count.
    Source,
    /// nginx.
    Nginx,
    /// A gRPC server that tells its health.
    Grpc,
}

impl Server {
    /// The same as the variables of its container make it.
    fn with_variables(self, container: &Container) -> Server {
        let obeys = self.manner == Manner::Source && container.env.iter().any(|env| env.name == *"EXIT_ON_TERM" && env.value == *"1");
        if obeys { Server { on_term: OnTerm::Exit(0), ..self } } else { self }
    }

    /// Whether it listens on a port in this container.
    pub fn listens(&self, container: &Container, port: i32) -> bool {
        let ports = container.env.iter().find(|env| self.manner == Manner::Source && env.name == *"PORT");
        match ports {
            Some(ports) => ports.value.split(',').any(|text| text.trim().parse() == Ok(port)),
            None if self.ports.is_empty() => container.ports.iter().any(|declared| declared.container_port == port),
            None => self.ports.contains(&port),
        }
    }
}

/// What a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Answers until it is stopped.
    Server(Server),
    /// Sleeps so long, then ends well.
    Sleeper(SimDuration),
    /// Prints a line again and again.
    Printer(&'static str, SimDuration),
    /// Takes so many bytes of memory, then waits.
    Eater(i64),
    /// A command that the shell runs.
    Shell,
    /// A command that is not in the image.
    NotFound,
}

/// Programs that not every image has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kit(u16);

impl Kit {
    const CURL: u16 = 1;
    /// wget, nslookup, ping, nc as busybox has them.
    const BUSYBOX: u16 = 2;
    /// dig, host, nslookup of bind.
    const BIND: u16 = 4;
    const TIMEOUT: u16 = 8;
    const GETENT: u16 = 16;
    const GNU_WGET: u16 = 32;
    /// ss, iptables-save, conntrack.
    const KERNEL: u16 = 64;
    /// The certificates of the world's authorities.
    const ROOTS: u16 = 128;
    /// nslookup of a busybox before 1.29, which asks the resolver of the C library.
    const OLD_NSLOOKUP: u16 = 256;
    const PERL: u16 = 512;
    const OPENSSL: u16 = 1024;
    /// Those that a machine has.
    pub const MACHINE: Kit = Kit(Kit::CURL | Kit::BUSYBOX | Kit::TIMEOUT | Kit::GETENT | Kit::KERNEL | Kit::ROOTS);
    /// Those of the machine at which a user sits.
    pub const HOST: Kit = Kit(Kit::OPENSSL | Kit::CURL | Kit::TIMEOUT | Kit::GETENT | Kit::ROOTS);
    /// All.
    pub const ALL: Kit = Kit(!(Kit::GNU_WGET | Kit::OLD_NSLOOKUP | Kit::PERL | Kit::OPENSSL));

    /// Whether there is a program of this name.
    pub fn has(self, name: &str) -> bool {
        let needed = match name {
            "curl" => Kit::CURL,
            "wget" => Kit::BUSYBOX | Kit::GNU_WGET,
            "nslookup" => Kit::BUSYBOX | Kit::BIND,
            "ping" | "nc" | "telnet" | "traceroute" | "ip" | "netstat" | "ifconfig" | "route" => Kit::BUSYBOX,
            "ss" | "iptables-save" | "conntrack" => Kit::KERNEL,
            "dig" | "host" => Kit::BIND,
            "timeout" => Kit::TIMEOUT,
            "getent" => Kit::GETENT,
            "perl" => Kit::PERL,
            "openssl" => Kit::OPENSSL,
            _ => return true,
        };
        self.0 & needed != 0
    }

    /// Whether the tools are those of busybox.
    pub fn has_busybox(self) -> bool {
        self.0 & Kit::BUSYBOX != 0
    }

    /// Whether certificates of the world's authorities can be checked.
    pub fn has_roots(self) -> bool {
        self.0 & Kit::ROOTS != 0
    }

    /// Whether wget is GNU's.
    pub fn has_gnu_wget(self) -> bool {
        self.0 & Kit::GNU_WGET != 0
    }

    /// Whether nslookup is that of bind.
    pub fn has_bind(self) -> bool {
        self.0 & Kit::BIND != 0
    }

    /// Whether nslookup asks the resolver of the C library and no server itself.
    pub fn has_old_nslookup(self) -> bool {
        self.0 & Kit::OLD_NSLOOKUP != 0
    }

    /// Whether names are looked up as the GNU C library does; else as musl does.
    pub fn has_glibc(self) -> bool {
        self.0 & Kit::GETENT != 0
    }

    /// Those of an image. What the recorded busybox has not, this one has not.
    fn of_image(repository: &str) -> Kit {
        let plain = repository.split(':').next().unwrap_or_default();
        Kit(match plain {
            "luksa/kubia" if repository.ends_with(":ip") => Kit::CURL | Kit::BUSYBOX | Kit::TIMEOUT | Kit::GETENT,
            "luksa/kubia" | "luksa/kubia-unhealthy" | "luksa/kubia-flaky" | "luksa/kubia-pet" => {
                Kit::CURL | Kit::TIMEOUT | Kit::GETENT | Kit::GNU_WGET | Kit::ROOTS
            }
            "busybox" if repository.contains(':') => Kit::BUSYBOX | Kit::OLD_NSLOOKUP,
            "radial/busyboxplus" => Kit::CURL | Kit::BUSYBOX | Kit::OLD_NSLOOKUP,
            "busybox" => Kit::BUSYBOX,
            "perl" => Kit::PERL | Kit::TIMEOUT | Kit::GETENT,
            "registry.k8s.io/e2e-test-images/agnhost" => Kit::CURL | Kit::BUSYBOX | Kit::BIND | Kit::TIMEOUT,
            "registry.k8s.io/nginx-slim" => Kit::CURL | Kit::TIMEOUT | Kit::GETENT | Kit::ROOTS,
            "registry.k8s.io/e2e-test-images/jessie-dnsutils" => Kit::BIND | Kit::TIMEOUT | Kit::GETENT,
            "alpine" => Kit::BUSYBOX | Kit::TIMEOUT,
            "tutum/dnsutils" => Kit::BIND | Kit::TIMEOUT | Kit::GETENT,
            "nginx" | "curlimages/curl" | "tutum/curl" => Kit::CURL | Kit::TIMEOUT | Kit::GETENT | Kit::ROOTS,
            "" => Kit::ALL.0,
            _ => Kit::TIMEOUT | Kit::GETENT,
        })
    }
}

/// An image of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// Its repository; with a tag if only that one is so.
    pub repository: &'static str,
    /// Compressed, in bytes.
    pub size: u64,
    pub(super) program: Program,
}

/// What an image starts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Program {
    /// A server.
    Server(Server),
    /// Ends after the seconds in this variable, or these.
    Sleeper(&'static str, u64),
    /// Prints this each so many seconds.
    Printer(&'static str, u64),
    /// `--vm-bytes`
    Eater,
    /// The server that its first argument names.
    Agnhost,
    /// A shell without input: ends at once.
    Shell,
}

/// Words that say of a name that nothing is behind it.
const MADE_UP: [&str; 12] = [
    "nosuch", "no-such", "nonexist", "non-exist", "notexist", "not-exist", "doesnotexist", "notfound", "not-found", "missing", "bogus", "wrong",
];

impl Image {
    /// The image of this reference, or the stand-in.
    pub fn find(reference: &str) -> Image {
        let (short, tag) = (repository(reference), split(reference).1.unwrap_or_default());
        let is = |image: &&Image| match image.repository.split_once(':') {
            Some((name, only)) => name == short && only == tag,
            None => image.repository == short,
        };
        CATALOGUE.iter().find(is).copied().unwrap_or(STAND_IN)
    }

    /// Its programs.
    pub fn kit(&self) -> Kit {
        Kit::of_image(self.repository)
    }

    /// Whether it is a stand-in.
    pub fn is_stand_in(&self) -> bool {
        self.repository.is_empty()
    }

    /// What a container of it runs.
    pub fn life(&self, container: &Container) -> Life {
        let words = words(container);
        let only_a_shell = matches!(self.program, Program::Shell);
        if !container.command.is_empty() || only_a_shell && !words.is_empty() {
            return self.of_command(words[0].rsplit('/').next().unwrap_or_default(), container);
        }
        self.own(container)
    }

    fn own(&self, container: &Container) -> Life {
        match self.program {
            Program::Server(server) => Life::Server(server.with_variables(container)),
            Program::Shell => Life::Shell,
            Program::Sleeper(variable, default) => {
                let value = container.env.iter().find(|env| env.name == variable).and_then(|env| env.value.parse().ok());
                Life::Sleeper(SimDuration::from_seconds(value.unwrap_or(default).min(1 << 32)))
            }
            Program::Printer(line, every) => Life::Printer(line, SimDuration::from_seconds(every)),
            Program::Agnhost => {
                let words = words(container);
                let wanted = words.iter().find(|word| !word.starts_with('/') && **word != "agnhost").copied().unwrap_or("pause");
                AGNHOST.iter().find(|(name, _)| *name == wanted).map_or(Life::NotFound, |(_, server)| Life::Server(*server))
            }
            Program::Eater => {
                let words = words(container);
                let bytes = words.iter().position(|word| *word == "--vm-bytes").and_then(|at| bytes(words.get(at + 1)?));
                Life::Eater(bytes.unwrap_or_default())
            }
        }
    }

    fn of_command(&self, name: &str, container: &Container) -> Life {
        match self.program {
            _ if is_tool(name) && (name != "perl" || self.kit().has(name)) || is_client(name) && self.kit().has(name) => Life::Shell,
            // Small images have no bash.
            _ if name == "bash" && !self.kit().has_busybox() || self.is_stand_in() && name == "bash" => Life::Shell,
            Program::Server(server) if self.is_stand_in() => Life::Server(server),
            Program::Server(_) | Program::Sleeper(..) | Program::Printer(..) if matches!(name, "node" | "nginx" | "redis-server" | "httpd-foreground" | "nginx-ingress-controller") => {
                self.own(container)
            }
            Program::Eater if name == "stress" => self.own(container),
            Program::Agnhost if name == "agnhost" => self.own(container),
            Program::Server(_) if matches!(name, "etcd" | "server" | "liveness") => self.own(container),
            _ => Life::NotFound,
        }
    }
}

/// The command line of a container.
pub(super) fn words(container: &Container) -> Vec<&str> {
    container.command.iter().chain(&container.args).map(Name::as_str).collect()
}

/// `250M`
fn bytes(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "K" | "k" => 1 << 10,
        "M" | "m" => 1 << 20,
        "G" | "g" => 1 << 30,
        _ => 1,
    };
    digits.parse::<i64>().ok()?.checked_mul(factor)
}

/// `docker.io/library/busybox:1.28` → `busybox`
fn repository(reference: &str) -> &str {
    let bare = split(reference).0;
    let bare = bare.strip_prefix("docker.io/").unwrap_or(bare);
    // Where Kubernetes keeps busybox, and did.
    let elsewhere = ["registry.k8s.io/", "k8s.gcr.io/", "gcr.io/google-containers/", "gcr.io/google_containers/"];
    match elsewhere.iter().find_map(|host| bare.strip_prefix(host)) {
        Some("busybox") => "busybox",
        _ => bare.strip_prefix("library/").unwrap_or(bare),
    }
}

/// Repository, and tag if there is one.
fn split(reference: &str) -> (&str, Option<&str>) {
    let bare = reference.split_once('@').map_or(reference, |(bare, _)| bare);
    match bare.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (bare, None),
    }
}

/// Why a name is no image reference, as the kubelet says it; None if it is one.
/// Models github.com/distribution/reference, as far as names that people write go.
pub fn invalid_name(reference: &str) -> Option<String> {
    let (repository, tag) = split(reference);
    let (host, path) = match repository.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
        _ => ("", repository),
    };
    let letters = |text: &str, more: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let part = |part: &str| letters(part, "._-") && part.starts_with(|c: char| c.is_ascii_alphanumeric()) && part.ends_with(|c: char| c.is_ascii_alphanumeric());
    let good_host = host.is_empty() || letters(host, ".:-");
    let good_tag = tag.is_none_or(|tag| letters(tag, "._-") && tag.len() <= 128 && !tag.starts_with(['.', '-']));
    if !good_host || !good_tag || !path.split('/').all(part) {
        return Some("invalid reference format".to_owned());
    }
    if !path.chars().any(|c| c.is_ascii_uppercase()) {
        return None;
    }
    // The first part with a capital is taken for a host, as in `Luksa/Kubia`.
    let named = match path.split_once('/') {
        Some((first, rest)) if host.is_empty() && first.chars().any(|c| c.is_ascii_uppercase()) => rest,
        _ => path,
    };
    named.chars().any(|c| c.is_ascii_uppercase()).then(|| format!("invalid reference format: repository name ({named}) must be lowercase"))
}

/// Why an image cannot be pulled; None if it can.
pub fn pull_error(reference: &str) -> Option<String> {
    let full = crate::api::runtime_image(reference);
    let (path, tag) = split(&full);
    let made_up = |text: &str| MADE_UP.iter().any(|word| text.contains(word));
    let known = !Image::find(reference).is_stand_in();
    let unpack = format!("failed to pull and unpack image \"{full}\": failed to resolve reference \"{full}\": ");
    if made_up(path) || !known && path.starts_with("docker.io/luksa/") {
        let tag = tag.unwrap_or("latest");
        return Some(format!("{unpack}pulling from host 192.168.64.1:5000 failed with status code [manifests {tag}]: 401 Unauthorized"));
    }
    tag.is_some_and(|tag| made_up(tag) || is_no_release(path, tag)).then(|| format!("rpc error: code = NotFound desc = {unpack}{full}: not found"))
}

/// Tags that are typed to see a pull fail, and releases that nginx never had.
fn is_no_release(path: &str, tag: &str) -> bool {
    if ["bad", "nope", "fake", "broken", "invalid", "typo"].iter().any(|word| tag.split('-').any(|part| part == *word)) {
        return true;
    }
    let mut numbers = tag.split('-').next().unwrap_or_default().split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next().flatten(), numbers.next().flatten());
    // The tutorial's release that cannot be pulled.
    if path == "gcr.io/google-samples/kubernetes-bootcamp" {
        return tag == "v10";
    }
    path == "docker.io/library/nginx" && (major.is_some_and(|major| major > 1) || minor.is_some_and(|minor| minor > 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::catalogue::KUBIA;

    fn life(image: &str, command: &[&str]) -> Life {
        let command = command.iter().map(|word| Name::from(*word)).collect();
        Image::find(image).life(&Container { command, ..Container::default() })
    }

    #[test]
    fn commands_are_in_the_image_or_not() {
        let table: [(&str, &[&str], Life); 7] = [
            ("luksa/kubia", &[], Life::Server(KUBIA)),
            ("luksa/kubia", &["node", "app.js"], Life::Server(KUBIA)),
            ("luksa/batch-job", &[], Life::Sleeper(SimDuration::from_seconds(20))),
            ("busybox", &[], Life::Shell),
            ("docker.io/library/busybox:1.28", &["/bin/sleep", "5"], Life::Shell),
            ("busybox", &["/nosuchcmd"], Life::NotFound),
            ("luksa/ssd-monitor", &[], Life::Printer("SSD OK", SimDuration::from_seconds(5))),
        ];
        for (image, command, expected) in table {
            assert_eq!(life(image, command), expected, "{image} {command:?}");
        }
        assert!(matches!(life("example.com/team/thing", &["/app/run"]), Life::Server(_)));
    }

    #[test]
    fn unknown_images_are_stand_ins() {
        assert!(Image::find("example.com:5000/team/thing:v1").is_stand_in());
        assert!(!Image::find("luksa/kubia:v2").is_stand_in());
    }

    #[test]
    fn names_are_read_as_the_runtime_reads_them() {
        let lower = |name: &str| Some(format!("invalid reference format: repository name ({name}) must be lowercase"));
        let bad = || Some("invalid reference format".to_owned());
        let table = [("luksa/kubia", None), ("luksa/kubia:a:b", bad()), ("Luksa/Kubia", lower("Kubia")), ("busyBox", lower("busyBox")),
            ("a b", bad()), ("", bad()), ("localhost:5000/a/b:v1.0_x", None), ("kubia:", bad()), ("https://x/y", bad())];
        for (name, expected) in table {
            assert_eq!(invalid_name(name), expected, "{name}");
        }
    }

    #[test]
    fn made_up_images_cannot_be_pulled() {
        assert!(pull_error("luksa/nosuchimage").is_some_and(|why| why.ends_with("[manifests latest]: 401 Unauthorized")));
        // The documentation's own example of a release that is stuck.
        assert!(pull_error("nginx:1.161").is_some() && pull_error("nginx:1.16.1").is_none() && pull_error("nginx:alpine").is_none());
        assert!(pull_error("busybox:bad-tag").is_some() && pull_error("luksa/kubia:v4").is_none());
        assert!(pull_error("luksa/kubia:nosuchtag").is_some_and(|why| why.starts_with("rpc error: code = NotFound")));
        assert_eq!((pull_error("luksa/kubia:v2"), pull_error("example.com/team/thing")), (None, None));
    }
}
