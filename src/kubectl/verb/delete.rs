//! `kubectl delete`. Models kubectl/pkg/cmd/delete.

use super::{DryRun, Requests, Run, Tally, object_of, whole};
use crate::api::{Kind, ObjectKey, Uid};
use crate::base::Name;
use crate::apiserver::{DeleteOptions, Propagation, Write};
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::files::{self, Target};
use crate::kubectl::flags::{Flag, Takes, duration_millis, flag};
use crate::kubectl::item::{self, Item};
use crate::kubectl::resource::{Found, Names, Scope, Wanted};

pub(super) const FLAGS: &[Flag] = &[
    flag("cascade", Takes::TextOr("background")),
    flag("force", Takes::Truth),
    flag("grace-period", Takes::Number),
    flag("ignore-not-found", Takes::Truth),
    flag("now", Takes::Truth),
    flag("wait", Takes::Truth),
    flag("timeout", Takes::Duration),
    flag("interactive", Takes::Truth).or('i').not("nobody is asked here, so leave it out"),
    flag("raw", Takes::Text).not("name the object"),
];

/// How the flags want it.
struct Manner {
    options: DeleteOptions,
    force: bool,
    wait: bool,
    dry_run: DryRun,
    name_only: bool,
    warnings: String,
}

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let manner = manner(run)?;
    let scope = run.scope();
    let (parts, failures) = match parts(run, &scope) {
        Ok(parts) => parts,
        Err(failure) => return Ok(Answer::of(manner.warnings, &[failure])),
    };
    let lenient = run.given.is_on("ignore-not-found") || scope.all && !run.given.is_off("ignore-not-found");
    let mut tally = Tally { text: manner.warnings.clone(), failures };
    let (mut gone, mut requests) = (Vec::new(), Requests::new(manner.dry_run));
    for part in &parts {
        // A kind is listed when its turn comes: by then some of it may have gone with what was deleted before.
        requests.next(run.world);
        // A dry run of the client does not ask whether there is what is named.
        if let Some(named) = part.named().filter(|_| manner.dry_run == DryRun::Client && !scope.selects() && !scope.everywhere) {
            tally.text.extend(named.iter().map(|(kind, name)| manner.told(*kind, name)));
            continue;
        }
        let (mut found, file) = find(run, &scope, part);
        found.failures.retain(|failure| !lenient || !failure.is_not_found());
        tally.failures.append(&mut found.failures);
        for (number, item) in found.items.iter().enumerate() {
            if number > 0 {
                requests.next(run.world);
            }
            let result = delete(run, item, &manner, &mut gone);
            tally.add(result.map_err(|failure| file.map_or(failure.clone(), |file| failure.of_file("deleting", file))));
        }
    }
    let quiet = run.given.is_on("ignore-not-found") && !scope.selects();
    if gone.is_empty() && tally.text == manner.warnings && tally.failures.is_empty() && !quiet {
        tally.text += "No resources found\n";
    }
    // kubectl does not wait if anything went wrong.
    let limited = run.given.text("timeout").and_then(|text| duration_millis(text).ok()).is_some_and(|millis| millis > 0);
    let follow = match () {
        _ if !manner.wait || gone.is_empty() => Follow::Done,
        _ if limited => Follow::Wait(Box::new(super::Wait::until_gone(gone, super::wait::limit_or_never(run)))),
        _ => Follow::UntilGone(gone),
    };
    Ok(tally.answer().followed_by(follow))
}

fn manner(run: &Run<'_>) -> Result<Manner, Failure> {
    let given = run.given;
    let mut warnings = String::new();
    let propagation = cascade(given.text("cascade").unwrap_or("background"), &mut warnings)?;
    let dry_run = DryRun::of(given)?;
    let name_only = match given.text("output") {
        None | Some("") => false,
        Some("name") => true,
        Some(other) => {
            return Err(Failure::Own(format!("unexpected -o output mode: {other}. We only support '-o name'")));
        }
    };
    let (now, force) = (given.is_on("now"), given.is_on("force"));
    let mut grace = given.number("grace-period").filter(|seconds| *seconds >= 0);
    if now && grace.is_some() {
        return Err(Failure::own("--now and --grace-period cannot be specified together"));
    }
    let scope = run.scope();
    if given.args.is_empty() && given.text("filename").is_none() && scope.selects() {
        return Err(Failure::own("at least one resource must be specified to use a selector"));
    }
    if scope.all && scope.labels.is_some() {
        return Err(Failure::own("setting 'all' parameter but found a non empty selector. "));
    }
    if scope.all && scope.fields.is_some() {
        return Err(Failure::own("setting 'all' parameter but found a non empty selector. "));
    }
    let mut wait = !given.is_off("wait") && dry_run == DryRun::No;
    if now && force {
        return Err(Failure::own("--force and --grace-period greater than 0 cannot be specified together"));
    }
    if now {
        grace = Some(1);
    }
    if force {
        grace = grace.or(Some(0));
    }
    match grace {
        Some(0) if !force => grace = Some(1),
        Some(0) => {
            warnings += "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. \
                The resource may continue to run on the cluster indefinitely.\n";
            wait = wait && given.text("wait").is_some();
        }
        Some(_) if force && given.number("grace-period").is_some_and(|seconds| seconds > 0) => {
            return Err(Failure::own("--force and --grace-period greater than 0 cannot be specified together"));
        }
        _ => {}
    }
    let options = DeleteOptions { grace_seconds: grace, propagation, uid: None };
    Ok(Manner { options, force, wait, dry_run, name_only, warnings })
}

