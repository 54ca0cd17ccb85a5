//! What the servers of images answer to a request: status, headers, body, and the time they take.
//! Left out: other configuration of nginx than its pages, TLS.

use std::rc::Rc;

use super::files::{Disk, Entry, Files};
use super::image::{Manner, Server};
use super::wire::{HttpRequest, HttpResponse, Served};
use crate::base::{SimDuration, SimTime};

/// A server takes about this long for a page.
const THINKS: SimDuration = SimDuration::from_micros(200);
/// The file that makes a server say that it is not ready.
const NOT_READY: &str = concat!("/tmp", "/notready");
/// Nobody waits longer for a page that was asked to be slow.
const SLOWEST: u64 = 86_400;

/// What a server of files finds where a request points.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// What the image has there: nothing was mounted or written.
    Usual,
    /// A file.
    File(Rc<str>),
    /// A directory without an index.
    Directory,
    /// Nothing.
    Missing,
}

/// Where nginx looks for pages.
const ROOT: &str = "/usr/share/nginx/html";

/// What is at a path of a container's pages, with what is mounted there.
pub(super) fn page(disk: &mut Disk<'_>, path: &str) -> Page {
    let decoded = super::files::normal("/", path.split('?').next().unwrap_or_default());
    let full = format!("{ROOT}{}", decoded.trim_end_matches('/'));
    let index = format!("{full}/index.html");
    let mounted = disk.mounts.iter().any(|(mount, _)| ROOT.starts_with(mount.as_str()) || mount.starts_with(ROOT));
    match disk.find(&full) {
        Some(Entry::File(text)) => Page::File(text),
        Some(Entry::Directory) => match disk.find(&index) {
            Some(Entry::File(text)) => Page::File(text),
            _ if mounted || full != ROOT => Page::Directory,
            _ => Page::Usual,
        },
        _ if mounted => Page::Missing,
        _ => Page::Usual,
    }
}

/// Who asks whom, when.
pub(super) struct Asked<'a> {
    /// What is where the request points.
    pub page: &'a Page,
    /// The server's host name.
    pub host: &'a str,
    /// The address that the request comes from.
    pub client: &'a str,
    /// The server's files.
    pub files: &'a Files,
    pub now: SimTime,
}

/// The Date header. Models RFC 9110, 5.6.7.
pub fn http_date(at: SimTime) -> String {
    super::shell::formatted("%a, %d %b %Y %H:%M:%S GMT", at)
}

/// What a server answers.
pub(super) fn answer(server: &Server, request: &HttpRequest, asked: &Asked<'_>) -> Served {
    if request.header("Content-Length").is_none() && request.body.len() > 1 << 20 {
        return at_once(HttpResponse::new(413, ""));
    }
    let body = server.answer.replace("HOST", asked.host).replace("CLIENT", asked.client);
    match server.manner {
        Manner::Plain | Manner::Grpc => at_once(HttpResponse::new(200, body.clone()).with("Date", http_date(asked.now)).with("Content-Length", body.len().to_string())),
        Manner::Node => at_once(node(200, &body, asked)),
        Manner::Source => source(request, asked),
        Manner::Nginx => at_once(nginx(&body, request, asked)),
    }
}

/// What a server answers that is not well.
pub(super) fn unwell(asked: &Asked<'_>) -> Served {
    at_once(node(500, "I'm not well. Please restart me!\n", asked))
}

fn at_once(response: HttpResponse) -> Served {
    Served { response, took: THINKS }
}

/// As Node.js answers.
fn node(status: u16, body: &str, asked: &Asked<'_>) -> HttpResponse {
    HttpResponse::new(status, body).with("Date", http_date(asked.now)).with("Connection", "keep-alive").with("Transfer-Encoding", "chunked")
}

/// As Go's net/http answers a text.
fn go_text(status: u16, body: &str, asked: &Asked<'_>) -> HttpResponse {
    let text = "text/plain; charset=utf-8";
    HttpResponse::new(status, body).with("Date", http_date(asked.now)).with("Content-Length", body.len().to_string()).with("Content-Type", text)
}

/// A server that tells whose request it saw: `/ready` fails while the file `notready` is there, `/slow?s=N` takes N seconds.
fn source(request: &HttpRequest, asked: &Asked<'_>) -> Served {
    let host = asked.host;
    match request.path() {
        "/ready" if matches!(asked.files.get(NOT_READY), Some(Entry::File(_))) => at_once(go_text(503, "not ready\n", asked)),
        "/ready" => at_once(go_text(200, "ok\n", asked)),
        "/slow" => {
            let seconds = request.parameter("s").and_then(|text| text.parse::<u64>().ok()).unwrap_or(10).min(SLOWEST);
            let text = format!("start {host}\nend {host}\n");
            let response = HttpResponse::new(200, text)
                .with("Date", http_date(asked.now))
                .with("Content-Type", "text/plain; charset=utf-8")
                .with("Transfer-Encoding", "chunked");
            Served { response, took: SimDuration::from_seconds(seconds) }
        }
        _ => at_once(go_text(200, &format!("You've hit {host} (client {})\n", asked.client), asked)),
    }
}

