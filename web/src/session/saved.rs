//! What outlives a page: the scenario as a link with the drafts beside it, and the settings.

use serde_json::{Map, Value, json};

use super::{Entry, Origin, Speed};
use crate::i18n::Language;
use crate::intent::Theme;
use crate::simulator::{KeptBranch, SimDuration, SmallMap};

/// What a reload needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved {
    /// The scenario, its instant included.
    pub link: String,
    /// The editor's files, applied or not.
    pub drafts: SmallMap<String, String>,
    /// The open file.
    pub open: String,
    /// The row of tabs.
    pub tabs: Vec<String>,
    /// Whether the clock played.
    pub playing: bool,
    /// The lab that it began with; empty if with none.
    pub lab: String,
    /// The latest lines of the terminal.
    pub terminal: Vec<Entry>,
    /// All branches of the history, where there are several, or where more has happened than the link holds.
    pub branches: Vec<KeptBranch>,
    /// The number of the one shown.
    pub branch: usize,
    /// Its moment, in microseconds since the start.
    pub at: u64,
}

impl Saved {
    /// As text.
    pub fn to_text(&self) -> String {
        let mut drafts = Map::new();
        for (name, text) in &self.drafts {
            drafts.insert(name.clone(), Value::from(text.as_str()));
        }
        let entry = |entry: &Entry| json!([entry.line, entry.output, entry.failed, entry.origin == Origin::Button]);
        let entries: Vec<Value> = self.terminal.iter().map(entry).collect();
        json!({"link": self.link, "drafts": drafts, "open": self.open, "tabs": self.tabs, "playing": self.playing, "lab": self.lab, "terminal": entries,
            "branches": self.branches.iter().map(branch_value).collect::<Vec<Value>>(), "branch": self.branch, "at": self.at})
        .to_string()
    }

    /// From text; None if it is none of ours.
    pub fn parse(text: &str) -> Option<Saved> {
        let value: Value = serde_json::from_str(text).ok()?;
        let drafts = value.get("drafts")?.as_object()?.iter();
        Some(Saved {
            link: value.get("link")?.as_str()?.to_owned(),
            drafts: drafts.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect(),
            open: value.get("open")?.as_str()?.to_owned(),
            tabs: value.get("tabs").and_then(Value::as_array).into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
            playing: value.get("playing")?.as_bool()?,
            lab: value.get("lab").and_then(Value::as_str).unwrap_or_default().to_owned(),
            terminal: value.get("terminal").and_then(Value::as_array).into_iter().flatten().filter_map(entry).collect(),
            branches: value.get("branches").and_then(Value::as_array).into_iter().flatten().filter_map(branch).collect(),
            branch: value.get("branch").and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok()).unwrap_or_default(),
            at: value.get("at").and_then(Value::as_u64).unwrap_or_default(),
        })
    }
}

fn branch_value(branch: &KeptBranch) -> Value {
    json!([branch.name.as_str(), branch.forked_at.map(SimDuration::micros), branch.link])
}

fn branch(value: &Value) -> Option<KeptBranch> {
    let text = |at: usize| value.get(at).and_then(Value::as_str);
    let forked_at = value.get(1).and_then(Value::as_u64).map(SimDuration::from_micros);
    Some(KeptBranch { name: text(0)?.into(), forked_at, link: text(2)?.to_owned() })
}

fn entry(value: &Value) -> Option<Entry> {
    let text = |at: usize| value.get(at).and_then(Value::as_str).map(str::to_owned);
    let is = |at: usize| value.get(at).and_then(Value::as_bool);
    let origin = if is(3)? { Origin::Button } else { Origin::Typed };
    Some(Entry { number: 0, line: text(0)?, output: text(1)?, failed: is(2)?, origin, about: None })
}

/// What the next visit needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The words.
    pub language: Language,
    /// The colours.
    pub theme: Theme,
    /// How fast the clock plays.
    pub speed: Speed,
    /// Whether the first hint is still to be shown.
    pub hint: bool,
}

impl Settings {
    /// Of a first visit, in a language.
    pub fn first(language: Language) -> Settings {
        Settings { language, theme: Theme::System, speed: Speed::REAL, hint: true }
    }

    /// As text.
    pub fn to_text(&self) -> String {
        let theme = match self.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Projector => "projector",
        };
        json!({"language": self.language.code(), "theme": theme, "speed": self.speed.place(), "hint": self.hint}).to_string()
    }

    /// From text; what is missing or strange is as on a first visit.
    pub fn parse(text: &str, language: Language) -> Settings {
        let first = Settings::first(language);
        let Ok(value) = serde_json::from_str::<Value>(text) else { return first };
        let word = |key: &str| value.get(key).and_then(Value::as_str);
        let speed = value.get("speed").and_then(Value::as_u64).and_then(|place| u16::try_from(place).ok());
        Settings {
            language: word("language").and_then(Language::parse).unwrap_or(first.language),
            theme: match word("theme") {
                Some("light") => Theme::Light,
                Some("dark") => Theme::Dark,
                Some("projector") => Theme::Projector,
                _ => Theme::System,
            },
            speed: speed.map_or(first.speed, Speed::at),
            hint: value.get("hint").and_then(Value::as_bool).unwrap_or(first.hint),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_reads_back() {
        let drafts = [("a.yaml".to_owned(), "x: \"한\"\n".to_owned())].into();
        let saved = Saved { link: "1.abc".to_owned(), drafts, open: "a.yaml".to_owned(), tabs: vec!["a.yaml".to_owned()], playing: true, lab: "rc".to_owned(), terminal: vec![Entry { number: 0, line: "kubectl get rc".to_owned(), output: "x\n".to_owned(), failed: false, origin: Origin::Typed, about: None }],
            branches: vec![KeptBranch { name: "".into(), forked_at: None, link: "1.abc".to_owned() }, KeptBranch { name: "b".into(), forked_at: Some(SimDuration::from_micros(7)), link: "1.d".to_owned() }],
            branch: 1, at: 12 };
        assert_eq!(Saved::parse(&saved.to_text()), Some(saved));
        let settings = Settings { language: Language::Korean, theme: Theme::Dark, speed: Speed::at(250), hint: false };
        assert_eq!(Settings::parse(&settings.to_text(), Language::English), settings);
    }

    #[test]
    fn strange_texts_are_no_harm() {
        for text in ["", "null", "[]", "{}", "{\"link\":1}", "\u{0}"] {
            assert_eq!(Saved::parse(text), None, "{text}");
            assert_eq!(Settings::parse(text, Language::Korean), Settings::first(Language::Korean), "{text}");
        }
    }
}
