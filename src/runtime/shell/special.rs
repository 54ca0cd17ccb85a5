//! Simple commands: assignments, functions and programs, with those programs that speak of the shell's own processes. What changes the
//! shell itself is in `builtin`.

use std::rc::Rc;

use super::machine::Shell;
use super::strand::{Need, Program, Sink, Strand, Task, Value};
use super::syntax::{Assignment, Command, Redirect, Word};
use super::tools::{self, Call};
use super::{Other, Surroundings, parser};
use crate::base::SimDuration;
use crate::runtime::files::{Entry, normal};
use crate::runtime::image::Kit;

/// A pipe holds so many bytes.
const PIPE: usize = 65_536;

/// Programs that run until they are stopped, with these words or without.
const SERVERS: [&[&str]; 7] =
    [&["tail", "-f"], &["tail", "-F"], &["top"], &["httpd", "-f"], &["nc", "-lk"], &["nc", "-l"], &["sleep", "infinity"]];

impl Shell {
    pub(super) fn simple(
        &mut self,
        index: usize,
        assignments: &[Assignment],
        words: &[Word],
        redirects: &[Redirect],
        around: &mut Surroundings<'_>,
    ) {
        let fields = self.fields(index, words, around);
        let mut values = Vec::new();
        for assignment in assignments {
            values.extend(self.assigned(index, assignment, &fields, around));
        }
        if self.out_of_memory {
            return;
        }
        let before = self.strands[index].io.clone();
        if !self.redirect(index, redirects, around) {
            self.strands[index].io = before;
            return;
        }
        if fields.is_empty() {
            let strand = &mut self.strands[index];
            values.iter().for_each(|(name, text)| strand.set(name, text));
            strand.io = before;
            if words.is_empty() && assignments.iter().all(|one| one.value.iter().all(|part| !matches!(part, super::syntax::Part::Given(..)))) {
                strand.status = 0;
            }
            return;
        }
        // `exec` without a program keeps the redirections.
        if fields[0] == "exec" && fields.len() == 1 {
            return;
        }
        if before != self.strands[index].io {
            self.strands[index].tasks.push(Task::Restore(Box::new(before)));
        }
        if let Some(script) = self.script_of_alias(&fields) {
            return self.strands[index].tasks.push(Task::Run(script));
        }
        let program = Rc::new(Program { words: self.without_alias(fields), values });
        self.call(index, &program, None, around);
        let strand = &mut self.strands[index];
        let tested = strand.tasks.iter().rev().find(|task| !matches!(task, Task::Restore(_)));
        let tested = matches!(tested, Some(Task::IfWell(_) | Task::IfBadly(_) | Task::Negate | Task::Branch(..) | Task::Tested(_)));
        if strand.strict && strand.status != 0 && !tested && !matches!(strand.tasks.last(), Some(Task::Status(_) | Task::Run(_) | Task::Call(..) | Task::Away | Task::Limit(..))) {
            self.exit(index);
        }
    }

    /// A program whose input has come, or that is begun by another.
    pub(super) fn go_on_with(&mut self, index: usize, program: &Rc<Program>, status: Option<i32>, around: &mut Surroundings<'_>) {
        self.call(index, program, status, around);
    }

    /// The commands of an alias that is more than plain words, with what follows its name. None also if aliases of that kind call each other.
    fn script_of_alias(&self, words: &[String]) -> Option<Rc<Command>> {
        let (name, rest) = words.split_first()?;
        let script = |name: &str| self.aliases.get(name).filter(|text| text.contains(['|', '&', ';', '<', '>', '(', '{', '$', '"', '\'', '`']));
        let text = script(name)?;
        // Its own name at its beginning is the program.
        let own = text.strip_prefix(name.as_str()).filter(|rest| rest.starts_with(' '));
        let (before, text) = own.map_or((String::new(), &**text), |rest| (format!("command {name}"), rest));
        let is_apart = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.');
        if text.split(is_apart).any(|word| script(word).is_some()) {
            return None;
        }
        let rest: String = rest.iter().map(|word| format!(" '{}'", word.replace('\'', "'\\''"))).collect();
        parser::parse(&format!("{before}{text}{rest}")).ok()
    }

    /// Puts the words of an alias in the place of its name.
    fn without_alias(&self, words: Vec<String>) -> Vec<String> {
        let Some(text) = words.first().and_then(|first| self.aliases.get(first)) else { return words };
        let first = text.split_whitespace().map(str::to_owned);
        first.chain(words.into_iter().skip(1)).collect()
    }

