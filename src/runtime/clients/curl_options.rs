//! curl's command line. Models curl 7.88.1 src/tool_getparam.c, the options that people use with a cluster.

use std::net::Ipv4Addr;

use crate::base::SimDuration;

/// What the command line says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Options {
    pub urls: Vec<String>,
    /// Files for the answers, in the order of the URLs; `-` is standard output.
    pub outputs: Vec<String>,
    pub remote_name: bool,
    pub silent: bool,
    pub show_error: bool,
    pub verbose: bool,
    pub include: bool,
    pub head: bool,
    pub insecure: bool,
    /// `--cacert`
    pub authority: Option<String>,
    pub fail: bool,
    pub follow: bool,
    pub get: bool,
    pub no_meter: bool,
    pub max_redirects: Option<u32>,
    pub max_time: Option<SimDuration>,
    pub connect_timeout: Option<SimDuration>,
    pub retries: u32,
    pub retry_delay: Option<SimDuration>,
    pub retry_refused: bool,
    pub write_out: String,
    pub method: Option<String>,
    pub headers: Vec<(String, String)>,
    /// Headers that are not to be sent.
    pub without: Vec<String>,
    pub data: Option<String>,
    pub agent: Option<String>,
    pub user: Option<String>,
    /// Host, port, and the address to use instead of a lookup.
    pub resolve: Vec<(String, u16, Ipv4Addr)>,
}

/// Options of one letter and their long names.
const LETTERS: &[(char, &str)] = &[
    ('s', "silent"), ('S', "show-error"), ('v', "verbose"), ('i', "include"), ('I', "head"), ('k', "insecure"), ('f', "fail"),
    ('L', "location"), ('G', "get"), ('m', "max-time"), ('o', "output"), ('O', "remote-name"), ('w', "write-out"), ('X', "request"),
    ('H', "header"), ('d', "data"), ('A', "user-agent"), ('u', "user"), ('4', "ipv4"), ('6', "ipv6"), ('N', "no-buffer"),
    ('#', "progress-bar"), ('e', "referer"), ('b', "cookie"), ('c', "cookie-jar"), ('x', "proxy"), ('0', "http1.0"), ('g', "globoff"),
    ('j', "junk-session-cookies"), ('q', "disable"), ('R', "remote-time"), ('Z', "parallel"), ('V', "version"), ('h', "help"),
    ('T', "upload-file"), ('F', "form"), ('E', "cert"), ('U', "proxy-user"), ('r', "range"), ('y', "speed-time"), ('Y', "speed-limit"),
];

/// Long options that take a value.
const VALUES: &[&str] = &[
    "max-time", "connect-timeout", "output", "write-out", "request", "header", "data", "data-raw", "data-binary", "data-urlencode", "json",
    "user-agent", "user", "resolve", "retry", "retry-delay", "retry-max-time", "max-redirs", "url", "referer", "cookie", "cookie-jar", "proxy",
    "cacert", "cert", "key", "noproxy", "interface", "local-port", "limit-rate", "upload-file", "form", "proxy-user", "range", "speed-time",
    "speed-limit", "connect-to", "unix-socket", "ciphers", "oauth2-bearer", "keepalive-time", "capath", "stderr", "dump-header",
];

/// Long options without a value.
const SWITCHES: &[&str] = &[
    "silent", "show-error", "verbose", "include", "head", "insecure", "fail", "location", "get", "remote-name", "ipv4", "ipv6", "no-buffer",
    "progress-bar", "http1.0", "http1.1", "http2", "globoff", "junk-session-cookies", "disable", "remote-time", "parallel", "version", "help",
    "no-keepalive", "retry-connrefused", "retry-all-errors", "compressed", "no-progress-meter", "fail-with-body", "path-as-is",
    "tlsv1.2", "tlsv1.3", "tcp-nodelay", "raw", "basic", "anyauth", "location-trusted", "http2-prior-knowledge", "create-dirs", "no-sessionid",
];

const HINT: &str = "curl: try 'curl --help' or 'curl --manual' for more information";

/// Seconds, with a fraction or without.
pub(super) fn seconds(text: &str) -> Option<SimDuration> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.len() < 10 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || text.is_empty() {
        return None;
    }
    let part: u64 = format!("{part:0<6}").get(..6)?.parse().ok()?;
    Some(SimDuration::from_micros(whole.parse::<u64>().unwrap_or_default() * 1_000_000 + part))
}

