//! `curl`: transfers with its errors and exit codes. Models curl 7.88.1 (Debian 12), lib/connect.c, lib/transfer.c, src/tool_operate.c.
//! Left out: proxies, cookies.

use std::net::Ipv4Addr;

use super::curl_options::Options;
use super::curl_report::{self as report, Timing};
use super::curl_tls as tls;
use super::resolver::{self, Found};
use super::connecting::{Connected, connect};
use crate::runtime::url::{BadUrl, Url};
use crate::base::{Name, SimDuration, SimTime};
use super::{Client, Ending, Suspended};
use crate::runtime::wire::{Ask, HttpRequest, HttpResponse, Reply};

/// Redirects that are followed at most (CURLOPT_MAXREDIRS of the tool).
const MAX_REDIRECTS: u32 = 50;
/// A process starts in about this long.
const START: SimDuration = SimDuration::from_millis(4);

/// Why a transfer failed: the exit code and what is said of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trouble {
    pub code: i32,
    pub text: String,
}

pub(super) fn trouble(code: i32, text: impl Into<String>) -> Trouble {
    Trouble { code, text: text.into() }
}

/// A connection that may be used again.
pub(super) struct Link {
    pub number: u32,
    pub to: (String, u16, bool),
    pub address: Ipv4Addr,
    pub source: Ipv4Addr,
    /// The how manyth of this call.
    pub serial: usize,
    /// Whether it speaks HTTP/2.
    pub http2: bool,
}

/// All of a call.
pub(super) struct Call<'c, 'a, 'd> {
    pub client: &'c mut Client<'a, 'd>,
    pub options: Options,
    pub links: Vec<Link>,
    pub opened: usize,
}

type Step<T> = Result<Result<T, Trouble>, Suspended>;

/// Runs curl.
pub(super) fn run(client: &mut Client<'_, '_>) -> Ending {
    client.pause(START);
    let options = match Options::parse(client.args, client.input) {
        Ok(options) => options,
        Err(text) => {
            client.err.push_str(&text);
            return Ok(2);
        }
    };
    if client.args.iter().any(|arg| arg == "--version" || arg == "-V") {
        client.say("curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.17");
        return Ok(0);
    }
    if options.urls.is_empty() {
        client.err.push_str("curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information\n");
        return Ok(2);
    }
    let mut call = Call { client, options, links: Vec::new(), opened: 0 };
    let mut code = 0;
    for (index, text) in call.options.urls.clone().into_iter().enumerate() {
        let mut tries = call.options.retries;
        loop {
            code = call.one(index, &text)?;
            let again = matches!(code, 28 | 6) || code == 7 && call.options.retry_refused;
            if !again || tries == 0 {
                break;
            }
            let number = call.options.retries - tries;
            tries -= 1;
            let wait = call.options.retry_delay.unwrap_or(SimDuration::from_seconds(1 << number.min(9)));
            if !call.options.silent {
                let seconds = wait.seconds();
                call.client.complain(&format!("Warning: Problem : timeout. Will retry in {seconds} seconds. {tries} retries left."));
            }
            call.client.pause(wait);
        }
    }
    for link in std::mem::take(&mut call.links) {
        call.client.ask(Ask::Close { link: link.number })?;
    }
    Ok(code)
}

