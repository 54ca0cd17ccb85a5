//! How verbs that write tell what they did: dry runs, `-o`, and what failed of several objects.

use std::cell::Cell;

use serde_json::{Value, json};

use super::get;
use crate::apiserver::Committed;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::Given;
use crate::kubectl::item::Item;
use crate::kubectl::print::Output;

/// `--dry-run`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DryRun {
    No,
    Client,
    Server,
    /// `--local`: the file alone is looked at.
    Local,
}

impl DryRun {
    pub fn of(given: &Given) -> Result<DryRun, Failure> {
        match given.text("dry-run") {
            None if given.is_on("local") => Ok(DryRun::Local),
            None | Some("none" | "false" | "0" | "f" | "F" | "FALSE" | "False") => Ok(DryRun::No),
            Some("client" | "unchanged" | "true" | "1" | "t" | "T" | "TRUE" | "True") => Ok(DryRun::Client),
            Some("server") => Ok(DryRun::Server),
            Some(other) => {
                Err(Failure::Own(format!("Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\".")))
            }
        }
    }

    /// Whether nothing is sent to the server.
    pub fn is_unsent(self) -> bool {
        matches!(self, DryRun::Client | DryRun::Local)
    }

    pub fn suffix(self) -> &'static str {
        match self {
            DryRun::No | DryRun::Local => "",
            DryRun::Client => " (dry run)",
            DryRun::Server => " (server dry run)",
        }
    }
}

/// How a verb that writes tells what it did.
pub(super) struct Teller {
    pub output: Option<Output>,
    pub dry_run: DryRun,
    /// What is said of a dry run.
    suffix: &'static str,
    /// Whether it has printed an object: YAML documents stand apart.
    printed: Cell<bool>,
    /// Objects that are printed together at the end, if that is how the verb does it.
    gathered: Option<Cell<Vec<Value>>>,
}

impl Teller {
    pub fn of(given: &Given) -> Result<Teller, Failure> {
        let dry_run = DryRun::of(given)?;
        Ok(Teller { dry_run, suffix: dry_run.suffix(), output: Output::of_write(Some(&get::template(given)))?, printed: false.into(), gathered: None })
    }

    /// One of a verb that does not say that it was a dry run, as `taint` and `patch`.
    pub fn silent(given: &Given) -> Result<Teller, Failure> {
        Ok(Teller { suffix: "", ..Teller::of(given)? })
    }

    /// One of a verb that holds objects in kubectl's own types.
    pub fn typed(given: &Given) -> Result<Teller, Failure> {
        let mut teller = Teller::of(given)?;
        teller.output = teller.output.map(Output::typed);
        Ok(teller)
    }

    /// One that prints all objects together at the end, as `apply` does: several of them as a List.
    pub fn gathering(given: &Given) -> Result<Teller, Failure> {
        let mut teller = Teller::of(given)?;
        if !matches!(teller.output, None | Some(Output::Name)) {
            teller.gathered = Some(Vec::new().into());
        }
        Ok(teller)
    }

    /// Keeps an object for the end; false if it is to be printed now.
    pub fn gather(&self, value: &Value) -> bool {
        let Some(gathered) = &self.gathered else { return false };
        let mut values = gathered.take();
        values.push(value.clone());
        gathered.set(values);
        true
    }

    /// All objects that were kept for the end.
    pub fn gathered(&self) -> Result<String, Failure> {
        let (Some(output), Some(gathered)) = (&self.output, &self.gathered) else { return Ok(String::new()) };
        let values = gathered.take();
        match values.as_slice() {
            [] => Ok(String::new()),
            [one] => output.value(one),
            _ => output.value(&json!({"apiVersion": "v1", "items": values, "kind": "List", "metadata": {}})),
        }
    }

    /// `pod/kubia labeled`, or what `-o` asks for.
    pub fn tell(&self, item: &Item, deed: &str) -> Result<String, Failure> {
        match &self.output {
            None => Ok(format!("{} {deed}{}\n", item.slashed(), self.suffix)),
            Some(Output::Name) => Ok(item.slashed() + "\n"),
            Some(_) if self.gather(&item.to_value()) => Ok(String::new()),
            Some(output) => Ok(self.apart(output) + &output.one(item)?),
        }
    }

    /// What stands before an object that is not the first. Models cli-runtime's YAMLPrinter.
    pub fn apart(&self, output: &Output) -> String {
        let is_next = self.printed.replace(true) && matches!(output, Output::Yaml);
        if is_next { "---\n".to_owned() } else { String::new() }
    }

    /// The same of a write's result, its warnings first.
    pub fn tell_written(&self, committed: Committed, deed: &str) -> Result<String, Failure> {
        let mut text = warnings(&committed.warnings);
        text += &self.tell(&Item::Object(committed.object), deed)?;
        Ok(text)
    }
}

pub(super) fn warnings(warnings: &[String]) -> String {
    warnings.iter().map(|warning| format!("Warning: {warning}\n")).collect()
}

/// What a verb did to several objects: what it printed, and what failed.
#[derive(Default)]
pub(super) struct Tally {
    pub text: String,
    pub failures: Vec<Failure>,
}

impl Tally {
    pub fn add(&mut self, result: Result<String, Failure>) {
        match result {
            Ok(text) => self.text += &text,
            Err(failure) => self.failures.push(failure),
        }
    }

    pub fn answer(self) -> Answer {
        Answer::of(self.text, &self.failures)
    }
}
