//! GNU Wget, as images of larger distributions have it. Models GNU Wget 1.21 src/http.c, src/retr.c.
//! Left out: retries after a time-out, certificates, a file of the same name.

use super::resolver::{self, Found};
use super::connecting::Connected;
use crate::runtime::url::Url;
use super::wget::{Fetched, Options, fetch};
use crate::runtime::files::normal;
use crate::runtime::shell::formatted;
use super::{Client, Ending};

/// Runs it.
pub(super) fn run(client: &mut Client<'_, '_>, options: &Options) -> Ending {
    let Ok(mut url) = Url::parse(&options.url) else {
        client.complain(&format!("{}: Invalid host name.", options.url));
        return Ok(1);
    };
    for _ in 0..20 {
        let shown = format!("{}://{}{}", url.scheme.name(), url.host_header(), url.target);
        let when = formatted("%Y-%m-%d %H:%M:%S", client.at);
        tell(client, options, &format!("--{when}--  {shown}\n"));
        let Found::Addresses(addresses, _) = resolver::resolve(client, &url.host)? else {
            tell(client, options, &format!("Resolving {0} ({0})... failed: Name or service not known.\n", url.host));
            client.complain(&format!("wget: unable to resolve host address '{}'", url.host));
            return Ok(4);
        };
        let to = addresses[0];
        let place = if url.host == to.to_string() { format!("{to}:{}", url.port) } else { format!("{0} ({0})|{to}|:{1}", url.host, url.port) };
        if url.host != to.to_string() {
            tell(client, options, &format!("Resolving {0} ({0})... {to}\n", url.host));
        }
        let response = match fetch(client, options, &url, to)? {
            Fetched::Response(response) => response,
            Fetched::Failed(how) => {
                let why = match how {
                    Connected::Open(..) | Connected::Refused => "Connection refused.",
                    Connected::Unreachable => "No route to host.",
                    Connected::LimitReached | Connected::TimedOut => "Connection timed out.",
                };
                tell(client, options, &format!("Connecting to {place}... failed: {why}\n"));
                return Ok(4);
            }
            Fetched::Closed | Fetched::TimedOut => {
                tell(client, options, &format!("Connecting to {place}... connected.\nHTTP request sent, awaiting response... No data received.\n"));
                return Ok(4);
            }
        };
        let status = format!("{} {}", response.status, response.reason);
        tell(client, options, &format!("Connecting to {place}... connected.\nHTTP request sent, awaiting response... {status}\n"));
        if let Some(location) = response.header("Location").filter(|_| (300..400).contains(&response.status)) {
            tell(client, options, &format!("Location: {location} [following]\n"));
            let Ok(next) = url.join(location) else { return Ok(1) };
            url = next;
            continue;
        }
        if response.status >= 400 {
            let when = formatted("%Y-%m-%d %H:%M:%S", client.at);
            tell(client, options, &format!("{when} ERROR {}: {}.\n\n", response.status, response.reason));
            return Ok(8);
        }
        return Ok(save(client, options, &url, &response.body));
    }
    client.complain("20 redirections exceeded.");
    Ok(8)
}

pub(super) fn tell(client: &mut Client<'_, '_>, options: &Options, text: &str) {
    if !options.quiet {
        client.err.push_str(text);
    }
}

pub(super) fn save(client: &mut Client<'_, '_>, options: &Options, url: &Url, body: &str) -> i32 {
    let last = url.target.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let output = options.output.clone().unwrap_or_else(|| if last.is_empty() { "index.html".to_owned() } else { last.to_owned() });
    let size = body.len();
    let name = if output == "-" { "STDOUT" } else { &output };
    let when = formatted("%Y-%m-%d %H:%M:%S", client.at);
    tell(client, options, &format!("Length: {size}\nSaving to: '{name}'\n\n{when} (1.00 MB/s) - '{name}' saved [{size}/{size}]\n\n"));
    if output == "-" {
        client.out.push_str(body);
    } else if let Err(why) = client.around.disk.write(&normal("/", &output), body) {
        client.complain(&format!("{output}: {why}"));
        return 3;
    }
    0
}
