//! What curl tells of a transfer: `-v`, `-w`, the progress meter.
//! Models curl 7.88.1 lib/progress.c, src/tool_writeout.c.

use std::net::Ipv4Addr;

use super::curl::{Call, Link, Trouble};
use crate::runtime::url::Url;
use crate::base::{SimDuration, SimTime};
use crate::runtime::wire::{HttpRequest, HttpResponse};

/// When a transfer came how far, and with whom.
pub(super) struct Timing {
    pub start: SimTime,
    pub looked_up: SimTime,
    pub connect: SimTime,
    pub first_byte: SimTime,
    pub end: SimTime,
    pub redirects: u32,
    pub connects: u32,
    pub status: u16,
    pub body: usize,
    pub size: usize,
    pub method: String,
    content_type: String,
    version: &'static str,
    url: String,
    remote: Option<(Ipv4Addr, u16)>,
    local: Option<Ipv4Addr>,
}

impl Timing {
    pub fn new(start: SimTime, url: &str) -> Timing {
        Timing {
            start,
            looked_up: start,
            connect: start,
            first_byte: start,
            end: start,
            redirects: 0,
            connects: 0,
            status: 0,
            body: 0,
            size: 0,
            method: "GET".to_owned(),
            content_type: String::new(),
            version: "0",
            url: if url.contains("://") { url.to_owned() } else { format!("http://{url}") },
            remote: None,
            local: None,
        }
    }

    pub fn connected(&mut self, at: SimTime, link: &Link) {
        self.reused(at, link);
        self.connects += 1;
        self.connect = at;
    }

    pub fn reused(&mut self, at: SimTime, link: &Link) {
        (self.looked_up, self.connect) = (self.looked_up.min(at), at);
        (self.remote, self.local) = (Some((link.address, link.to.1)), Some(link.source));
    }

    pub fn answered(&mut self, at: SimTime, response: &HttpResponse) {
        self.first_byte = at;
        self.status = response.status;
        self.body = response.body.len();
        self.content_type = response.header("Content-Type").unwrap_or_default().to_owned();
        self.version = response.version.strip_prefix("HTTP/").unwrap_or("1.1");
    }

    fn since_start(&self, at: SimTime) -> String {
        let micros = at.since(self.start).micros();
        format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
    }
}

/// Says something with `-v`.
pub(super) fn say(call: &mut Call<'_, '_, '_>, text: &str) {
    if call.options.verbose {
        call.client.err.push_str(text);
    }
}

/// `> GET / HTTP/1.1`
pub(super) fn request(call: &mut Call<'_, '_, '_>, url: &Url, request: &HttpRequest, http2: bool) {
    let mut text = String::new();
    if http2 {
        text += "* using HTTP/2\n";
        let own = [(":method", request.method.as_str()), (":path", &request.target), (":scheme", "https"), (":authority", &request.host)];
        let others = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.into_iter().chain(others) {
            text += &format!("* h2h3 [{}: {value}]\n", name.to_ascii_lowercase());
        }
        text += "* Using Stream ID: 1\n";
    } else if url.is_tls() {
        text += "* using HTTP/1.x\n";
    }
    let version = if http2 { "2" } else { "1.1" };
    text += &format!("> {} {} HTTP/{version}\n> Host: {}\n", request.method, request.target, request.host);
    for (name, value) in &request.headers {
        let name = if http2 { name.to_ascii_lowercase() } else { name.clone() };
        text += &format!("> {name}: {value}\n");
    }
    say(call, &(text + "> \n"));
}

/// `< HTTP/1.1 200 OK`
pub(super) fn response(call: &mut Call<'_, '_, '_>, response: &HttpResponse) {
    let mut text = String::new();
    if response.version == "HTTP/1.0" {
        text.push_str("* HTTP 1.0, assume close after body\n");
    }
    text += &head(response, "\n", "< ");
    if !response.body.is_empty() && !call.options.head {
        text += &format!("{{ [{} bytes data]\n", response.body.len());
    }
    say(call, &text);
}

/// The first line and the headers, each begun and ended with these.
pub(super) fn head(response: &HttpResponse, end: &str, begin: &str) -> String {
    let mut text = format!("{begin}{} {} {}{end}", response.version, response.status, response.reason);
    for (name, value) in &response.headers {
        text += &format!("{begin}{name}: {value}{end}");
    }
    text + begin + end
}

/// What becomes of the connection.
pub(super) fn left(call: &mut Call<'_, '_, '_>, serial: usize, closed: bool) {
    let host = call.links.iter().find(|link| link.serial == serial).map(|link| link.to.0.clone()).unwrap_or_default();
    let meter = has_meter(call);
    let line = match closed {
        true => format!("* Closing connection {serial}\n"),
        false => format!("* Connection #{serial} to host {host} left intact\n"),
    };
    // The meter's last row comes between.
    let line = if meter { format!("\u{0}{line}") } else { line };
    say(call, &line);
}