/// Models delete_flags.go and delete.go parseCascadingFlag.
pub(super) fn cascade(text: &str, warnings: &mut String) -> Result<Propagation, Failure> {
    let (deprecated, propagation) = match text {
        "background" => return Ok(Propagation::Background),
        "foreground" => return Ok(Propagation::Foreground),
        "orphan" => return Ok(Propagation::Orphan),
        "true" | "1" | "t" | "T" | "TRUE" | "True" => ("background", Propagation::Background),
        "false" | "0" | "f" | "F" | "FALSE" | "False" => ("orphan", Propagation::Orphan),
        other => {
            let allowed = "Must be \"background\", \"foreground\", or \"orphan\"";
            return Err(Failure::Own(format!("invalid cascade value ({other}). {allowed}")));
        }
    };
    *warnings +=
        &format!("warning: --cascade={text} is deprecated (boolean value) and can be replaced with --cascade={deprecated}.\n");
    Ok(propagation)
}

/// What one request asks for.
enum Part {
    /// What arguments name, of one kind.
    Args(Wanted),
    /// What a file names.
    File(Target),
}

impl Part {
    /// What is named one by one.
    fn named(&self) -> Option<Vec<(Kind, Name)>> {
        match self {
            Part::Args(Wanted::Named(named)) => Some(named.clone()),
            Part::Args(Wanted::Kinds(_)) => None,
            Part::File(target) => Some(vec![(target.key.kind, target.key.name.clone())]),
        }
    }
}

impl Manner {
    /// What is said of an object that was deleted.
    fn told(&self, kind: Kind, name: &Name) -> String {
        if self.name_only {
            return format!("{}/{name}\n", kind.qualified());
        }
        let forced = self.force && self.options.grace_seconds == Some(0);
        let deed = if forced { "force deleted" } else { "deleted" };
        format!("{} \"{name}\" {deed}{}\n", kind.qualified(), self.dry_run.suffix())
    }
}

/// What is to be deleted, in the order of the requests.
fn parts(run: &Run<'_>, scope: &Scope) -> Result<(Vec<Part>, Vec<Failure>), Failure> {
    let args = &run.given.args;
    if run.given.text("filename").is_none() {
        let wanted = Wanted::of_args(args)?;
        if matches!(wanted, Wanted::Kinds(_)) && !scope.selects() {
            // Names are missing: that is said once, for all kinds.
            return Ok((vec![Part::Args(wanted)], Vec::new()));
        }
        return Ok((wanted.by_kind().into_iter().map(Part::Args).collect(), Vec::new()));
    }
    if !args.is_empty() {
        let message = "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well";
        return Err(Failure::own(message));
    }
    let (targets, failures) = files::targets(run.given, run.session, scope);
    Ok((targets.into_iter().map(Part::File).collect(), failures))
}

/// What is there of a part, and the file that names it.
fn find<'a>(run: &Run<'_>, scope: &Scope, part: &'a Part) -> (Found, Option<&'a str>) {
    let target = match part {
        Part::Args(wanted) => return (scope.find(run.view(), wanted, Names::Needed), None),
        Part::File(target) => target,
    };
    let nameless = || Failure::own(super::apply::NAMELESS);
    let not_found = || Failure::from(crate::api::ApiError::not_found(target.key.kind, &target.key.name));
    let missing = || if target.key.name.is_empty() { nameless() } else { not_found() };
    let found = match item::find(run.view(), &target.key) {
        Some(item) => Found { items: vec![item], failures: Vec::new() },
        None => Found { items: Vec::new(), failures: vec![missing().of_file("deleting", &target.file)] },
    };
    (found, Some(&target.file))
}

fn delete(run: &mut Run<'_>, item: &Item, manner: &Manner, gone: &mut Vec<(ObjectKey, Uid)>) -> Result<String, Failure> {
    let object = object_of(item)?;
    if manner.dry_run != DryRun::Client {
        let write = Write::Delete { key: object.key(), options: manner.options };
        run.write(write, manner.dry_run)?;
        gone.push((object.key(), object.meta().uid));
    }
    Ok(manner.told(item.kind(), &item.name()))
}
