//! Typing into programs of containers: `kubectl exec -it`, `kubectl run -it`, `kubectl attach`. What kubectl itself says is as
//! kubectl/pkg/cmd/attach/attach.go and run/run.go have it.

use podscape::base::SimDuration;
use podscape::simulator::{Command, Scenario, Simulator};

/// A terminal: what it shows, from the first line on.
struct Screen {
    simulator: Simulator,
    shown: String,
}

impl Screen {
    fn new() -> Screen {
        let mut simulator = Simulator::new(&Scenario::empty());
        simulator.set_terminal(true);
        Screen { simulator, shown: String::new() }
    }

    /// Gives a line, or types it if a program waits for that, and lets the clock run until the next is wanted.
    fn line(&mut self, line: &str) -> &mut Screen {
        if self.simulator.prompt().is_some() {
            self.shown += &format!("{line}\n");
            match line {
                "^D" => self.simulator.type_end(),
                "^C" => assert!(self.simulator.type_interrupt(), "nothing to interrupt"),
                text => self.simulator.type_line(text),
            }
        } else {
            self.shown += &format!("$ {line}\n");
            let receipt = self.simulator.apply(Command::Line(line.to_owned()));
            self.shown += &receipt.output;
            if !receipt.running {
                return self;
            }
        }
        for _ in 0..2_000 {
            let drained = self.simulator.drain_output();
            let done = drained.as_ref().is_none_or(|(_, done)| *done);
            self.shown += &drained.map(|(text, _)| text).unwrap_or_default();
            if let Some(prompt) = self.simulator.prompt() {
                self.shown += &prompt;
                return self;
            }
            if done {
                return self;
            }
            let Some(next) = self.simulator.next_event_time() else { break };
            self.simulator.catch_up(next);
        }
        panic!("{line} neither ends nor waits for what is typed\n{}", self.shown);
    }

    fn wait(&mut self, seconds: u64) -> &mut Screen {
        let until = self.simulator.now() + SimDuration::from_seconds(seconds);
        self.simulator.catch_up(until);
        self
    }

    /// What was shown since the last call.
    fn shown(&mut self) -> String {
        std::mem::take(&mut self.shown)
    }
}

#[test]
fn a_shell_in_a_container_is_typed_into() {
    let mut screen = Screen::new();
    screen.line("kubectl run web --image=luksa/kubia --port=8080").wait(10).shown();
    screen.line("kubectl exec -it web -- sh").line("hostname").line("cd /tmp; echo x > y").line("cat y").line("exit").line("kubectl get pod web -o name");
    assert_eq!(
        screen.shown(),
        "$ kubectl exec -it web -- sh\n/ # hostname\nweb\n/ # cd /tmp; echo x > y\n/tmp # cat y\nx\n/tmp # exit\n\
         $ kubectl get pod web -o name\npod/web\n"
    );
    screen.line("kubectl exec -it web -- sh").line("sleep 1; curl -s localhost:8080").line("nosuch").line("^D");
    assert_eq!(
        screen.shown(),
        "$ kubectl exec -it web -- sh\n/ # sleep 1; curl -s localhost:8080\nYou've hit web\n/ # nosuch\nsh: nosuch: not found\n/ # ^D\n\
         command terminated with exit code 127\n"
    );
    screen.line("kubectl exec -i web -- cat").line("a").line("^D");
    assert_eq!(screen.shown(), "$ kubectl exec -i web -- cat\na\na\n^D\n");
    screen.line("echo piped | kubectl exec -i web -- cat").line("kubectl exec -it web -- sh -c 'echo hi'");
    assert_eq!(screen.shown(), "$ echo piped | kubectl exec -i web -- cat\npiped\n$ kubectl exec -it web -- sh -c 'echo hi'\nhi\n");
}

