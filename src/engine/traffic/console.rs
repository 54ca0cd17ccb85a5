//! The tools that look into a kernel: of a node, the client, a pod. Addresses, routes and sockets are told by `interfaces` and `sockets`.
//! Left out: all that changes something there.

use crate::base::{Name, SimTime};
use crate::engine::World;
use crate::network::{Place, Spot, iptables};
use crate::runtime::Reply;

impl World {
    /// Whether a name is a machine that commands can be run on: a node or `client`.
    pub fn machine_named(&self, name: &str) -> Option<Place> {
        match name {
            "client" => Some(Place::Client),
            _ => self.machines.contains_key(name).then(|| Place::Node(name.into())),
        }
    }

    /// What a tool that looks into the kernel prints at a place.
    pub(in crate::engine) fn look_into_kernel(&mut self, place: &Place, words: &[String], at: SimTime) -> Reply {
        let (name, args) = words.split_first().map_or(("", &[] as &[String]), |(name, args)| (name.as_str(), args));
        let node = if let Place::Node(node) = place { Some(node.clone()) } else { None };
        let printed = match (name, node) {
            ("iptables-save", Some(node)) => self.iptables_save(&node, args, at),
            ("conntrack", Some(node)) => return self.conntrack(&node, args, at),
            ("iptables-save" | "conntrack", None) => Err((4, format!("{name}: Permission denied (you must be root)\n"))),
            ("ss" | "netstat", _) if !args.iter().any(|arg| arg.contains('r')) => Ok(self.sockets(place, name, args, at)),
            _ => self.interfaces(place, name, args),
        };
        match printed {
            Ok(output) => Reply::Printed { output, error: String::new(), code: 0 },
            Err((code, error)) => Reply::Printed { output: String::new(), error, code },
        }
    }

    fn iptables_save(&mut self, node: &Name, args: &[String], at: SimTime) -> Result<String, (i32, String)> {
        let table = value(args, "-t", "--table");
        let known = self.network.plane.known_on(node, at);
        let (first, bits) = self.network.settings.cluster_cidr;
        let zone = self.network.plane.zone(node);
        let spot = Spot { node, zone: &zone };
        let nat = || iptables::nat(spot, &known, &format!("{first}/{bits}"), at);
        let filter = || iptables::filter(spot, &known, at);
        match table {
            None => Ok(filter() + &nat()),
            Some("nat") => Ok(nat()),
            Some("filter") => Ok(filter()),
            Some("mangle" | "raw" | "security") => Ok(String::new()),
            Some(other) => Err((1, format!("iptables-save v1.8.9 (nf_tables): Unknown table '{other}'\nTry `iptables-save -h' or 'iptables-save --help' for more information.\n"))),
        }
    }

    fn conntrack(&mut self, node: &Name, args: &[String], at: SimTime) -> Reply {
        if !args.iter().any(|arg| arg == "-L" || arg == "--dump") {
            let error = "conntrack v1.4.7 (conntrack-tools): only -L is done here\n".to_owned();
            return Reply::Printed { output: String::new(), error, code: 2 };
        }
        let address = |short, long| value(args, short, long).map(str::to_owned);
        let (to, from) = (address("-d", "--dst"), address("-s", "--src"));
        let protocol = address("-p", "--proto");
        let same = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
        let (output, count) = self.network.tables(node).list(at, |known| {
            let original = &known.original;
            same(&to, &original.destination.ip.to_string())
                && same(&from, &original.source.ip.to_string())
                && same(&protocol, original.protocol.lower())
        });
        Reply::Printed { output, error: format!("conntrack v1.4.7 (conntrack-tools): {count} flow entries have been shown.\n"), code: 0 }
    }
}

/// The value of an option: `-t nat`, `--table=nat`.
fn value<'a>(args: &'a [String], short: &str, long: &str) -> Option<&'a str> {
    args.iter().enumerate().find_map(|(index, arg)| {
        let is = arg == short || arg == long;
        let joined = arg.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
        joined.or_else(|| args.get(index + 1).filter(|_| is).map(String::as_str))
    })
}