    /// Runs a program, a function or a built-in. `status`: the best of its rounds so far.
    pub(super) fn call(&mut self, index: usize, program: &Rc<Program>, status: Option<i32>, around: &mut Surroundings<'_>) {
        let (name, args) = (program.words[0].as_str(), &program.words[1..]);
        if let Some(body) = self.functions.get(name).cloned() {
            let strand = &mut self.strands[index];
            let arguments = std::mem::replace(&mut strand.arguments, args.to_vec());
            strand.tasks.extend([Task::Return(arguments), Task::Run(body)]);
            return;
        }
        if self.builtin(index, program, around) {
            return;
        }
        let base = name.rsplit('/').next().unwrap_or(name);
        let inner = |words: &[String]| Rc::new(Program { words: words.to_vec(), values: program.values.clone() });
        match base {
            "env" if args.iter().any(|arg| !arg.contains('=')) => {
                let at = args.iter().position(|arg| !arg.contains('=')).unwrap_or_default();
                let more = args[..at].iter().filter_map(|arg| arg.split_once('=')).map(|(a, b)| (a.to_owned(), b.to_owned()));
                let values = program.values.iter().cloned().chain(more).collect();
                let inner = Rc::new(Program { words: args[at..].to_vec(), values });
                return self.call(index, &inner, None, around);
            }
            "command" if args.first().is_some_and(|arg| arg == "-v") => return self.tell_types(index, args, around),
            "busybox" | "nohup" | "command" | "stdbuf" | "sudo" if !args.is_empty() => return self.call(index, &inner(args), None, around),
            "sh" | "bash" | "ash" | "dash" => return self.enter_shell(index, args, &program.values, around),
            "sleep" => return self.sleep(index, args, around),
            "kill" => return self.kill(index, args, around),
            "ps" => return self.list_processes(index, around),
            "timeout" if around.kit.has(base) => return self.timeout(index, program, around),
            "xargs" => return self.xargs(index, program),
            "yes" => return self.repeat(index, args, around),
            "watch" => return self.watch(index, &program.words, around),
            _ => {}
        }
        let is_server = SERVERS.iter().any(|server| server[0] == base && server[1..].iter().all(|word| args.iter().any(|arg| arg == word)));
        let is_path = name.contains('/');
        if self.send_away(index, program, around) {
        } else if is_server {
            self.strands[index].tasks.push(Task::Serve);
        } else if tools::is_tool(base) && around.kit.has(base) && (!is_path || name.contains("bin/")) {
            self.run_tool(index, base, program, status, around);
        } else if is_path && matches!(around.disk.find(&normal(&self.strands[index].directory, name)), Some(Entry::File(_))) {
            self.enter_shell(index, &program.words, &program.values, around);
        } else if around.other == Other::Serve {
            self.strands[index].tasks.push(Task::Serve);
        } else {
            let instead = if around.kit == Kit::HOST { instead_of(base) } else { "" };
            self.complain(index, &format!("sh: {name}: not found{instead}"), around);
            self.strands[index].status = 127;
        }
    }

    fn run_tool(&mut self, index: usize, name: &str, program: &Rc<Program>, status: Option<i32>, around: &mut Surroundings<'_>) {
        let number = self.strands[index].io.input;
        let input = number.and_then(|input| self.inputs.get(&input));
        let open = input.is_some_and(|input| input.open);
        let mut text = input.map(|input| input.text[input.from..].to_owned()).unwrap_or_default();
        let by_line = open && tools::goes_line_by_line(name, &program.words);
        if by_line {
            text.truncate(text.rfind('\n').map_or(0, |at| at + 1));
        }
        let strand = &self.strands[index];
        let mut call = Call {
            args: &program.words[1..],
            input: &text,
            read_input: false,
            enough: false,
            again: status.is_some(),
            directory: &strand.directory,
            variables: strand.exported(&program.values),
            at: strand.at,
            out: String::new(),
            err: String::new(),
        };
        let ended = tools::run(name, &mut call, around);
        let (out, err, read_input, enough) = (call.out, call.err, call.read_input, call.enough);
        let best = status.map_or(ended, |status| status.min(ended));
        if open && read_input && !by_line && !enough {
            // All of the input has to be there; what it did with a part of it is forgotten.
            let need = if name == "head" { Need::More(text.len()) } else { Need::End };
            return self.strands[index].tasks.push(Task::Call(program.clone(), need, None));
        }
        if let Some(input) = number.filter(|_| read_input).and_then(|input| self.inputs.get_mut(&input)) {
            input.from += text.len();
        }
        let io = self.strands[index].io.clone();
        if by_line && read_input {
            self.strands[index].tasks.push(Task::Call(program.clone(), Need::Line, Some(best)));
        }
        self.print(index, &io.out, &out, around);
        self.print(index, &io.err, &err, around);
        self.strands[index].status = best;
    }

