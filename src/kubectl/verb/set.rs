//! `kubectl set`, and `set image` itself. Models kubectl/pkg/cmd/set/set_image.go.

use std::rc::Rc;

use super::{local, rollout, Names, Run, Tally, Teller, object_of, set_template, whole};
use crate::api::{Container, Object, PodSpec};
use crate::apiserver::Write;
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;
use crate::kubectl::resource::NOTHING_GIVEN;

pub(super) const FLAGS: &[Flag] = &[
    flag("local", Takes::Truth),
    flag("env", Takes::Text).or('e'),
    flag("containers", Takes::Text).or('c'),
    flag("from", Takes::Text),
    flag("keys", Takes::Text),
    flag("prefix", Takes::Text),
    flag("list", Takes::Truth),
    flag("resolve", Takes::Truth),
    flag("overwrite", Takes::Truth),
    flag("limits", Takes::Text),
    flag("requests", Takes::Text),
    flag("user", Takes::Text),
    flag("group", Takes::Text),
    flag("serviceaccount", Takes::Text),
    flag("resource-version", Takes::Text).not("leave it out"),
];

/// What is said of an object without containers, before its type in Go.
pub(super) const NO_TEMPLATE: &str = "the object is not a pod or does not have a pod template";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    match run.given.args.first().map(String::as_str) {
        Some("image") => {}
        Some("env") => return set_template::env(run),
        Some("resources") => return set_template::resources(run),
        Some("serviceaccount" | "sa") => return set_template::service_account(run),
        Some("selector") => return set_template::selector(run),
        Some("subject") => return set_template::subject(run),
        Some(_) => return Err(Failure::unknown_command("set", &run.given.args)),
        None => return Err(Failure::Bare(super::help::of("set").unwrap_or_default())),
    }
    // Models kubectl/pkg/cmd/util GetResourcesAndPairs.
    let is_pair = |arg: &String| arg.find('=').is_some_and(|at| at > 0) || arg.ends_with('-') && arg.len() > 1;
    let args = &run.given.args[1..];
    let first = args.iter().position(is_pair).unwrap_or(args.len());
    if let Some(late) = args[first..].iter().find(|arg| !is_pair(arg)) {
        return Err(Failure::Own(format!("all resources must be specified before image changes: {late}")));
    }
    let (resources, pairs) = (args[..first].to_vec(), args[first..].to_vec());
    if resources.is_empty() && run.given.text("filename").is_none() {
        return Err(Failure::own(NOTHING_GIVEN));
    }
    let images: Vec<(&str, &str)> = pairs.iter().filter_map(|pair| pair.split_once('=')).collect();
    let teller = Teller::typed(run.given)?;
    let scope = run.scope();
    let (_, found) = run.find_args(&scope, &resources, Names::Needed)?;
    // With something that is not there nothing is changed.
    if !found.failures.is_empty() {
        return Ok(Answer::of(String::new(), &found.failures));
    }
    if images.is_empty() {
        return Err(Failure::own("at least one image update is required"));
    }
    let mut tally = Tally::default();
    for item in &found.items {
        let mut missing = Vec::new();
        tally.add(one(run, item, &images, &mut missing, &teller));
        tally.failures.extend(missing.iter().map(|name| Failure::Own(format!("error: unable to find container named \"{name}\""))));
    }
    Ok(tally.answer())
}

/// Sets the images that fit, and gathers the names that no container has.
fn one<'a>(run: &mut Run<'_>, item: &Item, images: &[(&'a str, &str)], missing: &mut Vec<&'a str>, teller: &Teller) -> Result<String, Failure> {
    let mut object = object_of(item)?;
    let before = object.clone();
    match &mut object {
        Object::Pod(pod) => set_images(Rc::make_mut(&mut Rc::make_mut(pod).spec), images, missing),
        other => {
            let mut change = |template: &mut crate::api::PodTemplateSpec| {
                set_images(Rc::make_mut(&mut template.spec), images, missing);
                Ok(())
            };
            if !rollout::change_template(other, &mut change)? {
                let info = item.kind().info();
                return Err(Failure::Own(format!("{}/{} {NO_TEMPLATE}: *v1.{}", info.plural, item.name(), item.kind().name())));
            }
        }
    }
    // kubectl sends nothing, and says nothing, where all images are as wanted.
    if object == before {
        return Ok(String::new());
    }
    object.meta_mut().resource_version = 0;
    if teller.dry_run.is_unsent() {
        return local::tell(run, &before, object, "image updated", teller);
    }
    let committed = run.write(Write::Update(object), teller.dry_run).map_err(|failure| failure.within("failed to patch image update to pod template: "))?;
    teller.tell_written(committed, "image updated")
}

fn set_images<'a>(spec: &mut PodSpec, images: &[(&'a str, &str)], missing: &mut Vec<&'a str>) {
    for (name, image) in images {
        let fits = |container: &&mut Container| *name == "*" || container.name == **name;
        let mut found = false;
        for container in spec.init_containers.iter_mut().chain(&mut spec.containers).filter(fits) {
            container.image = Name::from(*image);
            found = true;
        }
        if !found {
            missing.push(name);
        }
    }
}