#[test]
fn a_pod_is_run_to_be_typed_into() {
    let mut screen = Screen::new();
    screen.line("kubectl run -it --rm box --image=busybox -- sh").line("echo hello").line("exit");
    assert_eq!(
        screen.shown(),
        "$ kubectl run -it --rm box --image=busybox -- sh\nIf you don't see a command prompt, try pressing enter.\n/ # echo hello\nhello\n/ # exit\n\
         Session ended, resume using 'kubectl attach box -c box -i -t' command when the pod is running\npod \"box\" deleted\n"
    );
    screen.line("kubectl run -it box2 --image=busybox --restart=Never -- sh").line("exit 3");
    assert_eq!(
        screen.shown(),
        "$ kubectl run -it box2 --image=busybox --restart=Never -- sh\nIf you don't see a command prompt, try pressing enter.\n/ # exit 3\n\
         pod default/box2 terminated (Error)\n"
    );
    screen.line("kubectl run -it box3 --image=busybox").line("exit").wait(3).line("kubectl attach box3 -it").line("echo again").line("exit");
    assert_eq!(
        screen.shown(),
        "$ kubectl run -it box3 --image=busybox\nIf you don't see a command prompt, try pressing enter.\n/ # exit\n\
         Session ended, resume using 'kubectl attach box3 -c box3 -i -t' command when the pod is running\n\
         $ kubectl attach box3 -it\nIf you don't see a command prompt, try pressing enter.\n/ # echo again\nagain\n/ # exit\n\
         Session ended, resume using 'kubectl attach box3 -c box3 -i -t' command when the pod is running\n"
    );
}

#[test]
fn what_was_typed_replays() {
    let mut screen = Screen::new();
    screen.line("kubectl run web --image=luksa/kubia").wait(10);
    screen.line("kubectl exec -it web -- sh").line("echo \"it's\" > /note").line("^C").line("cat /note").line("exit");
    let shown = screen.shown();
    assert!(shown.ends_with("/ # ^C\n/ # cat /note\nit's\n/ # exit\n"), "{shown}");
    screen.wait(3);
    let Ok(mut again) = Simulator::from_link(&screen.simulator.link()) else { panic!("the link is refused") };
    assert_eq!(again.digest(), screen.simulator.digest());
    let shown = again.apply(Command::Line("kubectl exec web -- cat /note".to_owned())).output;
    assert_eq!(shown, "it's\n");
}

/// What kubectl says is as kubectl/pkg/cmd/debug/debug.go has it; the refusals are those of ValidatePodEphemeralContainersUpdate.
#[test]
fn debug_adds_a_container_that_is_typed_into() {
    let mut screen = Screen::new();
    screen.line("kubectl run web --image=nginx").wait(10).shown();
    let lines = ["kubectl debug -it web --image=busybox --profile=general -c dbg --target=web", "wget -qO- localhost | head -1", "exit"];
    for line in lines {
        screen.line(line);
    }
    let expected = "$ kubectl debug -it web --image=busybox --profile=general -c dbg --target=web\n\
        Targeting container \"web\". If you don't see processes from this container it may be because the container runtime doesn't support this \
        feature.\nIf you don't see a command prompt, try pressing enter.\n/ # wget -qO- localhost | head -1\n<!DOCTYPE html>\n/ # exit\n\
        Session ended, the ephemeral container will not be restarted but may be reattached using 'kubectl attach web -c dbg -i -t' if it is \
        still running\n";
    assert_eq!(screen.shown(), expected);
    screen.wait(3).line("kubectl debug web --image=busybox -c dbg --profile=general");
    screen.line("kubectl debug web --image=busybox -c other --target=nope --profile=general -q");
    screen.line("kubectl get pod web --no-headers -o custom-columns=:.status.ephemeralContainerStatuses[*].state.terminated.reason,:.status.phase");
    let shown = screen.shown();
    for part in [
        "The Pod \"web\" is invalid: spec.ephemeralContainers[1].name: Duplicate value: \"dbg\"\n",
        "The Pod \"web\" is invalid: spec.ephemeralContainers[1].targetContainerName: Not found: \"nope\"\n",
        "Completed   Running\n",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    screen.line("kubectl debug node/node1 -it --image=busybox --profile=general").line("hostname").line("exit");
    let shown = screen.shown();
    assert!(shown.contains("Creating debugging pod node-debugger-node1-") && shown.contains(" with container debugger on node node1.\n"), "{shown}");
    assert!(shown.ends_with("/ # hostname\nnode1\n/ # exit\n"), "{shown}");
}
