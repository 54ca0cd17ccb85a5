//! Which objects a command line means: TYPE, TYPE NAME, TYPE/NAME, several kinds, selectors, files.
//! Models cli-runtime/pkg/resource/builder.go and its error texts.

use crate::api::{ApiError, FieldSelector, Kind, Labels, ObjectKey, Reason, Requirement};
use crate::base::Name;
use crate::store::View;

use super::answer::Failure;
use super::flags::Given;
use super::item::{self, Item};
use super::{print, selector};

/// Where and by what a command selects.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// The namespace in force.
    pub namespace: Name,
    /// `-A`
    pub everywhere: bool,
    /// `-l`
    pub labels: Option<String>,
    /// `--field-selector`
    pub fields: Option<String>,
    /// `--all`
    pub all: bool,
}

/// What a command line names.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    /// These objects, in this order.
    Named(Vec<(Kind, Name)>),
    /// Whatever the scope selects of these kinds.
    Kinds(Vec<Kind>),
}

/// Whether a kind without names is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// It stands for all of the kind.
    Optional,
    /// Names, a selector or `--all` must be there.
    Needed,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub items: Vec<Item>,
    pub failures: Vec<Failure>,
}

/// The kind that a word names.
pub(super) fn kind(word: &str) -> Result<Kind, Failure> {
    Kind::of_word(word).ok_or_else(|| Failure::Own(format!("the server doesn't have a resource type \"{}\"", word.split('.').next().unwrap_or_default())))
}

/// The kinds that a word with commas names; `all` stands for the usual ones.
fn kinds(word: &str) -> Result<Vec<Kind>, Failure> {
    let mut kinds: Vec<Kind> = Vec::new();
    let mut add = |kind: Kind| {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    };
    for part in word.split(',') {
        match part {
            "all" => Kind::all().filter(|kind| kind.info().in_all).for_each(&mut add),
            _ => add(kind(part)?),
        }
    }
    Ok(kinds)
}

const NO_SEPARATE_TYPE: &str = "there is no need to specify a resource type as a separate argument when passing arguments in \
    resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";
const ONE_EACH: &str = "arguments in resource/name form must have a single resource and name";
/// What a verb says that was told of no object at all.
pub(super) const NOTHING_GIVEN: &str = "You must provide one or more resources by argument or filename.\nExample resource specifications \
    include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

impl Wanted {
    /// What arguments name.
    pub fn of_args(args: &[String]) -> Result<Wanted, Failure> {
        let slashed = args.iter().filter(|arg| arg.contains('/')).count();
        if slashed > 0 && slashed < args.len() {
            return Err(Failure::own(NO_SEPARATE_TYPE));
        }
        if slashed > 0 {
            return args.iter().map(|arg| of_slashed(arg)).collect::<Result<_, _>>().map(Wanted::Named);
        }
        let Some((types, names)) = args.split_first() else { return Err(Failure::own(NOTHING_GIVEN)) };
        // `po,svc a` stands for po/a svc/a.
        if types.contains(',') && !names.is_empty() && types.split(',').any(str::is_empty) {
            return Err(Failure::own(ONE_EACH));
        }
        let kinds = kinds(types)?;
        if names.is_empty() {
            return Ok(Wanted::Kinds(kinds));
        }
        if !types.contains(',') && kinds.len() > 1 {
            return Err(Failure::own("you must specify only one resource"));
        }
        let pairs = kinds.iter().flat_map(|kind| names.iter().map(|name| (*kind, Name::from(name))));
        Ok(Wanted::Named(pairs.collect()))
    }

    /// The same in parts of one kind each, in their order.
    pub fn by_kind(self) -> Vec<Wanted> {
        match self {
            Wanted::Kinds(kinds) => kinds.into_iter().map(|kind| Wanted::Kinds(vec![kind])).collect(),
            Wanted::Named(named) => named.chunk_by(|one, next| one.0 == next.0).map(|part| Wanted::Named(part.to_vec())).collect(),
        }
    }

    /// The kinds, each once.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        let all: Vec<Kind> = match self {
            Wanted::Named(named) => named.iter().map(|(kind, _)| *kind).collect(),
            Wanted::Kinds(kinds) => kinds.clone(),
        };
        for kind in all {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }
}

