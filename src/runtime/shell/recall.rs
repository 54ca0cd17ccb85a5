//! Lines that were typed before: `history`, and the signs that bring them back: `!!`, `!5`, `!-2`, `!kubectl`, `!?text?`, `!$`, `!*`,
//! `!:2`, `^old^new`. Models GNU history's history_expand. Left out: `!#`, the changes behind a colon but `:p`, `:s` and `:gs`.

use std::rc::Rc;

use super::machine::Shell;
use super::Surroundings;

/// So many lines are kept.
const MOST_LINES: usize = 500;

/// What becomes of a line before it is run.
#[derive(Debug, PartialEq)]
pub enum Recalled {
    /// It stays as it is.
    Same,
    /// It is this one, which is shown first.
    Line(String),
    /// It is only shown and kept (`:p`).
    Shown(String),
    /// What it names is not there: the words of the message.
    NotFound(String),
}

/// Keeps a line.
pub(super) fn remember(lines: &mut Vec<Rc<str>>, line: &str) {
    if lines.len() >= MOST_LINES {
        lines.remove(0);
    }
    lines.push(line.into());
}

/// Puts earlier lines where a line calls for them.
pub(super) fn recall(line: &str, lines: &[Rc<str>]) -> Recalled {
    if let Some(change) = line.strip_prefix('^') {
        let Some(last) = lines.last() else { return Recalled::NotFound(":s".to_owned() + line + ": substitution failed") };
        let (old, rest) = change.split_once('^').unwrap_or((change, ""));
        let (new, more) = rest.split_once('^').unwrap_or((rest, ""));
        if old.is_empty() || !last.contains(old) {
            return Recalled::NotFound(format!(":s{line}: substitution failed"));
        }
        return Recalled::Line(last.replacen(old, new, 1) + more);
    }
    if !line.contains('!') {
        return Recalled::Same;
    }
    // What stands in a here-document is a text.
    let end = line.find("<<").and_then(|at| Some(at + line[at..].find('\n')?)).unwrap_or(line.len());
    let mut reader = Reader { chars: line[..end].chars().collect(), at: 0, lines, only_shown: false };
    match reader.read() {
        Err(what) => Recalled::NotFound(what),
        Ok(text) if text == line[..end] => Recalled::Same,
        Ok(text) if reader.only_shown => Recalled::Shown(text + &line[end..]),
        Ok(text) => Recalled::Line(text + &line[end..]),
    }
}

