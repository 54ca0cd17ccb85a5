//! What programs of containers and machines ask the network, and what it answers. A program stands still at an [`Ask`] until whoever
//! knows the network has answered; the runtime itself knows none.
//! Left out: IPv6, servers that containers write themselves.

mod dns;
mod http;

use std::net::Ipv4Addr;

pub use dns::{Message, Question, Record, RecordData, RecordKind, ResponseCode};
pub use http::{HttpRequest, HttpResponse, Served};

use crate::base::SimDuration;

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

/// A reply and how long it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What came.
    pub reply: Reply,
    /// After so long.
    pub took: SimDuration,
}