fn of_slashed(arg: &str) -> Result<(Kind, Name), Failure> {
    let mut parts = arg.split('/');
    let (word, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if parts.next().is_some() {
        return Err(Failure::own("arguments in resource/name form may not have more than one slash"));
    }
    if word.is_empty() || name.is_empty() || word.contains(',') || word == "all" {
        return Err(Failure::own(ONE_EACH));
    }
    Ok((kind(word)?, name.into()))
}

impl Scope {
    /// The scope that flags set.
    pub fn of(given: &Given, context_namespace: &Name) -> Scope {
        let text = |flag| given.text(flag).map(str::to_owned);
        Scope {
            namespace: given.text("namespace").filter(|text| !text.is_empty()).map_or(context_namespace.clone(), Name::from),
            everywhere: given.is_on("all-namespaces"),
            labels: text("selector").filter(|text| !text.is_empty()),
            fields: text("field-selector").filter(|text| !text.is_empty()),
            all: given.is_on("all"),
        }
    }

    /// Whether anything but names selects.
    pub fn selects(&self) -> bool {
        self.labels.is_some() || self.fields.is_some() || self.all
    }

    /// Where an object of a kind lives in this scope.
    pub fn key(&self, kind: Kind, name: &Name) -> ObjectKey {
        let namespace = if kind.info().namespaced { self.namespace.clone() } else { Name::default() };
        ObjectKey { kind, namespace, name: name.clone() }
    }

    /// Finds what is wanted.
    pub fn find(&self, view: View<'_>, wanted: &Wanted, names: Names) -> Found {
        let mut found = Found::default();
        match wanted {
            Wanted::Named(_) if self.selects() => {
                found.failures.push(Failure::own("name cannot be provided when a selector is specified"));
            }
            Wanted::Named(_) if self.everywhere => {
                found.failures.push(Failure::own("a resource cannot be retrieved by name across all namespaces"));
            }
            Wanted::Named(named) if named.iter().any(|(_, name)| name.is_empty()) => {
                found.failures.push(Failure::own("resource name may not be empty"));
            }
            Wanted::Named(named) => {
                for (kind, name) in named {
                    match item::find(view, &self.key(*kind, name)) {
                        Some(item) => found.items.push(item),
                        None => found.failures.push(ApiError::not_found(*kind, name).into()),
                    }
                }
            }
            Wanted::Kinds(..) if names == Names::Needed && !self.selects() => {
                found.failures.push(Failure::own("resource(s) were provided, but no name was specified"));
            }
            Wanted::Kinds(kinds) => {
                for kind in kinds {
                    match self.list(view, *kind) {
                        Ok(items) => found.items.extend(items),
                        Err(failure) => found.failures.push(failure),
                    }
                }
            }
        }
        found
    }

    /// All of a kind that the scope selects.
    pub fn list(&self, view: View<'_>, kind: Kind) -> Result<Vec<Item>, Failure> {
        if kind.info().is_review {
            return Err(ApiError::new(Reason::MethodNotAllowed, "the server does not allow this method on the requested resource").into());
        }
        let filter = self.filter(kind)?;
        let everywhere = self.everywhere || !kind.info().namespaced;
        let namespace = if everywhere { Name::default() } else { self.namespace.clone() };
        Ok(item::list(view, kind, &namespace).into_iter().filter(|item| filter.fits(item)).collect())
    }

    /// The label selector alone, for what is not on the server yet.
    pub fn filter_labels(&self) -> Result<Filter, Failure> {
        let labels = selector::parse_labels(self.labels.as_deref().unwrap_or_default()).map_err(Failure::Own)?;
        Ok(Filter { labels, fields: FieldSelector::default() })
    }

    /// The selectors, read for a kind; the server refuses what it cannot read.
    pub fn filter(&self, kind: Kind) -> Result<Filter, Failure> {
        let (labels, fields) = (self.labels.as_deref().unwrap_or_default(), self.fields.as_deref().unwrap_or_default());
        let refuse = |why: String| -> Failure {
            let info = kind.info();
            let resource = format!("{}/{}, Resource={}", info.group, info.version, info.plural);
            let selectors = format!("that match label selector \"{labels}\", field selector \"{fields}\"");
            ApiError::new(Reason::BadRequest, format!("Unable to find \"{resource}\" {selectors}: {why}")).into()
        };
        let filter = Filter {
            labels: selector::parse_labels(labels).map_err(refuse)?,
            fields: selector::parse_fields(fields).map_err(refuse)?,
        };
        let known = |path: &str| field_default(kind, path).is_some();
        match filter.fields.terms.iter().find(|(path, ..)| !known(path)) {
            Some((path, ..)) => Err(refuse(format!("field label not supported: {path}"))),
            None => Ok(filter),
        }
    }
}

/// What an absent field counts as in a field selector; None if the server does not know the field there.
fn field_default(kind: Kind, path: &str) -> Option<&'static str> {
    if path == "metadata.name" || path == "metadata.namespace" && kind.info().namespaced {
        return Some("");
    }
    print::table_of(kind).fields.iter().find(|(known, _)| *known == path).map(|(_, default)| *default)
}