struct Reader<'a> {
    chars: Vec<char>,
    at: usize,
    lines: &'a [Rc<str>],
    only_shown: bool,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn read(&mut self) -> Result<String, String> {
        let (mut text, mut quote) = (String::new(), None);
        while let Some(c) = self.peek(0) {
            let before = self.at.checked_sub(1).map(|at| self.chars[at]);
            match c {
                '\\' if quote != Some('\'') => {
                    text.push(c);
                    text.extend(self.peek(1));
                    self.at += 2;
                    continue;
                }
                '\'' | '"' if quote == Some(c) => quote = None,
                '\'' | '"' if quote.is_none() => quote = Some(c),
                '#' if quote.is_none() && before.is_none_or(char::is_whitespace) => {
                    text.extend(&self.chars[self.at..]);
                    self.at = self.chars.len();
                    continue;
                }
                '!' if quote != Some('\'') && !matches!(before, Some('[' | '{' | '$')) => {
                    let ends_quote = quote == Some('"') && self.peek(1) == Some('"');
                    if !ends_quote && !self.peek(1).is_none_or(|c| c.is_whitespace() || "=(;&|)".contains(c)) {
                        text += &self.event()?;
                        continue;
                    }
                }
                _ => {}
            }
            text.push(c);
            self.at += 1;
        }
        Ok(text)
    }

    /// At `!`: the text that it stands for.
    fn event(&mut self) -> Result<String, String> {
        let start = self.at;
        self.at += 1;
        let last = self.lines.len();
        let found = match self.peek(0) {
            Some('!') => {
                self.at += 1;
                self.lines.last().cloned()
            }
            // `!$`, `!*`, `!^`, `!:2` are words of the last line.
            Some('$' | '*' | '^' | ':') => self.lines.last().cloned(),
            Some(c) if c.is_ascii_digit() || c == '-' && self.peek(1).is_some_and(|c| c.is_ascii_digit()) => {
                self.at += usize::from(c == '-');
                let number = self.digits();
                let index = if c == '-' { last.checked_sub(number) } else { number.checked_sub(1) };
                index.and_then(|index| self.lines.get(index)).cloned()
            }
            Some('?') => {
                self.at += 1;
                let text = self.until(|c| c == '?' || c == '\n');
                self.at += usize::from(self.peek(0) == Some('?'));
                self.lines.iter().rev().find(|line| line.contains(&text)).cloned()
            }
            _ => {
                let text = self.until(|c| c.is_whitespace() || ":;&|()<>\"'^$*".contains(c));
                self.lines.iter().rev().find(|line| line.starts_with(&text)).cloned()
            }
        };
        let Some(line) = found else { return Err(self.since(start) + ": event not found") };
        let picked = match self.words_of(&line) {
            Ok(picked) => picked,
            Err(()) => return Err(self.since(start) + ": bad word specifier"),
        };
        self.changed(picked.unwrap_or_else(|| line.to_string()), start)
    }

    /// What was read since then.
    fn since(&self, start: usize) -> String {
        self.chars[start..self.at.min(self.chars.len())].iter().collect()
    }

    fn digits(&mut self) -> usize {
        self.until(|c| !c.is_ascii_digit()).parse().unwrap_or(usize::MAX)
    }

    fn until(&mut self, ends: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek(0).filter(|c| !ends(*c)) {
            text.push(c);
            self.at += 1;
        }
        text
    }

    /// Which words of a line are wanted: `$`, `^`, `*`, `:2`, `:2-4`, `:2*`. None for all of it.
    fn words_of(&mut self, line: &str) -> Result<Option<String>, ()> {
        let colon = usize::from(self.peek(0) == Some(':'));
        let Some(c) = self.peek(colon).filter(|c| "$^*-".contains(*c) && (colon == 1 || *c != '-') || colon == 1 && c.is_ascii_digit()) else { return Ok(None) };
        self.at += colon;
        let words = words(line);
        let last = words.len().saturating_sub(1);
        let (from, to) = match c {
            '$' => (last, last),
            '^' => (1, 1),
            '*' if last == 0 => {
                self.at += 1;
                return Ok(Some(String::new()));
            }
            '*' => (1, last),
            '-' => (0, 0),
            _ => {
                let from = self.digits();
                (from, from)
            }
        };
        self.at += usize::from(!c.is_ascii_digit() && c != '-');
        let to = match (self.peek(0), self.peek(1)) {
            (Some('*'), _) if c.is_ascii_digit() => {
                self.at += 1;
                last
            }
            (Some('-'), Some('$')) => {
                self.at += 2;
                last
            }
            (Some('-'), Some(next)) if next.is_ascii_digit() => {
                self.at += 1;
                self.digits()
            }
            (Some('-'), _) if c.is_ascii_digit() => {
                self.at += 1;
                last.saturating_sub(1)
            }
            _ => to,
        };
        words.get(from..to.saturating_add(1)).map(|words| Some(words.join(" "))).ok_or(())
    }

    /// Carries out `:p`, `:s/old/new/` and `:gs/old/new/`.
    fn changed(&mut self, mut text: String, start: usize) -> Result<String, String> {
        while self.peek(0) == Some(':') {
            let everywhere = usize::from(self.peek(1) == Some('g'));
            match self.peek(1 + everywhere) {
                Some('p') => {
                    self.only_shown = true;
                    self.at += 2;
                }
                Some('s') => {
                    self.at += 2 + everywhere;
                    let Some(sign) = self.peek(0) else { break };
                    self.at += 1;
                    let old = self.until(|c| c == sign);
                    self.at += 1;
                    let new = self.until(|c| c == sign);
                    self.at = (self.at + 1).min(self.chars.len());
                    if old.is_empty() || !text.contains(&old) {
                        return Err(self.since(start) + ": substitution failed");
                    }
                    text = if everywhere == 1 { text.replace(&old, &new) } else { text.replacen(&old, &new, 1) };
                }
                _ => break,
            }
        }
        Ok(text)
    }
}

