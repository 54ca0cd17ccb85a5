//! kubectl against a cluster: what each verb prints, for each kind. Names, addresses and times that a cluster draws are folded.

mod kubectl {
    pub mod lab;

    mod client_side;
    mod configuration;
    mod create_and_apply;
    mod delete_and_wait;
    mod discovery;
    mod describe;
    mod documented;
    mod generators;
    mod fuzz;
    mod get;
    mod golden;
    mod kustomize;
    mod mistakes;
    mod rejected;
    mod round_trip;
    mod services;
    mod settings;
    mod session;
    mod sources;
    mod stateful_set;
    mod terminated;
    mod shell;
    mod typing;
    mod update;
    mod watch;
}
