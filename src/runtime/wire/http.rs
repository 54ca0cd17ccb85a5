//! Requests and answers of HTTP/1, as far as tools show them.

use crate::base::{Name, SimDuration};

/// A request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpRequest {
    /// `GET`
    pub method: Name,
    /// `/path?query`
    pub target: String,
    /// The Host header.
    pub host: String,
    /// The headers besides Host.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// Whether the client speaks TLS.
    pub tls: bool,
}

impl HttpRequest {
    /// A plain GET, as probes send it.
    pub fn get(target: &str, host: &str) -> HttpRequest {
        HttpRequest { method: Name::fixed("GET"), target: target.to_owned(), host: host.to_owned(), ..HttpRequest::default() }
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split(['?', '#']).next().unwrap_or_default()
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let query = self.target.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name)).map(|(_, value)| value)
    }

    /// A header's value; names are compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpResponse {
    /// `HTTP/1.1`
    pub version: &'static str,
    /// `200`
    pub status: u16,
    /// `OK`
    pub reason: &'static str,
    /// Its headers in their order.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
    /// Whether the connection broke before the body's end.
    pub cut_off: bool,
    /// Whether the server closes the connection behind it.
    pub closes: bool,
}

impl HttpResponse {
    /// An answer of HTTP/1.1 with its usual reason and no headers yet.
    pub fn new(status: u16, body: impl Into<String>) -> HttpResponse {
        HttpResponse {
            version: "HTTP/1.1",
            status,
            reason: HttpResponse::reason_of(status),
            headers: Vec::new(),
            body: body.into(),
            cut_off: false,
            closes: false,
        }
    }

    /// The same with one header more.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> HttpResponse {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// A header's value; names are compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The words for a status. Models net/http status.go.
    pub fn reason_of(status: u16) -> &'static str {
        match status {
            200 => "OK",
            201 => "Created",
            204 => "No Content",
            301 => "Moved Permanently",
            302 => "Found",
            304 => "Not Modified",
            307 => "Temporary Redirect",
            308 => "Permanent Redirect",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            413 => "Request Entity Too Large",
            429 => "Too Many Requests",
            500 => "Internal Server Error",
            501 => "Not Implemented",
            502 => "Bad Gateway",
            503 => "Service Unavailable",
            504 => "Gateway Timeout",
            _ => "",
        }
    }
}

/// What a server made of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    /// Its answer.
    pub response: HttpResponse,
    /// It thought about it for so long.
    pub took: SimDuration,
}