/// What the image of nginx prints when it starts: its script, unless a command stands in its place, and nginx with two workers.
pub(super) fn nginx_start(has_script: bool, at: SimTime) -> Vec<String> {
    const SCRIPT: &str = "/docker-entrypoint.sh";
    const IPV6: &str = "10-listen-on-ipv6-by-default.sh";
    const FOLDER: &str = "/docker-entrypoint.d";
    let mut lines = Vec::new();
    if has_script {
        lines = vec![
            format!("{SCRIPT}: {FOLDER}/ is not empty, will attempt to perform configuration"),
            format!("{SCRIPT}: Looking for shell scripts in {FOLDER}/"),
            format!("{SCRIPT}: Launching {FOLDER}/{IPV6}"),
            format!("{IPV6}: info: Getting the checksum of /etc/nginx/conf.d/default.conf"),
            format!("{IPV6}: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf"),
            format!("{SCRIPT}: Sourcing {FOLDER}/15-local-resolvers.envsh"),
            format!("{SCRIPT}: Launching {FOLDER}/20-envsubst-on-templates.sh"),
            format!("{SCRIPT}: Launching {FOLDER}/30-tune-worker-processes.sh"),
            format!("{SCRIPT}: Configuration complete; ready for start up"),
        ];
    }
    let stamp = super::shell::formatted("%Y/%m/%d %H:%M:%S", at);
    let notices = ["using the \"epoll\" event method", "nginx/1.27.3", "start worker processes", "start worker process 29", "start worker process 30"];
    lines.extend(notices.map(|notice| format!("{stamp} [notice] 1#1: {notice}")));
    lines
}

/// nginx with the page that it comes with, or with what stands where its pages are. Models its ngx_http_static_module, index module and
/// special responses.
fn nginx(usual: &str, request: &HttpRequest, asked: &Asked<'_>) -> HttpResponse {
    let refused = |status: u16, reason: &str| {
        let title = format!("{status} {reason}");
        let head = format!("<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n");
        (status, format!("{head}<hr><center>nginx/1.27.3</center>\r\n</body>\r\n</html>\r\n"), "text/html")
    };
    let (status, body, kind) = match asked.page {
        Page::File(text) => (200, text.to_string(), content_type(request.path())),
        Page::Directory => refused(403, "Forbidden"),
        Page::Usual if matches!(request.path(), "/" | "/index.html") => (200, usual.to_owned(), "text/html"),
        Page::Usual | Page::Missing => refused(404, "Not Found"),
    };
    let length = body.len().to_string();
    HttpResponse::new(status, body)
        .with("Server", "nginx/1.27.3")
        .with("Date", http_date(asked.now))
        .with("Content-Type", kind)
        .with("Content-Length", length)
        .with("Connection", "keep-alive")
}

/// What nginx prints of a request that it has answered: a line of its error log where something was not there, and one of its access log
/// in the format that its image configures (`main`). `number`: how many requests the container has had.
pub(super) fn nginx_lines(request: &HttpRequest, response: &HttpResponse, asked: &Asked<'_>, number: u32) -> String {
    let (client, now) = (asked.client, asked.now);
    let line = format!("{} {} HTTP/1.1", request.method, request.target);
    let mut text = String::new();
    let path = super::files::normal("/", request.path());
    let why = match response.status {
        403 => format!("directory index of \"{ROOT}{}/\" is forbidden", path.trim_end_matches('/')),
        404 if request.path().ends_with('/') => format!("\"{ROOT}{}/index.html\" is not found (2: No such file or directory)", path.trim_end_matches('/')),
        404 => format!("open() \"{ROOT}{path}\" failed (2: No such file or directory)"),
        _ => String::new(),
    };
    if !why.is_empty() {
        let stamp = super::shell::formatted("%Y/%m/%d %H:%M:%S", now);
        text += &format!("{stamp} [error] 29#29: *{number} {why}, client: {client}, server: localhost, request: \"{line}\", host: \"{}\"\n", request.host);
    }
    let stamp = super::shell::formatted("%d/%b/%Y:%H:%M:%S +0000", now);
    let sent = if request.method == "HEAD" { 0 } else { response.body.len() };
    let header = |name: &str| request.header(name).unwrap_or("-");
    let (referer, agent, forwarded) = (header("Referer"), header("User-Agent"), header("X-Forwarded-For"));
    text + &format!("{client} - - [{stamp}] \"{line}\" {} {sent} \"{referer}\" \"{agent}\" \"{forwarded}\"\n", response.status)
}

