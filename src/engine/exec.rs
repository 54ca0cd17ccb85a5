//! What a user does in a container through the API server and the kubelet: read its log, run a command.

use std::rc::Rc;

use super::{Wakeup, World};
use crate::api::Pod;
use crate::base::{Name, SimDuration, SimTime};
use crate::kubelet;
use crate::runtime::{Instance, Power, Ran, Which};

/// A line of a log and when it was printed.
pub type LogLine = (SimTime, Rc<str>);

impl World {
    /// What a container of a pod printed; None if the kubelet knows no such log. An error is what the API server says when it cannot
    /// reach the kubelet.
    pub fn log(&self, pod: &Pod, container: &str, which: Which) -> Result<Option<Vec<LogLine>>, String> {
        let Some(machine) = self.machine(&pod.node_name) else { return Ok(None) };
        if machine.kubelet == Power::Off {
            let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
            let path = format!("containerLogs/{namespace}/{name}/{container}");
            return Err(unreachable_kubelet(machine.address, &path));
        }
        let sandbox = machine.sandboxes.get(&(pod.meta.namespace.clone(), pod.meta.name.clone()));
        let sandbox = sandbox.filter(|sandbox| sandbox.pod.uid == pod.meta.uid);
        let found = all(pod).zip(sandbox.map_or(&[] as &[Instance], |sandbox| &sandbox.instances)).find(|(known, _)| known.name == *container);
        Ok(found.and_then(|(container, instance)| instance.log(container, which, self.now)))
    }

    /// Runs a command in a container of a pod; None if that does not run. An error as of [`World::log`].
    pub fn exec(&mut self, pod: &Rc<Pod>, container: &str, command: &[String]) -> Result<Option<Ran>, String> {
        let now = self.now;
        let Some(machine) = self.machines.get_mut(&pod.node_name) else { return Ok(None) };
        if machine.kubelet == Power::Off {
            let path = format!("exec/{}/{}/{container}", pod.meta.namespace, pod.meta.name);
            return Err(unreachable_kubelet(machine.address, &path));
        }
        let name = (pod.meta.namespace.clone(), pod.meta.name.clone());
        let Some((index, container)) = all(pod).enumerate().find(|(_, known)| known.name == *container) else { return Ok(None) };
        let machine = Rc::make_mut(machine);
        let host = machine.address;
        let Some(sandbox) = machine.sandboxes.get_mut(&name).filter(|sandbox| sandbox.pod.uid == pod.meta.uid) else { return Ok(None) };
        let kept = sandbox.instances.get(index).and_then(Instance::kept_variables);
        let variables = kept.unwrap_or_else(|| kubelet::environment(self.api.view(), pod, container, sandbox.address, host).unwrap_or_default());
        let ran = sandbox.exec(index, container, command, &variables, now);
        // The command may have ended the program.
        self.agenda.put(now + SimDuration::from_millis(1), Wakeup::Pod(pod.node_name.clone(), name));
        Ok(ran)
    }
}

fn all(pod: &Pod) -> impl Iterator<Item = &crate::api::Container> {
    pod.spec.init_containers.iter().chain(&pod.spec.containers)
}

fn unreachable_kubelet(address: std::net::Ipv4Addr, path: &str) -> String {
    let server = Name::from(format!("{address}:10250"));
    format!("Get \"https://{server}/{path}\": dial tcp {server}: connect: connection refused")
}