/// The words of a line as history counts them: quotes keep one together, signs of the shell are words.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if quote == Some(c) {
            quote = None;
        } else if quote.is_none() {
            match c {
                '\'' | '"' => quote = Some(c),
                '\\' => {
                    word.push(c);
                    word.extend(chars.next());
                    continue;
                }
                c if c.is_whitespace() || ";&|<>()".contains(c) => {
                    if !word.is_empty() {
                        words.push(std::mem::take(&mut word));
                    }
                    if !c.is_whitespace() {
                        let mut sign = c.to_string();
                        while "&|<>;".contains(c) && chars.peek() == Some(&c) {
                            sign.extend(chars.next());
                        }
                        words.push(sign);
                    }
                    continue;
                }
                _ => {}
            }
        }
        word.push(c);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

impl Shell {
    /// `history`, `history 5`, `history -c`, `history -d 5`
    pub(super) fn list_history(&mut self, index: usize, args: &[String], around: &mut Surroundings<'_>) {
        let number = |arg: Option<&String>| arg.and_then(|arg| arg.parse::<usize>().ok());
        let skipped = match args.first().map(String::as_str) {
            None => 0,
            Some("-c") => return self.history.clear(),
            Some("-d") => {
                let at = number(args.get(1)).and_then(|at| at.checked_sub(1)).filter(|at| *at < self.history.len());
                let Some(at) = at else {
                    self.strands[index].status = 1;
                    let what = args.get(1).map_or("", String::as_str);
                    return self.complain(index, &format!("bash: history: {what}: history position out of range"), around);
                };
                self.history.remove(at);
                return;
            }
            Some(text) => match number(args.first()) {
                Some(count) => self.history.len().saturating_sub(count),
                None => {
                    self.strands[index].status = 1;
                    return self.complain(index, &format!("bash: history: {text}: numeric argument required"), around);
                }
            },
        };
        let lines = self.history.iter().enumerate().skip(skipped);
        let text: String = lines.map(|(at, line)| format!("{:5}  {line}\n", at + 1)).collect();
        let out = self.strands[index].io.out.clone();
        self.print(index, &out, &text, around);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What bash 5.2 makes of each line after the same three.
    #[test]
    fn lines_come_back() {
        let lines: Vec<Rc<str>> = ["kubectl get po", "echo 'a b' c", "kubectl delete po kubia --now"].map(Rc::from).into();
        let table = [
            ("!!", "kubectl delete po kubia --now"), ("!1", "kubectl get po"), ("!-2", "echo 'a b' c"), ("!echo", "echo 'a b' c"),
            ("sudo !!", "sudo kubectl delete po kubia --now"), ("echo !$", "echo --now"), ("echo !*", "echo delete po kubia --now"),
            ("echo !:3", "echo kubia"), ("echo !!:2-3", "echo po kubia"), ("echo !2:1", "echo 'a b'"), ("echo !^", "echo delete"),
            ("^kubia^luksa", "kubectl delete po luksa --now"), ("!k:s/po/rc/", "kubectl delete rc kubia --now"), ("!?get?", "kubectl get po"),
            ("echo \"x !$\"", "echo \"x --now\""), ("echo !1:2*", "echo po"), ("!!:gs/k/K/", "Kubectl delete po Kubia --now"),
        ];
        for (line, expected) in table {
            assert_eq!(recall(line, &lines), Recalled::Line(expected.to_owned()), "{line}");
        }
        assert_eq!(recall("!1:p", &lines), Recalled::Shown("kubectl get po".to_owned()));
        let same = [
            "kubectl get po -l '!app'", "[ 1 != 2 ]", "! true", "echo hello!", "echo \"hi!\"", "echo $! ${!a}", "ls [!a]*", "echo \\!x", "ls # !x",
            "cat <<E\n!x\nE", "awk '!seen[$0]++'",
        ];
        for line in same {
            assert_eq!(recall(line, &lines), Recalled::Same, "{line}");
        }
        let missing = [("!foo", "!foo: event not found"), ("!9", "!9: event not found"), ("!:9", "!:9: bad word specifier"), ("^x^y", ":s^x^y: substitution failed")];
        for (line, what) in missing {
            assert_eq!(recall(line, &lines), Recalled::NotFound(what.to_owned()), "{line}");
        }
    }
}
