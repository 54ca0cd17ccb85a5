//! A shell that reads its commands from its input, and who types there: `sh` behind a pipe, `kubectl exec -it POD -- sh`.
//! Left out: line editing, job control, raw keys.

use super::machine::Shell;
use super::strand::{Input, Need, Strand, Task};
use super::{Surroundings, parser};
use crate::base::SimTime;

/// What a program finds on its standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdin<'a> {
    /// Nothing.
    Empty,
    /// A text, and then its end.
    Text(&'a str),
    /// What somebody is going to type.
    Typed,
}

/// What somebody does at a program's terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed<'a> {
    /// A text, with the ends of its lines.
    Text(&'a str),
    /// Ctrl+D.
    End,
    /// Ctrl+C.
    Interrupt,
}

impl Shell {
    /// Gives the first process its input.
    pub fn set_input(&mut self, stdin: Stdin<'_>) {
        let (text, open) = match stdin {
            Stdin::Empty => return,
            Stdin::Text(text) => (text, false),
            Stdin::Typed => ("", true),
        };
        let number = self.new_number();
        self.inputs.insert(number, Input { text: text.to_owned(), from: 0, open });
        self.strands[0].io.input = Some(number);
        self.typed = Some(number);
    }

    /// Somebody types. False if nobody reads that.
    pub fn type_in(&mut self, typed: Typed<'_>, now: SimTime) -> bool {
        let Some(number) = self.typed else { return false };
        let Some(input) = self.inputs.get_mut(&number).filter(|input| input.open) else { return false };
        match typed {
            Typed::Text(text) => input.text.push_str(text),
            Typed::End => input.open = false,
            Typed::Interrupt => {
                input.from = input.text.len();
                self.break_off(now);
            }
        }
        for strand in self.strands.iter_mut().filter(|strand| strand.io.input == Some(number)) {
            if matches!(strand.tasks.last(), Some(Task::Call(..) | Task::Script(_))) {
                strand.at = strand.at.max(now);
                strand.busy = 0;
            }
        }
        true
    }

    /// Ends what the innermost shell that reads its input is at; without one, the first process.
    fn break_off(&mut self, now: SimTime) {
        let reads = |strand: &Strand| strand.tasks.iter().any(|task| matches!(task, Task::Script(_)));
        let index = self.strands.iter().rposition(reads).unwrap_or_default();
        self.strands.truncate(index + 1);
        let strand = &mut self.strands[index];
        while !matches!(strand.tasks.last(), None | Some(Task::Script(_))) {
            if let Some(task) = strand.tasks.pop() {
                strand.leave(task);
            }
        }
        (strand.status, strand.at) = (130, now);
        match strand.tasks.last_mut() {
            // What was typed of an unfinished command is forgotten.
            Some(Task::Script(seen)) => *seen = 0,
            _ => strand.tasks.push(Task::Exit),
        }
    }

    /// What stands before what is typed next: `/ # ` of a shell, nothing of another program. None if nobody waits for it.
    pub fn prompt(&self) -> Option<String> {
        let number = self.typed?;
        let input = self.inputs.get(&number).filter(|input| input.open)?;
        let waits = |strand: &&Strand| {
            strand.io.input == Some(number)
                && match strand.tasks.last() {
                    Some(Task::Script(seen)) => self.lacks_lines(strand, *seen),
                    Some(Task::Call(_, need, _)) => *need != Need::Nothing && self.lacks(strand, *need),
                    _ => false,
                }
        };
        let strand = self.strands.iter().rfind(waits)?;
        Some(match strand.tasks.last() {
            Some(Task::Script(_)) if input.from < input.text.len() => "> ".to_owned(),
            Some(Task::Script(_)) => format!("{} # ", strand.directory),
            _ => String::new(),
        })
    }

    /// Whether a shell that has looked at so many bytes has to wait for more.
    pub(super) fn lacks_lines(&self, strand: &Strand, seen: usize) -> bool {
        let input = strand.io.input.and_then(|input| self.inputs.get(&input)).filter(|input| input.open);
        input.is_some_and(|input| !input.text.get(input.from + seen..).unwrap_or_default().contains('\n'))
    }