    /// `sh -c script name arguments`, `sh file`, `sh` with a script as its input.
    fn enter_shell(&mut self, index: usize, args: &[String], values: &[(String, String)], around: &mut Surroundings<'_>) {
        let options = args.iter().take_while(|arg| arg.starts_with(['-', '+']) && arg.len() > 1).count();
        let (flags, rest) = args.split_at(options);
        let has = |flag: char| flags.iter().any(|arg| arg.starts_with('-') && arg.contains(flag));
        let (script, arguments) = match rest.split_first() {
            Some((script, rest)) if has('c') => (script.clone(), rest.iter().skip(1).cloned().collect()),
            Some((file, rest)) => match around.disk.read(&normal(&self.strands[index].directory, file)) {
                Ok(text) => (text.to_string(), rest.to_vec()),
                Err(_) => {
                    self.complain(index, &format!("sh: can't open '{file}': No such file or directory"), around);
                    self.strands[index].status = 2;
                    return;
                }
            },
            None if has('c') => {
                self.complain(index, "sh: option requires an argument -- c", around);
                self.strands[index].status = 2;
                return;
            }
            None => {
                let strand = &mut self.strands[index];
                let saved = strand.saved();
                strand.tasks.extend([Task::Leave(saved), Task::Script(0)]);
                return;
            }
        };
        match parser::parse(&script) {
            Ok(command) => {
                let strand = &mut self.strands[index];
                let saved = strand.saved();
                strand.arguments = arguments;
                strand.strict |= has('e');
                strand.status = 0;
                for (name, text) in values {
                    strand.variables.insert(name.clone(), Value { text: text.as_str().into(), exported: true });
                }
                strand.tasks.extend([Task::Leave(saved), Task::Run(command)]);
            }
            Err(why) => {
                self.complain(index, &format!("sh: {why}"), around);
                self.strands[index].status = 2;
            }
        }
    }

    /// `yes`: a reader gets as much as a pipe holds; without one it goes on for ever, of which so many lines are seen.
    fn repeat(&mut self, index: usize, args: &[String], around: &mut Surroundings<'_>) {
        let line = if args.is_empty() { "y\n".to_owned() } else { args.join(" ") + "\n" };
        let out = self.strands[index].io.out.clone();
        let is_read = matches!(out, Sink::Pipe(_));
        let count = if is_read { PIPE / line.len() } else { (PIPE / line.len()).min(1_000) };
        self.print(index, &out, &line.repeat(count.max(1)), around);
        if is_read {
            self.strands[index].status = 0;
        } else {
            self.strands[index].tasks.push(Task::Serve);
        }
    }

    fn sleep(&mut self, index: usize, args: &[String], around: &mut Surroundings<'_>) {
        if args.iter().any(|arg| arg == "infinity" || arg == "inf") {
            self.strands[index].tasks.push(Task::Serve);
            return;
        }
        let mut total = SimDuration::ZERO;
        for arg in args {
            let Some(time) = duration(arg) else {
                self.complain(index, &format!("sleep: invalid number '{arg}'"), around);
                self.strands[index].status = 1;
                return;
            };
            total = total + time;
        }
        let strand = &mut self.strands[index];
        strand.at = strand.at + total;
        if total >= SimDuration::from_millis(10) {
            strand.busy = 0;
        }
        strand.tasks.push(Task::Status(0));
    }

