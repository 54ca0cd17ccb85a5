//! What curl does and says of TLS: the handshake, the server's certificate, whether it is trusted.
//! Models curl 7.88.1 lib/vtls/openssl.c and lib/vtls/vtls.c with OpenSSL 3. Left out: ciphers that differ, sessions that are resumed.

use super::Suspended;
use super::curl::{Call, Trouble, trouble};
use super::curl_report as report;
use crate::base::{SimDuration, SimTime};
use crate::runtime::wire::{Ask, Certificate, HttpResponse, Reply};

/// The certificate of the cluster's authority, as every pod has it.
const CLUSTER_AUTHORITY: &str = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
/// What signed the API server's certificate.
const CLUSTER_ISSUER: &str = "CN=kubernetes";
/// A handshake's sums take about this long.
const SUMS: SimDuration = SimDuration::from_micros(1800);
/// The file that is read where the system's bundle is not there.
const NO_BUNDLE: &str = "error setting certificate file: /etc/ssl/certs/ca-certificates.crt";

/// What curl refuses before it connects: there is nothing to check certificates with.
pub(super) fn refusal(call: &mut Call<'_, '_, '_>) -> Option<Trouble> {
    if call.options.insecure {
        return None;
    }
    let Some(path) = call.options.authority.clone() else {
        return (!call.client.around.kit.has_roots()).then(|| trouble(77, NO_BUNDLE));
    };
    let there = call.client.around.disk.read(&path).is_ok();
    (!there).then(|| trouble(77, format!("error setting certificate file: {path}")))
}

/// Why a certificate is not trusted: OpenSSL's number and words.
fn verdict(certificate: &Certificate, authority: Option<&str>) -> Result<(), (u32, &'static str)> {
    match authority {
        Some(CLUSTER_AUTHORITY) if certificate.issuer == CLUSTER_ISSUER => Ok(()),
        Some(path) if path != CLUSTER_AUTHORITY && !certificate.made_up => Ok(()),
        _ if certificate.issuer == certificate.subject && !certificate.made_up => Err((18, "self-signed certificate")),
        _ => Err((20, "unable to get local issuer certificate")),
    }
}

/// Whether a name or an address stands in a certificate.
fn names(certificate: &Certificate, host: &str) -> bool {
    certificate.names.iter().any(|name| match (name.strip_prefix("*."), host.split_once('.')) {
        (Some(rest), Some((_, parent))) => rest.eq_ignore_ascii_case(parent),
        _ => name.eq_ignore_ascii_case(host),
    })
}

