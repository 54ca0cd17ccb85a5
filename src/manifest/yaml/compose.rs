//! Tokens to a tree, by recursive descent through libyaml's grammar. Models yaml.v2 parserc.go (which token is missed in which
//! words) and decode.go `(*parser).parse` (anchors are known from where they begin, so a value may contain its own alias).

use super::cursor::is_allowed;
use super::scalar::Style;
use super::scan::{Kind, Scanned, Scanner, Token};
use super::{Content, Fault, Mark, Node, NodeId, Scalar, Span, Stage, Tree};
use crate::base::SmallMap;

/// How deep collections may nest. go-yaml allows 10000; a manifest needs about 15, and every later step recurses.
const MAX_DEPTH: usize = 100;

const LONG_TAG: &str = "tag:yaml.org,2002:";

/// Where a value stands, which decides what may follow.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Block,
    /// As the value of a key, where a sequence need not be indented.
    BlockValue,
    Flow,
}

/// Parse the first document of a text. The root is the last node; an empty text has none.
///
/// # Errors
/// The first thing go-yaml stumbles over.
pub fn parse(text: &str) -> Result<(Tree, Option<NodeId>), Fault> {
    if let Some((offset, _)) = text.char_indices().find(|(_, c)| !is_allowed(*c)) {
        return Err(forbidden_character(text, offset));
    }
    let mut composer =
        Composer { scanner: Scanner::new(text), tree: Tree::default(), anchors: SmallMap::new(), depth: 0 };
    let root = composer.document()?;
    Ok((composer.tree, root))
}

fn forbidden_character(text: &str, offset: usize) -> Fault {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let mark = Mark {
        offset,
        index: before.chars().count(),
        line: before.matches('\n').count(),
        column: before[line_start..].chars().count(),
    };
    Fault { problem: "control characters are not allowed".to_string(), mark, context: None, stage: Stage::Reader }
}

struct Composer<'a> {
    scanner: Scanner<'a>,
    tree: Tree,
    anchors: SmallMap<String, NodeId>,
    depth: usize,
}

/// Anchor and tag before a value.
#[derive(Default)]
struct Properties {
    anchor: Option<String>,
    tag: String,
}

