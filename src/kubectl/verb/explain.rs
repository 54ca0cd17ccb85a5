//! `kubectl explain`: the fields of a kind, from the schema table. Models kubectl/pkg/explain/v2 (plaintext.tmpl).
//! `explain.txt` holds the descriptions, which are Kubernetes' own. `<empty>` or `<no description>` stands for what it does not hold:
//! sources of volumes of cloud providers, claims of devices.

use super::{Run, whole};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::resource;
use crate::manifest::schema::{self, Field, Shape, TypeId};

const MEANINGS: &str = include_str!("../explain.txt");

pub(super) const FLAGS: &[Flag] = &[
    flag("recursive", Takes::Truth),
    flag("api-version", Takes::Text),
    flag("output", Takes::Text).or('o'),
];
/// Columns that a description may take, beside its indentation of four.
const WIDTH: usize = 76;

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let path = match given.args.as_slice() {
        [] => {
            let advice = "Use \"kubectl api-resources\" for a complete list of supported resources.";
            return Err(Failure::Own(format!("You must specify the type of resource to explain. {advice}")));
        }
        [path] => path,
        _ => return Err(Failure::own("We accept only this format: explain RESOURCE")),
    };
    if let Some(output) = given.text("output").filter(|output| !matches!(*output, "" | "plaintext" | "plaintext-openapiv2")) {
        return Err(Failure::Own(format!("Invalid output format: {output}. Available formats: plaintext, plaintext-openapiv2")));
    }
    let (word, fields) = path.split_once('.').map_or((path.as_str(), ""), |(word, rest)| (word, rest));
    let kind = resource::kind(word).map_err(Failure::bare)?;
    let version = given.text("api-version").map_or_else(|| kind.api_version(), str::to_owned);
    let top = schema::kind(&version, kind.name());
    let top = top.ok_or_else(|| Failure::Own(format!("couldn't find resource for \"{}{version}, Resource={}\"", if version.contains('/') { "" } else { "/" }, kind.info().plural)))?;
    let mut text = String::new();
    let (group, short) = version.rsplit_once('/').unwrap_or(("", &version));
    if !group.is_empty() {
        text += &format!("GROUP:      {group}\n");
    }
    text += &format!("KIND:       {}\nVERSION:    {short}\n\n", kind.name());
    let path: Vec<&str> = fields.split('.').filter(|name| !name.is_empty()).collect();
    let Some((field, at)) = follow(top, &path) else {
        let missing = path.last().copied().unwrap_or_default();
        return Ok(Answer { output: format!("{text}error: field \"{missing}\" does not exist\n"), exit: 1, ..Answer::default() });
    };
    describe(&mut text, field, &at);
    if let Some(id) = at.inner_struct() {
        text += "FIELDS:\n";
        if given.is_on("recursive") {
            list_all(&mut text, id, &mut Vec::new());
        } else {
            list(&mut text, id);
        }
    }
    Ok(Answer::ok(text + "\n"))
}

