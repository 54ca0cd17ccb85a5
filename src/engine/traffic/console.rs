//! Commands on a node or on the client outside, as through ssh: what looks into the node's kernel is done here.
//! Left out: all other administration of a machine.

use crate::base::{Name, SimTime};
use crate::engine::World;
use crate::network::{Place, iptables};
use crate::runtime::Ran;

impl World {
    /// Whether a name is a machine that commands can be run on: a node or `client`.
    pub fn machine_named(&self, name: &str) -> Option<Place> {
        match name {
            "client" => Some(Place::Client),
            _ => self.machines.contains_key(name).then(|| Place::Node(name.into())),
        }
    }

    /// Runs a command of a node's own tools to its end; None if it is none of these.
    pub fn look_into(&mut self, place: &Place, words: &[String], at: SimTime) -> Option<Ran> {
        let (name, args) = words.split_first()?;
        let Place::Node(node) = place else { return None };
        let node = node.clone();
        let output = match name.rsplit('/').next().unwrap_or_default() {
            "iptables-save" => self.iptables_save(&node, args, at),
            "conntrack" => self.conntrack(&node, args, at),
            "hostname" if args.is_empty() => Ok(format!("{node}\n")),
            _ => return None,
        };
        let (output, code) = output.map_or_else(|text| (text, 2), |text| (text, 0));
        Some(Ran { output, code: Some(code), at })
    }

    fn iptables_save(&mut self, node: &Name, args: &[String], at: SimTime) -> Result<String, String> {
        let table = value(args, "-t", "--table");
        let known = self.network.plane.known_on(node, at);
        let (first, bits) = self.network.settings.cluster_cidr;
        let nat = || iptables::nat(node, &known, &format!("{first}/{bits}"), at);
        let filter = || iptables::filter(node, &known, at);
        match table {
            None => Ok(filter() + &nat()),
            Some("nat") => Ok(nat()),
            Some("filter") => Ok(filter()),
            Some("mangle" | "raw" | "security") => Ok(String::new()),
            Some(other) => Err(format!("iptables-save v1.8.9 (nf_tables): Unknown table '{other}'\nTry `iptables-save -h' or 'iptables-save --help' for more information.\n")),
        }
    }

    fn conntrack(&mut self, node: &Name, args: &[String], at: SimTime) -> Result<String, String> {
        if !args.iter().any(|arg| arg == "-L" || arg == "--dump") {
            return Err("conntrack v1.4.7 (conntrack-tools): only -L is done here\n".to_owned());
        }
        let address = |short, long| value(args, short, long).map(str::to_owned);
        let (to, from) = (address("-d", "--dst"), address("-s", "--src"));
        let protocol = address("-p", "--proto");
        let same = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
        let (text, count) = self.network.tables(node).list(at, |known| {
            let original = &known.original;
            same(&to, &original.destination.ip.to_string())
                && same(&from, &original.source.ip.to_string())
                && same(&protocol, original.protocol.lower())
        });
        Ok(format!("{text}conntrack v1.4.7 (conntrack-tools): {count} flow entries have been shown.\n"))
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
