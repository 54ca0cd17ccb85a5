//! Network interfaces and routes as `ip`, `ifconfig` and `route` print them. Models what the CNI's bridge and host-local plugins set up:
//! a bridge cni0 on each node, one pair of interfaces per pod, routes between the nodes; iproute2's words on machines, busybox's in pods.
//! Left out: counters, neighbours, IPv6 but for the addresses that every interface has.

use std::fmt::Write;
use std::net::Ipv4Addr;

use crate::base::Name;
use crate::engine::World;
use crate::network::{CLIENT, CONTROL_PLANE, Place};
use crate::runtime::PodName;

/// An interface.
struct Interface {
    index: usize,
    name: String,
    /// The number of its other end.
    peer: Option<usize>,
    /// The bridge that it belongs to.
    master: &'static str,
    /// Zero for lo.
    hardware: [u8; 6],
    address: Option<(Ipv4Addr, u8)>,
}

/// A route: where to, by whom, over which interface, and the own address there.
struct Way {
    to: Option<(Ipv4Addr, u8)>,
    via: Option<Ipv4Addr>,
    interface: &'static str,
    own: Option<Ipv4Addr>,
}

/// What a place sees of the network.
struct Wiring {
    interfaces: Vec<Interface>,
    ways: Vec<Way>,
}

/// The way to all that is on an interface's own network.
fn direct(interface: &'static str, own: Ipv4Addr) -> Way {
    Way { to: Some((network_of(own, 24), 24)), via: None, interface, own: Some(own) }
}

/// A hardware address as the CNI once derived it from an IP address.
fn hardware(prefix: [u8; 2], ip: Ipv4Addr) -> [u8; 6] {
    let [a, b, c, d] = ip.octets();
    [prefix[0], prefix[1], a, b, c, d]
}

const POD: [u8; 2] = [0x0A, 0x58];
const MACHINE: [u8; 2] = [0x52, 0x54];

fn netmask(bits: u8) -> Ipv4Addr {
    Ipv4Addr::from(u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or_default())
}

fn network_of(ip: Ipv4Addr, bits: u8) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(ip) & u32::from(netmask(bits)))
}

/// `veth1a2b3c4d`
fn veth(name: &PodName) -> String {
    let bytes = name.0.bytes().chain("/".bytes()).chain(name.1.bytes());
    let hash = bytes.fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("veth{hash:08x}")
}

impl World {
    /// What `ip`, `ifconfig`, `route` and `netstat -r` print at a place. An error is the exit code and the text.
    pub(super) fn interfaces(&mut self, place: &Place, tool: &str, args: &[String]) -> Result<String, (i32, String)> {
        let is_pod = matches!(place, Place::Pod(..)) && !self.is_on_host(place);
        let plain: Vec<&str> = args.iter().map(String::as_str).filter(|arg| !arg.starts_with('-')).collect();
        let wanted = plain.iter().skip(1).find(|word| !matches!(**word, "show" | "list" | "ls" | "dev" | "get")).copied();
        let Wiring { interfaces, ways } = self.wiring(place);
        let chosen = |name: Option<&str>| -> Result<Vec<&Interface>, (i32, String)> {
            let found: Vec<&Interface> = interfaces.iter().filter(|one| name.is_none_or(|name| one.name == name)).collect();
            match name.filter(|_| found.is_empty()) {
                Some(name) if is_pod => Err((1, format!("ip: can't find device '{name}'\n"))),
                Some(name) => Err((1, format!("Device \"{name}\" does not exist.\n"))),
                None => Ok(found),
            }
        };
        let begins = |word: &str| plain.first().is_some_and(|first| word.starts_with(first));
        match tool {
            "ifconfig" => Ok(chosen(plain.first().copied())?.into_iter().map(ifconfig).collect()),
            "route" | "netstat" => Ok(table(&ways)),
            _ if plain.is_empty() => Err((255, "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n".to_owned())),
            _ if begins("address") => Ok(chosen(wanted)?.into_iter().map(|one| ip_address(one, is_pod)).collect()),
            _ if begins("link") => Ok(chosen(wanted)?.into_iter().map(|one| ip_link(one, is_pod)).collect()),
            _ if begins("route") => Ok(ways.iter().map(|way| ip_route(way, is_pod)).collect()),
            _ if is_pod => Err((1, format!("BusyBox v1.36.1 () multi-call binary.\n\nUsage: ip [OPTIONS] address|route|link|neigh|rule [ARGS]\nip: invalid argument '{}' to 'ip'\n", plain[0]))),
            _ => Err((1, format!("Object \"{}\" is unknown, try \"ip help\".\n", plain[0]))),
        }
    }

    fn is_on_host(&self, place: &Place) -> bool {
        let Place::Pod(namespace, name) = place else { return false };
        self.view().pod(namespace, name).is_some_and(|pod| pod.spec.host_network)
    }

