//! Probes and life-cycle hooks.
//! Models pkg/apis/core/validation/validation.go validateProbe, validateHandler, validateLifecycle.

use serde_json::Value;

use super::json::number;
use super::names;
use super::path::{Causes, FieldPath, NOT_POSITIVE};
use crate::api::{ExecAction, GrpcAction, HttpGetAction, IntOrString, Lifecycle, Probe, TcpSocketAction};

/// Which probe of a container it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ProbeUse {
    /// Kills the container.
    Liveness,
    /// Takes it out of Services.
    Readiness,
    /// Holds the others back.
    Startup,
}

/// All that a probe or a hook may do; exactly one is to be set.
#[derive(Default)]
struct Handler<'a> {
    exec: Option<&'a ExecAction>,
    http_get: Option<&'a HttpGetAction>,
    tcp_socket: Option<&'a TcpSocketAction>,
    grpc: Option<&'a GrpcAction>,
    sleep: Option<&'a Value>,
    /// The pod's terminationGracePeriodSeconds.
    grace: Option<i64>,
}

/// A probe.
pub fn validate_probe(probe: &Probe, used: ProbeUse, path: &FieldPath, causes: &mut Causes) {
    let handler = Handler {
        exec: probe.exec.as_ref(),
        http_get: probe.http_get.as_ref(),
        tcp_socket: probe.tcp_socket.as_ref(),
        grpc: probe.grpc.as_ref(),
        ..Handler::default()
    };
    validate_handler(&handler, path, causes);
    let fields = [
        ("initialDelaySeconds", probe.initial_delay_seconds),
        ("timeoutSeconds", probe.timeout_seconds),
        ("periodSeconds", probe.period_seconds),
        ("successThreshold", probe.success_threshold),
        ("failureThreshold", probe.failure_threshold),
    ];
    for (field, value) in fields {
        causes.nonnegative(&path.child(field), i64::from(value));
    }
    let grace = path.child("terminationGracePeriodSeconds");
    if let Some(seconds) = probe.termination_grace_period_seconds.filter(|seconds| *seconds <= 0) {
        causes.invalid(&grace, seconds, NOT_POSITIVE);
    }
    match (used, probe.termination_grace_period_seconds) {
        (ProbeUse::Readiness, Some(seconds)) => causes.invalid(&grace, seconds, "must not be set for readinessProbes"),
        (ProbeUse::Liveness | ProbeUse::Startup, _) if probe.success_threshold != 1 => {
            causes.invalid(&path.child("successThreshold"), probe.success_threshold, "must be 1");
        }
        _ => {}
    }
}

/// The hooks of a container in a pod with this grace period.
pub fn validate_lifecycle(lifecycle: &Lifecycle, grace: Option<i64>, path: &FieldPath, causes: &mut Causes) {
    for (name, hook) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        let Some(hook) = hook else { continue };
        let handler = Handler {
            exec: hook.exec.as_ref(),
            http_get: hook.http_get.as_ref(),
            tcp_socket: hook.tcp_socket.as_ref(),
            sleep: hook.sleep.as_ref(),
            grace,
            ..Handler::default()
        };
        validate_handler(&handler, &path.child(name), causes);
    }
}

fn validate_handler(handler: &Handler, path: &FieldPath, causes: &mut Causes) {
    let mut found = 0;
    let mut first = |name: &str, causes: &mut Causes| {
        found += 1;
        if found > 1 {
            causes.forbidden(&path.child(name), "may not specify more than 1 handler type");
        }
        found == 1
    };
    if let Some(exec) = handler.exec
        && first("exec", causes)
        && exec.command.is_empty()
    {
        causes.required(&path.child("exec").child("command"), "");
    }
    if let Some(http) = handler.http_get
        && first("httpGet", causes)
    {
        validate_http_get(http, &path.child("httpGet"), causes);
    }
    if let Some(tcp) = handler.tcp_socket
        && first("tcpSocket", causes)
    {
        validate_port(&tcp.port, &path.child("tcpSocket").child("port"), causes);
    }
    if let Some(grpc) = handler.grpc
        && first("grpc", causes)
    {
        validate_port(&IntOrString::Int(grpc.port), &path.child("grpc").child("port"), causes);
    }
    if let Some(sleep) = handler.sleep
        && first("sleep", causes)
    {
        validate_sleep(sleep, handler.grace, &path.child("sleep"), causes);
    }
    if found == 0 {
        causes.required(path, "must specify a handler type");
    }
}