    fn kill(&mut self, index: usize, args: &[String], around: &mut Surroundings<'_>) {
        let mut signal = "TERM";
        let mut status = 0;
        for arg in args {
            if let Some(name) = arg.strip_prefix('-') {
                signal = name.strip_prefix("SIG").unwrap_or(name);
                continue;
            }
            let harmless = signal == "0";
            // A job is all of its processes.
            let job = if arg.starts_with('%') { self.pid_of_job(arg) } else { None };
            if let Some(pid) = job {
                let code = 128 + if matches!(signal, "9" | "KILL") { 9 } else if matches!(signal, "2" | "INT") { 2 } else { 15 };
                self.end_tree(pid, self.strands[index].at, code);
                continue;
            }
            let last_job = self.strands[index].last_job.to_string();
            let arg = if arg.starts_with('%') && self.jobs.is_none() { &last_job } else { arg };
            match arg.parse::<u32>() {
                Ok(1) => {
                    let strong = matches!(signal, "9" | "KILL" | "STOP");
                    around.signal = (!harmless && !strong).then_some(15).or(around.signal);
                }
                Ok(pid) if self.strands.iter().any(|strand| strand.pid == pid) => {
                    let others = self.strands[index].pid != pid && !harmless;
                    if let Some(at) = self.strands.iter().position(|strand| strand.pid == pid && others) {
                        self.strands[at].tasks.clear();
                        self.strands[at].tasks.push(Task::Status(143));
                        self.strands[at].at = self.strands[index].at;
                    }
                }
                _ => {
                    let why = if arg.starts_with('%') { format!("kill: {arg}: no such job") } else { format!("can't kill pid {arg}: No such process") };
                    self.complain(index, &format!("sh: {why}"), around);
                    status = 1;
                }
            }
        }
        self.strands[index].status = status;
    }

    fn list_processes(&mut self, index: usize, around: &mut Surroundings<'_>) {
        let mut text = String::from("PID   USER     TIME  COMMAND\n");
        let mut rows: Vec<(u32, String)> = self.strands.iter().map(|strand| (strand.pid, strand.title.to_string())).collect();
        rows.retain(|(pid, _)| *pid != 1);
        rows.insert(0, (1, around.first_process.to_owned()));
        rows.push((self.new_number(), "ps".to_owned()));
        for (pid, title) in rows {
            text += &format!("{pid:5} root      0:00 {title}\n");
        }
        let out = self.strands[index].io.out.clone();
        self.print(index, &out, &text, around);
        self.strands[index].status = 0;
    }
}

/// What the terminal has in the place of programs that notes name.
fn instead_of(program: &str) -> &'static str {
    match program {
        "vi" | "vim" | "nano" | "emacs" | "code" => ": files are edited in the tabs beside the terminal",
        "minikube" | "kind" | "k3d" | "gcloud" | "kubeadm" => ": the cluster runs already, see \"kubectl get nodes\"",
        "docker" | "podman" | "crictl" => ": images need not be built or pulled by hand here",
        "ssh" => ": give the node's name and the command, as in \"node1 curl -k https://10.96.0.1/healthz\"",
        "git" => ": paste what is wanted into a file, as with \"cat > a.yaml\"",
        "tar" | "gzip" | "gunzip" | "zip" | "unzip" => ": files are the tabs beside the terminal, and \"kubectl cp\" takes them as they are",
        "man" => ": \"kubectl explain\" and \"kubectl VERB --help\" tell",
        "helm" => ": there are no charts here, \"kubectl apply -f\" takes manifests",
        _ => "",
    }
}

impl Strand {
    /// The environment of a program.
    pub(super) fn exported(&self, values: &[(String, String)]) -> Vec<(String, String)> {
        let exported = self.variables.iter().filter(|(_, value)| value.exported);
        let mut variables: Vec<(String, String)> = exported.map(|(name, value)| (name.clone(), value.text.to_string())).collect();
        variables.retain(|(name, _)| !values.iter().any(|(other, _)| other == name));
        variables.extend(values.iter().cloned());
        variables
    }
}

/// `5`, `0.5`, `2m`
pub(super) fn duration(text: &str) -> Option<SimDuration> {
    let (number, unit) = match text.char_indices().next_back()? {
        (at, 's') => (&text[..at], 1),
        (at, 'm') => (&text[..at], 60),
        (at, 'h') => (&text[..at], 3600),
        (at, 'd') => (&text[..at], 86_400),
        _ => (text, 1),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.is_empty() || text.bytes().all(|b| b.is_ascii_digit()) && text.len() < 12;
    if number.is_empty() || !digits(whole) || !digits(part) {
        return None;
    }
    let micros: u64 = format!("{part:0<6}").get(..6)?.parse().ok()?;
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    Some(SimDuration::from_micros((whole.saturating_mul(1_000_000) + micros).saturating_mul(unit)))
}
