//! What is typed into a program that a line has begun: `kubectl exec -it`, `kubectl run -it`, `kubectl attach -it`.

use super::{Command, Simulator};
use crate::kubectl;

impl Simulator {
    /// What stands before what is typed next into the program of the line that goes on: a shell's prompt, or nothing. None if no program
    /// waits for that, so that what is typed is a line of the terminal.
    pub fn prompt(&self) -> Option<String> {
        if self.following.is_none() && !self.terminal.is_busy() {
            return None;
        }
        let world = &self.state.world;
        world.prompt(&self.state.session.typing.as_ref()?.program(world)?)
    }

    /// Types a line into that program. What it prints comes by [`Simulator::drain_output`].
    pub fn type_line(&mut self, text: &str) {
        self.type_word(&kubectl::quoted(text));
    }

    /// Ctrl+D: ends what is typed.
    pub fn type_end(&mut self) {
        self.type_word("--end");
    }

    /// Ctrl+C while a program takes what is typed: ends what its shell is at. False if there is none, so that the line ends instead.
    pub fn type_interrupt(&mut self) -> bool {
        self.takes_typing() && self.type_word("--interrupt")
    }

    /// Ctrl+C: ends the line that goes on; where none does, the ports that are forwarded.
    pub fn break_off(&mut self) {
        let idle = self.following.is_none() && !self.terminal.is_busy();
        self.interrupt_line();
        if idle && self.state.world.has_forwards() {
            self.type_word("--hang-up");
        }
    }

    /// Whether the line that goes on has a program that takes what is typed, even if that is busy now.
    fn takes_typing(&self) -> bool {
        let goes_on = self.following.as_ref().is_some_and(super::Following::takes_typing) || self.terminal.takes_typing();
        goes_on && self.state.session.typing.is_some()
    }

    fn type_word(&mut self, word: &str) -> bool {
        self.perform(&Command::Line(format!("stdin {word}"))).exit == 0
    }

    /// Whether a person sits at the terminal.
    pub fn is_terminal(&self) -> bool {
        self.state.session.is_terminal
    }

    /// Tells whether a person sits at the terminal; what kubectl prints of that follows.
    pub fn set_terminal(&mut self, is_terminal: bool) {
        self.state.session.is_terminal = is_terminal;
    }
}