impl Options {
    /// Reads the words. An error is what curl says of a line that it cannot read; its exit code is 2.
    pub fn parse(args: &[String], input: &str) -> Result<Options, String> {
        let mut options = Options::default();
        let mut words = args.iter();
        while let Some(word) = words.next() {
            if let Some(long) = word.strip_prefix("--").filter(|long| !long.is_empty()) {
                let value = if VALUES.contains(&long) { Some(words.next().ok_or_else(|| needs(word))?) } else { None };
                options.take(long, word, value.map_or("", String::as_str), input)?;
            } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
                let mut rest = letters.chars();
                while let Some(letter) = rest.next() {
                    let shown = format!("-{letters}");
                    let Some((_, long)) = LETTERS.iter().find(|(known, _)| *known == letter) else { return Err(unknown(&shown)) };
                    if VALUES.contains(long) {
                        let here = rest.as_str();
                        let value = if here.is_empty() { words.next().ok_or_else(|| needs(&format!("-{letter}")))?.clone() } else { here.to_owned() };
                        options.take(long, &shown, &value, input)?;
                        break;
                    }
                    options.take(long, &shown, "", input)?;
                }
            } else {
                options.urls.push(word.clone());
            }
        }
        Ok(options)
    }

    fn take(&mut self, long: &str, shown: &str, value: &str, input: &str) -> Result<(), String> {
        match long {
            "silent" => self.silent = true,
            "show-error" => self.show_error = true,
            "verbose" => self.verbose = true,
            "include" => self.include = true,
            "head" => (self.head, self.include) = (true, true),
            "insecure" => self.insecure = true,
            "cacert" => self.authority = Some(value.to_owned()),
            "fail" | "fail-with-body" => self.fail = true,
            "location" | "location-trusted" => self.follow = true,
            "get" => self.get = true,
            "remote-name" => self.remote_name = true,
            "no-progress-meter" => self.no_meter = true,
            "max-time" => self.max_time = Some(time(shown, value)?).filter(|time| *time > SimDuration::ZERO),
            "connect-timeout" => self.connect_timeout = Some(time(shown, value)?).filter(|time| *time > SimDuration::ZERO),
            "retry" => self.retries = number(shown, value)?,
            "retry-delay" => self.retry_delay = Some(time(shown, value)?),
            "retry-connrefused" | "retry-all-errors" => self.retry_refused = true,
            "max-redirs" => self.max_redirects = Some(number(shown, value)?),
            "output" => self.outputs.push(value.to_owned()),
            "write-out" => self.write_out = value.to_owned(),
            "request" => self.method = Some(value.to_owned()),
            "header" => self.header(value),
            "data" | "data-raw" | "data-binary" | "data-urlencode" | "json" => {
                let text = if value == "@-" && long != "data-raw" { input.trim_end_matches('\n') } else { value };
                if long == "json" {
                    self.header("Content-Type: application/json");
                    self.header("Accept: application/json");
                }
                match &mut self.data {
                    Some(data) => *data = format!("{data}&{text}"),
                    None => self.data = Some(text.to_owned()),
                }
            }
            "user-agent" => self.agent = Some(value.to_owned()),
            "user" => self.user = Some(value.to_owned()),
            "oauth2-bearer" => self.header(&format!("Authorization: Bearer {value}")),
            "referer" => self.header(&format!("Referer: {value}")),
            "cookie" => self.header(&format!("Cookie: {value}")),
            "resolve" => self.resolve.extend(resolved(value)),
            "url" => self.urls.push(value.to_owned()),
            long if VALUES.contains(&long) || SWITCHES.contains(&long) => {}
            _ => return Err(unknown(shown)),
        }
        Ok(())
    }

    fn header(&mut self, line: &str) {
        match line.split_once(':') {
            Some((name, value)) if value.trim().is_empty() => self.without.push(name.to_ascii_lowercase()),
            Some((name, value)) => self.headers.push((name.trim().to_owned(), value.trim().to_owned())),
            None => {}
        }
    }
}

/// `host:80:1.2.3.4`
pub(super) fn resolved(value: &str) -> Option<(String, u16, Ipv4Addr)> {
    let (host, rest) = value.trim_start_matches('+').split_once(':')?;
    let (port, address) = rest.split_once(':')?;
    Some((host.to_owned(), port.parse().ok()?, address.split(',').next()?.parse().ok()?))
}

pub(super) fn time(option: &str, value: &str) -> Result<SimDuration, String> {
    seconds(value).ok_or_else(|| format!("curl: option {option}: expected a proper numerical parameter\n{HINT}\n"))
}

pub(super) fn number(option: &str, value: &str) -> Result<u32, String> {
    value.parse().map_err(|_| format!("curl: option {option}: expected a proper numerical parameter\n{HINT}\n"))
}

pub(super) fn unknown(option: &str) -> String {
    format!("curl: option {option}: is unknown\n{HINT}\n")
}

pub(super) fn needs(option: &str) -> String {
    format!("curl: option {option}: requires parameter\n{HINT}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_curl_reads_them() {
        let parse = |line: &str| Options::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>(), "");
        let options = parse("-sS -m5 --connect-timeout 0.5 -o /dev/null -w %{http_code} http://a http://b").unwrap_or_default();
        assert!(options.silent && options.show_error && !options.verbose);
        assert_eq!(options.max_time.map(SimDuration::seconds), Some(5));
        assert_eq!(options.connect_timeout.map(SimDuration::millis), Some(500));
        assert_eq!((options.urls.len(), options.write_out.as_str()), (2, "%{http_code}"));
        let bad = |line| parse(line).err().and_then(|text| text.lines().next().map(str::to_owned));
        assert_eq!(bad("--nosuch").as_deref(), Some("curl: option --nosuch: is unknown"));
        assert_eq!(bad("-s -m").as_deref(), Some("curl: option -m: requires parameter"));
        assert_eq!(bad("-m x").as_deref(), Some("curl: option -m: expected a proper numerical parameter"));
    }
}