fn validate_http_get(http: &HttpGetAction, path: &FieldPath, causes: &mut Causes) {
    if http.path.is_empty() {
        causes.required(&path.child("path"), "");
    }
    validate_port(&http.port, &path.child("port"), causes);
    if !["HTTP", "HTTPS"].contains(&http.scheme.as_str()) {
        causes.not_supported(&path.child("scheme"), &http.scheme, &["HTTP", "HTTPS"]);
    }
    for header in &http.http_headers {
        causes.invalid_each(&path.child("httpHeaders"), &header.name, names::http_header_name(&header.name));
    }
}

/// A port's number or name.
/// Models ValidatePortNumOrName.
pub fn validate_port(port: &IntOrString, path: &FieldPath, causes: &mut Causes) {
    match port {
        IntOrString::Int(number) => causes.in_range(path, i64::from(*number), 1..=65535),
        IntOrString::Text(name) => causes.invalid_each(path, name, names::port_name(name)),
    }
}

/// Models validateSleepAction; a pause of 0 needs a feature gate that is off in 1.32.
fn validate_sleep(sleep: &Value, grace: Option<i64>, path: &FieldPath, causes: &mut Causes) {
    let (seconds, Some(grace)) = (number(sleep, "seconds").unwrap_or_default(), grace) else { return };
    if seconds <= 0 || seconds > grace {
        let detail = format!(
            "must be greater than 0 and less than terminationGracePeriodSeconds ({grace}). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep."
        );
        causes.invalid(path, seconds, detail);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Json;

    /// A probe with its defaults, and what is wrong with it.
    fn texts(probe: Value, used: ProbeUse) -> Vec<String> {
        let mut whole = json!({"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3});
        for (key, value) in probe.as_object().into_iter().flatten() {
            whole[key] = value.clone();
        }
        let mut causes = Causes::default();
        validate_probe(&Probe::read(&whole), used, &FieldPath::new("p"), &mut causes);
        causes.into_vec().iter().map(|cause| cause.to_string()).collect()
    }

    #[test]
    fn handlers() {
        let http = json!({"path": "/", "port": 80, "scheme": "HTTP"});
        let table = [
            (json!({"httpGet": http}), vec![]),
            (json!({}), vec!["p: Required value: must specify a handler type"]),
            (json!({"httpGet": http, "exec": {"command": ["ls"]}}), vec![
                "p.httpGet: Forbidden: may not specify more than 1 handler type",
            ]),
            (json!({"exec": {}}), vec!["p.exec.command: Required value"]),
            (json!({"tcpSocket": {"port": 65536}}), vec![
                "p.tcpSocket.port: Invalid value: 65536: must be between 1 and 65535, inclusive",
            ]),
            (json!({"grpc": {"port": 0}}), vec!["p.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive"]),
            (json!({"httpGet": {"path": "/", "port": "8080", "scheme": "FTP"}}), vec![
                "p.httpGet.port: Invalid value: \"8080\": must contain at least one letter (a-z)",
                "p.httpGet.scheme: Unsupported value: \"FTP\": supported values: \"HTTP\", \"HTTPS\"",
            ]),
            (json!({"httpGet": http, "periodSeconds": -1, "initialDelaySeconds": -2}), vec![
                "p.initialDelaySeconds: Invalid value: -2: must be greater than or equal to 0",
                "p.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
            ]),
        ];
        for (probe, expected) in table {
            assert_eq!(texts(probe.clone(), ProbeUse::Liveness), expected, "{probe}");
        }
    }

    #[test]
    fn thresholds_and_grace() {
        let two = json!({"exec": {"command": ["ls"]}, "successThreshold": 2});
        assert_eq!(texts(two.clone(), ProbeUse::Readiness), [""; 0]);
        for used in [ProbeUse::Liveness, ProbeUse::Startup] {
            assert_eq!(texts(two.clone(), used), ["p.successThreshold: Invalid value: 2: must be 1"]);
        }
        let grace = |seconds: i64| json!({"exec": {"command": ["ls"]}, "terminationGracePeriodSeconds": seconds});
        assert_eq!(texts(grace(5), ProbeUse::Liveness), [""; 0]);
        assert_eq!(texts(grace(0), ProbeUse::Liveness), [
            "p.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0",
        ]);
        assert_eq!(texts(grace(5), ProbeUse::Readiness), [
            "p.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes",
        ]);
    }

    #[test]
    fn hooks() {
        let lifecycle = json!({"postStart": {}, "preStop": {"sleep": {"seconds": 40}}});
        let mut causes = Causes::default();
        validate_lifecycle(&Lifecycle::read(&lifecycle), Some(30), &FieldPath::new("l"), &mut causes);
        let texts: Vec<String> = causes.into_vec().iter().map(|cause| cause.to_string()).collect();
        assert_eq!(texts.len(), 2);
        assert_eq!(texts[0], "l.postStart: Required value: must specify a handler type");
        assert!(texts[1].starts_with("l.preStop.sleep: Invalid value: 40: must be greater than 0 and less than"));
    }
}
