//! What is typed at the terminal's prompt over several lines or pasted there, and what is typed into a program that a line has begun:
//! `kubectl exec -it`, `kubectl run -it`.

use super::{Effect, Session, Simulator};

impl Session {
    /// A line typed at the prompt. What the shell knows to be unfinished (an open quote, a here-document, `\` at the end) waits for the rest.
    pub(super) fn typed_line(&mut self, line: &str) -> Vec<Effect> {
        let mut text = std::mem::take(&mut self.terminal.pending);
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
        if Simulator::is_unfinished(&text) {
            self.terminal.pending = text;
            return Vec::new();
        }
        self.line(&text)
    }

    /// Lines that were pasted: each as if typed when the one before it has ended.
    pub(super) fn pasted_lines(&mut self, lines: Vec<String>) -> Vec<Effect> {
        self.queue.extend(lines);
        self.type_queued();
        vec![Effect::Save]
    }

    /// Goes on with what was pasted, as far as the terminal takes it.
    pub(super) fn type_queued(&mut self) {
        while !self.queue.is_empty() {
            if self.terminal.prompt.is_none() && self.terminal.running.is_some() {
                return;
            }
            let line = self.queue.remove(0);
            if self.terminal.prompt.is_some() { self.type_line(&line) } else { self.typed_line(&line) };
        }
    }

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
        self.queue.clear();
        self.terminal.pending.clear();
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
        let (output, over) = self.simulator.drain_output().unzip();
        let over = over.unwrap_or_default();
        if let Some(output) = output {
            self.terminal.more(&output, over);
            if over {
                // A command that asked somebody something shows how.
                self.show_new_trip();
            }
        } else {
            // Going through the history ends it, and a line that takes its place.
            self.terminal.interrupted();
        }
        let done = over || self.terminal.running.is_none() && self.simulator.unreached().is_none();
        if let Some(before) = self.before_line.take_if(|_| done) {
            self.files.take_changed(&before, self.simulator.files());
            self.model.files.update(&self.files);
        }
        self.terminal.prompt = self.simulator.prompt();
    }

    /// Shows what was typed behind the prompt that it answers.
    fn echo(&mut self, text: &str) {
        let prompt = self.terminal.prompt.take().unwrap_or_default();
        self.terminal.more(&format!("{prompt}{text}\n"), false);
    }
}
