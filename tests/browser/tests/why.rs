//! "Why?" in the page: a sentence names who did it, what that one saw, and the line that had begun it. That the line is the real cause is
//! tried: the history of the page's link is played once more without it, and what it is said to have caused must not happen.

mod cluster;

use std::cell::RefCell;

use cluster::{all_ready, click, hook, in_state, pass, play, pods, press, scenario_of, share, states, type_line, write_field, write_file};
use podscape::simulator::{Command, Entry, Kind, ObjectKey, Reason, Scenario, Simulator, What, Who};
use podscape_browser_tests::{Options, Problem, Result, Session, keys, story, story_with};
use serde_json::json;

/// What was said to have been begun by a line.
struct Said {
    key: ObjectKey,
    what: fn(&What) -> bool,
    line: String,
}

/// Somebody who asks why, and remembers the causes that were named.
struct Asker<'a> {
    page: &'a Session,
    said: RefCell<Vec<Said>>,
}

/// The line of what a user did.
fn text_of(entry: &Entry) -> String {
    let word = |on: bool| if on { "on" } else { "off" };
    match &entry.command {
        Command::Line(line) => line.clone(),
        Command::NodePower { node, on } => format!("{node} {}", word(*on)),
        Command::ComponentPower { component, on } => format!("{} {}", component.name(), word(*on)),
        Command::File { .. } => String::new(),
    }
}

fn is_line(who: &Who, wanted: &str) -> bool {
    matches!(who, Who::You { line } if line == wanted)
}

impl Asker<'_> {
    fn of(page: &Session) -> Asker<'_> {
        Asker { page, said: RefCell::default() }
    }

    /// Opens "Why?" of an object: found in the palette, or, if it is gone, in an event about it.
    fn ask(&self, kind: Kind, name: &str) -> Result<()> {
        let page = self.page;
        click(page, "palette-open")?;
        write_field(page, "palette-field", name)?;
        let choose = "const [name, kind] = arguments;
            const item = [...document.querySelectorAll('#palette-list li')].find(item => item.querySelector('span').textContent === name && item.querySelector('kbd').textContent === kind);
            item?.click(); return !!item;";
        let query = "return document.querySelector('#palette-list li:last-child span')?.textContent;";
        page.until("the palette to have searched", |page| Ok(page.run(query, &[])? == json!(name)))?;
        if page.run(choose, &[json!(name), json!(kind.name())])? != json!(true) {
            press(page, keys::ESCAPE)?;
            click(page, "tab-events")?;
            let about = format!("{}/{name}", kind.info().singular);
            let follow = "const link = [...document.querySelectorAll('.dock .events .link')].find(link => link.textContent === arguments[0]); link?.click(); return !!link;";
            page.until(&format!("an event about {about}"), |page| Ok(page.run(follow, &[json!(about)])? == json!(true)))?;
        }
        page.see(".inspector h2", name)?;
        click(page, "tab-why")
    }

    fn told(&self, sentence: &str) -> Result<()> {
        self.page.see(&hook("reasons"), sentence)
    }

    /// Asks why something happened to an object: the sentence, and the line that is said to have begun it.
    fn why(&self, kind: Kind, name: &str, what: fn(&What) -> bool, sentence: &str, line: &str) -> Result<()> {
        self.ask(kind, name)?;
        self.told(sentence)?;
        self.told(line)?;
        let namespace = if kind.info().namespaced { "default" } else { "" };
        self.said.borrow_mut().push(Said { key: ObjectKey::new(kind, namespace, name), what, line: line.to_owned() });
        Ok(())
    }

    /// Plays the history without each of the lines: nothing of what they are said to have caused may happen.
    fn check(&self) -> Result<()> {
        let mut whole = Simulator::from_link(scenario_of(&share(self.page)?)).map_err(|error| Problem::new(format!("{error:?}")))?;
        if let Some(moment) = whole.unreached() {
            whole.catch_up(moment);
        }
        let scenario = whole.scenario_now();
        for Said { key, what, line } in self.said.borrow().iter() {
            let began = |reason: &&Reason| what(&reason.what) && (is_line(&reason.who, line) || reason.after.first().is_some_and(|before| is_line(&before.who, line)));
            let told = whole.why(key);
            let Some(reason) = told.iter().find(began) else { panic!("{key:?}: {line} is not said to have begun it: {told:#?}") };
            let journal: Vec<Entry> = scenario.journal.iter().filter(|entry| text_of(entry) != *line).cloned().collect();
            assert!(journal.len() < scenario.journal.len(), "{line} is not in the journal");
            let without = Simulator::new(&Scenario { journal, ..scenario.clone() });
            let anyway = without.why(key).into_iter().find(|other| other.what == reason.what && other.at == reason.at);
            assert!(anyway.is_none(), "{line}: {anyway:?} happens without it too");
        }
        Ok(())
    }
}

