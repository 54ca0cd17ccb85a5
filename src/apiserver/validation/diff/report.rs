//! A comparison as text.
//! Models go-cmp report_compare.go and report_reflect.go.

use super::node::Node;
use super::text::{Mark, Record, Text};
use super::value::Go;

/// Equal fields that are shown before and after one that differs.
const CONTEXT: usize = 2;
/// Changes of one struct or list that are shown.
const MAX_CHANGES: usize = 16;

/// Which side is written.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    /// Both, as a difference.
    Both,
    /// Either, for they are the same.
    Same,
    /// The old one.
    Old,
    /// The new one.
    New,
}

/// Whether a type is written before its value.
#[derive(Clone, Copy, PartialEq)]
enum Types {
    /// Always.
    Shown,
    /// Never.
    Hidden,
    /// Of structs, lists and maps, unless they are the same on both sides.
    Composite,
}

/// How a value is written. `level` bounds how much of it: the deeper, the less.
#[derive(Clone, Copy)]
struct Style {
    side: Side,
    types: Types,
    level: i32,
}

/// The difference.
pub fn report(root: &Node) -> String {
    if root.different == 0 {
        return String::new();
    }
    let style = Style { side: Side::Both, types: Types::Shown, level: 3 };
    node_text(root, style).map_or_else(String::new, |text| text.print())
}

fn node_text(node: &Node, mut style: Style) -> Option<Text> {
    style.level = if style.side == Side::Same { 1 } else { style.level.max(3) };
    if node.depth == 0 {
        return match style.side {
            Side::New => node.new.map(|value| value_text(value, style)),
            Side::Same | Side::Both => node.new.or(node.old).map(|value| value_text(value, style)),
            Side::Old => node.old.map(|value| value_text(value, style)),
        };
    }
    let value = node.new.or(node.old)?;
    if let (Go::Pointer(_), Some((_, target))) = (value, node.children.first()) {
        return Some(Text::Wrap("&".to_owned(), Box::new(node_text(target, style)?), ""));
    }
    let is_struct = matches!(value, Go::Struct(..));
    let inner = Style { types: if is_struct { Types::Composite } else { Types::Hidden }, level: style.level - 1, ..style };
    let records = if style.side == Side::Both { differences(node, value, inner) } else { one_side(node, is_struct, inner) };
    Some(typed(value, Text::Wrap("{".to_owned(), Box::new(Text::List(records)), "}"), style))
}

/// All of a node from one side.
fn one_side(node: &Node, is_struct: bool, style: Style) -> Vec<Record> {
    let limit = if style.side == Side::Same { 4 } else { MAX_CHANGES };
    let mut records = Vec::new();
    for (key, child) in &node.children {
        if records.len() == limit {
            records.push(Record::gap(String::new()));
            break;
        }
        let value = if style.side == Side::New { child.new } else { child.old };
        if is_struct && value.is_none_or(Go::is_zero) {
            continue;
        }
        records.extend(node_text(child, style).map(|text| Record::new(Mark::None, key, text)));
    }
    records
}

/// What differs in a node, with some of what does not around it.
fn differences(node: &Node, value: &Go, style: Style) -> Vec<Record> {
    let name = match value {
        Go::Struct(..) => ["field", "fields"],
        Go::Map(..) => ["entry", "entries"],
        _ => ["element", "elements"],
    };
    let groups: Vec<&[(String, Node)]> =
        node.children.chunk_by(|left, right| (left.1.different == 0) == (right.1.different == 0)).collect();
    let (mut records, mut shown, mut dropped) = (Vec::new(), 0, 0);
    for (index, group) in groups.iter().enumerate() {
        if shown >= MAX_CHANGES {
            dropped += group.len();
            continue;
        }
        if group[0].1.different == 0 {
            equal_records(group, index == 0, index + 1 == groups.len(), name, style, &mut records);
            continue;
        }
        for (key, child) in *group {
            changed_records(key, child, style, &mut records);
        }
        shown += group.len();
    }
    if dropped > 0 {
        records.push(Record::gap(count(dropped, name)));
    }
    records
}

fn count(number: usize, name: [&str; 2]) -> String {
    format!("{number} identical {}", name[usize::from(number > 1)])
}

fn equal_records(group: &[(String, Node)], first: bool, last: bool, name: [&str; 2], style: Style, records: &mut Vec<Record>) {
    let before = if first { 0 } else { CONTEXT.min(group.len()) };
    let mut after = if last { 0 } else { CONTEXT.min(group.len() - before) };
    // A gap for a single one would save nothing.
    if group.len() - before - after == 1 {
        after += 1;
    }
    let style = Style { side: Side::Same, ..style };
    let show = |part: &[(String, Node)], records: &mut Vec<Record>| {
        for (key, child) in part {
            records.extend(node_text(child, style).map(|text| Record::new(Mark::None, key, text)));
        }
    };
    show(&group[..before], records);
    let hidden = group.len() - before - after;
    if hidden > 0 {
        records.push(Record::gap(count(hidden, name)));
    }
    show(&group[group.len() - after..], records);
}

fn changed_records(key: &str, child: &Node, style: Style, records: &mut Vec<Record>) {
    // A single line of descent, down to what differs, is written twice.
    if child.below != child.depth {
        records.extend(node_text(child, style).map(|text| Record::new(Mark::None, key, text)));
        return;
    }
    for (side, mark) in [(Side::Old, Mark::Removed), (Side::New, Mark::Inserted)] {
        let text = node_text(child, Style { side, ..style });
        records.extend(text.map(|text| Record::new(mark, key, text)));
    }
}

fn value_text(value: &Go, style: Style) -> Text {
    // 0, 4, 8, 16 ... entries, the fewer the deeper.
    let limit = ((1_usize << style.level.max(0)) >> 1) << 2;
    let inner = |types: Types| Style { types, level: style.level - 1, ..style };
    let list = |records: Vec<Record>| {
        let mut records = records;
        if records.len() > limit {
            records.truncate(limit);
            records.push(Record::gap(String::new()));
        }
        Text::Wrap("{".to_owned(), Box::new(Text::List(records)), "}")
    };
    let record = |key: &str, value: &Go, types: Types| Record::new(Mark::None, key, value_text(value, inner(types)));
    let text = match value {
        Go::Nil => return Text::Line("nil".to_owned()),
        Go::Scalar(text, _) => return Text::Line(text.clone()),
        Go::Pointer(target) => return Text::Wrap("&".to_owned(), Box::new(value_text(target, style)), ""),
        Go::Struct(_, fields) | Go::Whole(_, fields) => {
            let set = fields.iter().filter(|(_, value)| !value.is_zero());
            list(set.map(|(name, value)| record(name, value, Types::Composite)).collect())
        }
        Go::List(_, items) => list(items.iter().map(|item| record("", item, Types::Hidden)).collect()),
        Go::Map(_, entries) => list(entries.iter().map(|(key, value)| record(key, value, Types::Hidden)).collect()),
    };
    typed(value, text, style)
}

/// The type before a value in braces, where it is to be shown.
fn typed(value: &Go, text: Text, style: Style) -> Text {
    let shown = match style.types {
        Types::Shown => true,
        Types::Hidden => false,
        Types::Composite => style.side != Side::Same,
    };
    let (Go::Struct(name, _) | Go::Whole(name, _) | Go::List(name, _) | Go::Map(name, _)) = value else { return text };
    if shown { Text::Wrap((*name).to_owned(), Box::new(text), "") } else { text }
}
