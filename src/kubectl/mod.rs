//! stub
#![allow(missing_docs)]
use std::collections::BTreeMap;
use crate::{api::*, base::*, store::*, engine::World};
#[derive(Clone, Debug, Default)] pub struct Answer { pub output: String, pub exit: i32, pub follow: Follow }
#[derive(Clone, Debug, Default)] pub enum Follow { #[default] Done, UntilGone(Vec<(ObjectKey, Uid)>), Watch(Box<Watch>), Wait(Box<Wait>) }
#[derive(Clone, Debug)] pub struct Watch;
impl Watch { pub fn on_change(&mut self, _: &Change, _: View<'_>, _: SimTime) -> Option<String> { None } }
#[derive(Clone, Debug)] pub struct Wait;
impl Wait { pub fn poll(&mut self, _: View<'_>, _: SimTime) -> Option<(String, i32)> { None } }
#[derive(Clone, Debug, Default)] pub struct Session { pub namespace: Name, pub files: BTreeMap<String, String> }
impl Session { pub fn new(n: &str) -> Session { Session { namespace: n.into(), files: BTreeMap::new() } } }
pub struct Invocation(String);
pub fn parse(line: &str) -> Result<Invocation, Answer> { Ok(Invocation(line.into())) }
impl Invocation { pub fn changes_cluster(&self) -> bool { true } pub fn run(&self, s: &mut Session, w: &mut World) -> Answer {
  for text in s.files.values() { for d in crate::manifest::decode(text).documents { let mut v = d.value.clone(); v["metadata"]["namespace"] = "default".into(); if let Some(k) = Kind::of_manifest(d.api_version(), d.kind()) && let Some(o) = Object::from_value(k, &v) { let _ = w.request(crate::apiserver::Write::Create(o)); } } }
  Answer { output: self.0.clone(), ..Default::default() } } }
pub fn describe(_: &ObjectKey, _: View<'_>, _: SimTime) -> Option<String> { None }
pub fn complete(_: &str, _: &Session, _: View<'_>) -> Vec<String> { Vec::new() }
pub fn quoted(s: &str) -> String { s.into() }
pub fn check(_: &str, _: &Session, _: &World) -> Vec<crate::manifest::Diagnostic> { Vec::new() }
