//! Two Go values compared: a tree of what is the same and what differs.
//! Models go-cmp compare.go and report_value.go.

use super::value::Go;
use crate::base::sort;

/// Two values, one of which may be absent, and how they compare.
#[derive(Debug)]
pub struct Node<'a> {
    /// The old value.
    pub old: Option<&'a Go>,
    /// The new value.
    pub new: Option<&'a Go>,
    /// Leaves that are the same.
    pub same: usize,
    /// Leaves that differ.
    pub different: usize,
    /// All nodes below this one.
    pub below: usize,
    /// How deep the tree below is.
    pub depth: usize,
    /// Fields, items or entries with their keys; for a pointer its target.
    pub children: Vec<(String, Node<'a>)>,
}

impl<'a> Node<'a> {
    /// Compares two values.
    pub fn compare(old: Option<&'a Go>, new: Option<&'a Go>) -> Node<'a> {
        let children = match (old, new) {
            (Some(Go::Pointer(old)), Some(Go::Pointer(new))) => {
                vec![(String::new(), Node::compare(Some(old), Some(new)))]
            }
            (Some(Go::Struct(_, old)), Some(Go::Struct(_, new))) => {
                let pairs = old.iter().zip(new);
                pairs.map(|((name, old), (_, new))| ((*name).to_owned(), Node::compare(Some(old), Some(new)))).collect()
            }
            (Some(Go::List(_, old)), Some(Go::List(_, new))) => compare_lists(old, new),
            (Some(Go::Map(_, old)), Some(Go::Map(_, new))) => compare_maps(old, new),
            _ => return Node::leaf(old, new),
        };
        let mut node = Node { old, new, same: 0, different: 0, below: 0, depth: 0, children };
        for (_, child) in &node.children {
            node.same += child.same;
            node.different += child.different;
            node.below += child.below + 1;
            node.depth = node.depth.max(child.depth + 1);
        }
        node
    }

    fn leaf(old: Option<&'a Go>, new: Option<&'a Go>) -> Node<'a> {
        let same = old.is_some() && old == new;
        Node { old, new, same: usize::from(same), different: usize::from(!same), below: 0, depth: 0, children: Vec::new() }
    }

    /// Alike enough to be taken for a changed item rather than for another one.
    fn is_similar(&self) -> bool {
        self.same + 1 >= self.different
    }
}

/// Pairs the items that are equal at both ends, then those that are alike in order; the others went or came.
fn compare_lists<'a>(old: &'a [Go], new: &'a [Go]) -> Vec<(String, Node<'a>)> {
    let shortest = old.len().min(new.len());
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count().min(shortest - head);
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let mut nodes: Vec<Node> = old.iter().zip(new).take(head).map(|(old, new)| Node::compare(Some(old), Some(new))).collect();
    let (mut left, mut right) = (head, head);
    while left < old_end || right < new_end {
        let pair = (old[..old_end].get(left), new[..new_end].get(right));
        let node = Node::compare(pair.0, pair.1);
        if pair.0.is_none() || pair.1.is_none() || node.is_similar() {
            nodes.push(node);
        } else {
            nodes.push(Node::leaf(pair.0, None));
            nodes.push(Node::leaf(None, pair.1));
        }
        (left, right) = (left + 1, right + 1);
    }
    nodes.extend(old[old_end..].iter().zip(&new[new_end..]).map(|(old, new)| Node::compare(Some(old), Some(new))));
    nodes.into_iter().map(|node| (String::new(), node)).collect()
}

fn compare_maps<'a>(old: &'a [(String, Go)], new: &'a [(String, Go)]) -> Vec<(String, Node<'a>)> {
    let find = |entries: &'a [(String, Go)], key: &str| entries.iter().find(|(other, _)| other == key).map(|(_, value)| value);
    let mut keys: Vec<&String> = old.iter().chain(new).map(|(key, _)| key).collect();
    sort(&mut keys);
    keys.dedup();
    keys.into_iter().map(|key| (key.clone(), Node::compare(find(old, key), find(new, key)))).collect()
}