    fn wiring(&self, place: &Place) -> Wiring {
        let lo = Interface { index: 1, name: "lo".to_owned(), peer: None, master: "", hardware: [0; 6], address: Some((Ipv4Addr::LOCALHOST, 8)) };
        let eth0 = |prefix, peer, ip| Interface { index: 2, name: "eth0".to_owned(), peer, master: "", hardware: hardware(prefix, ip), address: Some((ip, 24)) };
        let default = |via| Way { to: None, via: Some(via), interface: "eth0", own: None };
        let Some(ip) = self.address_of(place) else { return Wiring { interfaces: vec![lo], ways: Vec::new() } };
        let node = match place {
            Place::Node(node) => node.clone(),
            Place::Pod(namespace, name) => self.view().pod(namespace, name).map(|pod| pod.node_name.clone()).unwrap_or_default(),
            _ => return Wiring { interfaces: vec![lo, eth0(MACHINE, None, ip)], ways: vec![direct("eth0", CLIENT)] },
        };
        let pods = self.pods_of(&node);
        if let Place::Pod(namespace, name) = place
            && !self.is_on_host(place)
        {
            let own = (namespace.clone(), name.clone());
            let peer = pods.iter().position(|pod| *pod == own).map(|at| at + 4);
            let gateway = Ipv4Addr::from(u32::from(network_of(ip, 24)) + 1);
            return Wiring { interfaces: vec![lo, eth0(POD, peer, ip)], ways: vec![default(gateway), direct("eth0", ip)] };
        }
        let mut wiring = Wiring { interfaces: vec![lo, eth0(MACHINE, None, ip)], ways: vec![default(CONTROL_PLANE)] };
        self.wire_pods(&mut wiring, &node, &pods);
        wiring.ways.push(direct("eth0", ip));
        wiring
    }

    /// Adds the bridge of a node, the ends of its pods' cables, and the ways to the pods of all nodes.
    fn wire_pods(&self, wiring: &mut Wiring, node: &Name, pods: &[PodName]) {
        let range = |node: &Name| self.machine(node).map(|machine| Ipv4Addr::from(machine.pod_network())).unwrap_or(Ipv4Addr::UNSPECIFIED);
        let bridge = Ipv4Addr::from(u32::from(range(node)) + 1);
        let Wiring { interfaces, ways } = wiring;
        if !pods.is_empty() {
            interfaces.push(Interface { index: 3, name: "cni0".to_owned(), peer: None, master: "", hardware: hardware(POD, bridge), address: Some((bridge, 24)) });
        }
        for (index, pod) in (4..).zip(pods) {
            let hash = veth(pod);
            let tail = hash.bytes().rev().take(4).collect::<Vec<u8>>();
            let hardware = [0xA6, 0x1E, tail[0], tail[1], tail[2], tail[3]];
            interfaces.push(Interface { index, name: hash, peer: Some(2), master: "cni0", hardware, address: None });
        }
        for name in self.network().nodes.names() {
            let via = self.network().nodes.address(name).filter(|_| name != node);
            match via {
                Some(_) => ways.push(Way { to: Some((range(name), 24)), via, interface: "eth0", own: None }),
                None if pods.is_empty() => {}
                None => ways.push(direct("cni0", bridge)),
            }
        }
    }

    /// The pods of a node that have a network of their own, in order.
    fn pods_of(&self, node: &Name) -> Vec<PodName> {
        let Some(machine) = self.machine(node) else { return Vec::new() };
        let own = |name: &PodName| self.view().pod(&name.0, &name.1).is_none_or(|pod| !pod.spec.host_network);
        machine.sandboxes.iter().filter(|(name, sandbox)| sandbox.stopped.is_none() && own(name)).map(|(name, _)| name.clone()).collect()
    }
}

fn colons(bytes: [u8; 6]) -> String {
    let parts: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    parts.join(":")
}

/// The address that an interface gives itself. Models RFC 4291, appendix A.
fn link_local([a, b, c, d, e, f]: [u8; 6]) -> String {
    let word = |high: u8, low: u8| format!("{:x}", u16::from(high) << 8 | u16::from(low));
    format!("fe80::{}:{}:{}:{}", word(a ^ 2, b), word(c, 0xFF), word(0xFE, d), word(e, f))
}

