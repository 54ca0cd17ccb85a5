//! YAML text to a tree with spans, after the rules of go-yaml v2 (the library inside kubectl): what it accepts, what it
//! refuses, in which words and at which line. Its scanner descends from libyaml, whose token rules are modelled here.
//!
//! Left out: more than the first document of a text (kubectl cuts the documents apart before it parses), `%YAML` and `%TAG`
//! directives (with that cut they can only fail), and the emitter (see `encode`).

mod compose;
mod cursor;
mod property;
pub(super) mod resolve;
mod scalar;
mod scan;

use super::span::{Mark, Span};

pub(super) use compose::parse;

/// A place in [`Tree::nodes`].
pub(super) type NodeId = usize;

/// One document. Aliases point to the node they name, so the tree is a graph that may even have cycles.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
}

/// A value with its place in the text.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub content: Content,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Scalar(Scalar),
    Sequence(Vec<NodeId>),
    /// Keys and values in the order of the text; keys may repeat.
    Mapping(Vec<(NodeId, NodeId)>),
    Alias { anchor: String, target: NodeId },
    /// A number, boolean or null of a JSON text, whose meaning needs no rules.
    Literal(serde_json::Value),
}

impl Tree {
    /// The node itself, or what an alias stands for.
    pub fn target(&self, id: NodeId) -> NodeId {
        match self.nodes[id].content {
            Content::Alias { target, .. } => target,
            _ => id,
        }
    }

    /// Whether a key is `<<`, whose value is merged into the mapping. Models yaml.v2 decode.go `isMerge`.
    pub fn is_merge_key(&self, id: NodeId) -> bool {
        let Content::Scalar(scalar) = &self.nodes[id].content else { return false };
        scalar.text == "<<" && (scalar.plain || scalar.tag == "tag:yaml.org,2002:merge")
    }
}

/// A scalar as written, before it is known to be a number, a boolean or a string.
#[derive(Clone, Debug, Default)]
pub(super) struct Scalar {
    pub text: String,
    /// The tag in its long form (`tag:yaml.org,2002:str`), or empty.
    pub tag: String,
    /// Written without quotes (or with the tag `!`), so that its text decides its type.
    pub plain: bool,
}

/// Why a text is no YAML.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    /// The problem, in go-yaml's words, without the line.
    pub problem: String,
    /// Where the problem is.
    pub mark: Mark,
    /// Where the construct began in which the problem is.
    pub context: Option<Mark>,
    /// Which part of the parser complains: this decides how go-yaml counts the line.
    pub stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Reader,
    Scanner,
    Parser,
    Decoder,
}

impl Fault {
    /// The message as go-yaml prints it. Models yaml.v2 decode.go `(*parser).fail`: the scanner's line counts from one, the
    /// parser's from zero, and no line is given where the result would be zero.
    pub fn message(&self) -> String {
        let line = match (self.stage, self.mark.line, self.context) {
            (Stage::Reader | Stage::Decoder, _, _) => 0,
            (Stage::Scanner, line, _) if line > 0 => line + 1,
            (Stage::Parser, line, _) if line > 0 => line,
            (_, _, Some(context)) => context.line,
            _ => 0,
        };
        match line {
            0 => format!("yaml: {}", self.problem),
            line => format!("yaml: line {line}: {}", self.problem),
        }
    }
}
