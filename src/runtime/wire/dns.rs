//! Messages of the domain name system, as far as a cluster's use goes. Names are in lower case, without the dot at the end.

use std::net::Ipv4Addr;

/// The type of a record or of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
    /// Another name.
    Cname,
    /// A service's host and port.
    Srv,
    /// The name of an address.
    Ptr,
    /// The start of a zone.
    Soa,
    /// A zone's server.
    Ns,
    /// A zone's mail server.
    Mx,
    /// A text.
    Txt,
    /// Any of them.
    Any,
}

impl RecordKind {
    const NAMES: [(RecordKind, &'static str); 10] = [
        (RecordKind::A, "A"),
        (RecordKind::Aaaa, "AAAA"),
        (RecordKind::Cname, "CNAME"),
        (RecordKind::Srv, "SRV"),
        (RecordKind::Ptr, "PTR"),
        (RecordKind::Soa, "SOA"),
        (RecordKind::Ns, "NS"),
        (RecordKind::Mx, "MX"),
        (RecordKind::Txt, "TXT"),
        (RecordKind::Any, "ANY"),
    ];

    /// `A`, `AAAA`, …
    pub fn as_str(self) -> &'static str {
        RecordKind::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// By its name in any case; None if there is none.
    pub fn of_name(name: &str) -> Option<RecordKind> {
        RecordKind::NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(kind, _)| *kind)
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name asked for.
    pub name: String,
    /// The type asked for.
    pub kind: RecordKind,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its name.
    pub name: String,
    /// It may be kept for so many seconds.
    pub ttl: u32,
    /// What it says.
    pub data: RecordData,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordData {
    /// An address.
    A(Ipv4Addr),
    /// Another name.
    Cname(String),
    /// A service.
    Srv {
        /// Lower goes first.
        priority: u16,
        /// Its share among equals.
        weight: u16,
        /// Its port.
        port: u16,
        /// Its host.
        target: String,
    },
    /// The name of an address.
    Ptr(String),
    /// The start of a zone; the number grows with the zone's changes.
    Soa {
        /// The first server.
        server: String,
        /// Whom to write to.
        mailbox: String,
        /// The number.
        serial: u64,
    },
    /// A zone's server.
    Ns(String),
    /// A text.
    Txt(String),
}

impl RecordData {
    /// Its type.
    pub fn kind(&self) -> RecordKind {
        match self {
            RecordData::A(_) => RecordKind::A,
            RecordData::Cname(_) => RecordKind::Cname,
            RecordData::Srv { .. } => RecordKind::Srv,
            RecordData::Ptr(_) => RecordKind::Ptr,
            RecordData::Soa { .. } => RecordKind::Soa,
            RecordData::Ns(_) => RecordKind::Ns,
            RecordData::Txt(_) => RecordKind::Txt,
        }
    }
}

/// How a server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseCode {
    /// The name is there, with records of that type or without.
    NoError,
    /// There is no such name.
    NxDomain,
    /// The server could not find out.
    ServFail,
    /// The server does not answer such questions.
    Refused,
}

impl ResponseCode {
    /// `NOERROR`, …
    pub fn as_str(self) -> &'static str {
        match self {
            ResponseCode::NoError => "NOERROR",
            ResponseCode::NxDomain => "NXDOMAIN",
            ResponseCode::ServFail => "SERVFAIL",
            ResponseCode::Refused => "REFUSED",
        }
    }

    /// Its number.
    pub fn number(self) -> u8 {
        match self {
            ResponseCode::NoError => 0,
            ResponseCode::ServFail => 2,
            ResponseCode::NxDomain => 3,
            ResponseCode::Refused => 5,
        }
    }
}

/// An answer of a name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How it answered.
    pub code: ResponseCode,
    /// What was asked for.
    pub answers: Vec<Record>,
    /// The zone that says so.
    pub authority: Vec<Record>,
    /// What else may be of use.
    pub additional: Vec<Record>,
}

impl Message {
    /// The addresses among the answers.
    pub fn addresses(&self) -> impl Iterator<Item = Ipv4Addr> + '_ {
        self.answers.iter().filter_map(|record| if let RecordData::A(address) = record.data { Some(address) } else { None })
    }
}
