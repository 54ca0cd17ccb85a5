//! Probes and hooks: what is asked of a container, and how often.

use super::IntOrString;
use super::json::record;
use crate::base::Name;

record! {
    /// A check that the kubelet makes.
    pub struct Probe {
        /// Run a command in the container.
        exec: Option<ExecAction> = "exec",
        /// Failures in a row that count as one.
        failure_threshold: i32 = "failureThreshold",
        /// Ask the gRPC health service.
        grpc: Option<GrpcAction> = "grpc",
        /// Send an HTTP GET.
        http_get: Option<HttpGetAction> = "httpGet",
        /// Seconds after the container's start before the first one.
        initial_delay_seconds: i32 = "initialDelaySeconds",
        /// Seconds between two.
        period_seconds: i32 = "periodSeconds",
        /// Successes in a row that count as one.
        success_threshold: i32 = "successThreshold",
        /// Open a TCP connection.
        tcp_socket: Option<TcpSocketAction> = "tcpSocket",
        /// The grace of a kill by this probe, in seconds, instead of the pod's.
        termination_grace_period_seconds: Option<i64> = "terminationGracePeriodSeconds",
        /// Seconds that an answer may take.
        timeout_seconds: i32 = "timeoutSeconds",
    }

    /// A command.
    pub struct ExecAction {
        /// The words of it; no shell.
        command: Vec<Name> = "command",
    }

    /// A gRPC health check.
    pub struct GrpcAction {
        /// The port.
        port: i32 = "port",
        /// The service name asked for.
        service: Option<Name> = "service",
    }

    /// An HTTP GET.
    pub struct HttpGetAction {
        /// The pod's address if empty.
        host: Name = "host",
        /// Headers.
        http_headers: Vec<HttpHeader> = "httpHeaders",
        /// `/`
        path: Name = "path",
        /// A number or the name of a containerPort.
        port: IntOrString = "port",
        /// `HTTP` or `HTTPS`
        scheme: Name = "scheme",
    }

    /// A header.
    pub struct HttpHeader {
        /// Its name.
        name: Name = "name",
        /// Its value.
        value: Name = "value",
    }

    /// A TCP connection.
    pub struct TcpSocketAction {
        /// The pod's address if empty.
        host: Name = "host",
        /// A number or the name of a containerPort.
        port: IntOrString = "port",
    }
}
