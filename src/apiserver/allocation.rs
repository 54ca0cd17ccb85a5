//! Which addresses and node ports are given to services. An address or a port that somebody asks for must be in its range and free;
//! otherwise one is drawn at random from the upper part of the range, so that the lower part stays for those who ask.
//! Models pkg/registry/core/service/{ipallocator,portallocator} and storage/alloc.go. Left out: addresses of IPv6, repair loops.

use std::net::Ipv4Addr;

use super::validation::{Causes, FieldPath, GoSyntax, validate_cluster_ips};
use crate::api::{ApiError, HEADLESS, Kind, Object, Reason, Service, ServiceSpec};
use crate::base::{LargeSet, Name, Random, SmallMap};

/// The addresses of services: 10.96.0.0/12, as kubeadm sets it.
const NETWORK: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 0);
const PREFIX: u32 = 12;
/// The range of node ports.
const FIRST_PORT: u32 = 30_000;
const LAST_PORT: u32 = 32_767;

/// A range of numbers, and which of them are taken.
#[derive(Clone, Debug)]
struct Range {
    first: u32,
    count: u32,
    /// So many at its beginning are drawn last.
    reserved: u32,
    taken: LargeSet<u32>,
}

/// Why a number was not given.
enum Refusal {
    Taken,
    OutOfRange,
}

impl Range {
    fn take(&mut self, number: u32) -> Result<(), Refusal> {
        if !(self.first..self.first + self.count).contains(&number) {
            return Err(Refusal::OutOfRange);
        }
        if self.taken.insert(number) { Ok(()) } else { Err(Refusal::Taken) }
    }

    /// Starts at a random place of the upper part and takes the next that is free; the lower part comes last.
    fn draw(&mut self, random: &mut Random) -> Option<u32> {
        let upper = self.count - self.reserved;
        for (from, count) in [(self.reserved, upper), (0, self.reserved)] {
            if count == 0 {
                continue;
            }
            let start = random.below(u64::from(count)) as u32;
            let places = (0..count).map(|step| from + (start + step) % count);
            if let Some(found) = places.map(|place| self.first + place).find(|number| self.taken.insert(*number)) {
                return Some(found);
            }
        }
        None
    }
}

/// How much of a range of addresses stays for those who ask. Models calculateRangeOffset of the ipallocator.
fn reserved_addresses(size: u32) -> u32 {
    if size <= 16 { 0 } else { (size / 16).clamp(16, 256) }
}

/// How much of a range of ports stays for those who ask. Models calculateRangeOffset of the portallocator.
fn reserved_ports(size: u32) -> u32 {
    if size <= 16 { 0 } else { (size / 32).clamp(16, 128) }
}

/// What is given to services.
#[derive(Clone, Debug)]
pub(super) struct Allocations {
    addresses: Range,
    ports: Range,
    random: Random,
}

impl Allocations {
    pub fn new(seed: u64) -> Allocations {
        let size = 1 << (32 - PREFIX);
        let ports = LAST_PORT - FIRST_PORT + 1;
        Allocations {
            // Neither the network's own address nor its last.
            addresses: Range { first: u32::from(NETWORK) + 1, count: size - 2, reserved: reserved_addresses(size), taken: LargeSet::default() },
            ports: Range { first: FIRST_PORT, count: ports, reserved: reserved_ports(ports), taken: LargeSet::default() },
            random: Random::stream(seed, "allocations"),
        }
    }

    /// The state of its random stream, for digests.
    pub fn random_state(&self) -> u64 {
        self.random.state()
    }

    /// Takes account of what became of a service: what it does not hold any more is free.
    pub fn on_change(&mut self, old: Option<&Object>, new: Option<&Object>) {
        let service = |object: Option<&Object>| if let Some(Object::Service(service)) = object { Some(service.clone()) } else { None };
        let (old, new) = (service(old), service(new));
        if let Some(old) = &old {
            for address in addresses_of(old) {
                self.addresses.taken.remove(&address);
            }
            for port in ports_of(old) {
                self.ports.taken.remove(&port);
            }
        }
        if let Some(new) = &new {
            for address in addresses_of(new) {
                self.addresses.taken.insert(address);
            }
            for port in ports_of(new) {
                self.ports.taken.insert(port);
            }
        }
    }

    /// Gives a service what it needs and has not got. `old` is its stored state. What a refused service was given is not free again until the
    /// caller says so.
    pub fn allocate(&mut self, service: &mut Service, old: Option<&Service>) -> Result<(), ApiError> {
        set_families(service, old)?;
        self.give_address(service, old)?;
        self.give_ports(service, old)?;
        self.give_health_port(service, old)
    }