/// What stands at the end of a path, and the type and name of its last field; none if it leads nowhere.
fn follow(top: TypeId, path: &[&str]) -> Option<(Option<(TypeId, &'static str)>, Shape)> {
    let mut field = None;
    let mut at = Shape::Struct(top);
    for name in path {
        let id = at.inner_struct()?;
        let found = schema::field(id, name)?;
        (field, at) = (Some((id, found.name)), found.shape.clone());
    }
    Some((field, at))
}

/// The name of a field and its values, if it is about one, and the description.
fn describe(text: &mut String, field: Option<(TypeId, &str)>, at: &Shape) {
    let mut description = String::new();
    if let Some((id, name)) = field {
        let words = Words::of(id).about(name);
        *text += &format!("FIELD: {name} <{}>\n", type_name(at));
        if !words.values.is_empty() {
            *text += "ENUM:";
            words.values.iter().for_each(|value| *text += &format!("\n    {}", shown(value)));
        }
        *text += "\n\n";
        add_paragraph(&mut description, &words.text);
    }
    add_paragraph(&mut description, &of_shape(at));
    *text += "DESCRIPTION:\n";
    wrap(text, if description.is_empty() { "<empty>" } else { &description });
}

fn add_paragraph(description: &mut String, words: &str) {
    if !words.is_empty() {
        description.push_str(words);
        description.push('\n');
    }
}

/// What a value of this shape is, apart from the field that it stands in.
fn of_shape(shape: &Shape) -> String {
    match shape {
        Shape::Struct(id) => Words::of(*id).about("").text,
        Shape::List(item) | Shape::Map(item) => of_shape(item),
        Shape::Quantity => Words::named("Quantity", "").about("").text,
        Shape::IntOrString => Words::named("IntOrString", "").about("").text,
        Shape::Time => Words::named("Time", "").about("").text,
        Shape::MicroTime => Words::named("MicroTime", "").about("").text,
        Shape::String | Shape::Int32 | Shape::Int64 | Shape::Bool | Shape::Bytes | Shape::Any => String::new(),
    }
}

/// The fields of a struct with their descriptions.
fn list(text: &mut String, id: TypeId) {
    let words = Words::of(id);
    for field in schema::fields_of(id) {
        let about = words.about(field.name);
        list_field(text, field, &about, "  ");
        wrap(text, if about.text.is_empty() { "<no description>" } else { &about.text });
        text.push('\n');
    }
}

/// The fields of a struct and of what it holds, without descriptions. `outer` are the types around it: none is opened within itself.
fn list_all(text: &mut String, id: TypeId, outer: &mut Vec<TypeId>) {
    let words = Words::of(id);
    let indent = "  ".repeat(outer.len() + 1);
    for field in schema::fields_of(id) {
        list_field(text, field, &words.about(field.name), &indent);
        let Some(inner) = field.shape.inner_struct() else { continue };
        if outer.iter().any(|of| is_same(*of, inner)) {
            continue;
        }
        outer.push(inner);
        list_all(text, inner, outer);
        outer.pop();
    }
}

fn is_same(one: TypeId, other: TypeId) -> bool {
    schema::type_name(one) == schema::type_name(other) && schema::type_version(one) == schema::type_version(other)
}

fn list_field(text: &mut String, field: &Field, about: &About, indent: &str) {
    let required = if field.required { " -required-" } else { "" };
    text.push_str(&format!("{indent}{}\t<{}>{required}\n", field.name, type_name(&field.shape)));
    if about.values.is_empty() {
        return;
    }
    // At most four values, with a sign that there are more.
    let values: Vec<&str> = about.values.iter().take(4).map(|value| shown(value)).collect();
    let more = if about.values.len() > 4 { ", ...." } else { "" };
    text.push_str(&format!("{indent}enum: {}{more}\n", values.join(", ")));
}

/// The empty value is shown as two quotes.
fn shown(value: &str) -> &str {
    if value.is_empty() { "\"\"" } else { value }
}

/// What `explain.txt` says of a type: the lines about itself (without a name) and about its fields. The first line of a name counts.
struct Words(Vec<(&'static str, &'static str)>);

/// What it says of a field.
#[derive(Default)]
struct About {
    /// The values that a field may have.
    values: Vec<String>,
    text: String,
}

impl Words {
    fn of(id: TypeId) -> Self {
        Self::named(schema::type_name(id), schema::type_version(id))
    }

    fn named(name: &str, version: &str) -> Self {
        let mut lines = Self::lines_of(name, version);
        lines.extend(Self::lines_of(name, ""));
        lines.extend(Self::lines_of("*", ""));
        Self(lines)
    }

    /// The lines of the types of this name that stand for this API version, or for any if it is empty.
    fn lines_of(name: &str, version: &str) -> Vec<(&'static str, &'static str)> {
        let mut found = Vec::new();
        let mut inside = false;
        for line in MEANINGS.lines().filter(|line| !line.starts_with(['#', '@'])) {
            if let Some(line) = line.strip_prefix(' ') {
                if inside {
                    found.push(line.split_once(' ').unwrap_or((line, "")));
                }
                continue;
            }
            let (word, text) = line.split_once(' ').unwrap_or((line, ""));
            let (word, of) = word.split_once('@').unwrap_or((word, ""));
            inside = word == name && of == version;
            if inside && !text.is_empty() {
                found.push(("", text));
            }
        }
        found
    }

    /// What is said of a field, or of the type itself if the name is empty.
    fn about(&self, field: &str) -> About {
        let Some((_, line)) = self.0.iter().find(|(name, _)| *name == field) else { return About::default() };
        if let Some((values, text)) = line.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            return About { values: values.split(',').map(str::to_owned).collect(), text: text.trim_start().to_owned() };
        }
        let text = unfold(line);
        let values = text.split_once(VALUES).map_or("", |(_, rest)| rest);
        let value = |line: &str| line.strip_prefix(" - `\"").and_then(|line| line.split_once('"')).map(|(value, _)| value.to_owned());
        About { values: values.lines().filter_map(value).collect(), text }
    }
}

