//! What is wrong with a manifest, for an editor: what kubectl and the decoder say, then what the API server would answer.

use crate::api::{Kind, Object, Reason};
use crate::apiserver::Write;
use crate::base::sort_by_key;
use crate::engine::World;
use crate::manifest::{self, Code, Diagnostic, Document, Hint, Severity};

use super::Session;

/// All findings about a manifest, in the order of the text.
pub fn check(text: &str, session: &Session, world: &World) -> Vec<Diagnostic> {
    let mut diagnostics = manifest::diagnose(text);
    let decoded = manifest::decode(text);
    for document in decoded.documents.iter().flat_map(Document::objects) {
        if manifest::check(&document).is_empty() {
            diagnostics.extend(ask_server(&document, session, world));
        }
    }
    sort_by_key(&mut diagnostics, |diagnostic| diagnostic.span);
    diagnostics
}

/// What the server would say against a document that can be decoded.
fn ask_server(document: &Document, session: &Session, world: &World) -> Vec<Diagnostic> {
    let Some(kind) = Kind::of_manifest(document.api_version(), document.kind()) else {
        let (kind, version) = (document.kind(), document.api_version());
        let message = format!("no matches for kind \"{kind}\" in version \"{version}\"");
        let (message, hint) = match manifest::schema::kind(version, kind) {
            Some(_) => (format!("kind {kind} in version \"{version}\" is not simulated here"), None),
            None => match manifest::successor(version, kind) {
                Some(new) => return vec![of(document, "apiVersion", message, Some(Hint::Removed(new)))],
                None => (message, Some(Hint::Kinds)),
            },
        };
        return vec![of(document, "kind", message, hint)];
    };
    let Some(mut object) = Object::from_value(kind, &document.value) else { return Vec::new() };
    if kind.info().namespaced && object.meta().namespace.is_empty() {
        object.meta_mut().namespace = session.namespace.clone();
    }
    // An object of this name may be there already; what a new one would be told is what matters in an editor.
    let refused = world.dry_run(Write::Create(object)).err().filter(|error| error.reason != Reason::AlreadyExists);
    let Some(error) = refused else { return Vec::new() };
    match error.causes.as_slice() {
        [] => vec![of(document, "", error.message, None)],
        causes => causes.iter().map(|cause| of(document, &cause.path, cause.to_string(), None)).collect(),
    }
}

fn of(document: &Document, path: &str, message: String, hint: Option<Hint>) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: Code::Invalid,
        span: document.locate(path),
        path: path.to_owned(),
        message,
        hint,
    }
}