    fn give_address(&mut self, service: &mut Service, old: Option<&Service>) -> Result<(), ApiError> {
        if !service.needs_address() || service.is_headless() || old.is_some_and(|old| old.needs_address() && !old.spec.cluster_ips.is_empty()) {
            return Ok(());
        }
        let asked = service.spec.cluster_ips.first().cloned().unwrap_or_default();
        if asked.is_empty() {
            let Some(address) = self.addresses.draw(&mut self.random) else {
                return Err(internal("failed to allocate a serviceIP: range is full"));
            };
            let text = Name::from(Ipv4Addr::from(address).to_string());
            service.spec.cluster_ip = text.clone();
            service.spec.cluster_ips = vec![text];
            return Ok(());
        }
        let taken = match asked.parse::<Ipv4Addr>() {
            Ok(address) => self.addresses.take(u32::from(address)),
            Err(_) => Err(Refusal::OutOfRange),
        };
        let why = match taken {
            Ok(()) => return Ok(()),
            Err(Refusal::Taken) => "provided IP is already allocated".to_owned(),
            Err(Refusal::OutOfRange) => {
                format!("the provided IP ({asked}) is not in the valid range. The range of valid IPs is {NETWORK}/{PREFIX}")
            }
        };
        let mut causes = Causes::default();
        let value = GoSyntax::strings(service.spec.cluster_ips.iter().map(Name::as_str));
        causes.invalid(&FieldPath::new("spec").child("clusterIPs"), value, format!("failed to allocate IP {asked}: {why}"));
        Err(ApiError::invalid(Kind::Service, &service.meta.name, causes.into_vec()))
    }

    /// Ports of one number (of two protocols) share their node port.
    /// Models initNodePorts and updateNodePorts.
    fn give_ports(&mut self, service: &mut Service, old: Option<&Service>) -> Result<(), ApiError> {
        if !service.has_node_ports() {
            return Ok(());
        }
        let held: Vec<u32> = old.into_iter().flat_map(ports_of).collect();
        let draws = service.spec.kind == "NodePort" || service.spec.allocate_load_balancer_node_ports != Some(false);
        let mut given: SmallMap<i32, i32> = SmallMap::new();
        let mut seen: Vec<i32> = Vec::new();
        for at in 0..service.spec.ports.len() {
            let (port, asked) = (service.spec.ports[at].port, service.spec.ports[at].node_port);
            if asked == 0 && !draws {
                continue;
            }
            let twin = given.get(&port).copied();
            let wanted = match (asked, twin) {
                (0, None) => service.spec.ports.iter().find(|other| other.port == port && other.node_port != 0).map(|other| other.node_port),
                (0, twin) => twin,
                _ => Some(asked),
            };
            let number = match wanted {
                Some(number) if twin == Some(number) || (held.contains(&(number as u32)) && !seen.contains(&number)) => number,
                Some(number) => self.take_port(service, at, number)?,
                None => match self.ports.draw(&mut self.random) {
                    Some(number) => number as i32,
                    None => return Err(internal("failed to allocate a nodePort: range is full")),
                },
            };
            seen.push(number);
            service.spec.ports[at].node_port = number;
            given.entry(port).or_insert(number);
        }
        Ok(())
    }

    fn take_port(&mut self, service: &Service, at: usize, number: i32) -> Result<i32, ApiError> {
        let why = match u32::try_from(number).map_err(|_| Refusal::OutOfRange).and_then(|number| self.ports.take(number)) {
            Ok(()) => return Ok(number),
            Err(refusal) => port_refusal(&refusal),
        };
        let mut causes = Causes::default();
        causes.invalid(&FieldPath::new("spec").child("ports").index(at).child("nodePort"), number, why);
        Err(ApiError::invalid(Kind::Service, &service.meta.name, causes.into_vec()))
    }

    fn give_health_port(&mut self, service: &mut Service, old: Option<&Service>) -> Result<(), ApiError> {
        let asked = service.spec.health_check_node_port;
        if !service.needs_health_port() || old.is_some_and(|old| old.needs_health_port() && old.spec.health_check_node_port == asked && asked != 0) {
            return Ok(());
        }
        if asked == 0 {
            let drawn = self.ports.draw(&mut self.random);
            let Some(number) = drawn else { return Err(internal("failed to allocate a HealthCheck NodePort: range is full")) };
            service.spec.health_check_node_port = number as i32;
            return Ok(());
        }
        match u32::try_from(asked).map_err(|_| Refusal::OutOfRange).and_then(|number| self.ports.take(number)) {
            Ok(()) => Ok(()),
            Err(refusal) => {
                let why = port_refusal(&refusal);
                Err(internal(&format!("failed to allocate requested HealthCheck NodePort {asked}: {why}")))
            }
        }
    }
}

