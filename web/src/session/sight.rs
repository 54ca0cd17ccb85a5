//! What a link says beside its scenario: whose details are open, and at which page. `#1.…&why=pod/kubia-x7k2p`

use super::{Effect, Notice, Session};
use crate::intent::{InspectorTab, LookIntent};
use crate::session::lines;
use crate::simulator::{Kind, ObjectKey, Simulator};

/// The pages by the names that links have for them.
const PAGES: [(&str, InspectorTab); 6] = [
    ("see", InspectorTab::Summary),
    ("yaml", InspectorTab::Yaml),
    ("describe", InspectorTab::Describe),
    ("events", InspectorTab::Events),
    ("log", InspectorTab::Log),
    ("why", InspectorTab::Why),
];

/// A link's scenario, and what stands behind it.
pub(super) fn parted(link: &str) -> (&str, &str) {
    link.split_once('&').unwrap_or((link, ""))
}

/// `pod/kubia-x7k2p`, `svc/shop/web`
fn named(key: &ObjectKey) -> String {
    let kind = lines::short(key);
    if key.namespace.is_empty() || key.namespace == "default" { format!("{kind}/{}", key.name) } else { format!("{kind}/{}/{}", key.namespace, key.name) }
}

fn key_of(text: &str) -> Option<ObjectKey> {
    let (word, rest) = text.split_once('/')?;
    let kind = Kind::of_word(word)?;
    let usual = if kind.info().namespaced { "default" } else { "" };
    let (namespace, name) = rest.split_once('/').unwrap_or((usual, rest));
    Some(ObjectKey::new(kind, namespace, name))
}

impl Session {
    /// What comes behind the link of this moment; empty if no details are open.
    pub(super) fn in_sight(&self) -> String {
        let page = PAGES.iter().find(|(_, tab)| *tab == self.look.inspector_tab);
        match (&self.look.inspecting, page) {
            (Some(key), Some((page, _))) => format!("&{page}={}", named(key)),
            _ => String::new(),
        }
    }

    /// A link that cannot be read is said in words and changes nothing.
    pub(super) fn open_link(&mut self, link: &str) -> Vec<Effect> {
        let (link, behind) = parted(link);
        match Simulator::from_link(link) {
            Ok(simulator) => {
                let effects = self.replace(simulator);
                self.playback.playing = false;
                self.look_at(behind);
                self.look.notice = Some(Notice::Opened);
                effects
            }
            Err(error) => {
                self.look.notice = Some(Notice::BadLink(error));
                Vec::new()
            }
        }
    }

    /// Opens the details that stand behind a link. What cannot be read changes nothing.
    pub(super) fn look_at(&mut self, behind: &str) {
        let Some((page, text)) = behind.split_once('=') else { return };
        let tab = PAGES.iter().find(|(name, _)| *name == page);
        if let (Some((_, tab)), Some(key)) = (tab, key_of(text)) {
            self.look.handle(LookIntent::Inspect(key));
            self.look.inspector_tab = *tab;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_named_and_found_again() {
        for (namespace, name, kind, text) in [("default", "kubia-1", Kind::Pod, "po/kubia-1"), ("shop", "web", Kind::Service, "svc/shop/web"), ("", "node1", Kind::Node, "no/node1")] {
            let key = ObjectKey::new(kind, namespace, name);
            assert_eq!((named(&key).as_str(), key_of(text)), (text, Some(key)));
        }
        for wrong in ["", "pod", "nothing/x"] {
            assert_eq!(key_of(wrong), None, "{wrong}");
        }
        assert_eq!((parted("1.abc"), parted("1.abc&why=po/a")), (("1.abc", ""), ("1.abc", "why=po/a")));
    }
}