fn apply(page: &Session, text: &str) -> Result<()> {
    write_file(page, text)?;
    click(page, "apply")?;
    page.see(&hook("terminal-log"), " created")
}

fn newcomers(page: &Session, before: &[String]) -> Result<Vec<String>> {
    Ok(pods(page)?.into_iter().filter(|name| !before.contains(name)).collect())
}

fn run(page: &Session, line: &str) -> Result<()> {
    click(page, "tab-terminal")?;
    type_line(page, line)?;
    page.see(&hook("terminal-log"), line)
}

fn created(what: &What) -> bool {
    *what == What::Created
}

fn terminating(what: &What) -> bool {
    *what == What::Terminating
}

#[test]
fn why_replicas_come_and_go() -> Result<()> {
    story("why_replicas_come_and_go", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let asker = Asker::of(page);
        let before = pods(page)?;
        let first = &before[0];
        asker.why(Kind::Pod, first, created, &format!("{first} was created because ReplicationController kubia saw 0 of 3 pods."), "kubectl apply -f kubia-rc.yaml")?;
        asker.told("because the scheduler found it the best of 3 that fit, among 3 nodes.")?;
        let line = format!("kubectl delete pod {first} --wait=false");
        run(page, &line)?;
        pass(page, 6)?;
        let new = newcomers(page, &before)?[0].clone();
        asker.why(Kind::Pod, first, terminating, &format!("{first} began to terminate because you asked for it: {line}."), &line)?;
        asker.why(Kind::Pod, &new, created, &format!("{new} was created because ReplicationController kubia saw 2 of 3 pods."), &line)?;
        pass(page, 40)?;
        asker.ask(Kind::Pod, first)?;
        asker.told(&format!("{first} was removed because all its containers have ended."))?;
        let away = format!("kubectl label pod {} app=other --overwrite", before[1]);
        run(page, &away)?;
        pass(page, 6)?;
        let known = [before.clone(), vec![new.clone()]].concat();
        let next = newcomers(page, &known)?[0].clone();
        let sentence = format!("{} was let go by ReplicationController/kubia because its labels no longer fit the selector of ReplicationController kubia.", before[1]);
        asker.why(Kind::Pod, &before[1], |what| matches!(what, What::Released { .. }), &sentence, &away)?;
        asker.why(Kind::Pod, &next, created, &format!("{next} was created because ReplicationController kubia saw 2 of 3 pods."), &away)?;
        let back = format!("kubectl label pod {} app=kubia --overwrite", before[1]);
        run(page, &back)?;
        pass(page, 1)?;
        let sentence = format!("{} was adopted by ReplicationController/kubia because its labels fit the selector of ReplicationController kubia.", before[1]);
        asker.why(Kind::Pod, &before[1], |what| matches!(what, What::Adopted { .. }), &sentence, &back)?;
        let gone = states(page)?.into_iter().find(|(_, state)| state == "terminating").map(|(name, _)| name).unwrap_or_default();
        asker.why(Kind::Pod, &gone, terminating, "because ReplicationController kubia saw 4 pods and wants 3; this one, as it had been ready for a shorter time.", &back)?;
        pass(page, 40)?;
        let line = "kubectl scale rc kubia --replicas=2";
        run(page, line)?;
        pass(page, 1)?;
        let gone = states(page)?.into_iter().find(|(_, state)| state == "terminating").map(|(name, _)| name).unwrap_or_default();
        asker.why(Kind::Pod, &gone, terminating, "because ReplicationController kubia saw 3 pods and wants 2", line)?;
        asker.check()
    })
}

#[test]
fn why_a_node_is_given_up_and_its_pods_move() -> Result<()> {
    story("why_a_node_is_given_up", |page| {
        all_ready(page, 3)?;
        let asker = Asker::of(page);
        let on_node = cluster::places(page)?.into_iter().find(|(_, node)| node == "node2").map(|(name, _)| name).unwrap_or_default();
        let before = pods(page)?;
        click(page, "power-node2")?;
        pass(page, 60)?;
        let unready = |what: &What| *what == What::NotReady;
        asker.why(Kind::Node, "node2", unready, "node2 is not ready any more because nothing was heard from the kubelet of node2 for 50 s.", "node2 off")?;
        asker.ask(Kind::Pod, &on_node)?;
        asker.told(&format!("{on_node} is not ready any more because nothing was heard from the kubelet of node2 for 50 s."))?;
        pass(page, 330)?;
        asker.ask(Kind::Pod, &on_node)?;
        asker.told(&format!("{on_node} began to terminate because it tolerates the taint node.kubernetes.io/unreachable for 300 s only."))?;
        let new = newcomers(page, &before)?[0].clone();
        asker.ask(Kind::Pod, &new)?;
        asker.told(&format!("{new} was created because ReplicationController kubia saw 2 of 3 pods."))?;
        click(page, "power-node2")?;
        pass(page, 10)?;
        asker.why(Kind::Node, "node2", |what| *what == What::Ready, "node2 became ready because the kubelet of node2 was heard again.", "node2 on")?;
        asker.check()
    })
}