/// The handshake over an open connection. Gives whether HTTP/2 is spoken.
pub(super) fn shake_hands(call: &mut Call<'_, '_, '_>, link: u32, host: &str) -> Result<Result<bool, Trouble>, Suspended> {
    let flow = |direction: &str, what: &str| format!("* TLSv1.3 ({direction}), {what}:\n");
    let insecure = call.options.insecure;
    report::say(call, "* ALPN: offers h2,http/1.1\n} [5 bytes data]\n");
    report::say(call, &format!("{}}} [512 bytes data]\n", flow("OUT", "TLS handshake, Client hello (1)")));
    if !insecure {
        let path = call.options.authority.clone().unwrap_or_else(|| "/etc/ssl/certs/ca-certificates.crt".to_owned());
        report::say(call, &format!("*  CAfile: {path}\n*  CApath: {}\n", if call.options.authority.is_some() { "none" } else { "/etc/ssl/certs" }));
    }
    let reply = call.client.ask(Ask::Handshake { link, host: host.to_owned() })?;
    let Reply::Certificate(certificate) = reply else {
        report::say(call, &format!("{}{{ [5 bytes data]\n* OpenSSL/3.0.17: error:0A00010B:SSL routines::wrong version number\n* Closing connection 0\n", ""));
        return Ok(Err(trouble(35, "error:0A00010B:SSL routines::wrong version number")));
    };
    call.client.pause(SUMS);
    let mut text = String::new();
    for (what, bytes) in [("Server hello (2)", 122), ("Encrypted Extensions (8)", 15), ("Certificate (11)", 823)] {
        text += &format!("{}{{ [{bytes} bytes data]\n", flow("IN", &format!("TLS handshake, {what}")));
    }
    let judged = verdict(&certificate, call.options.authority.as_deref());
    if let Err((_, why)) = judged
        && !insecure
    {
        text += &format!("{}}} [2 bytes data]\n", flow("OUT", "TLS alert, unknown CA (560)"));
        report::say(call, &format!("{text}* SSL certificate problem: {why}\n* Closing connection 0\n"));
        return Ok(Err(trouble(60, format!("SSL certificate problem: {why}"))));
    }
    for (direction, what, bytes) in [("IN", "CERT verify (15)", 264), ("IN", "Finished (20)", 52), ("OUT", "Finished (20)", 52)] {
        let (open, sign) = if direction == "IN" { ('{', "data]") } else { ('}', "data]") };
        text += &format!("{}{open} [{bytes} bytes {sign}\n", flow(direction, &format!("TLS handshake, {what}")));
    }
    let protocol = if certificate.http2 { "h2" } else { "http/1.1" };
    text += &format!("* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n* ALPN: server accepted {protocol}\n");
    text += &format!("* Server certificate:\n*  subject: {}\n", certificate.subject);
    text += &format!("*  start date: {}\n*  expire date: {}\n", date(certificate.from), date(certificate.until));
    let matches = names(&certificate, host);
    if !insecure && matches {
        text += &format!("*  subjectAltName: host \"{host}\" matched cert's \"{host}\"\n");
    }
    text += &format!("*  issuer: {}\n", certificate.issuer);
    text += &match judged {
        Ok(()) => "*  SSL certificate verify ok.\n".to_owned(),
        Err((number, why)) => format!("*  SSL certificate verify result: {why} ({number}), continuing anyway.\n"),
    };
    if !insecure && !matches {
        let why = format!("SSL: no alternative certificate subject name matches target host name '{host}'");
        report::say(call, &format!("{text}* {why}\n* Closing connection 0\n"));
        return Ok(Err(trouble(60, why)));
    }
    report::say(call, &text);
    Ok(Ok(certificate.http2))
}

/// `Nov 22 17:42:16 2026 GMT`
fn date(at: SimTime) -> String {
    crate::runtime::shell::formatted("%b %e %H:%M:%S %Y GMT", at)
}

/// What stands below an error about a certificate.
pub(super) const HINT: &str = "More details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore \
                               could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web \
                               page mentioned above.\n";

/// An answer over HTTP/2: names of headers in lower case, no reason, nothing about the connection.
pub(super) fn as_http2(mut response: HttpResponse) -> HttpResponse {
    response.headers.retain(|(name, _)| !["connection", "transfer-encoding", "keep-alive"].iter().any(|own| name.eq_ignore_ascii_case(own)));
    response.headers.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase());
    HttpResponse { version: "HTTP/2", reason: "", ..response }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_judged_as_openssl_does() {
        let certificate = |subject: &str, issuer: &str, made_up| Certificate {
            subject: subject.to_owned(),
            issuer: issuer.to_owned(),
            names: vec!["kubernetes.default".to_owned(), "*.foo.com".to_owned()],
            from: SimTime::default(),
            until: SimTime::default(),
            made_up,
            http2: true,
        };
        let (server, own, fake) = (certificate("CN=kube-apiserver", "CN=kubernetes", false), certificate("CN=a", "CN=a", false), certificate("CN=f", "CN=f", true));
        let table = [
            (&server, None, Err(20)),
            (&server, Some(CLUSTER_AUTHORITY), Ok(())),
            (&own, None, Err(18)),
            (&own, Some(CLUSTER_AUTHORITY), Err(18)),
            (&own, Some("tls.crt"), Ok(())),
            (&fake, None, Err(20)),
            (&fake, Some("tls.crt"), Err(20)),
        ];
        for (certificate, authority, expected) in table {
            assert_eq!(verdict(certificate, authority).map_err(|(number, _)| number), expected, "{} {authority:?}", certificate.subject);
        }
        let named: Vec<bool> = ["kubernetes.default", "bar.foo.com", "foo.com", "a.b.foo.com"].iter().map(|host| names(&server, host)).collect();
        assert_eq!(named, [true, true, false, false]);
    }
}
