//! `wget` as busybox has it. Models busybox networking/wget.c.
//! Left out: TLS certificates (they are not checked), FTP, continuing a file.

use super::resolver::{self, Found};
use super::connecting::{Connected, connect};
use crate::runtime::url::Url;
use super::wget_gnu;
use crate::base::{Name, SimDuration, SimTime};
use crate::runtime::files::normal;
use super::{Client, Ending, Suspended};
use crate::runtime::wire::{Ask, HttpRequest, HttpResponse, Reply};

/// A process starts in about this long.
const START: SimDuration = SimDuration::from_millis(2);
/// Redirects that are followed at most.
const MAX_REDIRECTS: u32 = 5;

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub url: String,
    pub quiet: bool,
    pub server_response: bool,
    pub spider: bool,
    pub output: Option<String>,
    pub timeout: Option<SimDuration>,
    pub tries: u32,
    pub post: Option<String>,
    pub headers: Vec<(String, String)>,
    pub agent: Option<String>,
}

/// Runs wget.
pub(super) fn run(client: &mut Client<'_, '_>) -> Ending {
    client.pause(START);
    client.streams = true;
    let gnu = client.around.kit.has_gnu_wget();
    let options = match parse(client.args, gnu) {
        Ok(options) if !options.url.is_empty() => options,
        Ok(_) if gnu => {
            client.err.push_str("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n");
            return Ok(1);
        }
        Ok(_) => {
            client.complain("wget: missing URL");
            return Ok(1);
        }
        Err(option) => {
            client.complain(&format!("wget: unrecognized option '{option}'"));
            return Ok(1);
        }
    };
    if gnu { wget_gnu::run(client, &options) } else { small(client, &options) }
}

pub(super) fn parse(args: &[String], gnu: bool) -> Result<Options, String> {
    let mut options = Options { tries: if gnu { 20 } else { 1 }, ..Options::default() };
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let mut value = |attached: &str| if attached.is_empty() { words.next().cloned().unwrap_or_default() } else { attached.to_owned() };
        if let Some(long) = word.strip_prefix("--") {
            let (name, attached) = long.split_once('=').unwrap_or((long, ""));
            match name {
                "quiet" | "no-verbose" => options.quiet = true,
                "spider" => options.spider = true,
                "server-response" => options.server_response = true,
                "output-document" => options.output = Some(value(attached)),
                "timeout" | "connect-timeout" | "read-timeout" | "dns-timeout" => options.timeout = seconds(&value(attached)),
                "tries" => options.tries = value(attached).parse().unwrap_or(1),
                "post-data" => options.post = Some(value(attached)),
                "header" => options.headers.extend(value(attached).split_once(':').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()))),
                "user-agent" => options.agent = Some(value(attached)),
                "no-check-certificate" | "no-cache" | "no-proxy" | "no-clobber" | "continue" => {}
                _ => return Err(word.clone()),
            }
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            let mut rest = letters.chars();
            while let Some(letter) = rest.next() {
                match letter {
                    'q' => options.quiet = true,
                    'S' => options.server_response = true,
                    'c' | 'n' | 'v' | 'b' | 'd' => {}
                    'O' | 'T' | 't' | 'U' | 'P' | 'Y' | 'o' => {
                        let value = value(rest.as_str());
                        match letter {
                            'O' => options.output = Some(value),
                            'T' => options.timeout = seconds(&value),
                            't' => options.tries = value.parse().unwrap_or(1),
                            'U' => options.agent = Some(value),
                            _ => {}
                        }
                        break;
                    }
                    _ => return Err(format!("-{letter}")),
                }
            }
        } else if options.url.is_empty() {
            options.url = word.clone();
        }
    }
    Ok(options)
}

pub(super) fn seconds(text: &str) -> Option<SimDuration> {
    text.parse().ok().filter(|seconds| *seconds > 0).map(|seconds: u32| SimDuration::from_seconds(u64::from(seconds)))
}

/// What came of a request over a new connection.
pub(super) enum Fetched {
    Response(HttpResponse),
    Failed(Connected),
    Closed,
    TimedOut,
}

