//! `kubectl explain`: the fields of a kind, from the schema table. Models kubectl/pkg/explain/v2 (plaintext.tmpl).
//! Left out: the descriptions, which the table does not hold: `<empty>` stands where the server has none either.

use super::{Run, whole};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::resource;
use crate::manifest::schema::{self, Shape, TypeId};

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
    let mut at = Shape::Struct(top);
    let mut last = "";
    for name in fields.split('.').filter(|name| !name.is_empty()) {
        let found = at.inner_struct().and_then(|id| schema::field(id, name));
        let Some(field) = found else {
            return Ok(Answer { output: format!("{text}error: field \"{name}\" does not exist\n"), exit: 1, ..Answer::default() });
        };
        (at, last) = (field.shape.clone(), name);
    }
    if !last.is_empty() {
        text += &format!("FIELD: {last} <{}>\n\n\n", type_name(&at));
    }
    text += "DESCRIPTION:\n    <empty>\n    \n";
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
        text.push_str(&format!("{}{}\t<{}>{required}\n", "  ".repeat(level), field.name, type_name(&field.shape)));
        if depth == 0 {
            text.push_str("    <no description>\n\n");
        } else if let Some(inner) = field.shape.inner_struct().filter(|inner| *inner != id) {
            list(text, inner, depth - 1, level + 1);
        }
    }
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