/// What the API server's own descriptions say before the values that a field may have.
const VALUES: &str = "\n\nPossible enum values:\n";

/// A text with its phrases written out and its lines broken.
fn unfold(line: &str) -> String {
    let mut text = line.to_owned();
    while let Some((at, phrase)) = phrase_in(&text) {
        let length = phrase.len() + 1;
        let long = MEANINGS.lines().find_map(|line| line.strip_prefix(phrase)?.strip_prefix("; "));
        let long = long.unwrap_or_else(|| panic!("BUG: explain.txt has no {phrase}"));
        text.replace_range(at..at + length, long);
    }
    text.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
}

/// Where the first phrase stands, and its name with the sign before it.
fn phrase_in(text: &str) -> Option<(usize, &str)> {
    let at = text.find('@')?;
    let length = text[at..].find(';')?;
    Some((at, &text[at..at + length]))
}

/// Adds words in lines of at most `WIDTH` letters where they can be broken, indented by four. Models go-wordwrap: blanks at a break vanish,
/// those at the beginning of a line stay.
fn wrap(text: &mut String, words: &str) {
    for line in words.split('\n') {
        text.push_str("    ");
        let mut used = 0;
        for (gap, word) in pieces(line) {
            let length = word.chars().count();
            if used + gap.len() + length > WIDTH && breaks(used + gap.len(), length) {
                text.push_str("\n    ");
                used = 0;
            } else {
                text.push_str(gap);
                used += gap.len();
            }
            text.push_str(word);
            used += length;
        }
        text.push('\n');
    }
}

/// Whether a word that does not fit, with so much before it in its line, goes to a new line. One as long as a line that begins one stays.
fn breaks(before: usize, length: usize) -> bool {
    // The letter at which the line is full is looked at before the word has grown as long as a line.
    let full_at = (WIDTH + 1).saturating_sub(before).min(length);
    full_at < WIDTH
}

/// The words of a line, each with the blanks before it.
fn pieces(line: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.find(|letter: char| letter != ' ' && letter != '\t').unwrap_or(rest.len());
        let end = rest[word..].find([' ', '\t']).map_or(rest.len(), |length| word + length);
        found.push((&rest[..word], &rest[word..end]));
        rest = &rest[end..];
    }
    found
}

