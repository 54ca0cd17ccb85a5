//! What is typed into a program that a line of the terminal has begun: `kubectl exec -it`, `kubectl run -it`.

use super::{Effect, Session};

impl Session {
    /// A line for the program that waits for it.
    pub(super) fn type_line(&mut self, text: &str) -> Vec<Effect> {
        self.echo(text);
        self.simulator.type_line(text);
        self.collect_output();
        vec![Effect::Save]
    }

    /// Ctrl+D.
    pub(super) fn type_end(&mut self) -> Vec<Effect> {
        self.echo("");
        self.simulator.type_end();
        self.collect_output();
        vec![Effect::Save]
    }

    /// Ctrl+C: for the program that is typed into, or the line itself.
    pub(super) fn interrupt_line(&mut self) -> Vec<Effect> {
        if self.simulator.type_interrupt() {
            self.echo("^C");
            self.collect_output();
        } else {
            self.simulator.break_off();
            self.terminal.interrupted();
        }
        vec![Effect::Save]
    }

    /// Takes over what the line that goes on has printed, and what it waits for.
    pub(super) fn collect_output(&mut self) {
        if let Some((output, done)) = self.simulator.drain_output() {
            self.terminal.more(&output, done);
            if let Some(before) = self.before_line.take_if(|_| done) {
                self.files.take_changed(&before, self.simulator.files());
                self.model.files.update(&self.files);
            }
        }
        self.terminal.prompt = self.simulator.prompt();
    }

    /// Shows what was typed behind the prompt that it answers.
    fn echo(&mut self, text: &str) {
        let prompt = self.terminal.prompt.take().unwrap_or_default();
        self.terminal.more(&format!("{prompt}{text}\n"), false);
    }
}
