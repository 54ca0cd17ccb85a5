//! Where a caret stands in a manifest that is being written: the path of fields down to it, what is typed there, what stands beside it.
//! It reads lines and their indentation only, because a text that is being written is no YAML most of the time.
//! Left out: flow style over several lines, anchors, quoted keys with colons.

use super::super::schema::{self, Shape, TypeId};

/// A step from an object to the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a field.
    Key(String),
    /// Into an item of a list.
    Item,
}

/// What a caret stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A key, or where one could begin.
    Key,
    /// A value.
    Value,
}

/// Where a caret stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// `apiVersion` of its document, or empty.
    pub api_version: String,
    /// `kind` of its document, or empty.
    pub kind: String,
    /// `metadata.namespace` of its document, or empty.
    pub namespace: String,
    /// The fields down to it; of a value its key is the last.
    pub path: Vec<Step>,
    /// What it stands in.
    pub part: Part,
    /// Bytes before the word in which it stands.
    pub from: usize,
    /// Bytes before the end of that word.
    pub to: usize,
    /// Spaces before the key.
    pub indent: usize,
    /// Whether a colon follows the word.
    pub has_colon: bool,
    /// Whether the place is in `{…}` or `[…]`.
    pub in_flow: bool,
    /// The keys beside it, with their values as they are written.
    pub siblings: Vec<(String, String)>,
}

/// A line without its indentation and dashes.
pub(super) struct Line<'a> {
    /// Bytes before it in the text.
    pub start: usize,
    /// All of it, without its end.
    pub text: &'a str,
    /// The columns of its dashes.
    pub dashes: Vec<usize>,
    /// The column at which the rest begins.
    pub column: usize,
    /// What comes then.
    pub rest: &'a str,
}

impl<'a> Line<'a> {
    fn of(start: usize, line: &'a str) -> Line<'a> {
        let text = line.trim_end_matches(['\n', '\r']);
        let mut column = text.len() - text.trim_start_matches(' ').len();
        let mut dashes = Vec::new();
        while text[column..].starts_with("- ") || &text[column..] == "-" {
            dashes.push(column);
            column += 1;
            column += text[column..].len() - text[column..].trim_start_matches(' ').len();
        }
        Line { start, text, dashes, column, rest: &text[column..] }
    }

    /// The column of its first letter that is no space.
    pub fn first(&self) -> usize {
        self.dashes.first().copied().unwrap_or(self.column)
    }

    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        self.dashes.is_empty() && (self.rest.is_empty() || self.rest.starts_with('#'))
    }

    /// Its key and what follows the colon.
    pub fn key(&self) -> Option<(&'a str, &'a str)> {
        if self.rest.starts_with(['#', '{', '[']) {
            return None;
        }
        let end = self.rest.match_indices(':').map(|(at, _)| at).find(|at| self.rest[at + 1..].is_empty() || self.rest[at + 1..].starts_with(' '))?;
        Some((self.rest[..end].trim_matches(['"', '\'']), self.rest[end + 1..].trim_start()))
    }

    /// Whether it begins a block of text, whose lines are no keys.
    fn begins_text(&self) -> bool {
        let value = self.key().map_or(self.rest, |(_, value)| value);
        value.starts_with(['|', '>']) && value.len() < 4
    }
}

/// The lines of the document in which an offset is, without the separators.
pub(super) fn document_lines(text: &str, offset: usize) -> Vec<Line<'_>> {
    let (mut lines, mut at, mut passed) = (Vec::new(), 0, false);
    for line in text.split_inclusive('\n') {
        let is_separator = line.starts_with("---");
        if is_separator && passed {
            break;
        }
        if is_separator {
            lines.clear();
        } else {
            lines.push(Line::of(at, line));
        }
        at += line.len();
        passed = offset < at;
    }
    if text.is_empty() || (text.ends_with('\n') && offset >= text.len()) {
        lines.push(Line::of(text.len(), ""));
    }
    lines
}

/// A value without its quotes and the comment behind it.
fn plain(value: &str) -> &str {
    let value = value.split(" #").next().unwrap_or(value).trim();
    value.trim_matches(['"', '\''])
}

/// The stack of what is open: columns with their steps.
struct Open(Vec<(usize, Step)>);

