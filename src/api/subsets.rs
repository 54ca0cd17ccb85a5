//! The canonical form of an Endpoints object: addresses that share their ports stand together, in an order that does not depend on who
//! wrote them down. Also the order of ports in Endpoints and slices, which goes by digests of how Go prints them.
//! Models pkg/api/v1/endpoints/util.go RepackSubsets, SortSubsets and endpointslice/util NewPortMapKey. The order of subsets goes by their ports,
//! where Kubernetes digests all of a subset.

use md5::{Digest, Md5};

use super::{EndpointAddress, EndpointPort, EndpointSlicePort, EndpointSubset, Uid};
use crate::base::{LargeMap, Name, SmallMap, sort_by_cached_key};

/// Which address, and of which object.
type AddressKey = (Name, Uid);
/// Places of addresses in a list, and whether they are ready.
type Readiness = SmallMap<usize, bool>;

/// All addresses of some subsets, each once.
#[derive(Default)]
struct Addresses {
    list: Vec<EndpointAddress>,
    places: LargeMap<AddressKey, usize>,
}

impl Addresses {
    fn place_of(&mut self, address: &EndpointAddress) -> usize {
        let uid = address.target_ref.as_ref().map(|target| target.uid).unwrap_or_default();
        let list = &mut self.list;
        *self.places.get_or_insert_with((address.ip.clone(), uid), || {
            list.push(address.clone());
            list.len() - 1
        })
    }
}

/// Subsets in their canonical form. An address that is both ready and not is not.
pub fn repack_subsets(subsets: &[EndpointSubset]) -> Vec<EndpointSubset> {
    let mut addresses = Addresses::default();
    let mut by_port: Vec<(Option<EndpointPort>, Readiness)> = Vec::new();
    for subset in subsets {
        // Addresses without ports are kept too.
        let ports: Vec<Option<EndpointPort>> =
            if subset.ports.is_empty() { vec![None] } else { subset.ports.iter().cloned().map(Some).collect() };
        let ready = subset.addresses.iter().map(|address| (address, true));
        let both: Vec<(usize, bool)> = ready
            .chain(subset.not_ready_addresses.iter().map(|address| (address, false)))
            .map(|(address, ready)| (addresses.place_of(address), ready))
            .collect();
        for port in ports {
            let at = by_port.iter().position(|(other, _)| *other == port).unwrap_or_else(|| {
                by_port.push((port, Readiness::default()));
                by_port.len() - 1
            });
            for (place, ready) in &both {
                let known = by_port[at].1.entry(*place).or_insert(*ready);
                *known = *known && *ready;
            }
        }
    }
    assemble(&addresses, by_port)
}

fn assemble(addresses: &Addresses, by_port: Vec<(Option<EndpointPort>, Readiness)>) -> Vec<EndpointSubset> {
    let mut groups: Vec<(Readiness, Vec<EndpointPort>)> = Vec::new();
    for (port, members) in by_port {
        match groups.iter_mut().find(|(other, _)| *other == members) {
            Some((_, ports)) => ports.extend(port),
            None => groups.push((members, port.into_iter().collect())),
        }
    }
    let mut subsets: Vec<EndpointSubset> = groups
        .into_iter()
        .map(|(members, mut ports)| {
            sort_by_cached_key(&mut ports, |port| Md5::digest(printed(port)));
            let of = |wanted: bool| {
                let places = members.iter().filter(|(_, ready)| **ready == wanted);
                let mut list: Vec<EndpointAddress> = places.map(|(place, _)| addresses.list[*place].clone()).collect();
                sort_by_cached_key(&mut list, |address| {
                    (address.ip.clone(), address.target_ref.as_ref().map(|target| target.uid.to_string()))
                });
                list
            };
            EndpointSubset { addresses: of(true), not_ready_addresses: of(false), ports, ..EndpointSubset::default() }
        })
        .collect();
    sort_by_cached_key(&mut subsets, |subset| Md5::digest(subset.ports.iter().map(printed).collect::<String>()));
    subsets
}

