//! What goes on in a running container: it starts, answers requests, runs commands, prints, and is told to stop.

use std::rc::Rc;

use super::OwnImage;
use super::clients::Process;
use super::container::{Exit, Inside, Instance, InstanceState, OwnProgram, Sandbox};
use super::files::{Disk, Files};
use super::image::{Fails, Image, Life, Manner, OnTerm, Server, words};
use super::log::Log;
use super::serving::{self, Asked, Page};
use super::shell::{Other, Stdin, formatted_time};
use super::wire::{HttpRequest, HttpResponse, Served};
use crate::api::{Container, Quantity, VolumeMount};
use crate::base::{SimDuration, SimTime};

/// Which log of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Of the one that is there.
    Present,
    /// Of the one before.
    Previous,
}

/// A program comes up to its size in about this time.
const GROWTH: SimDuration = SimDuration::from_millis(250);
/// A program that obeys SIGTERM takes about this long.
const OBEYS: SimDuration = SimDuration::from_millis(60);
/// So many lines of a log that is made when it is read.
const MADE_LINES: u64 = 500;

fn inside_of(container: &Container, title: &str) -> Inside {
    let mounts: Vec<(String, String)> =
        container.volume_mounts.iter().map(|mount| (mount.mount_path.trim_end_matches('/').to_owned(), volume_path(mount))).collect();
    let other = if Image::find(&container.image).is_stand_in() { Other::Serve } else { Other::Missing };
    Inside {
        files: Files::new(),
        log: Log::default(),
        requests: 0,
        process: None,
        sent: Vec::new(),
        last_sent: 0,
        obeys: None,
        terminate_at: None,
        mounts: mounts.into(),
        sealed: Rc::from([]),
        other,
        kit: Image::find(&container.image).kit(),
        title: title.into(),
        variables: None,
    }
}

/// The place that is mounted: a volume, or a path in it.
fn volume_path(mount: &VolumeMount) -> String {
    let path = mount.rest.get("subPath").and_then(serde_json::Value::as_str).unwrap_or_default();
    if path.is_empty() { mount.name.to_string() } else { format!("{}/{}", mount.name, path.trim_matches('/')) }
}

impl Instance {
    pub(super) fn inside(&mut self, container: &Container) -> &mut Inside {
        self.inside.get_or_insert_with(|| Box::new(inside_of(container, &words(container).join(" "))))
    }

    /// Starts the program. `variables` are those of its environment.
    pub fn run_program(&mut self, container: &Container, life: Life, variables: impl FnOnce() -> Vec<(String, String)>, now: SimTime) {
        self.previous_log = self.inside.take().map(|inside| Rc::new(inside.log));
        let exit = match life {
            Life::Sleeper(time) => Some(Exit::with(0, now + time)),
            Life::Eater(bytes) => {
                let limit = container.resources.limits.get("memory").map_or(i64::MAX, |limit: &Quantity| limit.milli() / 1000);
                (bytes > limit).then(|| Exit::out_of_memory(now + GROWTH))
            }
            Life::Shell => {
                let words: Vec<String> = match words(container).as_slice() {
                    [] => vec!["sh".to_owned()],
                    words => words.iter().map(|word| (*word).to_owned()).collect(),
                };
                let mut process = Process::new(&words, &variables(), now);
                if container.rest.get("stdin").and_then(serde_json::Value::as_bool) == Some(true) {
                    process.shell.set_input(Stdin::Typed);
                }
                self.inside(container).process = Some(process);
                None
            }
            Life::Server(_) | Life::Printer(..) | Life::NotFound => None,
        };
        self.told = false;
        self.state = InstanceState::Running { since: now, exit };
    }