impl Open {
    fn dash(&mut self, column: usize) {
        while self.0.last().is_some_and(|(at, step)| *at > column || (*at == column && *step == Step::Item)) {
            self.0.pop();
        }
        self.0.push((column, Step::Item));
    }

    fn key(&mut self, column: usize, key: &str) {
        self.leave(column);
        self.0.push((column, Step::Key(key.to_owned())));
    }

    /// Closes what ends where something begins at this column.
    fn leave(&mut self, column: usize) {
        while self.0.last().is_some_and(|(at, _)| *at >= column) {
            self.0.pop();
        }
    }

    fn path(&self) -> Vec<Step> {
        self.0.iter().map(|(_, step)| step.clone()).collect()
    }
}

impl Place {
    /// Of a caret so many bytes into a text.
    pub fn of(text: &str, offset: usize) -> Option<Place> {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let lines = document_lines(text, offset);
        let here = lines.iter().rposition(|line| line.start <= offset)?;
        let mut open = Open(Vec::new());
        let mut block: Option<usize> = None;
        for line in &lines[..here] {
            if block.is_some_and(|column| line.text.trim().is_empty() || line.first() > column) {
                continue;
            }
            block = None;
            if line.is_blank() {
                continue;
            }
            line.dashes.iter().for_each(|column| open.dash(*column));
            if let Some((key, _)) = line.key() {
                open.key(line.column, key);
            }
            block = line.begins_text().then(|| line.dashes.last().copied().unwrap_or(line.column).min(line.first()));
        }
        let line = &lines[here];
        let column = offset - line.start;
        if block.is_some_and(|outer| line.text.trim().is_empty() && column > outer || line.first() > outer) {
            return None;
        }
        if is_comment(&line.text[..column]) {
            return None;
        }
        let mut place = at(line, column, open)?;
        if !place.in_flow {
            place.siblings = siblings(&lines, here, place.indent);
        }
        let top = |key: &str| lines.iter().find(|line| line.first() == 0 && line.key().is_some_and(|(name, _)| name == key));
        let head = |key: &str| top(key).and_then(Line::key).map(|(_, value)| plain(value).to_owned()).unwrap_or_default();
        (place.api_version, place.kind) = (head("apiVersion"), head("kind"));
        let meta = lines.iter().skip_while(|line| line.text.trim_end() != "metadata:").skip(1).take_while(|line| line.first() > 0 || line.is_blank());
        let namespace = meta.filter_map(Line::key).find(|(key, _)| *key == "namespace");
        place.namespace = namespace.map(|(_, value)| plain(value).to_owned()).unwrap_or_default();
        Some(place)
    }

    /// The type whose fields could stand here, or in which the value stands; and the shape of the value.
    pub fn shape(&self) -> Option<Found> {
        let kind = schema::kind(&self.api_version, &self.kind).or_else(|| {
            schema::kinds().find(|(_, kind)| *kind == self.kind).and_then(|(version, kind)| schema::kind(version, kind))
        })?;
        let mut found = Found { owner: kind, field: None, shape: Shape::Struct(kind) };
        for step in &self.path {
            found = found.step(step)?;
        }
        Some(found)
    }

    /// The last key of the path.
    pub fn key(&self) -> &str {
        self.path.iter().rev().find_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None }).unwrap_or_default()
    }

    /// The path as Kubernetes' messages write it, without the numbers of items.
    pub fn told(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(key);
                }
                Step::Item => text.push_str("[]"),
            }
        }
        text
    }
}

/// What a path leads to.
#[derive(Clone, Debug)]
pub struct Found {
    /// The type that has the last field.
    pub owner: TypeId,
    /// That field; None at the top.
    pub field: Option<&'static schema::Field>,
    /// What stands there.
    pub shape: Shape,
}

impl Found {
    /// One step on.
    pub(super) fn step(&self, step: &Step) -> Option<Found> {
        match (step, &self.shape) {
            (Step::Item, Shape::List(item)) => Some(Found { shape: (**item).clone(), ..self.clone() }),
            (Step::Key(_), Shape::Map(item)) => Some(Found { shape: (**item).clone(), ..self.clone() }),
            (Step::Key(key), Shape::Struct(id)) => {
                let field = schema::field(*id, key)?;
                Some(Found { owner: *id, field: Some(field), shape: field.shape.clone() })
            }
            _ => None,
        }
    }
}

