//! The world below the API: machines, the images on them, the containers they run. Knows nothing of the store.

mod catalogue;
mod clients;
mod commands;
mod container;
mod files;
mod image;
mod log;
mod machine;
mod naming;
mod own_image;
mod prober;
mod program;
mod serving;
mod shell;
mod url;
mod wire;

pub use catalogue::image_names;
pub use clients::{Process, Resolver, away};
pub use commands::{Asker, Progress, Sent, exec_failure, missing_command};
pub use container::{Exit, Inside, Instance, InstanceState, LOST, Sandbox};
pub use files::{Disk, Entry, Files};
pub use image::{Fails, Image, Kit, Life, Manner, OnTerm, Server, invalid_name, pull_error};
pub use log::Log;
pub use machine::{Machine, PodName, Power};
pub use own_image::OwnImage;
pub use prober::{ProbeKind, ProbeResult, ProbeWorker, Probes};
pub use naming::{Naming, cluster_resolver};
pub use program::Which;
pub use serving::http_date;
pub use shell::is_unfinished;
pub use shell::{Away, Console, End, Errand, Other, Recalled, Shell, Stdin, Surroundings, Typed};
pub use url::{BadUrl, Scheme, Url};
pub use wire::{
    Answer, Ask, Certificate, HttpRequest, HttpResponse, Message, Question, Record, RecordData, RecordKind, Reply, ResponseCode, Served,
};