/// Sends a request over a new connection and takes the answer.
pub(super) fn fetch(client: &mut Client<'_, '_>, options: &Options, url: &Url, to: std::net::Ipv4Addr) -> Result<Fetched, Suspended> {
    let limit = |client: &Client<'_, '_>| options.timeout.map(|time| client.at + time);
    let until: Option<SimTime> = limit(client);
    let link = match connect(client, to, url.port, until)? {
        Connected::Open(link, _) => link,
        other => return Ok(Fetched::Failed(other)),
    };
    let mut headers = vec![("User-Agent".to_owned(), options.agent.clone().unwrap_or_else(|| "Wget".to_owned())), ("Connection".to_owned(), "close".to_owned())];
    headers.extend(options.headers.iter().cloned());
    let body = options.post.clone().unwrap_or_default();
    let method = Name::fixed(if options.post.is_some() { "POST" } else { "GET" });
    let request = HttpRequest { method, target: url.target.clone(), host: url.host_header(), headers, body, tls: url.is_tls() };
    client.ask(Ask::Send { link, request })?;
    let until = limit(client);
    loop {
        let limit = until.map_or(SimDuration::from_seconds(1 << 32), |until| until.since(client.at));
        if limit == SimDuration::ZERO {
            return Ok(Fetched::TimedOut);
        }
        match client.ask(Ask::Receive { link, limit })? {
            Reply::Response(response) => {
                client.ask(Ask::Close { link })?;
                return Ok(Fetched::Response(response));
            }
            Reply::NotYet => {}
            _ => return Ok(Fetched::Closed),
        }
    }
}

pub(super) fn fail(client: &mut Client<'_, '_>, text: &str) -> i32 {
    client.complain(&format!("wget: {text}"));
    1
}

pub(super) fn small(client: &mut Client<'_, '_>, options: &Options) -> Ending {
    let mut next = Url::parse(&options.url);
    for _ in 0..=MAX_REDIRECTS {
        let Ok(url) = next else { return Ok(fail(client, &format!("not an http or ftp url: {}", options.url))) };
        let Found::Addresses(addresses, _) = resolver::resolve(client, &url.host)? else {
            return Ok(fail(client, &format!("bad address '{}'", url.host)));
        };
        let to = addresses[0];
        if !options.quiet {
            client.complain(&format!("Connecting to {} ({to}:{})", url.host_header(), url.port));
        }
        let response = match fetch(client, options, &url, to)? {
            Fetched::Response(response) => response,
            Fetched::Failed(how) => return Ok(not_connected(client, &how, to)),
            Fetched::Closed if url.is_tls() => return Ok(fail(client, "error getting response: Connection reset by peer")),
            Fetched::Closed => return Ok(fail(client, "error getting response")),
            Fetched::TimedOut => return Ok(fail(client, "download timed out")),
        };
        if options.server_response {
            client.complain(&format!("  {} {} {}", response.version, response.status, response.reason));
            for (name, value) in &response.headers {
                client.complain(&format!("  {name}: {value}"));
            }
        }
        match response.header("Location").filter(|_| (300..400).contains(&response.status)) {
            Some(location) => next = url.join(location),
            None if response.status >= 300 => {
                let status = format!("server returned error: {} {} {}", response.version, response.status, response.reason);
                return Ok(fail(client, &status));
            }
            None => return Ok(save(client, options, &url, &response)),
        }
    }
    Ok(fail(client, "too many redirections"))
}

/// The error of a connection that did not come about.
pub(super) fn not_connected(client: &mut Client<'_, '_>, how: &Connected, to: std::net::Ipv4Addr) -> i32 {
    let why = match how {
        Connected::LimitReached => return fail(client, "download timed out"),
        Connected::TimedOut => "Connection timed out",
        Connected::Unreachable => "No route to host",
        Connected::Open(..) | Connected::Refused => "Connection refused",
    };
    // It ends a second after it began, when the alarm that it had set for its first try comes.
    client.pause(SimDuration::from_millis(1));
    fail(client, &format!("can't connect to remote host ({to}): {why}"))
}

/// Writes the page, with a meter if that is wanted.
pub(super) fn save(client: &mut Client<'_, '_>, options: &Options, url: &Url, response: &HttpResponse) -> i32 {
    if options.spider {
        if !options.quiet {
            client.complain("remote file exists");
        }
        return 0;
    }
    let path = url.target.split('?').next().unwrap_or_default();
    let name = path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("index.html").to_owned();
    let output = options.output.clone().unwrap_or(name);
    let to_output = output == "-";
    if !options.quiet {
        let size = response.body.len();
        let (begun, ended) = match to_output {
            true => ("writing to stdout".to_owned(), "written to stdout".to_owned()),
            false => (format!("saving to '{output}'"), format!("'{output}' saved")),
        };
        let shown: String = output.chars().take(20).collect();
        client.complain(&format!("{begun}\n{shown:20} 100% |********************************| {size:5}  0:00:00 ETA\n{ended}"));
    }
    if to_output {
        client.out.push_str(&response.body);
        return 0;
    }
    let path = normal("/", &output);
    match client.around.disk.write(&path, &response.body) {
        Ok(()) => 0,
        Err(why) => fail(client, &format!("can't open '{output}': {why}")),
    }
}
