//! What programs of containers and machines ask the network, and what it answers. A program stands still at an [`Ask`] until whoever
//! knows the network has answered; the runtime itself knows none.
//! Left out: IPv6, servers that containers write themselves.

mod dns;
mod http;

use std::net::Ipv4Addr;

pub use dns::{Message, Question, Record, RecordData, RecordKind, ResponseCode};
pub use http::{HttpRequest, HttpResponse, Served};

use crate::base::{SimDuration, SimTime};

/// Something that a program asks the network.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Questions of one name sent to a name server at the same time, one datagram each.
    Names {
        /// The server.
        server: Ipv4Addr,
        /// The questions.
        questions: Vec<Question>,
    },
    /// Opens a TCP connection.
    Connect {
        /// Whereto.
        to: Ipv4Addr,
        /// Its port.
        port: u16,
        /// The program gives up after so long.
        limit: SimDuration,
    },
    /// Begins TLS over a connection that is open.
    Handshake {
        /// The connection's number.
        link: u32,
        /// The name that is asked for.
        host: String,
    },
    /// Sends a request over a connection that is open.
    Send {
        /// The connection's number.
        link: u32,
        /// The request.
        request: HttpRequest,
    },
    /// Waits for the answer to what was sent, no longer than so.
    Receive {
        /// The connection's number.
        link: u32,
        /// The longest wait.
        limit: SimDuration,
    },
    /// Ends a connection.
    Close {
        /// The connection's number.
        link: u32,
    },
    /// Sends one echo request.
    Echo {
        /// Whereto.
        to: Ipv4Addr,
    },
    /// Sends a datagram where nobody is expected to answer.
    Datagram {
        /// Whereto.
        to: Ipv4Addr,
        /// Its port.
        port: u16,
    },
    /// What the kernel of the own machine or pod holds, in the words of the tool that asks: `ip route`.
    Kernel {
        /// The tool and its arguments.
        words: Vec<String>,
    },
}

/// What came of an [`Ask`].
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// The name server's answers, in the order of the questions; None for one that did not come.
    Names(Vec<Option<Message>>),
    /// A connection is open, and this is its number; `source` is the end that asked.
    Connected {
        /// Its number.
        link: u32,
        /// The own address.
        source: Ipv4Addr,
    },
    /// The other end speaks TLS, and showed this.
    Certificate(Box<Certificate>),
    /// All of an answer.
    Response(HttpResponse),
    /// The other end closed without an answer.
    Closed,
    /// Nothing yet; ask again.
    NotYet,
    /// An echo, or a datagram that arrived.
    Delivered,
    /// Somebody refused it.
    Refused,
    /// There is no way there.
    NoRoute,
    /// Nobody has that address.
    HostUnreachable,
    /// No answer within the limit.
    Silence,
    /// What a tool prints, on both streams, and its exit code.
    Printed {
        /// On standard output.
        output: String,
        /// On standard error.
        error: String,
        /// The exit code.
        code: i32,
    },
}

/// What a server shows of itself when TLS begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// Whose it is: `CN=kube-apiserver`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names and addresses that it is for.
    pub names: Vec<String>,
    /// From when on it holds.
    pub from: SimTime,
    /// How long.
    pub until: SimTime,
    /// A stand-in that no authority file trusts.
    pub made_up: bool,
    /// Whether the server speaks HTTP/2.
    pub http2: bool,
}

/// A reply and how long it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What came.
    pub reply: Reply,
    /// After so long.
    pub took: SimDuration,
}