fn is_comment(before: &str) -> bool {
    let text = before.trim_start();
    text.starts_with('#') || text.contains(" #")
}

/// Where a word begins and ends around a column.
fn word(text: &str, column: usize, least: usize) -> (usize, usize) {
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, ':' | ',' | '{' | '}' | '[' | ']' | '"' | '\'');
    let from = text[..column].rfind(ends).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8)).max(least);
    let to = text[column..].find(ends).map_or(text.len(), |at| column + at);
    (from.min(column), to)
}

fn at(line: &Line<'_>, column: usize, mut open: Open) -> Option<Place> {
    for dash in line.dashes.iter().filter(|dash| **dash < column) {
        open.dash(*dash);
    }
    let bare = Place {
        api_version: String::new(),
        kind: String::new(),
        namespace: String::new(),
        path: Vec::new(),
        part: Part::Key,
        from: 0,
        to: 0,
        indent: line.column.min(column),
        has_colon: false,
        in_flow: false,
        siblings: Vec::new(),
    };
    let value_at = line.key().map(|(_, value)| line.text.len() - value.len());
    match (line.key(), value_at) {
        (Some((key, value)), Some(start)) if column >= start.min(line.column + key.len() + 2) => {
            open.key(line.column, key);
            if value.starts_with(['{', '[']) {
                return flow(line, column, start, open, bare);
            }
            let from = start.min(column);
            let to = line.start + from + value.split(" #").next().unwrap_or(value).trim_end().len();
            Some(Place { path: open.path(), part: Part::Value, from: line.start + from, to: to.max(line.start + column), ..bare })
        }
        _ if line.rest.starts_with(['{', '[']) && column > line.column => flow(line, column, line.column, open, bare),
        _ => {
            // Behind dashes what is open is the item; else what is not deeper than the caret is left.
            if line.dashes.iter().all(|dash| *dash >= column) {
                open.leave(line.column.min(column));
                // A list stands at the column of its key: a key there ends it.
            }
            let (from, to) = word(line.text, column, line.column.min(column));
            let has_colon = line.text[to..].starts_with(':');
            Some(Place { path: open.path(), from: line.start + from, to: line.start + to, has_colon, ..bare })
        }
    }
}

/// In `{a: b, c: [d]}` of one line.
fn flow(line: &Line<'_>, column: usize, start: usize, mut open: Open, bare: Place) -> Option<Place> {
    let depth = open.0.len();
    let mut brackets: Vec<(char, usize)> = Vec::new();
    let (mut token, mut in_value) = (start, false);
    let mut siblings: Vec<Vec<(String, String)>> = Vec::new();
    for (at, letter) in line.text[..column].char_indices().skip_while(|(at, _)| *at < start) {
        match letter {
            '{' | '[' => {
                if letter == '[' {
                    open.0.push((at, Step::Item));
                }
                brackets.push((letter, open.0.len()));
                siblings.push(Vec::new());
                (token, in_value) = (at + 1, false);
            }
            '}' | ']' => {
                brackets.pop();
                siblings.pop();
                open.0.truncate(brackets.last().map_or(depth, |(_, open)| *open));
                (token, in_value) = (at + 1, false);
            }
            ':' if line.text[at + 1..].starts_with(' ') && !in_value => {
                open.0.push((at, Step::Key(plain(&line.text[token..at]).to_owned())));
                (token, in_value) = (at + 1, true);
            }
            ',' => {
                if let (true, Some((_, Step::Key(key))), Some(here)) = (in_value, open.0.last(), siblings.last_mut()) {
                    here.push((key.clone(), plain(&line.text[token..at]).to_owned()));
                }
                open.0.truncate(brackets.last().map_or(depth, |(_, open)| *open));
                (token, in_value) = (at + 1, false);
            }
            _ => {}
        }
    }
    let (from, to) = word(line.text, column, token);
    let is_item = brackets.last().is_some_and(|(bracket, _)| *bracket == '[');
    let part = if in_value || is_item { Part::Value } else { Part::Key };
    let has_colon = line.text[to..].starts_with(':');
    let siblings = siblings.pop().unwrap_or_default();
    Some(Place { path: open.path(), part, from: line.start + from, to: line.start + to, has_colon, in_flow: true, siblings, ..bare })
}