    /// Starts the program of an image that the scenario defines. `jitter`: so much later than it says does it listen.
    pub fn run_own(&mut self, container: &Container, image: &Rc<OwnImage>, jitter: SimDuration, now: SimTime) {
        self.previous_log = self.inside.take().map(|inside| Rc::new(inside.log));
        let limit = container.resources.limits.get("memory").map_or(i64::MAX, |limit: &Quantity| limit.milli() / 1000);
        let exits = image.exits.map(|(after, code)| Exit::with(code, now + after));
        let killed = image.exceeds(limit).map(|after| Exit::out_of_memory(now + after + GROWTH));
        let first = exits.into_iter().chain(killed).min_by_key(|exit| exit.at);
        let listens_at = now + image.starts_after + jitter;
        self.own = Some(Box::new(OwnProgram { image: image.clone(), listens_at, listens: listens_at <= now }));
        if !image.prints.is_empty() {
            self.inside(container).log.print(&format!("{}\n", image.prints), now);
        }
        self.told = false;
        self.state = InstanceState::Running { since: now, exit: first };
    }

    /// What is mounted from within a volume that is written again and again stays as it is now, whatever becomes of the volume.
    pub fn pin_parts(&mut self, container: &Container, volumes: &Files, is_rewritten: &dyn Fn(&str) -> bool) {
        let is_part = |mount: &VolumeMount| mount.rest.get("subPath").is_some();
        if !container.volume_mounts.iter().any(is_part) {
            return;
        }
        let inside = self.inside(container);
        let mut left: Vec<(String, String)> = Vec::new();
        for (path, place) in inside.mounts.iter() {
            let changes = place.split_once('/').is_some_and(|(volume, _)| is_rewritten(volume));
            let parts = |name: &&String| changes && name[1..].strip_prefix(place.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let names: Vec<&String> = volumes.keys().filter(parts).collect();
            if names.is_empty() {
                left.push((path.clone(), place.clone()));
            }
            for name in names {
                inside.files.extend([(format!("{path}{}", &name[place.len() + 1..]), volumes[name].clone())]);
            }
        }
        inside.mounts = left.into();
    }

    /// Lets nothing be written below these paths.
    pub fn seal(&mut self, container: &Container, paths: Vec<String>) {
        if !paths.is_empty() {
            self.inside(container).sealed = paths.into();
        }
    }

    /// Keeps the variables that it was started with.
    pub fn keep_variables(&mut self, container: &Container, variables: Vec<(String, String)>) {
        self.inside(container).variables = Some(variables.into());
    }

    /// The variables that were kept.
    pub fn kept_variables(&self) -> Option<Vec<(String, String)>> {
        self.inside.as_ref()?.variables.as_ref().map(|all| all.to_vec())
    }

    /// Tells it to stop at `term`, and to die at `kill` at the latest.
    pub fn stop(&mut self, container: &Container, term: SimTime, kill: SimTime) {
        self.told = true;
        self.terminate(container, term);
        self.end_by(Exit::with(137, kill));
    }

    /// SIGTERM: what handles it obeys, what does not goes on.
    fn terminate(&mut self, container: &Container, at: SimTime) {
        let obeys = self.obeys(container);
        self.signal(obeys, at);
    }

    /// What its server ends with on SIGTERM; None if it does not end.
    pub(super) fn obeys(&self, container: &Container) -> Option<i32> {
        match self.server(container).filter(|_| !self.has_shell())?.on_term {
            OnTerm::Exit(code) => Some(code),
            OnTerm::Ignore => None,
        }
    }

    /// SIGTERM to process 1, which is a server that obeys with this code, or a shell.
    pub(super) fn signal(&mut self, obeys: Option<i32>, at: SimTime) {
        if let Some(inside) = self.inside.as_mut().filter(|inside| inside.process.is_some()) {
            inside.terminate_at = Some(at);
        }
        if self.own.as_ref().is_some_and(|own| !own.image.ignores_sigterm) {
            self.end_by(Exit::with(0, at + OBEYS));
        }
        if let Some(code) = obeys {
            self.end_by(Exit::with(code, at + OBEYS));
        }
    }

    fn has_shell(&self) -> bool {
        self.inside.as_ref().is_some_and(|inside| inside.process.is_some())
    }

    /// A running program ends then, unless it ends before; one that has not begun never does.
    pub fn end_by(&mut self, planned: Exit) {
        match &mut self.state {
            InstanceState::Running { exit, .. } => {
                if exit.is_none_or(|exit| exit.at > planned.at) {
                    *exit = Some(planned);
                }
            }
            InstanceState::Pulling { .. } | InstanceState::Starting { .. } | InstanceState::Failed => self.state = InstanceState::Idle,
            InstanceState::Idle | InstanceState::Exited(_) => {}
        }
    }

    /// The server in it, if one runs.
    fn server(&self, container: &Container) -> Option<Server> {
        if !self.is_running() || self.own.is_some() {
            return None;
        }
        match Image::find(&container.image).life(container) {
            Life::Server(server) => Some(server),
            Life::Shell => {
                // A shell that has started the image's own server.
                let plain = Container { image: container.image.clone(), ..Container::default() };
                let serves = self.inside.as_ref().and_then(|inside| inside.process.as_ref()).is_some_and(|process| process.shell.serves());
                match Image::find(&container.image).life(&plain) {
                    Life::Server(server) if serves => Some(server),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether something listens on a port.
    pub fn listens(&self, container: &Container, port: i32) -> bool {
        if let Some(own) = &self.own {
            let declared = || container.ports.iter().any(|declared| declared.container_port == port);
            let ports = &own.image.ports;
            return self.is_running() && own.listens && if ports.is_empty() { declared() } else { ports.contains(&port) };
        }
        self.server(container).is_some_and(|server| server.listens(container, port))
    }

    /// Whether what listens on a port answers gRPC health checks. A stand-in, of which nothing is known, does.
    pub fn speaks_grpc(&self, container: &Container, port: i32) -> bool {
        let image = Image::find(&container.image);
        self.listens(container, port) && (self.own.is_some() || image.is_stand_in() || self.server(container).is_some_and(|server| server.manner == Manner::Grpc))
    }

    /// A request to an image that the scenario defines.
    fn request_own(&mut self, container: &Container, host: &str, request: &HttpRequest) -> Option<Served> {
        let image = self.own.as_ref()?.image.clone();
        let number = match image.fails {
            Fails::Never | Fails::After(_) => 0,
            Fails::From(_) | Fails::Each(_) => {
                let inside = self.inside(container);
                inside.requests += 1;
                inside.requests
            }
        };
        let (response, took) = image.answer(request, host);
        let response = if image.fails.is_failed(number) { HttpResponse::new(500, "Internal Server Error\n") } else { response };
        let length = response.body.len().to_string();
        Some(Served { response: response.with("Content-Length", length), took })
    }

    /// What is where a request points, with the volumes of the pod.
    fn page(&mut self, container: &Container, volumes: &mut Option<Box<Files>>, path: &str) -> Page {
        let inside = self.inside(container);
        let mut none = Files::new();
        let shared = volumes.as_deref_mut().unwrap_or(&mut none);
        serving::page(&mut Disk { own: &mut inside.files, shared, mounts: &inside.mounts, given: &[], sealed: &[] }, path)
    }

    /// An HTTP request from an address (`10.244.1.1:32768`) to the container whose pod has this host name. None if nothing listens there.
    fn request(&mut self, container: &Container, (host, port): (&str, i32), from: &str, request: &HttpRequest, page: &Page, now: SimTime) -> Option<Served> {
        if self.own.is_some() {
            return if self.listens(container, port) { self.request_own(container, host, request) } else { None };
        }
        let server = self.server(container).filter(|server| server.listens(container, port))?;
        if let (Fails::After(seconds), InstanceState::Running { since, .. }) = (server.fails, &self.state)
            && now.since(*since).seconds() >= seconds
        {
            let text = format!("error: {}.{:06}", now.since(*since).seconds(), now.since(*since).micros() % 1_000_000);
            return Some(Served { response: HttpResponse::new(500, text), took: SimDuration::from_micros(200) });
        }
        let client = from.rsplit_once(':').map_or(from, |(address, _)| address);
        if server.manner == Manner::Nginx {
            return Some(self.request_nginx(container, &server, request, (host, client), page, now));
        }
        if matches!(server.fails, Fails::Never | Fails::After(_)) && !server.prints_requests {
            let none = Files::new();
            let files = self.inside.as_ref().map_or(&none, |inside| &inside.files);
            return Some(serving::answer(&server, request, &Asked { page, host, client, files, now }));
        }
        let inside = self.inside(container);
        inside.requests += 1;
        let number = inside.requests;
        if server.prints_requests {
            inside.log.print(&format!("Received request from {from}\n"), now);
        }
        let fails = server.fails.is_failed(number);
        let asked = Asked { page, host, client, files: &inside.files, now };
        Some(if fails { serving::unwell(&asked) } else { serving::answer(&server, request, &asked) })
    }

    /// A request to nginx, which prints a line for each.
    fn request_nginx(&mut self, container: &Container, server: &Server, request: &HttpRequest, (host, client): (&str, &str), page: &Page, now: SimTime) -> Served {
        let inside = self.inside(container);
        inside.requests += 1;
        let asked = Asked { page, host, client, files: &inside.files, now };
        let served = serving::answer(server, request, &asked);
        let lines = serving::nginx_lines(request, &served.response, &asked, inside.requests);
        inside.log.print(&lines, now);
        served
    }

    /// What it printed, with times; None if there is none of that.
    pub fn log(&self, container: &Container, which: Which, now: SimTime) -> Option<Vec<(SimTime, Rc<str>)>> {
        let (start, end) = match (&self.state, which) {
            (InstanceState::Running { since, .. }, Which::Present) => (*since, None),
            (InstanceState::Exited(ended), Which::Present) => (ended.started, Some(ended)),
            (InstanceState::Exited(ended), Which::Previous) if self.waiting.is_some() => (ended.started, Some(ended)),
            _ => self.last.as_ref().map(|ended| (ended.started, Some(ended)))?,
        };
        let is_present = match (&self.state, end) {
            (InstanceState::Running { .. }, None) => true,
            (InstanceState::Exited(present), Some(ended)) => Rc::ptr_eq(present, ended),
            // Between two: what is there is still that of the last.
            (InstanceState::Running { .. } | InstanceState::Exited(_), _) => false,
            _ => true,
        };
        let stored = if is_present { self.inside.as_ref().map(|inside| &inside.log) } else { self.previous_log.as_deref() };
        let until = end.map_or(now, |end| end.finished);
        let well = end.is_some_and(|end| end.exit_code == 0);
        let mut lines = made_lines(container, start, until, well);
        lines.extend(stored.into_iter().flat_map(Log::lines));
        Some(lines)
    }
}

impl Sandbox {
    /// An HTTP request from an address to a port of one of its containers. None if nothing listens there.
    pub fn request(&mut self, index: usize, container: &Container, port: i32, from: &str, request: &HttpRequest, now: SimTime) -> Option<Served> {
        let host = self.host_name().clone();
        let Sandbox { instances, volumes, .. } = self;
        let instance = instances.get_mut(index)?;
        let serves_files = instance.server(container).is_some_and(|server| server.manner == Manner::Nginx);
        let is_known = !container.volume_mounts.is_empty() || instance.inside.is_some();
        let page = if serves_files && is_known { instance.page(container, volumes, request.path()) } else { Page::Usual };
        instance.request(container, (&host, port), from, request, &page, now)
    }
}

/// The lines that follow from the times alone.
fn made_lines(container: &Container, start: SimTime, until: SimTime, ended_well: bool) -> Vec<(SimTime, Rc<str>)> {
    match Image::find(&container.image).life(container) {
        Life::Server(server) if server.manner == Manner::Nginx => {
            let lines = serving::nginx_start(container.command.is_empty(), start);
            lines.into_iter().map(|line| (start, Rc::from(line))).collect()
        }
        Life::Server(server) if !server.greeting.is_empty() => vec![(start, Rc::from(server.greeting))],
        Life::Sleeper(_) => {
            let line = |at: SimTime, text: &str| (at, Rc::from(format!("{} {text}", formatted_time(at))));
            let last = ended_well.then(|| line(until, "Finished succesfully"));
            [line(start, "Batch job starting")].into_iter().chain(last).collect()
        }
        Life::Printer(text, every) if !text.is_empty() => {
            let count = until.since(start).micros() / every.micros();
            let at = |n: u64| start + SimDuration::from_micros(n * every.micros());
            (count.saturating_sub(MADE_LINES)..=count).map(|n| (at(n), Rc::from(text))).collect()
        }
        _ => Vec::new(),
    }
}
