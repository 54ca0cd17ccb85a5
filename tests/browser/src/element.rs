//! One element of the page.

use serde_json::{Value, json};

use crate::problem::Result;
use crate::session::text_of;
use crate::wire::Wire;

/// The key under which WebDriver puts an element's reference.
const REFERENCE: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A reference to an element. It dies when the page replaces the element: find it again then.
#[derive(Debug, Clone)]
pub struct Element {
    wire: Wire,
}

impl Element {
    /// The element that this value refers to, if it refers to one. `session` is the path of the session.
    pub(crate) fn from_json(session: &Wire, reference: &Value) -> Option<Self> {
        let id = reference[REFERENCE].as_str()?;
        Some(Self { wire: session.below(&format!("element/{id}")) })
    }

    /// Clicks in its middle, as a mouse would: fails if something lies above it.
    pub fn click(&self) -> Result<()> {
        self.wire.command("click").map(drop)
    }

    /// Empties a field.
    pub fn clear(&self) -> Result<()> {
        self.wire.command("clear").map(drop)
    }

    /// Types into it. See [`crate::keys`] for keys that are not letters.
    pub fn type_keys(&self, keys: &str) -> Result<()> {
        self.wire.post("value", &json!({ "text": keys })).map(drop)
    }

    /// Its visible text.
    pub fn text(&self) -> Result<String> {
        Ok(text_of(&self.wire.get("text")?))
    }

    /// An attribute; `None` if it does not have it.
    pub fn attribute(&self, name: &str) -> Result<Option<String>> {
        Ok(self
            .wire
            .get(&format!("attribute/{name}"))?
            .as_str()
            .map(str::to_owned))
    }

    /// A property of the DOM object, such as `value`.
    pub fn property(&self, name: &str) -> Result<Value> {
        self.wire.get(&format!("property/{name}"))
    }

    /// The value that a CSS property has in the end.
    pub fn css(&self, property: &str) -> Result<String> {
        Ok(text_of(&self.wire.get(&format!("css/{property}"))?))
    }

    /// Whether a person could see it.
    pub fn is_displayed(&self) -> Result<bool> {
        Ok(self.wire.get("displayed")?.as_bool() == Some(true))
    }

    /// Whether it can be used: a disabled button cannot.
    pub fn is_enabled(&self) -> Result<bool> {
        Ok(self.wire.get("enabled")?.as_bool() == Some(true))
    }

    /// The name that a screen reader says.
    pub fn accessible_name(&self) -> Result<String> {
        Ok(text_of(&self.wire.get("computedlabel")?))
    }

    /// The role that a screen reader says.
    pub fn accessible_role(&self) -> Result<String> {
        Ok(text_of(&self.wire.get("computedrole")?))
    }

    /// Left, top, width and height in CSS pixels.
    pub fn area(&self) -> Result<[f64; 4]> {
        let area = self.wire.get("rect")?;
        Ok(["x", "y", "width", "height"].map(|side| area[side].as_f64().unwrap_or_default()))
    }
}