/// The keys of the mapping to which the line at `here` belongs, whose keys begin at a column.
fn siblings(lines: &[Line<'_>], here: usize, column: usize) -> Vec<(String, String)> {
    let key = |line: &Line<'_>| line.key().filter(|_| line.column == column).map(|(key, value)| (key.to_owned(), plain(value).to_owned()));
    let mut found = Vec::new();
    let own_dash = lines[here].dashes.last().is_some_and(|dash| *dash < column);
    for line in lines[..here].iter().rev().filter(|line| !line.is_blank()) {
        if own_dash || line.column < column {
            break;
        }
        found.extend(key(line));
        if line.first() < column {
            break;
        }
    }
    found.reverse();
    for line in lines[here + 1..].iter().filter(|line| !line.is_blank()) {
        if line.first() < column {
            break;
        }
        found.extend(key(line));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text with `|` where the caret stands: path, part, word before the caret, keys beside it.
    fn told(text: &str) -> String {
        let offset = text.find('|').expect("a caret");
        let text = text.replacen('|', "", 1);
        let Some(place) = Place::of(&text, offset) else { return "none".to_owned() };
        let siblings: Vec<&str> = place.siblings.iter().map(|(key, _)| key.as_str()).collect();
        format!("{} {:?} {:?} [{}]", place.told(), place.part, &text[place.from..offset], siblings.join(" "))
    }

    #[test]
    fn a_caret_knows_where_it_stands() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: main\n    image: nginx\n";
        let rows = [
            ("|".to_owned(), " Key \"\" []"),
            ("ap|".to_owned(), " Key \"ap\" []"),
            ("apiVersion: a|".to_owned(), "apiVersion Value \"a\" []"),
            ("apiVersion: |\nkind: Pod\n".to_owned(), "apiVersion Value \"\" [kind]"),
            (format!("{pod}|"), " Key \"\" [apiVersion kind metadata spec]"),
            (format!("{pod}  |"), "spec Key \"\" [containers]"),
            (format!("{pod}  rest|"), "spec Key \"rest\" [containers]"),
            (format!("{pod}    |"), "spec.containers[] Key \"\" [name image]"),
            (format!("{pod}    ports:\n    - |"), "spec.containers[].ports[] Key \"\" []"),
            (format!("{pod}    ports:\n    - containerPort: 80\n      pro|"), "spec.containers[].ports[] Key \"pro\" [containerPort]"),
            (format!("{pod}    imagePullPolicy: If|"), "spec.containers[].imagePullPolicy Value \"If\" [name image]"),
            (format!("{pod}    env:\n    - {{name: A, value|"), "spec.containers[].env[] Key \"value\" [name]"),
            (format!("{pod}    env:\n    - {{name: A, valueFrom: {{con|"), "spec.containers[].env[].valueFrom Key \"con\" []"),
            (format!("{pod}    command: [sh, -c, x|"), "spec.containers[].command[] Value \"x\" []"),
            (format!("{pod}    args:\n    - |"), "spec.containers[].args[] Key \"\" []"),
            (pod.replace("name: main", "na|me: main"), "spec.containers[] Key \"na\" [image]"),
            (format!("{pod}---\nkind: S|"), "kind Value \"S\" []"),
            ("data:\n  a: |-|\n    x".to_owned().replacen("|-", "\u{1}-", 1).replace('\u{1}', "!"), "data.a Value \"!-\" []"),
            ("# com|ment".to_owned(), "none"),
        ];
        for (text, expected) in rows {
            assert_eq!(told(&text), expected, "{text}");
        }
    }

    #[test]
    fn block_texts_hold_no_fields() {
        let text = "kind: ConfigMap\ndata:\n  run.sh: |\n    echo: x\n    \n  b: 1\n";
        let place = |needle: &str| Place::of(text, text.find(needle).expect("there") + 1);
        assert!(place("cho").is_none());
        assert_eq!(place("b: 1").map(|place| place.told()), Some("data".to_owned()));
    }

    #[test]
    fn any_offset_of_any_text_is_a_place() {
        let texts = ["한글: 값\n- 목록: {가: 나, [\n", "a:\n- - b: c\n\t x\n", ": :\n-\n- -\n{", "---\n---\n", "a: \"b: c\n  d: |"];
        for text in texts {
            (0..=text.len() + 2).for_each(|offset| drop(Place::of(text, offset)));
        }
    }
}
