//! Field paths as Kubernetes' messages write them, and the way along them through a document.

use super::span::Span;
use super::yaml::{Content, NodeId, Tree};

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl Tree {
    /// The place of what a path names, or of the nearest part of the path that exists.
    pub fn locate(&self, root: NodeId, path: &str) -> Span {
        let (value, key) = self.follow(root, path);
        let span = self.nodes[value].span;
        // An empty value has no extent; its key shows better where it should be.
        match key {
            Some(key) if span.start == span.end => self.nodes[key].span,
            _ => span,
        }
    }

    /// The place of the key of what a path names; of an item of a list, the item.
    pub fn locate_key(&self, root: NodeId, path: &str) -> Span {
        let (value, key) = self.follow(root, path);
        self.nodes[key.unwrap_or(value)].span
    }

    /// As far as a path leads: the value there, and its key if it has one.
    fn follow(&self, root: NodeId, path: &str) -> (NodeId, Option<NodeId>) {
        let mut found = (root, None);
        let mut rest = path;
        while !rest.is_empty() {
            let Some((value, key, left)) = self.walk(found.0, rest) else { break };
            found = (value, key);
            rest = left;
        }
        found
    }

    /// The next node along a path, its key if it has one, and the rest of the path. Keys may contain dots: the longest key
    /// that the path could mean is taken.
    fn walk<'p>(&self, at: NodeId, path: &'p str) -> Option<(NodeId, Option<NodeId>, &'p str)> {
        if let Some(inner) = path.strip_prefix('[') {
            let (step, rest) = inner.split_once(']')?;
            let rest = rest.strip_prefix('.').unwrap_or(rest);
            if let (Content::Sequence(items), Ok(index)) = (self.content(at), step.parse::<usize>()) {
                return Some((*items.get(index)?, None, rest));
            }
            let (key, value) = self.find(at, step)?;
            return Some((value, Some(key), rest));
        }
        let ends = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(end, _)| end);
        let mut ends: Vec<usize> = ends.chain([path.len()]).collect();
        ends.reverse();
        ends.into_iter().find_map(|end| {
            let (key, value) = self.find(at, &path[..end])?;
            let rest = path[end..].strip_prefix('.').unwrap_or(&path[end..]);
            Some((value, Some(key), rest))
        })
    }

    /// One step along a path.
    pub fn step(&self, at: NodeId, step: &Step) -> Option<NodeId> {
        match (self.content(at), step) {
            (Content::Sequence(items), Step::Index(index)) => items.get(*index).copied(),
            (_, Step::Key(key)) => self.find(at, key).map(|(_, value)| value),
            _ => None,
        }
    }

    fn content(&self, id: NodeId) -> &Content {
        &self.nodes[self.target(id)].content
    }

    /// The entry of a mapping that counts for this key: the last one, also from a merged mapping.
    pub fn find(&self, at: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        self.find_within(at, key, MAX_MERGES)
    }

    fn find_within(&self, at: NodeId, key: &str, merges: usize) -> Option<(NodeId, NodeId)> {
        let Content::Mapping(entries) = self.content(at) else { return None };
        entries.iter().rev().find_map(|(key_id, value_id)| {
            if !self.is_merge_key(*key_id) {
                return self.is_key(*key_id, key).then_some((*key_id, *value_id));
            }
            let merges = merges.checked_sub(1)?;
            match self.content(*value_id) {
                Content::Sequence(items) => items.iter().find_map(|item| self.find_within(*item, key, merges)),
                _ => self.find_within(*value_id, key, merges),
            }
        })
    }

    /// Keys are compared as they are written; `1` and `"1"` are the same, `0x1` is not looked for.
    fn is_key(&self, id: NodeId, key: &str) -> bool {
        matches!(self.content(id), Content::Scalar(scalar) if scalar.text == key)
    }
}

/// How many `<<` may lead on to the next; a mapping may merge itself.
const MAX_MERGES: usize = 16;