    /// Reads the next command of a script that comes in by the input, and runs it; ends where that ends.
    pub(super) fn read_command(&mut self, index: usize, around: &mut Surroundings<'_>) {
        let Some(input) = self.strands[index].io.input.and_then(|input| self.inputs.get_mut(&input)) else { return };
        let rest = &input.text[input.from..];
        let (mut end, mut found) = (0, None);
        for line in rest.split_inclusive('\n') {
            if input.open && !line.ends_with('\n') {
                break;
            }
            end += line.len();
            let read = parser::parse_typed(&rest[..end]);
            if !matches!(read, Ok(None)) {
                found = Some(read);
                break;
            }
        }
        let open = input.open;
        if found.is_some() || !open {
            input.from += end;
        }
        let tasks = &mut self.strands[index].tasks;
        match found {
            Some(Ok(command)) => {
                tasks.push(Task::Script(0));
                tasks.extend(command.map(Task::Run));
            }
            Some(Err(why)) => {
                tasks.push(Task::Script(0));
                self.complain(index, &format!("sh: {why}"), around);
                self.strands[index].status = 2;
            }
            None if open => tasks.push(Task::Script(end)),
            None if end > 0 => {
                self.complain(index, "sh: syntax error: unexpected end of file", around);
                self.strands[index].status = 2;
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::files::{Disk, Files};
    use crate::runtime::image::Kit;
    use crate::runtime::log::Log;
    use crate::runtime::shell::{Away, Other};

    /// Types into `sh` and shows what it shows: its prompts, what is typed, what it prints.
    fn session(typed: &[Typed<'_>]) -> String {
        let (mut own, mut shared, mut log) = (Files::new(), Files::new(), Log::default());
        let mut now = SimTime::from_seconds(100);
        let mut shell = Shell::new(&["sh".to_owned()], &[], now);
        shell.collect_output();
        shell.set_input(Stdin::Typed);
        let (mut shown, mut printed) = (String::new(), 0);
        for typed in [None].into_iter().chain(typed.iter().map(Some)) {
            if let Some(typed) = typed {
                if let Typed::Text(text) = typed {
                    shown += text;
                }
                assert!(shell.type_in(*typed, now), "nobody reads {typed:?}");
            }
            now = now + crate::base::SimDuration::from_seconds(5);
            let disk = Disk { own: &mut own, shared: &mut shared, mounts: &[], given: &[], sealed: &[] };
            let (other, kit) = (Other::Missing, Kit::MACHINE);
            let mut around = Surroundings { disk, log: &mut log, host: "h", other, kit, first_process: "sh", signal: None, away: |_| Away::Here };
            let end = shell.run(now, &mut around);
            shown += &shell.collected()[printed..];
            printed = shell.collected().len();
            match end {
                Some(end) => shown += &format!("[{}]", end.code),
                None => shown += &shell.prompt().unwrap_or_else(|| "...".to_owned()),
            }
        }
        shown
    }

    #[test]
    fn a_person_types_into_a_shell() {
        use Typed::{End, Interrupt, Text};
        let table: [(&[Typed<'_>], &str); 8] = [
            (&[Text("echo hello\n"), Text("exit 3\n")], "/ # echo hello\nhello\n/ # exit 3\n[3]"),
            (&[Text("cd /tmp\n"), Text("x=1\n"), Text("echo $x\n"), End], "/ # cd /tmp\n/tmp # x=1\n/tmp # echo $x\n1\n/tmp # [0]"),
            (&[Text("for i in 1 2\n"), Text("do echo $i\n"), Text("done\n")], "/ # for i in 1 2\n> do echo $i\n> done\n1\n2\n/ # "),
            (&[Text("cat <<E\n"), Text("a\n"), Text("E\n")], "/ # cat <<E\n> a\n> E\na\n/ # "),
            (&[Text("sleep 60\n"), Interrupt, Text("echo $?\n")], "/ # sleep 60\n.../ # echo $?\n130\n/ # "),
            (&[Text("cat\n"), Text("x\n"), Interrupt, Text("\n")], "/ # cat\nx\nx\n/ # \n/ # "),
            (&[Text("nosuch\n"), Text("fi\n")], "/ # nosuch\nsh: nosuch: not found\n/ # fi\nsh: syntax error: unexpected \"fi\"\n/ # "),
            (&[Text("read a\n"), Text("b c\n"), Text("echo \"$a\"\n")], "/ # read a\nb c\n/ # echo \"$a\"\nb c\n/ # "),
        ];
        for (typed, shown) in table {
            assert_eq!(session(typed), shown, "{typed:?}");
        }
    }
}
