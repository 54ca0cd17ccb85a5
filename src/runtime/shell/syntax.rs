//! The grammar of the shell: a script as a tree. Models the POSIX Shell Command Language, chapter 2.10.

use std::rc::Rc;

/// A piece of a word.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A text that stood in no quotes.
    Bare(String),
    /// A text as it is.
    Quoted(String),
    /// `$x`, `${x:-y}`
    Variable(Rc<Variable>, Quotes),
    /// `$(command)`
    Output(Rc<Command>, Quotes),
    /// `$((sum))`
    Sum(String, Quotes),
    /// What `$(command)` printed.
    Given(String, Quotes),
    /// `<(command)`: the name of a file that holds what it printed.
    FileOf(Rc<Command>),
}

/// Whether what is put in is cut into fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// It is not.
    Inside,
    /// It is.
    Outside,
}

/// A word before it is expanded.
pub type Word = Vec<Part>;

/// `${name}` and what is done with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The name, a digit, or a sign such as `?`.
    pub name: String,
    /// `[…]` behind it: an item of an array, `@` and `*` for all.
    pub subscript: Option<Word>,
    /// `:-`, `-`, `:=`, `=`, `:+`, `+`, `#`, `##`, `%`, `%%`, `:`, `/`, `//`, `^`, `^^`, `,`, `,,`, `length`, `keys`; empty for none.
    pub operator: &'static str,
    /// What stands after the operator.
    pub word: Word,
}

/// `name=value`, `name[key]=value`, `name=(items)`, and with `+=`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Which item of it.
    pub subscript: Option<Word>,
    /// `+=`: whether what was there stays before it.
    pub adds: bool,
    /// The value, if it is one.
    pub value: Word,
    /// The items, if it is an array.
    pub items: Option<Vec<Word>>,
}

/// Where a command reads from or writes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirect {
    /// 0, 1 or 2.
    pub number: u8,
    /// `<`, `>`, `>>`, `>&`, `<<` and `<<<` with the text itself.
    pub operator: &'static str,
    /// The file, or the number after `>&`.
    pub target: Word,
}

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// `A=1 name words`
    Simple {
        /// `A=1`
        assignments: Vec<Assignment>,
        /// The name and its arguments.
        words: Vec<Word>,
        /// Redirections.
        redirects: Vec<Redirect>,
    },
    /// `a | b`
    Pipeline(Vec<Rc<Command>>),
    /// `time a`, with `-p` in the format of POSIX.
    Timed(Rc<Command>, bool),
    /// `! a`
    Not(Rc<Command>),
    /// `a && b`
    And(Rc<Command>, Rc<Command>),
    /// `a || b`
    Or(Rc<Command>, Rc<Command>),
    /// `a; b`
    Sequence(Vec<Rc<Command>>),
    /// `a &`
    Background(Rc<Command>),
    /// Conditions with what follows if they hold; the last has none.
    If(Vec<(Option<Rc<Command>>, Rc<Command>)>),
    /// `while`, or `until`.
    Loop {
        /// What ends it: true for `until`.
        until: bool,
        /// The condition.
        condition: Rc<Command>,
        /// What is repeated.
        body: Rc<Command>,
        /// What is done after each round: the third part of `for ((…))`.
        step: Option<Rc<Command>>,
    },
    /// `for x in words`; None for all arguments.
    For(String, Option<Vec<Word>>, Rc<Command>),
    /// `case word in patterns) body;; esac`
    Case(Word, Vec<(Vec<Word>, Rc<Command>)>),
    /// `{ a; }` and every compound command with redirections.
    Group(Rc<Command>, Vec<Redirect>),
    /// `( a )`
    Subshell(Rc<Command>, Vec<Redirect>),
    /// `name() body`
    Function(String, Rc<Command>),
}