fn port_refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Taken => "provided port is already allocated".to_owned(),
        Refusal::OutOfRange => {
            format!("provided port is not in the valid range. The range of valid ports is {FIRST_PORT}-{LAST_PORT}")
        }
    }
}

fn internal(why: &str) -> ApiError {
    ApiError::new(Reason::InternalError, format!("Internal error occurred: {why}"))
}

fn addresses_of(service: &Service) -> impl Iterator<Item = u32> {
    service.cluster_addresses().filter_map(|address| address.parse::<Ipv4Addr>().ok()).map(u32::from)
}

fn ports_of(service: &Service) -> impl Iterator<Item = u32> {
    let ports = service.spec.ports.iter().map(|port| port.node_port).chain([service.spec.health_check_node_port]);
    ports.filter(|port| *port != 0).map(|port| port as u32)
}

/// The families of a cluster that knows IPv4 alone.
/// Models storage/alloc.go initIPFamilyFields.
fn set_families(service: &mut Service, old: Option<&Service>) -> Result<(), ApiError> {
    // What it is to stand for has no address.
    if !service.needs_address() {
        return Ok(());
    }
    let mut causes = Causes::default();
    validate_cluster_ips(&service.spec, &mut causes);
    // Somebody else writes the endpoints, of whatever family.
    let headless_by_hand = service.spec.cluster_ip == HEADLESS && service.spec.selector.is_empty();
    let changed = old.is_none_or(|old| old.spec.ip_families != service.spec.ip_families || old.spec.ip_family_policy != service.spec.ip_family_policy);
    if causes.is_empty() && changed && !headless_by_hand {
        refuse_dual_stack(&service.spec, &mut causes);
    }
    if !causes.is_empty() {
        return Err(ApiError::invalid(Kind::Service, &service.meta.name, causes.into_vec()));
    }
    let spec = &mut service.spec;
    if spec.ip_family_policy.is_empty() {
        spec.ip_family_policy = Name::fixed(if headless_by_hand { "RequireDualStack" } else { "SingleStack" });
    }
    if spec.ip_families.is_empty() {
        spec.ip_families.push(Name::fixed("IPv4"));
    }
    if headless_by_hand && spec.ip_family_policy != "SingleStack" && spec.ip_families.len() == 1 {
        let other = if spec.ip_families[0] == "IPv4" { "IPv6" } else { "IPv4" };
        spec.ip_families.push(Name::fixed(other));
    }
    Ok(())
}

fn refuse_dual_stack(spec: &ServiceSpec, causes: &mut Causes) {
    let path = FieldPath::new("spec");
    for (at, family) in spec.ip_families.iter().enumerate().filter(|(_, family)| **family == "IPv6") {
        causes.invalid(&path.child("ipFamilies").index(at), family, "not configured on this cluster");
    }
    if spec.ip_family_policy == "RequireDualStack" {
        causes.invalid(&path.child("ipFamilyPolicy"), &spec.ip_family_policy, "this cluster is not configured for dual-stack services");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_part_of_a_range_is_drawn_last() {
        for (size, expected) in [(10, 0), (16, 0), (128, 16), (2048, 64), (2768, 86), (8192, 128), (65536, 128)] {
            assert_eq!(reserved_ports(size), expected, "{size} ports");
        }
        for (size, expected) in [(16, 0), (256, 16), (4096, 256), (65536, 256), (1 << 20, 256)] {
            assert_eq!(reserved_addresses(size), expected, "{size} addresses");
        }
        let mut random = Random::stream(1, "test");
        let mut range = Range { first: 100, count: 20, reserved: 16, taken: LargeSet::default() };
        let drawn: Vec<u32> = std::iter::from_fn(|| range.draw(&mut random)).collect();
        assert!(drawn[..4].iter().all(|number| (116..120).contains(number)), "{drawn:?}");
        assert!(drawn[4..].iter().all(|number| (100..116).contains(number)), "{drawn:?}");
        assert_eq!(drawn.len(), 20);
        assert!(matches!(range.take(105), Err(Refusal::Taken)));
        assert!(matches!(range.take(120), Err(Refusal::OutOfRange)));
    }
}