impl Call<'_, '_, '_> {
    /// One URL; its exit code.
    fn one(&mut self, index: usize, text: &str) -> Result<i32, Suspended> {
        let mut timing = Timing::new(self.client.at, text);
        let (before, told) = (self.client.out.len(), self.client.err.len());
        let mut result = self.follow(text, &mut timing)?;
        timing.end = self.client.at;
        let body = self.client.out.split_off(before);
        let target = self.options.outputs.get(index).cloned().or_else(|| self.remote_name(text)).filter(|name| name != "-");
        timing.size = timing.body;
        report::meter(self, &timing, &result, told);
        match target {
            None => self.client.out.push_str(&body),
            Some(path) => {
                let path = crate::runtime::files::normal("/", &path);
                if (result.is_ok() || !body.is_empty()) && let Err(why) = self.client.around.disk.write(&path, &body) {
                    self.client.complain(&format!("Warning: Failed to open the file {path}: {why}"));
                    result = Err(trouble(23, "Failure writing output to destination"));
                }
            }
        }
        let (code, why) = result.err().map_or((0, String::new()), |trouble| (trouble.code, trouble.text));
        if code != 0 && (!self.options.silent || self.options.show_error) {
            self.client.complain(&format!("curl: ({code}) {why}"));
            if code == 60 {
                self.client.err.push_str(tls::HINT);
            }
        }
        let line = report::write_out(&self.options.write_out, &timing, code, &why);
        self.client.out.push_str(&line);
        Ok(code)
    }

    fn remote_name(&self, text: &str) -> Option<String> {
        if !self.options.remote_name {
            return None;
        }
        let name = text.rsplit('/').next().unwrap_or_default();
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// A transfer and those that it leads to.
    fn follow(&mut self, text: &str, timing: &mut Timing) -> Step<()> {
        let mut url = match Url::parse(text) {
            Ok(url) => url,
            Err(BadUrl::Format) => return Ok(Err(trouble(3, "URL using bad/illegal format or missing URL"))),
            Err(BadUrl::Scheme(scheme)) => return Ok(Err(trouble(1, format!("Protocol \"{scheme}\" not supported or disabled in libcurl")))),
        };
        let limit = self.options.max_redirects.unwrap_or(MAX_REDIRECTS);
        loop {
            let response = match self.transfer(&url, timing)? {
                Ok(response) => response,
                Err(trouble) => return Ok(Err(trouble)),
            };
            let location = response.header("Location").filter(|_| self.options.follow && (300..400).contains(&response.status));
            let Some(location) = location.map(str::to_owned) else { return Ok(self.finish(&response)) };
            if timing.redirects >= limit {
                return Ok(Err(trouble(47, format!("Maximum ({limit}) redirects followed"))));
            }
            timing.redirects += 1;
            url = match url.join(&location) {
                Ok(url) => url,
                Err(_) => return Ok(Err(trouble(3, "URL using bad/illegal format or missing URL"))),
            };
        }
    }

    fn finish(&self, response: &HttpResponse) -> Result<(), Trouble> {
        if self.options.fail && response.status >= 400 {
            return Err(trouble(22, format!("The requested URL returned error: {}", response.status)));
        }
        if response.cut_off {
            return Err(trouble(18, "transfer closed with outstanding read data remaining"));
        }
        Ok(())
    }

    /// When the whole must be over.
    fn end(&self, timing: &Timing) -> Option<SimTime> {
        self.options.max_time.map(|time| timing.start + time)
    }

    fn timed_out(&mut self, what: &str, timing: &Timing) -> Trouble {
        // What is over is noticed about a millisecond later.
        self.client.pause(SimDuration::from_micros(600));
        let milliseconds = self.client.at.since(timing.start).millis();
        trouble(28, format!("{what} timed out after {milliseconds} milliseconds"))
    }

    /// One request and its answer.
    fn transfer(&mut self, url: &Url, timing: &mut Timing) -> Step<HttpResponse> {
        let link = match self.link(url, timing)? {
            Ok(link) => link,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let Link { number, serial, http2, .. } = self.links[link];
        let request = self.request(url);
        report::request(self, url, &request, http2);
        timing.method = request.method.to_string();
        self.client.ask(Ask::Send { link: number, request })?;
        let response = loop {
            let limit = self.end(timing).map_or(SimDuration::from_seconds(1 << 32), |end| end.since(self.client.at));
            if limit == SimDuration::ZERO {
                self.links.remove(link);
                let trouble = self.timed_out("Operation", timing);
                return Ok(Err(Trouble { text: trouble.text + " with 0 bytes received", ..trouble }));
            }
            match self.client.ask(Ask::Receive { link: number, limit })? {
                Reply::Response(response) if http2 => break tls::as_http2(response),
                Reply::Response(response) => break response,
                Reply::NotYet => {}
                _ => {
                    self.links.remove(link);
                    report::say(self, &format!("* Empty reply from server\n* Closing connection {serial}\n"));
                    return Ok(Err(self.closed(url)));
                }
            }
        };
        timing.answered(self.client.at, &response);
        report::response(self, &response);
        self.show(&response);
        if response.closes || response.cut_off {
            self.links.remove(link);
        }
        report::left(self, serial, response.closes || response.cut_off);
        Ok(Ok(response))
    }

    fn closed(&self, url: &Url) -> Trouble {
        match url.is_tls() {
            true => trouble(35, "error:0A00010B:SSL routines::wrong version number"),
            false => trouble(52, "Empty reply from server"),
        }
    }

    /// Headers and body go to standard output.
    fn show(&mut self, response: &HttpResponse) {
        let redirected = self.options.follow && (300..400).contains(&response.status) && response.header("Location").is_some();
        let mut text = String::new();
        if self.options.include {
            text = report::head(response, "\r\n", "");
        }
        let hidden = self.options.head || redirected || self.options.fail && response.status >= 400;
        if !hidden {
            text.push_str(&response.body);
        }
        self.client.out.push_str(&text);
    }

    pub fn request(&self, url: &Url) -> HttpRequest {
        let options = &self.options;
        let usual = match &options.data {
            _ if options.head => "HEAD",
            Some(_) if !options.get => "POST",
            _ => "GET",
        };
        let method = options.method.clone().unwrap_or_else(|| usual.to_owned());
        let own = |name: &str| options.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let host = own("Host").map_or_else(|| url.host_header(), |(_, value)| value.clone());
        let mut headers = Vec::new();
        let mut add = |name: &str, value: String| {
            if own(name).is_none() && !options.without.contains(&name.to_ascii_lowercase()) {
                headers.push((name.to_owned(), value));
            }
        };
        if options.user.is_some() || url.user.is_some() {
            add("Authorization", "Basic".to_owned());
        }
        add("User-Agent", options.agent.clone().unwrap_or_else(|| "curl/7.88.1".to_owned()));
        add("Accept", "*/*".to_owned());
        let data = options.data.as_deref().filter(|_| !options.get && !options.head);
        if let Some(data) = data {
            add("Content-Length", data.len().to_string());
            add("Content-Type", "application/x-www-form-urlencoded".to_owned());
        }
        headers.extend(options.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("Host")).cloned());
        let query = options.data.as_deref().filter(|_| options.get).map(|data| {
            let sign = if url.target.contains('?') { '&' } else { '?' };
            format!("{sign}{data}")
        });
        let target = format!("{}{}", url.target, query.unwrap_or_default());
        HttpRequest { method: Name::from(method), target, host, headers, body: data.unwrap_or_default().to_owned(), tls: url.is_tls() }
    }

    /// A connection to where a URL leads: one that is open, or a new one.
    fn link(&mut self, url: &Url, timing: &mut Timing) -> Step<usize> {
        if url.is_tls()
            && let Some(refusal) = tls::refusal(self)
        {
            return Ok(Err(refusal));
        }
        let key = (url.host.clone(), url.port, url.is_tls());
        if let Some(at) = self.links.iter().position(|link| link.to == key) {
            let Link { serial, .. } = self.links[at];
            report::say(self, &format!("* Found bundle for host: {} [serially]\n* Re-using existing connection #{serial} with host {}\n", url.host, url.host));
            timing.reused(self.client.at, &self.links[at]);
            return Ok(Ok(at));
        }
        let addresses = match self.addresses(url, timing)? {
            Ok(addresses) => addresses,
            Err(trouble) => return Ok(Err(trouble)),
        };
        timing.looked_up = self.client.at;
        self.open(url, &addresses, timing)
    }

    fn addresses(&mut self, url: &Url, timing: &Timing) -> Step<Vec<Ipv4Addr>> {
        let fixed = self.options.resolve.iter().find(|(host, port, _)| *host == url.host && *port == url.port);
        if let Some((_, _, address)) = fixed {
            return Ok(Ok(vec![*address]));
        }
        let found = resolver::resolve(self.client, &url.host)?;
        if let Some(end) = self.connect_end(timing).filter(|end| *end <= self.client.at) {
            self.client.at = end;
            return Ok(Err(self.timed_out("Resolving", timing)));
        }
        Ok(match found {
            Found::Addresses(addresses, _) => Ok(addresses),
            Found::Missing | Found::NoAnswer => {
                let host = &url.host;
                report::say(self, &format!("* Could not resolve host: {host}\n* Closing connection 0\n"));
                Err(trouble(6, format!("Could not resolve host: {host}")))
            }
        })
    }

    /// When a connection must be there.
    fn connect_end(&self, timing: &Timing) -> Option<SimTime> {
        let own = self.options.connect_timeout.map(|time| timing.start + time);
        own.into_iter().chain(self.end(timing)).min()
    }

    fn open(&mut self, url: &Url, addresses: &[Ipv4Addr], timing: &mut Timing) -> Step<usize> {
        let (host, port) = (&url.host, url.port);
        let end = self.connect_end(timing);
        let mut kernel_gave_up = false;
        for address in addresses {
            report::say(self, &format!("*   Trying {address}:{port}...\n"));
            match connect(self.client, *address, port, end)? {
                Connected::Open(number, source) => {
                    let serial = self.opened;
                    self.opened += 1;
                    report::say(self, &format!("* Connected to {host} ({address}) port {port} (#{serial})\n"));
                    let http2 = match url.is_tls() {
                        true => match tls::shake_hands(self, number, host)? {
                            Ok(http2) => http2,
                            Err(trouble) => return Ok(Err(trouble)),
                        },
                        false => false,
                    };
                    self.links.push(Link { number, to: (host.clone(), port, url.is_tls()), address: *address, source, serial, http2 });
                    timing.connected(self.client.at, &self.links[self.links.len() - 1]);
                    return Ok(Ok(self.links.len() - 1));
                }
                Connected::LimitReached => {
                    let own = self.options.connect_timeout.is_some_and(|time| self.end(timing).is_none_or(|end| end > timing.start + time));
                    let trouble = self.timed_out("Connection", timing);
                    let milliseconds = self.client.at.since(timing.start).millis();
                    let text = format!("Failed to connect to {host} port {port} after {milliseconds} ms: Timeout was reached");
                    return Ok(Err(if own { Trouble { text, ..trouble } } else { trouble }));
                }
                Connected::TimedOut => kernel_gave_up = true,
                Connected::Refused => report::say(self, &format!("* connect to {address} port {port} failed: Connection refused\n")),
                Connected::Unreachable => report::say(self, &format!("* connect to {address} port {port} failed: No route to host\n")),
            }
        }
        let milliseconds = self.client.at.since(timing.start).millis();
        let text = format!("Failed to connect to {host} port {port} after {milliseconds} ms: Couldn't connect to server");
        report::say(self, &format!("* {text}\n* Closing connection 0\n"));
        Ok(Err(trouble(if kernel_gave_up { 28 } else { 7 }, text)))
    }
}
