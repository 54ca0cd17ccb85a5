//! What changes the shell itself and is therefore no program: `cd`, `exit`, `read`, `trap`, `eval` and the like.

use std::rc::Rc;

use super::machine::Shell;
use super::strand::{GoOn, Need, Program, Task};
use super::{Surroundings, parser};
use crate::runtime::files::{Entry, normal};

impl Shell {
    /// What changes the shell itself. False if there is no such built-in.
    pub(super) fn builtin(&mut self, index: usize, program: &Rc<Program>, around: &mut Surroundings<'_>) -> bool {
        let (name, args) = (program.words[0].as_str(), &program.words[1..]);
        let strand = &mut self.strands[index];
        let number = args.first().and_then(|arg| arg.parse::<i32>().ok());
        let previous = strand.status;
        strand.status = 0;
        match name {
            "exit" => {
                strand.status = number.map_or(previous, |number| number & 0xFF);
                self.exit(index);
            }
            "return" => {
                strand.status = number.unwrap_or(previous);
                strand.return_from_function();
            }
            "break" => strand.leave_loop(GoOn::After),
            "continue" => strand.leave_loop(GoOn::NextRound),
            "cd" => return self.change_directory(index, args, around),
            "export" | "readonly" | "local" | "declare" | "typeset" => self.declare(index, args, name, around),
            "unset" => args.iter().for_each(|name| strand.unset(name)),
            "mapfile" | "readarray" => self.read_lines(index, program),
            "history" => self.list_history(index, args, around),
            "shift" => {
                let count = usize::try_from(number.unwrap_or(1)).unwrap_or_default().min(strand.arguments.len());
                strand.arguments.drain(..count);
            }
            "set" => strand.set_options(args),
            "trap" => self.set_traps(args),
            "wait" | "jobs" | "fg" | "bg" | "disown" => self.control_jobs(index, name, args, around),
            "read" => self.read_line(index, program),
            super::lexer::SUM | "let" => {
                let mut value = Some(0);
                for sum in args {
                    value = self.reckon(index, sum, around);
                }
                self.strands[index].status = i32::from(value.is_none_or(|value| value == 0));
            }
            "alias" | "unalias" => self.alias(index, program, around),
            "complete" | "shopt" | "compgen" | "hash" | "stty" => {}
            "source" | "." if !args.is_empty() => self.source(index, &args[0], around),
            "type" if !args.is_empty() => self.tell_types(index, args, around),
            "eval" => match parser::parse(&args.join(" ")) {
                Ok(command) => strand.tasks.push(Task::Run(command)),
                Err(why) => {
                    strand.status = 2;
                    self.complain(index, &format!("sh: {why}"), around);
                }
            },
            "exec" => {
                // In place of the shell: it ends with the program.
                strand.tasks.push(Task::Exit);
                let inner = Rc::new(Program { words: args.to_vec(), values: Vec::new() });
                self.call(index, &inner, None, around);
            }
            _ => {
                strand.status = previous;
                return false;
            }
        }
        true
    }

    /// `source FILE`: its lines as if they were typed.
    fn source(&mut self, index: usize, name: &str, around: &mut Surroundings<'_>) {
        let text = around.disk.read(&normal(&self.strands[index].directory, name)).map(|text| text.to_string());
        match text.map_err(|_| "No such file or directory".to_owned()).and_then(|text| parser::parse(&text)) {
            Ok(command) => self.strands[index].tasks.push(Task::Run(command)),
            Err(why) => {
                self.strands[index].status = 1;
                self.complain(index, &format!("bash: {name}: {why}"), around);
            }
        }
    }

    pub(super) fn tell_types(&mut self, index: usize, names: &[String], around: &mut Surroundings<'_>) {
        let path = |name: &str| if name == "kubectl" { "/usr/local/bin/kubectl".to_owned() } else { format!("/usr/bin/{name}") };
        let short = names.first().is_some_and(|name| name == "-v");
        let known = |name: &String| match self.aliases.get(name) {
            Some(text) if short => format!("alias {name}='{text}'\n"),
            None if short => format!("{}\n", path(name)),
            Some(text) => format!("{name} is aliased to `{text}'\n"),
            None if self.functions.contains_key(name) => format!("{name} is a function\n"),
            None => format!("{name} is {}\n", path(name)),
        };
        let text: String = names.iter().filter(|name| *name != "-v").map(known).collect();
        let out = self.strands[index].io.out.clone();
        self.print(index, &out, &text, around);
    }

    /// `trap 'script' TERM`
    fn set_traps(&mut self, args: &[String]) {
        let Some((script, signals)) = args.split_first() else { return };
        for signal in signals {
            let signal = match signal.strip_prefix("SIG").unwrap_or(signal) {
                "15" => "TERM",
                "0" => "EXIT",
                other => other,
            };
            match script.as_str() {
                "-" => self.traps.remove(signal),
                script => self.traps.insert(signal.to_owned(), script.into()),
            };
        }
    }

    fn change_directory(&mut self, index: usize, args: &[String], around: &mut Surroundings<'_>) -> bool {
        let before = self.strands[index].get("OLDPWD").map(str::to_owned);
        let target = match args.first().map_or("/root", String::as_str) {
            "-" => before.as_deref().unwrap_or("/root"),
            target => target,
        };
        let path = normal(&self.strands[index].directory, target);
        if matches!(around.disk.find(&path), Some(Entry::Directory)) {
            let left = std::mem::replace(&mut self.strands[index].directory, path);
            self.strands[index].set("OLDPWD", &left);
            if args.first().is_some_and(|arg| arg == "-") {
                let (text, out) = (format!("{}\n", self.strands[index].directory), self.strands[index].io.out.clone());
                self.print(index, &out, &text, around);
            }
        } else {
            self.complain(index, &format!("sh: cd: can't cd to {target}: No such file or directory"), around);
            self.strands[index].status = 2;
        }
        true
    }

    /// `read a b`: a line of the input; status 1 at its end.
    fn read_line(&mut self, index: usize, program: &Rc<Program>) {
        if self.wait_for(index, program, Need::Line) {
            return;
        }
        let args = &program.words[1..];
        let strand = &mut self.strands[index];
        let input = strand.io.input.and_then(|input| self.inputs.get_mut(&input));
        let Some(input) = input.filter(|input| input.from < input.text.len()) else {
            strand.status = 1;
            return;
        };
        let rest = &input.text[input.from..];
        let line = rest.split('\n').next().unwrap_or_default().to_owned();
        input.from += (line.len() + 1).min(rest.len());
        let separators = program.values.iter().find(|(name, _)| name == "IFS").map(|(_, text)| text.clone());
        self.take_line(index, args, &line, separators);
    }
}
