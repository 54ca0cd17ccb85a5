//! Podscape: a Kubernetes 1.32 cluster on a virtual clock.
//!
//! The ground state is a seed, a base cluster and a journal of what the user did and when. Everything else follows from it:
//! the simulator is a deterministic fold over wake-ups. Modules stand in reading order; each names only those of lower rank
//! (`tests/tidy.rs` holds the table).
//!
//! Laws:
//! - a consequence is strictly later than its cause, so every instant is finite;
//! - a command at `t` applies after all wake-ups at `t`, so live use, replay and any slicing of a run give the same order;
//! - only [`apiserver`] changes the store; everyone else reads a view.

pub mod base;

pub mod api;

pub mod manifest;

pub mod store;

pub mod apiserver;

pub mod runtime;

pub mod controllers;

pub mod scheduler;

pub mod kubelet;

pub mod network;

pub mod engine;

pub mod kubectl;

pub mod scenario;

pub mod view;

pub mod simulator;
