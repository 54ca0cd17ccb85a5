//! What the servers of images answer to a request: status, headers, body, and the time they take.
//! Left out: files that volumes bring, TLS.

use super::files::{Entry, Files};
use super::image::{Manner, Server};
use super::wire::{HttpRequest, HttpResponse, Served};
use crate::base::{SimDuration, SimTime};

/// A server takes about this long for a page.
const THINKS: SimDuration = SimDuration::from_micros(200);
/// The file that makes a server say that it is not ready.
const NOT_READY: &str = concat!("/tmp", "/notready");
/// Nobody waits longer for a page that was asked to be slow.
const SLOWEST: u64 = 86_400;

/// Who asks whom, when.
pub(super) struct Asked<'a> {
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
    let body = server.answer.replace("HOST", asked.host);
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

/// nginx with the page that it comes with.
fn nginx(page: &str, request: &HttpRequest, asked: &Asked<'_>) -> HttpResponse {
    let missing = "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n\
                   <hr><center>nginx/1.27.3</center>\r\n</body>\r\n</html>\r\n";
    let (status, body) = if matches!(request.path(), "/" | "/index.html") { (200, page) } else { (404, missing) };
    HttpResponse::new(status, body)
        .with("Server", "nginx/1.27.3")
        .with("Date", http_date(asked.now))
        .with("Content-Type", "text/html")
        .with("Content-Length", body.len().to_string())
        .with("Connection", "keep-alive")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::image::{Image, Life};
    use std::rc::Rc;

    fn ask(image: &str, target: &str, files: &Files) -> Served {
        let Life::Server(server) = Image::find(image).life(&crate::api::Container::default()) else { panic!("{image} is no server") };
        let asked = Asked { host: "web-1", client: "10.244.1.9", files, now: SimTime::from_seconds(1_795_369_345) };
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
    fn a_file_makes_it_not_ready() {
        let mut files = Files::new();
        files.insert(NOT_READY.to_owned(), Entry::File(Rc::from("")));
        assert_eq!(ask("luksa/kubia:ip", "/ready", &files).response.status, 503);
        files.insert(NOT_READY.to_owned(), Entry::Gone);
        assert_eq!(ask("luksa/kubia:ip", "/ready", &files).response.status, 200);
    }
}