pub(super) fn has_meter(call: &Call<'_, '_, '_>) -> bool {
    !call.options.silent && !call.options.no_meter
}

const METER_HEAD: &str = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n\
                                \x20                                Dload  Upload   Total   Spent    Left  Speed\n\n";
const METER_ZERO: &str = "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0";

/// The progress meter, which is there when the output goes to no terminal and `-s` is not given. What was told of this transfer begins at
/// `from` in the errors.
pub(super) fn meter(call: &mut Call<'_, '_, '_>, timing: &Timing, result: &Result<(), Trouble>, from: usize) {
    if !has_meter(call) {
        return;
    }
    let told = call.client.err.split_off(from);
    let text = match result {
        Err(trouble) if matches!(trouble.code, 1 | 3) => told,
        Err(_) if timing.status == 0 => {
            let told = if told.is_empty() { "\n" } else { &told };
            format!("{METER_HEAD}{METER_ZERO}{told}{METER_ZERO}\n")
        }
        _ => {
            let (before, after) = told.split_once('\u{0}').unwrap_or((&told, ""));
            format!("{METER_HEAD}{METER_ZERO}{before}\n{}\n{after}", row(timing))
        }
    };
    call.client.err.push_str(&text.replace('\u{0}', ""));
}

/// `100    45  100    45    0     0  59760      0 --:--:-- --:--:-- --:--:-- 45000`
pub(super) fn row(timing: &Timing) -> String {
    let took = timing.end.since(timing.start).micros().max(1);
    let size = timing.size as u64;
    let speed = (size * 1_000_000 / took).min(99_999);
    let current = (size * 1000 / (took / 1000).max(1)).min(99_999);
    format!("100 {size:5}  100 {size:5}    0     0 {speed:6}      0 --:--:-- --:--:-- --:--:-- {current:5}")
}

/// `%{http_code}` and its like.
pub(super) fn write_out(format: &str, timing: &Timing, code: i32, why: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find(['%', '\\']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((name, after)) = rest.strip_prefix("%{").and_then(|inner| inner.split_once('}')) {
            text.push_str(&variable(name, timing, code, why));
            rest = after;
            continue;
        }
        let (sign, length) = match rest.get(..2) {
            Some("%%") => ("%", 2),
            Some("\\n") => ("\n", 2),
            Some("\\t") => ("\t", 2),
            Some("\\r") => ("\r", 2),
            _ => (&rest[..1], 1),
        };
        text.push_str(sign);
        rest = &rest[length..];
    }
    text + rest
}

pub(super) fn variable(name: &str, timing: &Timing, code: i32, why: &str) -> String {
    let ip = |ip: Option<Ipv4Addr>| ip.map(|ip| ip.to_string()).unwrap_or_default();
    match name {
        "http_code" | "response_code" => format!("{:03}", timing.status),
        "time_total" => timing.since_start(timing.end),
        "time_namelookup" => timing.since_start(timing.looked_up),
        "time_connect" => timing.since_start(timing.connect),
        "time_starttransfer" | "time_pretransfer" => timing.since_start(timing.first_byte),
        "time_appconnect" | "time_redirect" => "0.000000".to_owned(),
        "exitcode" => code.to_string(),
        "errormsg" => why.to_owned(),
        "size_download" => timing.size.to_string(),
        "size_upload" | "size_header" => "0".to_owned(),
        "num_connects" => timing.connects.to_string(),
        "num_redirects" => timing.redirects.to_string(),
        "url" | "url_effective" => match timing.url.matches('/').count() {
            2 => format!("{}/", timing.url),
            _ => timing.url.clone(),
        },
        "remote_ip" => ip(timing.remote.map(|(ip, _)| ip)),
        "remote_port" => timing.remote.map_or(0, |(_, port)| port).to_string(),
        "local_ip" => ip(timing.local),
        "content_type" => timing.content_type.clone(),
        "http_version" => timing.version.to_owned(),
        "method" => timing.method.clone(),
        "scheme" => if timing.url.starts_with("https") { "HTTPS" } else { "HTTP" }.to_owned(),
        "speed_download" => {
            let took = timing.end.since(timing.start).max(SimDuration::from_micros(1));
            (timing.size as u64 * 1_000_000 / took.micros()).to_string()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_filled_in() {
        let mut timing = Timing::new(SimTime::from_seconds(100), "kubia");
        timing.end = SimTime::from_micros(100_001_153);
        let table = [
            ("%{time_total}s\\n", "0.001153s\n"),
            ("[exit %{exitcode}] %{errormsg}", "[exit 7] no"),
            ("%{http_code} %% %{nosuch}%", "000 % %"),
            ("%{url_effective}", "http://kubia/"),
        ];
        for (format, expected) in table {
            assert_eq!(write_out(format, &timing, 7, "no"), expected, "{format}");
        }
    }
}