impl Composer<'_> {
    fn document(&mut self) -> Scanned<Option<NodeId>> {
        match self.scanner.peek()?.kind {
            Kind::StreamEnd => return Ok(None),
            Kind::Directive => return self.directive(),
            Kind::DocumentStart => {
                self.scanner.next()?;
            }
            _ => return self.root().map(Some),
        }
        let token = self.scanner.peek()?;
        let start = token.start;
        let is_empty =
            matches!(token.kind, Kind::Directive | Kind::DocumentStart | Kind::DocumentEnd | Kind::StreamEnd);
        if is_empty { Ok(Some(self.empty(start))) } else { self.root().map(Some) }
    }

    fn root(&mut self) -> Scanned<NodeId> {
        let root = self.value(Place::Block)?;
        // The end of the document is looked at, so that a fault right behind it counts.
        self.scanner.peek()?;
        Ok(root)
    }

    /// A directive needs a `---` after it, and kubectl cuts the text there.
    fn directive(&mut self) -> Scanned<Option<NodeId>> {
        while self.scanner.peek()?.kind == Kind::Directive {
            self.scanner.next()?;
        }
        let mark = self.scanner.peek()?.start;
        if self.scanner.peek()?.kind == Kind::DocumentStart {
            return self.document();
        }
        Err(parser_fault("did not find expected <document start>", mark, None))
    }

    fn add(&mut self, content: Content, span: Span) -> NodeId {
        self.tree.nodes.push(Node { content, span });
        self.tree.nodes.len() - 1
    }

    /// The null that stands where nothing was written.
    fn empty(&mut self, mark: Mark) -> NodeId {
        let scalar = Scalar { plain: true, ..Scalar::default() };
        self.add(Content::Scalar(scalar), mark.to(mark))
    }

    fn value(&mut self, place: Place) -> Scanned<NodeId> {
        self.depth += 1;
        let mark = self.scanner.peek()?.start;
        if self.depth > MAX_DEPTH {
            return Err(parser_fault(&format!("exceeded max depth of {MAX_DEPTH}"), mark, None));
        }
        let id = self.node(place)?;
        self.depth -= 1;
        Ok(id)
    }

    fn node(&mut self, place: Place) -> Scanned<NodeId> {
        let start = self.scanner.peek()?.start;
        if let Kind::Alias(_) = self.scanner.peek()?.kind {
            return self.alias();
        }
        let (properties, end) = self.properties(start)?;
        let token = self.scanner.peek()?;
        let is_block = place != Place::Flow;
        match token.kind {
            Kind::BlockEntry if place == Place::BlockValue => self.block_sequence(properties, start, Kind::Key),
            Kind::Scalar { .. } => self.scalar(properties, start),
            Kind::FlowSequenceStart => self.flow_sequence(properties, start),
            Kind::FlowMappingStart => self.flow_mapping(properties, start),
            Kind::BlockSequenceStart if is_block => self.block_sequence(properties, start, Kind::BlockEnd),
            Kind::BlockMappingStart if is_block => self.block_mapping(properties, start),
            _ if properties.anchor.is_some() || !properties.tag.is_empty() => {
                let scalar = Scalar { plain: properties.tag.is_empty(), tag: properties.tag, ..Scalar::default() };
                let id = self.add(Content::Scalar(scalar), start.to(end));
                self.name(properties.anchor, id);
                Ok(id)
            }
            _ => Err(parser_fault("did not find expected node content", token.start, Some(start))),
        }
    }

    fn alias(&mut self) -> Scanned<NodeId> {
        let token = self.scanner.next()?;
        let Kind::Alias(anchor) = token.kind else { unreachable!("BUG: the token was an alias when it was looked at") };
        let Some(&target) = self.anchors.get(&anchor) else {
            let problem = format!("unknown anchor '{anchor}' referenced");
            return Err(Fault { problem, mark: token.start, context: None, stage: Stage::Decoder });
        };
        Ok(self.add(Content::Alias { anchor, target }, token.start.to(token.end)))
    }

    fn properties(&mut self, start: Mark) -> Scanned<(Properties, Mark)> {
        let mut properties = Properties::default();
        let mut end = start;
        let mut tag = None;
        loop {
            match self.scanner.peek()?.kind {
                Kind::Anchor(_) if properties.anchor.is_none() => {}
                Kind::Tag { .. } if tag.is_none() => {}
                _ => break,
            }
            let token = self.scanner.next()?;
            end = token.end;
            match token.kind {
                Kind::Anchor(name) => properties.anchor = Some(name),
                Kind::Tag { handle, suffix } => tag = Some((handle, suffix, token.start)),
                _ => unreachable!("BUG: the token was an anchor or a tag when it was looked at"),
            }
        }
        if let Some((handle, suffix, mark)) = tag {
            properties.tag = expand_tag(&handle, suffix)
                .ok_or_else(|| parser_fault("found undefined tag handle", mark, Some(start)))?;
        }
        Ok((properties, end))
    }

    fn name(&mut self, anchor: Option<String>, id: NodeId) {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, id);
        }
    }

    fn scalar(&mut self, properties: Properties, start: Mark) -> Scanned<NodeId> {
        let Token { kind: Kind::Scalar { text, style }, end, .. } = self.scanner.next()? else {
            unreachable!("BUG: the token was a scalar when it was looked at")
        };
        let plain = (properties.tag.is_empty() && style == Style::Plain) || properties.tag == "!";
        let scalar = Scalar { text, tag: properties.tag, plain };
        let id = self.add(Content::Scalar(scalar), start.to(end));
        self.name(properties.anchor, id);
        Ok(id)
    }

    /// Make room for a collection before its parts, so that its anchor is known inside.
    fn begin(&mut self, properties: Properties, content: Content, start: Mark) -> NodeId {
        let id = self.add(content, start.to(start));
        self.name(properties.anchor, id);
        id
    }

    fn finish(&mut self, id: NodeId, content: Content, end: Option<Mark>) -> NodeId {
        let last = match &content {
            Content::Sequence(items) => items.last().copied(),
            Content::Mapping(entries) => entries.last().map(|(_, value)| *value),
            _ => None,
        };
        let end = end.map(Mark::position).or_else(|| last.map(|last| self.tree.nodes[last].span.end));
        let node = &mut self.tree.nodes[id];
        node.content = content;
        node.span.end = end.unwrap_or(node.span.start).max(node.span.start);
        id
    }

    /// A block sequence. One that is not indented under its key has no start and no end of its own: `close` is then `Key`,
    /// and any token but `-` ends it.
    fn block_sequence(&mut self, properties: Properties, start: Mark, close: Kind) -> Scanned<NodeId> {
        let is_indented = close == Kind::BlockEnd;
        let id = self.begin(properties, Content::Sequence(Vec::new()), start);
        let mut items = Vec::new();
        if is_indented {
            self.scanner.next()?;
        }
        loop {
            let token = self.scanner.peek()?.clone();
            if token.kind != Kind::BlockEntry {
                if !is_indented {
                    break;
                }
                if token.kind == Kind::BlockEnd {
                    self.scanner.next()?;
                    break;
                }
                return Err(parser_fault("did not find expected '-' indicator", token.start, Some(start)));
            }
            self.scanner.next()?;
            let is_empty = match self.scanner.peek()?.kind {
                Kind::BlockEntry | Kind::BlockEnd => true,
                Kind::Key | Kind::Value => !is_indented,
                _ => false,
            };
            items.push(if is_empty { self.empty(token.end) } else { self.value(Place::Block)? });
        }
        Ok(self.finish(id, Content::Sequence(items), None))
    }

    fn block_mapping(&mut self, properties: Properties, start: Mark) -> Scanned<NodeId> {
        let id = self.begin(properties, Content::Mapping(Vec::new()), start);
        let mut entries = Vec::new();
        self.scanner.next()?;
        loop {
            let token = self.scanner.next()?;
            match token.kind {
                Kind::BlockEnd => break,
                Kind::Key => {}
                _ => return Err(parser_fault("did not find expected key", token.start, Some(start))),
            }
            let key = self.block_part(token.end)?;
            let next = self.scanner.peek()?.clone();
            let value = if next.kind == Kind::Value {
                self.scanner.next()?;
                self.block_part(next.end)?
            } else {
                self.empty(next.start)
            };
            entries.push((key, value));
        }
        Ok(self.finish(id, Content::Mapping(entries), None))
    }

    /// A key or a value of a block mapping, which may be left out.
    fn block_part(&mut self, mark: Mark) -> Scanned<NodeId> {
        match self.scanner.peek()?.kind {
            Kind::Key | Kind::Value | Kind::BlockEnd => Ok(self.empty(mark)),
            _ => self.value(Place::BlockValue),
        }
    }

    fn flow_sequence(&mut self, properties: Properties, start: Mark) -> Scanned<NodeId> {
        let id = self.begin(properties, Content::Sequence(Vec::new()), start);
        self.scanner.next()?;
        let mut items = Vec::new();
        let end = loop {
            if let Some(end) = self.flow_end(Kind::FlowSequenceEnd, items.is_empty(), start)? {
                break end;
            }
            let token = self.scanner.peek()?;
            let pair = (token.kind == Kind::Key).then_some(token.start);
            items.push(match pair {
                Some(start) => self.flow_pair(start)?,
                None => self.value(Place::Flow)?,
            });
        };
        Ok(self.finish(id, Content::Sequence(items), Some(end)))
    }

    /// A mapping of one entry, written without braces in a flow sequence.
    fn flow_pair(&mut self, start: Mark) -> Scanned<NodeId> {
        self.scanner.next()?;
        let key = match self.scanner.peek()?.kind {
            Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd => {
                // libyaml passes over the token here, whatever it is.
                let token = self.scanner.next()?;
                self.empty(token.end)
            }
            _ => self.value(Place::Flow)?,
        };
        let token = self.scanner.peek()?.clone();
        let mut value = None;
        if token.kind == Kind::Value {
            self.scanner.next()?;
            if !matches!(self.scanner.peek()?.kind, Kind::FlowEntry | Kind::FlowSequenceEnd) {
                value = Some(self.value(Place::Flow)?);
            }
        }
        let value = value.unwrap_or_else(|| self.empty(token.start));
        let id = self.begin(Properties::default(), Content::Mapping(Vec::new()), start);
        Ok(self.finish(id, Content::Mapping(vec![(key, value)]), None))
    }

    fn flow_mapping(&mut self, properties: Properties, start: Mark) -> Scanned<NodeId> {
        let id = self.begin(properties, Content::Mapping(Vec::new()), start);
        self.scanner.next()?;
        let mut entries = Vec::new();
        let end = loop {
            if let Some(end) = self.flow_end(Kind::FlowMappingEnd, entries.is_empty(), start)? {
                break end;
            }
            entries.push(self.flow_entry()?);
        };
        Ok(self.finish(id, Content::Mapping(entries), Some(end)))
    }

    fn flow_entry(&mut self) -> Scanned<(NodeId, NodeId)> {
        if self.scanner.peek()?.kind != Kind::Key {
            let key = self.value(Place::Flow)?;
            let mark = self.scanner.peek()?.start;
            return Ok((key, self.empty(mark)));
        }
        self.scanner.next()?;
        let token = self.scanner.peek()?;
        let key = match (&token.kind, token.start) {
            (Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd, start) => self.empty(start),
            _ => self.value(Place::Flow)?,
        };
        let mark = self.scanner.peek()?.start;
        if self.scanner.peek()?.kind == Kind::Value {
            self.scanner.next()?;
            if !matches!(self.scanner.peek()?.kind, Kind::FlowEntry | Kind::FlowMappingEnd) {
                return Ok((key, self.value(Place::Flow)?));
            }
        }
        Ok((key, self.empty(mark)))
    }

    /// The end of a flow collection, or the comma before the next entry (or the comma and then the end).
    fn flow_end(&mut self, close: Kind, is_first: bool, start: Mark) -> Scanned<Option<Mark>> {
        let token = self.scanner.peek()?;
        if token.kind != close && !is_first {
            if token.kind != Kind::FlowEntry {
                let bracket = if close == Kind::FlowSequenceEnd { ']' } else { '}' };
                let problem = format!("did not find expected ',' or '{bracket}'");
                return Err(parser_fault(&problem, token.start, Some(start)));
            }
            self.scanner.next()?;
        }
        if self.scanner.peek()?.kind != close {
            return Ok(None);
        }
        Ok(Some(self.scanner.next()?.end))
    }
}

/// The long form of a tag; none when its handle is not one of the two that need no directive.
fn expand_tag(handle: &str, suffix: String) -> Option<String> {
    match handle {
        "" => Some(suffix),
        "!" => Some(format!("!{suffix}")),
        "!!" => Some(format!("{LONG_TAG}{suffix}")),
        _ => None,
    }
}

fn parser_fault(problem: &str, mark: Mark, context: Option<Mark>) -> Fault {
    Fault { problem: problem.to_string(), mark, context, stage: Stage::Parser }
}