/// Selectors that have been read.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    labels: Vec<Requirement>,
    fields: FieldSelector,
}

impl Filter {
    /// Whether these labels are meant.
    pub fn fits_labels(&self, labels: &Labels) -> bool {
        self.labels.iter().all(|requirement| requirement.matches(labels))
    }

    /// Whether an item is meant.
    pub fn fits(&self, item: &Item) -> bool {
        if !self.labels.is_empty() && !self.fits_labels(&item.labels()) {
            return false;
        }
        if self.fields.terms.is_empty() {
            return true;
        }
        let value = item.to_value();
        self.fields.terms.iter().all(|(path, equal, wanted)| {
            let default = field_default(item.kind(), path).unwrap_or_default();
            (field_text(&value, path, default) == wanted.as_str()) == *equal
        })
    }
}

fn field_text(value: &serde_json::Value, path: &str, default: &str) -> String {
    // An event's source is selected by its component.
    let path = if path == "source" { "source.component" } else { path };
    let found = path.split('.').try_fold(value, |value, key| value.get(key));
    match found {
        None | Some(serde_json::Value::Null) => default.to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(line: &str) -> Result<Wanted, Failure> {
        Wanted::of_args(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_name_objects() {
        let (pod, rc) = (Kind::Pod, Kind::ReplicationController);
        let named = |pairs: &[(Kind, &str)]| Ok(Wanted::Named(pairs.iter().map(|(k, n)| (*k, (*n).into())).collect()));
        let table = [
            ("po", Ok(Wanted::Kinds(vec![pod]))),
            ("po,rc,pods", Ok(Wanted::Kinds(vec![pod, rc]))),
            ("all", Ok(Wanted::Kinds(Kind::all().filter(|kind| kind.info().in_all).collect()))),
            ("po a b", named(&[(pod, "a"), (pod, "b")])),
            ("po,rc a", named(&[(pod, "a"), (rc, "a")])),
            ("pod/a rc/b", named(&[(pod, "a"), (rc, "b")])),
            ("pod/x rc", Err(Failure::own(NO_SEPARATE_TYPE))),
            ("po,nosuch", Err(Failure::own("the server doesn't have a resource type \"nosuch\""))),
            ("pod/a/b", Err(Failure::own("arguments in resource/name form may not have more than one slash"))),
            ("pod/", Err(Failure::own("arguments in resource/name form must have a single resource and name"))),
            ("", Err(Failure::own(NOTHING_GIVEN))),
        ];
        for (line, expected) in table {
            assert_eq!(wanted(line), expected, "{line}");
        }
    }

    #[test]
    fn each_kind_is_asked_for_by_itself() {
        let parts = |line| wanted(line).map(|wanted| wanted.by_kind().iter().map(Wanted::kinds).collect::<Vec<_>>());
        let (pod, rc) = (Kind::Pod, Kind::ReplicationController);
        let table: [(&str, &[Kind]); 4] =
            [("rc,po", &[rc, pod]), ("po a b", &[pod]), ("po/a rc/b rc/c po/d", &[pod, rc, pod]), ("po,rc a", &[pod, rc])];
        for (line, kinds) in table {
            assert_eq!(parts(line), Ok(kinds.iter().map(|kind| vec![*kind]).collect()), "{line}");
        }
    }
}
