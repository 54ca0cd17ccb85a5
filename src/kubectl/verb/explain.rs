//! `kubectl explain`: the fields of a kind, from the schema table. Models kubectl/pkg/explain/v2 (plaintext.tmpl).
//! The descriptions are not Kubernetes' own: `explain.txt` says what most types and fields mean. `<empty>` or
//! `<no description>` stands for what it does not hold.

use super::{Run, whole};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::resource;
use crate::manifest::schema::{self, Shape, TypeId};

const MEANINGS: &str = include_str!("../explain.txt");

pub(super) const FLAGS: &[Flag] = &[
    flag("recursive", Takes::Truth),
    flag("api-version", Takes::Text),
    flag("output", Takes::Text).or('o'),
];
/// Types hold each other (`JSONSchemaProps`): no deeper than this.
const DEEPEST: usize = 16;

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
    let kind = resource::kind(word).map_err(|failure| match failure {
        Failure::Own(message) => Failure::Bare(message),
        other => other,
    })?;
    let version = given.text("api-version").map_or_else(|| kind.api_version(), str::to_owned);
    let top = schema::kind(&version, kind.name());
    let top = top.ok_or_else(|| Failure::Own(format!("couldn't find resource for \"{version}, Kind={}\"", kind.name())))?;
    let mut text = String::new();
    let (group, short) = version.rsplit_once('/').unwrap_or(("", &version));
    if !group.is_empty() {
        text += &format!("GROUP:      {group}\n");
    }
    text += &format!("KIND:       {}\nVERSION:    {short}\n\n", kind.name());
    let (mut at, mut of) = (Shape::Struct(top), top);
    let mut last = "";
    for name in fields.split('.').filter(|name| !name.is_empty()) {
        let found = at.inner_struct().and_then(|id| schema::field(id, name).map(|field| (id, field)));
        let Some((id, field)) = found else {
            return Ok(Answer { output: format!("{text}error: field \"{name}\" does not exist\n"), exit: 1, ..Answer::default() });
        };
        (of, at, last) = (id, field.shape.clone(), field.name);
    }
    let mut words = Words::default();
    if !last.is_empty() {
        words = meaning(of, last);
        text += &format!("FIELD: {last} <{}>\n", type_name(&at));
        text += &match words.values {
            "" => "\n\n".to_owned(),
            values => format!("ENUM:\n    {}\n\n", values.replace(',', "\n    ")),
        };
    }
    text += "DESCRIPTION:\n";
    let of_type = at.inner_struct().map(|id| meaning(id, "").text).unwrap_or_default();
    let both = [words.text, of_type];
    for part in both.into_iter().filter(|part| !part.is_empty()) {
        wrap(&mut text, part);
    }
    text += if both.iter().all(|part| part.is_empty()) { "    <empty>\n    \n" } else { "    \n" };
    if let Some(id) = at.inner_struct() {
        text += "FIELDS:\n";
        let depth = if given.is_on("recursive") { DEEPEST } else { 0 };
        list(&mut text, id, depth, 1);
    }
    Ok(Answer::ok(text + "\n"))
}

/// The fields of a struct; `depth` says how many levels more are to be shown.
fn list(text: &mut String, id: TypeId, depth: usize, level: usize) {
    for field in schema::fields_of(id) {
        let required = if field.required { " -required-" } else { "" };
        let (indent, words) = ("  ".repeat(level), meaning(id, field.name));
        text.push_str(&format!("{indent}{}\t<{}>{required}\n", field.name, type_name(&field.shape)));
        if !words.values.is_empty() {
            text.push_str(&format!("{indent}enum: {}\n", some_of(words.values)));
        }
        if depth == 0 {
            wrap(text, if words.text.is_empty() { "<no description>" } else { words.text });
            text.push('\n');
        } else if let Some(inner) = field.shape.inner_struct().filter(|inner| *inner != id) {
            list(text, inner, depth - 1, level + 1);
        }
    }
}

/// What `explain.txt` says of a type or a field.
#[derive(Clone, Copy, Default)]
struct Words {
    /// The values that a field may have, with commas between.
    values: &'static str,
    text: &'static str,
}

/// The words about a field of a type, or about the type itself if the field is empty. What no type of its own says stands under `*`.
fn meaning(id: TypeId, field: &str) -> Words {
    let own = find(schema::type_name(id), field);
    if own.text.is_empty() && own.values.is_empty() && !field.is_empty() { find("*", field) } else { own }
}

fn find(name: &str, field: &str) -> Words {
    let mut inside = false;
    for line in MEANINGS.lines() {
        let Some(line) = line.strip_prefix(' ') else {
            if inside {
                break;
            }
            let (word, text) = line.split_once(' ').unwrap_or((line, ""));
            inside = word == name;
            if inside && field.is_empty() {
                return Words { values: "", text };
            }
            continue;
        };
        let Some(rest) = line.strip_prefix(field).and_then(|rest| rest.strip_prefix(' ')).filter(|_| inside) else { continue };
        let enumerated = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let (values, text) = enumerated.unwrap_or(("", rest));
        return Words { values, text: text.trim_start() };
    }
    Words::default()
}

/// The first four values, with a sign that there are more.
fn some_of(values: &str) -> String {
    let all: Vec<&str> = values.split(',').collect();
    match all.get(..4) {
        Some(first) if all.len() > 4 => first.join(", ") + ", ....",
        _ => all.join(", "),
    }
}

/// Adds words in lines of at most this many letters, indented by four.
fn wrap(text: &mut String, words: &str) {
    const WIDTH: usize = 76;
    let mut used = 0;
    for word in words.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > WIDTH {
            text.push('\n');
            used = 0;
        }
        text.push_str(if used == 0 { "    " } else { " " });
        text.push_str(word);
        used += length + usize::from(used > 0);
    }
    text.push('\n');
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
        let mut of: Vec<TypeId> = Vec::new();
        let ids: Vec<TypeId> = all_types();
        for line in MEANINGS.lines().filter(|line| !line.starts_with('#')) {
            if let Some(field) = line.strip_prefix(' ') {
                let name = field.split(' ').next().unwrap_or_default();
                assert!(of.is_empty() || of.iter().any(|id| schema::field(*id, name).is_some()), "{line}");
            } else {
                let name = line.split(' ').next().unwrap_or_default();
                of = ids.iter().copied().filter(|id| schema::type_name(*id) == name).collect();
            }
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
                    assert!(!meaning(id, field.name).text.is_empty(), "{name}.{}", field.name);
                }
            }
        }
    }
}