/// As Go names it: `[]Container`, `map[string]string`.
fn type_name(shape: &Shape) -> String {
    match shape {
        Shape::String | Shape::Bytes | Shape::Time | Shape::MicroTime => "string".to_owned(),
        Shape::Int32 | Shape::Int64 => "integer".to_owned(),
        Shape::Bool => "boolean".to_owned(),
        Shape::Quantity => "Quantity".to_owned(),
        Shape::IntOrString => "IntOrString".to_owned(),
        Shape::Any => "Object".to_owned(),
        Shape::Struct(id) => schema::type_name(*id).rsplit('.').next().unwrap_or_default().to_owned(),
        Shape::List(item) => format!("[]{}", type_name(item)),
        Shape::Map(item) => format!("map[string]{}", type_name(item)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_as_kubectl_breaks_them() {
        // From a recording of `kubectl explain rc.spec` and `kubectl explain job.spec.backoffLimit`.
        let table = [
            (
                "Minimum number of seconds for which a newly created pod should be ready without any of its container crashing, for it to be \
                 considered available. Defaults to 0 (pod will be considered available as soon as it is ready)",
                "    Minimum number of seconds for which a newly created pod should be ready\n    without any of its container crashing, for it \
                 to be considered available.\n    Defaults to 0 (pod will be considered available as soon as it is ready)\n",
            ),
            (
                "Specifies the number of retries before marking this job failed. Defaults to 6",
                "    Specifies the number of retries before marking this job failed. Defaults to\n    6\n",
            ),
            ("TemplateRef. The only allowed template.spec.restartPolicy value is \"Always\".", "    TemplateRef. The only allowed template.spec.restartPolicy value is \"Always\".\n"),
        ];
        for (words, lines) in table {
            let mut text = String::new();
            wrap(&mut text, words);
            assert_eq!(text, lines);
        }
    }

    #[test]
    fn every_word_is_about_something_that_there_is() {
        let ids: Vec<TypeId> = all_types();
        let mut of: Vec<TypeId> = Vec::new();
        for line in MEANINGS.lines().filter(|line| !line.starts_with(['#', '@'])) {
            if let Some(field) = line.strip_prefix(' ') {
                let name = field.split(' ').next().unwrap_or_default();
                assert!(of.iter().any(|id| schema::field(*id, name).is_some()), "{line}");
                continue;
            }
            let name = line.split(' ').next().unwrap_or_default();
            let (name, version) = name.split_once('@').unwrap_or((name, ""));
            let is_meant = |id: &TypeId| (name == "*" || schema::type_name(*id) == name) && (version.is_empty() || schema::type_version(*id) == version);
            of = ids.iter().copied().filter(is_meant).collect();
            assert!(!of.is_empty() || ["Time", "MicroTime", "IntOrString", "Quantity"].contains(&name), "{line}");
        }
    }

    #[test]
    fn phrases_are_written_out_and_values_are_found() {
        // The API server's own texts, as `kubectl explain` shows them.
        let id = |name: &str, version: &str| {
            let is_meant = |id: &TypeId| schema::type_name(*id) == name && (version.is_empty() || schema::type_version(*id) == version);
            all_types().into_iter().find(is_meant).expect("a type")
        };
        let about = |name: &str, version: &str, field: &str| Words::of(id(name, version)).about(field);
        let port = about("ContainerPort", "", "protocol");
        assert_eq!(port.values, ["SCTP", "TCP", "UDP"]);
        let values = " - `\"SCTP\"` is the SCTP protocol.\n - `\"TCP\"` is the TCP protocol.\n - `\"UDP\"` is the UDP protocol.";
        assert_eq!(port.text, format!("Protocol for port. Must be UDP, TCP, or SCTP. Defaults to \"TCP\".\n\nPossible enum values:\n{values}"));
        let policy = about("PodSpec", "", "restartPolicy");
        assert_eq!(policy.values, ["Always", "Never", "OnFailure"]);
        let link = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy";
        assert!(policy.text.contains(&format!("Default to Always. More info: {link}\n\nPossible enum values:\n - `\"Always\"`\n - ")), "{}", policy.text);
        assert_eq!(about("EndpointPort", "v1", "").text, "EndpointPort is a tuple that describes a single port.");
        assert_eq!(about("EndpointPort", "discovery.k8s.io/v1", "").text, "EndpointPort represents a Port used by an EndpointSlice");
        assert_eq!(about("IngressRule", "", "http").text, "");
        assert_eq!(about("HostPathVolumeSource", "", "type").values[..2], ["", "BlockDevice"]);
        for line in MEANINGS.lines().filter(|line| !line.starts_with('#')) {
            assert!(!unfold(line.split_once(' ').unwrap_or_default().1).contains('@'), "{line}");
        }
    }

    #[test]
    fn breaks_keep_blanks_and_long_words_where_go_wordwrap_does() {
        let long = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
        let table = [
            (format!("More info: {long}"), format!("    More info:\n    {long}\n")),
            (format!("A.\n\n{long}"), format!("    A.\n    \n    {long}\n")),
            (" - `\"Always\"` means\n  two".to_owned(), "     - `\"Always\"` means\n      two\n".to_owned()),
            ("One.  Two\n".to_owned(), "    One.  Two\n    \n".to_owned()),
            (format!("{} two.  Three", "x".repeat(71)), format!("    {} two.\n    Three\n", "x".repeat(71))),
        ];
        for (words, lines) in table {
            let mut text = String::new();
            wrap(&mut text, &words);
            assert_eq!(text, lines);
        }
    }

    /// All types that manifests can hold.
    fn all_types() -> Vec<TypeId> {
        let mut found: Vec<TypeId> = schema::kinds().filter_map(|(version, kind)| schema::kind(version, kind)).collect();
        let mut at = 0;
        while at < found.len() {
            for inner in schema::fields_of(found[at]).iter().filter_map(|field| field.shape.inner_struct()) {
                if !found.contains(&inner) {
                    found.push(inner);
                }
            }
            at += 1;
        }
        found
    }

    #[test]
    fn pods_and_controllers_are_told_in_full() {
        for name in ["PodSpec", "Container", "Probe", "DeploymentSpec", "JobSpec", "CronJobSpec", "DaemonSetSpec", "StatefulSetSpec", "ServiceSpec", "IngressSpec", "ObjectMeta"] {
            for id in all_types().into_iter().filter(|id| schema::type_name(*id) == name) {
                for field in schema::fields_of(id) {
                    assert!(!Words::of(id).about(field.name).text.is_empty(), "{name}.{}", field.name);
                }
            }
        }
    }
}
