//! Podscape: a Kubernetes cluster on a virtual clock.