/// Models the mime.types of nginx, as far as pages use them.
fn content_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.').map(|(_, end)| end) {
        None if name.is_empty() => "text/html",
        Some("html" | "htm") => "text/html",
        Some("txt") => "text/plain",
        Some("css") => "text/css",
        Some("js") => "application/javascript",
        Some("json") => "application/json",
        Some("xml") => "text/xml",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::image::{Image, Life};

    fn ask(image: &str, target: &str, files: &Files) -> Served {
        let Life::Server(server) = Image::find(image).life(&crate::api::Container::default()) else { panic!("{image} is no server") };
        let asked = Asked { page: &Page::Usual, host: "web-1", client: "10.244.1.9", files, now: SimTime::from_seconds(1_795_369_345) };
        answer(&server, &HttpRequest::get(target, "web"), &asked)
    }

    #[test]
    fn servers_answer_as_recorded() {
        let none = Files::new();
        let table = [
            ("luksa/kubia", "/", 200, "You've hit web-1\n"),
            ("luksa/kubia:ip", "/", 200, "You've hit web-1 (client 10.244.1.9)\n"),
            ("luksa/kubia:ip", "/ready", 200, "ok\n"),
            ("luksa/kubia:ip", "/slow?s=20", 200, "start web-1\nend web-1\n"),
        ];
        for (image, target, status, body) in table {
            let served = ask(image, target, &none);
            assert_eq!((served.response.status, served.response.body.as_str()), (status, body), "{image} {target}");
        }
        assert_eq!(ask("luksa/kubia:ip", "/slow?s=20", &none).took.seconds(), 20);
        let date = ask("luksa/kubia:ip", "/", &none).response.header("date").map(str::to_owned);
        assert_eq!(date.as_deref(), Some("Sun, 22 Nov 2026 17:42:25 GMT"));
    }

    #[test]
    fn nginx_tells_that_it_starts() {
        let at = SimTime::from_seconds(1_795_369_345);
        let (all, own) = (nginx_start(true, at), nginx_start(false, at));
        assert!(all[0].starts_with("/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty") && all.ends_with(&own));
        assert_eq!(own[1], "2026/11/22 17:42:25 [notice] 1#1: nginx/1.27.3");
    }

    #[test]
    fn nginx_tells_of_each_request() {
        let (none, now) = (Files::new(), SimTime::from_seconds(1_795_369_345));
        let told = |method: &'static str, target: &str, page: Page, headers: &[(&str, &str)]| {
            let Life::Server(server) = Image::find("nginx").life(&crate::api::Container::default()) else { panic!("nginx is a server") };
            let asked = Asked { page: &page, host: "web-1", client: "10.244.1.9", files: &none, now };
            let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let request = HttpRequest { method: crate::base::Name::fixed(method), headers, ..HttpRequest::get(target, "web") };
            nginx_lines(&request, &answer(&server, &request, &asked).response, &asked, 3)
        };
        // The format of nginx's image: $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"
        // "$http_user_agent" "$http_x_forwarded_for".
        let file = || Page::File("hello\n".into());
        assert_eq!(
            told("GET", "/a?b=c", file(), &[("User-Agent", "curl/7.88.1")]),
            "10.244.1.9 - - [22/Nov/2026:17:42:25 +0000] \"GET /a?b=c HTTP/1.1\" 200 6 \"-\" \"curl/7.88.1\" \"-\"\n"
        );
        assert_eq!(told("HEAD", "/", file(), &[]), "10.244.1.9 - - [22/Nov/2026:17:42:25 +0000] \"HEAD / HTTP/1.1\" 200 0 \"-\" \"-\" \"-\"\n");
        let missing = told("GET", "/x", Page::Missing, &[]);
        assert!(
            missing.starts_with(
                "2026/11/22 17:42:25 [error] 29#29: *3 open() \"/usr/share/nginx/html/x\" failed (2: No such file or directory), client: 10.244.1.9, \
                 server: localhost, request: \"GET /x HTTP/1.1\", host: \"web\"\n10.244.1.9 - - "
            ) && missing.contains("\" 404 "),
            "{missing}"
        );
    }

    #[test]
    fn a_file_makes_it_not_ready() {
        let mut files = Files::new();
        files.insert(NOT_READY.to_owned(), Entry::File(Rc::from("")));
        assert_eq!(ask("luksa/kubia:ip", "/ready", &files).response.status, 503);
        files.insert(NOT_READY.to_owned(), Entry::Gone);
        assert_eq!(ask("luksa/kubia:ip", "/ready", &files).response.status, 200);
    }

    #[test]
    fn nginx_serves_what_is_mounted_where_its_pages_are() {
        let mut own = Files::new();
        let mut shared: Files = [("/html/index.html", "<h1>hi</h1>"), ("/html/docs/a.txt", "text")].map(|(path, text)| (path.to_owned(), Entry::File(text.into()))).into();
        let mounts = [(ROOT.to_owned(), "html".to_owned())];
        let file = |text: &str| Page::File(text.into());
        let table = [
            ("/", file("<h1>hi</h1>")),
            ("/index.html?x=1", file("<h1>hi</h1>")),
            ("/docs/a.txt", file("text")),
            ("/docs/", Page::Directory),
            ("/nosuch", Page::Missing),
            ("/../../../etc/passwd", Page::Missing),
        ];
        for (path, expected) in table {
            let mut disk = Disk { own: &mut own, shared: &mut shared, mounts: &mounts, given: &[], sealed: &[] };
            assert_eq!(page(&mut disk, path), expected, "{path}");
        }
        let mut disk = Disk { own: &mut own, shared: &mut shared, mounts: &[], given: &[], sealed: &[] };
        assert_eq!(page(&mut disk, "/"), Page::Usual);
    }
}
