//! What a field under the caret is: its type, whether it is required, the words it can be, what it is when nobody sets it.
//! Left out: the descriptions of the API reference.

use super::super::schema::{self, Field, Shape};
use super::place::{Part, Place};
use super::values;

/// What is known of a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldDoc {
    /// Bytes before the word that names it.
    pub from: usize,
    /// Bytes before its end.
    pub to: usize,
    /// `Pod.spec.containers[].image`
    pub path: String,
    /// Go's name for its type.
    pub go_type: String,
    /// Whether the API calls it required.
    pub required: bool,
    /// The words that it can be; none if any.
    pub words: Vec<&'static str>,
    /// What it is when nobody sets it.
    pub default: Option<&'static str>,
    /// How a patch treats a list: the field that identifies its items.
    pub merge_key: Option<&'static str>,
    /// For a struct: its fields, those that are required first.
    pub fields: Vec<&'static str>,
}

/// What is known of the field at a place of a text.
pub fn describe(text: &str, offset: usize) -> Option<FieldDoc> {
    let place = Place::of(text, offset)?;
    let mut whole = place.clone();
    if place.part == Part::Key {
        let name = text.get(place.from..place.to)?.trim_matches(['"', '\'']);
        if name.is_empty() || !place.has_colon {
            return None;
        }
        whole.path.push(super::Step::Key(name.to_owned()));
    }
    let found = whole.shape()?;
    let field = found.field?;
    let inner = field.shape.inner_struct();
    let mut fields: Vec<&Field> = inner.map(|id| schema::fields_of(id).iter().collect()).unwrap_or_default();
    crate::base::sort_by_key(&mut fields, |field| !field.required);
    let is_item = !matches!(found.shape, Shape::Struct(_)) && found.shape != field.shape;
    Some(FieldDoc {
        from: place.from,
        to: place.to,
        path: format!("{}.{}", place.kind, whole.told()),
        go_type: field.go_name(if is_item { &found.shape } else { &field.shape }),
        required: field.required,
        words: field.go_type().map(values::words).unwrap_or_default().to_vec(),
        default: values::default(schema::type_name(found.owner), field.name),
        merge_key: field.merge.key.filter(|_| field.merge.merges),
        fields: fields.into_iter().map(|field| field.name).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_told() {
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  restartPolicy: Never\n  containers:\n  - name: a\n    command: [sh]\n";
        let told = |needle: &str| {
            let doc = describe(text, text.find(needle).expect("there") + 1)?;
            Some(format!("{} {} {} {:?} {:?}", doc.path, doc.go_type, doc.required, doc.words, doc.default))
        };
        let rows = [
            ("restartPolicy", Some("Pod.spec.restartPolicy v1.RestartPolicy false [\"Always\", \"OnFailure\", \"Never\"] Some(\"Always\")")),
            ("Never", Some("Pod.spec.restartPolicy v1.RestartPolicy false [\"Always\", \"OnFailure\", \"Never\"] Some(\"Always\")")),
            ("containers", Some("Pod.spec.containers []v1.Container true [] None")),
            ("name", Some("Pod.spec.containers[].name string true [] None")),
            ("kind", Some("Pod.kind string false [] None")),
        ];
        for (needle, expected) in rows {
            assert_eq!(told(needle).as_deref(), expected, "{needle}");
        }
        let containers = describe(text, text.find("containers").expect("there"));
        assert!(containers.is_some_and(|doc| doc.fields[0] == "name" && doc.merge_key == Some("name")));
        assert_eq!(describe("kind: Pod\nspec:\n  unknown: 1\n", 20), None);
    }
}