#[test]
fn why_a_pod_waits_for_a_node_and_what_each_node_was_worth() -> Result<()> {
    story("why_a_pod_waits_for_a_node", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let asker = Asker::of(page);
        let before = pods(page)?;
        asker.ask(Kind::Pod, &before[0])?;
        page.see(&hook("placement"), "The scheduler chose node")?;
        page.find(".placement summary")?.click()?;
        for part in ["NodeResourcesFit", "PodTopologySpread"] {
            page.see(&hook("scores"), part)?;
        }
        assert_eq!(page.count(&format!("{} tbody tr", hook("scores")))?, 3, "a line for each node");
        let sums = "return [...document.querySelectorAll('[data-testid=scores] tbody tr')].every(row => {
            const cells = [...row.querySelectorAll('td')].map(cell => cell.textContent);
            const total = Number(cells.pop());
            return total > 0 && total === cells.map(cell => cell.split(' × ').map(Number)).reduce((sum, [score, weight]) => sum + score * weight, 0);
        });";
        assert_eq!(page.run(sums, &[])?, json!(true), "the scores of the plugins, times their weights, are the sum of each node");
        let line = "kubectl cordon node1 node2 node3";
        run(page, line)?;
        run(page, "kubectl scale rc kubia --replicas=4")?;
        pass(page, 3)?;
        let new = newcomers(page, &before)?[0].clone();
        asker.ask(Kind::Pod, &new)?;
        asker.told(&format!("{new} found no node because 0/3 nodes are available: 3 node(s) were unschedulable."))?;
        assert_eq!(page.count(".placement li.unfit")?, 3, "a verdict for each node");
        asker.why(Kind::Pod, &new, created, "saw 3 of 4 pods", "kubectl scale rc kubia --replicas=4")?;
        asker.check()
    })
}

#[test]
fn why_containers_start_again_or_wait() -> Result<()> {
    story_with("why_containers_start_again", &Options::default(), "?lab=liveness", |page| {
        page.until("the pod", |page| Ok(pods(page)? == ["kubia-liveness"]))?;
        let asker = Asker::of(page);
        pass(page, 150)?;
        asker.ask(Kind::Pod, "kubia-liveness")?;
        asker.told("because the liveness probe of container main failed too often.")?;
        run(page, "kubectl run nopull --image=luksa/nosuchimage")?;
        pass(page, 20)?;
        asker.ask(Kind::Pod, "nopull")?;
        asker.told("nopull has container nopull waiting: ")?;
        asker.told("luksa/nosuchimage")?;
        click(page, "labs")?;
        click(page, "lab-crash-loop")?;
        page.until("the pod", |page| Ok(pods(page)? == ["crash"]))?;
        pass(page, 60)?;
        asker.ask(Kind::Pod, "crash")?;
        asker.told("started again, restart 2 because container main had ended with code 1 (Error).")?;
        asker.told("crash has container main waiting: CrashLoopBackOff because of this: back-off ")
    })
}

#[test]
fn why_daemons_follow_labels() -> Result<()> {
    story_with("why_daemons_follow_labels", &Options::default(), "?lab=daemonset", |page| {
        all_ready(page, 1)?;
        play(page, false)?;
        let asker = Asker::of(page);
        let before = pods(page)?;
        let node = cluster::places(page)?[0].1.clone();
        let other = if node == "node1" { "node2" } else { "node1" };
        let line = format!("kubectl label node {other} disk=ssd");
        run(page, &line)?;
        pass(page, 5)?;
        let new = newcomers(page, &before)?[0].clone();
        asker.why(Kind::Pod, &new, created, &format!("{new} was created because DaemonSet ssd-monitor saw none of its pods on {other}."), &line)?;
        let line = format!("kubectl label node {other} disk-");
        run(page, &line)?;
        pass(page, 1)?;
        asker.why(Kind::Pod, &new, terminating, &format!("{new} began to terminate because DaemonSet ssd-monitor wants none of its pods on {other}."), &line)?;
        asker.check()
    })
}

