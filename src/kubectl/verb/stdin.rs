//! What is typed into a program that a line like `kubectl exec -it POD -- sh` has begun: a line of its own, `stdin TEXT`, so that a
//! history replays it. `stdin --end` is Ctrl+D, `stdin --interrupt` is Ctrl+C,
//! `stdin --hang-up` ends the ports that are forwarded.

use super::{Run, Verb};
use crate::kubectl::answer::Answer;
use crate::runtime::Typed;

/// What carries it out; its name is none that kubectl knows.
pub(super) static VERB: Verb = Verb { name: "", flags: &[], run, writes: true };

fn run(run: &mut Run<'_>) -> Answer {
    let words = run.given.args.get(1..).unwrap_or_default();
    let text = words.join(" ") + "\n";
    let typed = match words.first().map(String::as_str) {
        Some("--end") => Typed::End,
        Some("--interrupt") => Typed::Interrupt,
        _ => Typed::Text(&text),
    };
    // Ctrl+C where nothing is typed closes the forwarded ports.
    if words == ["--hang-up"] {
        return Answer { exit: i32::from(!run.world.close_forwards()), ..Answer::default() };
    }
    let Some(target) = run.session.typing.clone() else {
        return Answer { output: "stdin: nothing reads what is typed\n".to_owned(), exit: 1, ..Answer::default() };
    };
    let heard = target.program(run.world).is_some_and(|exec| run.world.type_in(&exec, typed));
    Answer { exit: i32::from(!heard), ..Answer::default() }
}

/// What carries `unlink NAME` out: a file of the terminal goes.
pub(super) static UNLINK_VERB: Verb = Verb { name: "", flags: &[], run: unlink, writes: true };

fn unlink(run: &mut Run<'_>) -> Answer {
    let Some(name) = run.given.args.get(1) else { return Answer { output: "unlink: missing operand\n".to_owned(), exit: 1, ..Answer::default() } };
    match run.session.files.remove(name) {
        Some(_) => Answer::ok(""),
        None => Answer { output: format!("unlink: cannot unlink '{name}': No such file or directory\n"), exit: 1, ..Answer::default() },
    }
}