/// Puts the ports of a slice in their order.
pub fn sort_slice_ports(ports: &mut [EndpointSlicePort]) {
    sort_by_cached_key(ports, |port| Md5::digest(printed_of_slice(port)));
}

/// A port as Go prints it with types and names: `(v1.EndpointPort){Name:(string)http Port:(int32)80 …}`.
fn printed(port: &EndpointPort) -> String {
    let app = port.app_protocol.as_ref().map_or("<nil>", Name::as_str);
    let EndpointPort { name, port, protocol, .. } = port;
    format!("(v1.EndpointPort){{Name:(string){name} Port:(int32){port} Protocol:(v1.Protocol){protocol} AppProtocol:(*string){app}}}")
}

fn printed_of_slice(port: &EndpointSlicePort) -> String {
    let text = |text: &Option<Name>| text.as_ref().map_or("<nil>", Name::as_str).to_owned();
    let number = port.port.map_or("<nil>".to_owned(), |number| number.to_string());
    let (name, protocol, app) = (text(&port.name), text(&port.protocol), text(&port.app_protocol));
    format!(
        "(v1.EndpointPort){{Name:(*string){name} Protocol:(*v1.Protocol){protocol} Port:(*int32){number} AppProtocol:(*string){app}}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, port: i32) -> EndpointPort {
        EndpointPort { name: name.into(), port, protocol: "TCP".into(), ..EndpointPort::default() }
    }

    fn address(ip: &str) -> EndpointAddress {
        EndpointAddress { ip: ip.into(), ..EndpointAddress::default() }
    }

    /// As a real cluster ordered them.
    #[test]
    fn ports_come_in_the_order_of_their_digests() {
        let table = [(("http", 8080), ("https", 8443), [8443, 8080]), (("port-1", 8080), ("port-2", 8443), [8080, 8443])];
        for ((name, number), (other, another), expected) in table {
            let ports = vec![port(name, number), port(other, another)];
            let subset = EndpointSubset { addresses: vec![address("10.0.0.1")], ports, ..EndpointSubset::default() };
            let numbers: Vec<i32> = repack_subsets(&[subset])[0].ports.iter().map(|port| port.port).collect();
            assert_eq!(numbers, expected, "{name}");
            let of_slice = |(name, number): (&str, i32)| EndpointSlicePort {
                name: Some(name.into()),
                port: Some(number),
                protocol: Some("TCP".into()),
                ..EndpointSlicePort::default()
            };
            let mut ports = [of_slice((other, another)), of_slice((name, number))];
            sort_slice_ports(&mut ports);
            let numbers: Vec<i32> = ports.iter().filter_map(|port| port.port).collect();
            assert_eq!(numbers, [expected[1], expected[0]], "{name}");
        }
    }

    #[test]
    fn addresses_with_the_same_ports_stand_together() {
        let subset = |ready: &[&str], other: &[&str], ports: Vec<EndpointPort>| EndpointSubset {
            addresses: ready.iter().map(|ip| address(ip)).collect(),
            not_ready_addresses: other.iter().map(|ip| address(ip)).collect(),
            ports,
            ..EndpointSubset::default()
        };
        let table = [
            // Two subsets of one port become one.
            (
                vec![subset(&["10.0.0.2"], &[], vec![port("", 80)]), subset(&["10.0.0.1"], &[], vec![port("", 80)])],
                vec![subset(&["10.0.0.1", "10.0.0.2"], &[], vec![port("", 80)])],
            ),
            // Not ready trumps ready.
            (
                vec![subset(&["10.0.0.1"], &["10.0.0.1"], vec![port("", 80)])],
                vec![subset(&[], &["10.0.0.1"], vec![port("", 80)])],
            ),
            // Without ports.
            (vec![subset(&["10.0.0.1"], &[], vec![])], vec![subset(&["10.0.0.1"], &[], vec![])]),
            (vec![], vec![]),
        ];
        for (given, expected) in table {
            assert_eq!(repack_subsets(&given), expected);
        }
    }
}