/// The first two lines that `ip` prints of an interface.
fn ip_link(one: &Interface, busybox: bool) -> String {
    let name = one.peer.map_or_else(|| one.name.clone(), |peer| format!("{}@if{peer}", one.name));
    let is_lo = one.name == "lo";
    let below = if one.peer.is_some() && busybox { ",M-DOWN" } else { "" };
    let (flags, mtu) = if is_lo { ("LOOPBACK,UP,LOWER_UP", 65_536) } else { ("BROADCAST,MULTICAST,UP,LOWER_UP", 1500) };
    let queue = if one.name == "eth0" && one.peer.is_none() { "fq_codel" } else { "noqueue" };
    let master = if one.master.is_empty() { String::new() } else { format!("master {} ", one.master) };
    let mut text = format!("{}: {name}: <{flags}{below}> mtu {mtu} qdisc {queue} {master}", one.index);
    let length = if one.peer.is_some() || one.name == "cni0" && busybox { "" } else { "qlen 1000" };
    if busybox {
        text.push_str(length);
    } else {
        let _ = write!(text, "state {} group default {length}", if is_lo { "UNKNOWN" } else { "UP" });
    }
    let (kind, broadcast) = if is_lo { ("loopback", "00:00:00:00:00:00") } else { ("ether", "ff:ff:ff:ff:ff:ff") };
    let _ = write!(text, "\n    link/{kind} {} brd {broadcast}", colons(one.hardware));
    if one.peer.is_some() && !busybox {
        text.push_str(" link-netnsid 0");
    }
    text.push('\n');
    text
}

/// `ip address`
fn ip_address(one: &Interface, busybox: bool) -> String {
    let mut text = ip_link(one, busybox);
    let forever = "       valid_lft forever preferred_lft forever\n";
    if one.name == "lo" {
        let _ = write!(text, "    inet 127.0.0.1/8 scope host lo\n{forever}    inet6 ::1/128 scope host {}\n{forever}", if busybox { "" } else { "noprefixroute " });
        return text;
    }
    if let Some((ip, bits)) = one.address {
        let last = Ipv4Addr::from(u32::from(ip) | !u32::from(netmask(bits)));
        let _ = write!(text, "    inet {ip}/{bits} brd {last} scope global {}\n{forever}", one.name);
    }
    let _ = write!(text, "    inet6 {}/64 scope link \n{forever}", link_local(one.hardware));
    text
}

/// A line of `ip route`.
fn ip_route(way: &Way, busybox: bool) -> String {
    let mut text = way.to.map_or_else(|| "default".to_owned(), |(first, bits)| format!("{first}/{bits}"));
    if let Some(via) = way.via {
        let _ = write!(text, " via {via}");
    }
    let _ = write!(text, " dev {} ", way.interface);
    if let Some(own) = way.own {
        let _ = match busybox {
            true => write!(text, "scope link  src {own} "),
            false => write!(text, "proto kernel scope link src {own} "),
        };
    }
    text.push('\n');
    text
}

/// `route -n`
fn table(ways: &[Way]) -> String {
    let mut text = "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n".to_owned();
    for way in ways {
        let (first, bits) = way.to.unwrap_or((Ipv4Addr::UNSPECIFIED, 0));
        let via = way.via.unwrap_or(Ipv4Addr::UNSPECIFIED);
        let flags = if way.via.is_some() { "UG" } else { "U" };
        let (first, via, mask) = (first.to_string(), via.to_string(), netmask(bits).to_string());
        let _ = writeln!(text, "{first:<15} {via:<15} {mask:<15} {flags:<5} 0      0        0 {}", way.interface);
    }
    text
}

/// A paragraph of busybox's `ifconfig`.
fn ifconfig(one: &Interface) -> String {
    let is_lo = one.name == "lo";
    let mut text = format!("{:<9} Link encap:", one.name);
    if is_lo {
        text.push_str("Local Loopback  \n");
    } else {
        let _ = writeln!(text, "Ethernet  HWaddr {}  ", colons(one.hardware).to_ascii_uppercase());
    }
    if let Some((ip, bits)) = one.address {
        let last = Ipv4Addr::from(u32::from(ip) | !u32::from(netmask(bits)));
        let broadcast = if is_lo { String::new() } else { format!("  Bcast:{last}") };
        let _ = writeln!(text, "          inet addr:{ip}{broadcast}  Mask:{}", netmask(bits));
    }
    let flags = if is_lo { "UP LOOPBACK RUNNING  MTU:65536  Metric:1" } else { "UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1" };
    let length = if is_lo { 1000 } else { 0 };
    let counts = "errors:0 dropped:0 overruns:0";
    let _ = writeln!(text, "          {flags}\n          RX packets:0 {counts} frame:0\n          TX packets:0 {counts} carrier:0");
    let _ = writeln!(text, "          collisions:0 txqueuelen:{length} \n          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_names_itself_by_its_hardware() {
        // RFC 4291's way: the second lowest bit of the first byte is turned, ff:fe goes between.
        let table = [([0x0A, 0x58, 0x0A, 0xF4, 0x01, 0x04], "fe80::858:aff:fef4:104"), ([0x52, 0x54, 0, 0x12, 0x34, 0x56], "fe80::5054:ff:fe12:3456")];
        for (hardware, address) in table {
            assert_eq!(link_local(hardware), address);
        }
    }
}