#[test]
fn why_jobs_make_pods_and_go() -> Result<()> {
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  completions: 3\n  parallelism: 2\n  ttlSecondsAfterFinished: 5\n  template:\n    spec:\n      \
               restartPolicy: OnFailure\n      containers: [{name: m, image: busybox, command: [sleep, \"3\"]}]\n";
    story_with("why_jobs_make_pods", &Options::default(), "?lab=cronjob", |page| {
        page.until("a pod", |page| Ok(!pods(page)?.is_empty()))?;
        play(page, false)?;
        let asker = Asker::of(page);
        let pod = pods(page)?[0].clone();
        let made = pod.rsplit_once('-').map(|(job, _)| job.to_owned()).unwrap_or_default();
        asker.ask(Kind::Job, &made)?;
        asker.told("because CronJob every-three was due at 09:03:00 by its schedule */3 * * * *.")?;
        click(page, "new")?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty()))?;
        let asker = Asker::of(page);
        play(page, false)?;
        apply(page, job)?;
        pass(page, 2)?;
        let pod = pods(page)?[0].clone();
        asker.ask(Kind::Pod, &pod)?;
        asker.told(&format!("{pod} was created because Job j saw 0 of 2 pods at work, with 0 of 3 completed."))?;
        pass(page, 60)?;
        asker.ask(Kind::Job, "j")?;
        asker.told("j began to terminate because it had been over for 5 s.")
    })
}

#[test]
fn why_a_deployment_moves_its_pods() -> Result<()> {
    story("why_a_deployment_moves_its_pods", |page| {
        click(page, "new")?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty()))?;
        let asker = Asker::of(page);
        play(page, false)?;
        run(page, "kubectl create deployment web --image=luksa/kubia --replicas=2")?;
        pass(page, 10)?;
        let sets = |page: &Session| -> Result<Vec<String>> {
            let names = page.run("return [...document.querySelectorAll('.card[data-testid^=rs-]')].map(card => card.dataset.testid.slice(3));", &[])?;
            Ok(names.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect())
        };
        let old = sets(page)?[0].clone();
        asker.why(Kind::ReplicaSet, &old, created, &format!("{old} was created because Deployment web rolls out revision 1."), "kubectl create deployment web --image=luksa/kubia --replicas=2")?;
        let line = "kubectl set image deployment/web kubia=luksa/kubia:v2";
        run(page, line)?;
        pass(page, 30)?;
        let new = sets(page)?.into_iter().find(|name| *name != old).unwrap_or_default();
        asker.why(Kind::ReplicaSet, &new, created, &format!("{new} was created because Deployment web rolls out revision 2."), line)?;
        asker.ask(Kind::ReplicaSet, &old)?;
        asker.told(&format!("{old} got another spec because Deployment web wants 0 pods of this template now."))?;
        asker.check()
    })
}

#[test]
fn why_what_belongs_together_goes_together() -> Result<()> {
    story("why_what_belongs_together_goes_together", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let asker = Asker::of(page);
        let pod = pods(page)?[0].clone();
        let line = "kubectl delete rc kubia --wait=false";
        run(page, line)?;
        pass(page, 2)?;
        asker.why(Kind::Pod, &pod, terminating, &format!("{pod} began to terminate because its owner ReplicationController kubia is gone."), line)?;
        run(page, "kubectl create namespace short")?;
        run(page, "kubectl run guest -n short --image=luksa/kubia")?;
        pass(page, 8)?;
        run(page, "kubectl delete namespace short --wait=false")?;
        pass(page, 8)?;
        asker.ask(Kind::Pod, "guest")?;
        asker.told("guest began to terminate because its namespace is being deleted.")?;
        asker.check()
    })
}

#[test]
fn why_an_important_pod_takes_the_room_of_another() -> Result<()> {
    let files = "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: low}\n\
                 spec: {nodeName: node1, containers: [{name: c, image: luksa/kubia, resources: {requests: {cpu: 1500m}}}]}\n";
    let great = "apiVersion: v1\nkind: Pod\nmetadata: {name: great}\nspec: {priorityClassName: high, nodeSelector: {kubernetes.io/hostname: node1}, \
                 containers: [{name: c, image: luksa/kubia, resources: {requests: {cpu: 1500m}}}]}\n";
    story("why_an_important_pod", |page| {
        click(page, "new")?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty()))?;
        let asker = Asker::of(page);
        play(page, false)?;
        apply(page, files)?;
        pass(page, 6)?;
        click(page, "add-file")?;
        click(page, "empty-file")?;
        apply(page, great)?;
        pass(page, 1)?;
        in_state(page, "low", "terminating")?;
        asker.ask(Kind::Pod, "low")?;
        asker.told("low began to terminate because Pod great of higher priority needed the room.")?;
        pass(page, 45)?;
        asker.ask(Kind::Pod, "great")?;
        asker.told("great was given node1 because the scheduler found it the best of 1 that fit, among 3 nodes.")
    })
}
