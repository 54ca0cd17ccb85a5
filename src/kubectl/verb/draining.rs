//! The end of a drain: until the pods of the nodes are evicted and gone.
//! Models kubectl/pkg/drain/drain.go deleteOrEvictPods, waitForDelete and cmd/drain RunDrain's last words.

use crate::api::{ObjectKey, Uid};
use crate::base::SimTime;
use crate::engine::World;

/// A drain that goes on: ask it after every change of the cluster.
#[derive(Clone, Debug)]
pub struct Draining {
    /// The client that evicts them; none where they were simply deleted.
    client: Option<u32>,
    /// So much of what it printed has been shown.
    shown: usize,
    pods: Vec<(ObjectKey, Uid)>,
    nodes: Vec<String>,
    /// What is told of each pod that is gone.
    deed: &'static str,
    until: SimTime,
    limit: String,
}

impl Draining {
    /// Of nodes, whose pods are these.
    pub(super) fn new(nodes: Vec<String>, pods: Vec<(ObjectKey, Uid)>, client: Option<u32>, (until, limit): (SimTime, String)) -> Draining {
        let deed = if client.is_some() { "evicted" } else { "deleted" };
        Draining { client, shown: 0, pods, nodes, deed, until, limit }
    }

    /// When it gives up.
    pub fn until(&self) -> SimTime {
        self.until
    }

    /// What it has printed since the last call, and its exit status once it is over.
    pub fn poll(&mut self, world: &World) -> (String, Option<i32>) {
        let eviction = self.client.and_then(|id| world.eviction(id));
        let mut text = eviction.map(|eviction| eviction.told[self.shown..].to_owned()).unwrap_or_default();
        self.shown += text.len();
        let there = |(key, uid): &(ObjectKey, Uid)| world.view().get(key).is_some_and(|object| object.meta().uid == *uid);
        for gone in self.pods.iter().filter(|pod| !there(pod)) {
            text += &format!("pod/{} {}\n", gone.0.name, self.deed);
        }
        self.pods.retain(there);
        if let Some((key, error)) = eviction.and_then(|eviction| eviction.failed.as_ref()) {
            let why = format!("error when evicting pods/\"{}\" -n \"{}\": {error}", key.name, key.namespace);
            return (text + &self.given_up(&[why]), Some(1));
        }
        if self.pods.is_empty() {
            self.nodes.iter().for_each(|node| text += &format!("node/{node} drained\n"));
            return (text, Some(0));
        }
        if world.now() < self.until {
            return (text, None);
        }
        let waits = |key: &ObjectKey| eviction.is_some_and(|eviction| eviction.left.iter().any(|(other, _)| other == key));
        let why = |(key, _): &(ObjectKey, Uid)| match waits(key) {
            true => format!("error when evicting pods/\"{}\" -n \"{}\": global timeout reached: {}", key.name, key.namespace, self.limit),
            false => {
                let (name, namespace) = (&key.name, &key.namespace);
                format!("error when waiting for pod \"{name}\" in namespace \"{namespace}\" to terminate: global timeout reached: {}", self.limit)
            }
        };
        let reasons: Vec<String> = self.pods.iter().map(why).collect();
        (text + &self.given_up(&reasons), Some(1))
    }

    fn given_up(&self, reasons: &[String]) -> String {
        let list = if reasons.len() == 1 { reasons.concat() } else { format!("[{}]", reasons.join(", ")) };
        let mut text = String::new();
        self.nodes.iter().for_each(|node| text += &format!("error: unable to drain node \"{node}\" due to error: {list}, continuing command...\n"));
        text += "There are pending nodes to be drained:\n";
        self.nodes.iter().for_each(|node| text += &format!(" {node}\n"));
        if let [only] = reasons { text + &format!("{only}\n") } else { text + &format!("{list}\n") }
    }
}
