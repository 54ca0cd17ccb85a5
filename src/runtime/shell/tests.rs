//! Scripts and what they print, how they end, and when.

use std::rc::Rc;

use super::*;
use crate::base::SimDuration;
use crate::runtime::files::Files;

/// What a command printed and how it ended.
#[derive(Clone, Debug, Default, PartialEq)]
struct Ran {
    /// Standard output and standard error as they came.
    output: String,
    /// The exit code; None if it would go on for ever.
    code: Option<i32>,
    /// When it ended.
    at: SimTime,
}

struct Place {
    files: Files,
    shared: Files,
    log: Log,
    given: Vec<(String, Rc<str>)>,
}

impl Place {
    fn new() -> Place {
        let given = vec![("/etc/hostname".to_owned(), Rc::from("kubia\n"))];
        Place { files: Files::new(), shared: Files::new(), log: Log::default(), given }
    }

    fn around(&mut self) -> Surroundings<'_> {
        let disk = Disk { own: &mut self.files, shared: &mut self.shared, mounts: &[], given: &self.given, sealed: &[] };
        Surroundings { disk, log: &mut self.log, host: "kubia", other: Other::Missing, kit: Kit::HOST, first_process: "sh", signal: None, away: |_| Away::Here }
    }
}

fn start() -> SimTime {
    SimTime::from_seconds(1_795_454_902)
}

/// Runs a command to its end, sleeps and all; what it would take more than an hour for is given up.
fn run_command(words: &[String], variables: &[(String, String)], around: &mut Surroundings<'_>, now: SimTime) -> Ran {
    let mut shell = Shell::new(words, variables, now);
    shell.collect_output();
    let end = shell.run_to_end(around);
    Ran { output: shell.collected().to_owned(), code: end.map(|end| end.code), at: end.map_or(now, |end| end.at) }
}

fn ran(script: &str) -> Ran {
    let words = ["sh", "-c", script].map(str::to_owned);
    run_command(&words, &[("GREETING".to_owned(), "hi".to_owned())], &mut Place::new().around(), start())
}

/// What a script prints, and its exit code.
pub(super) fn printed(script: &str) -> (String, i32) {
    let ran = ran(script);
    (ran.output, ran.code.unwrap_or(-1))
}

const PODS: &str = "printf 'NAME READY STATUS RESTARTS\\nkubia-a 1/1 Running 0\\nkubia-b 0/1 Pending 12\\nssd-c 1/1 Running 3\\n' |";

/// What the programs print of a table of pods; what is expected is GNU's and jq's.
#[test]
fn lines_are_filtered_as_people_filter_them() {
    let table: [(&str, &str, i32); 33] = [
        ("grep kubia", "kubia-a 1/1 Running 0\nkubia-b 0/1 Pending 12\n", 0),
        ("grep -v -e NAME -e ssd | grep -c .", "2\n", 0),
        ("grep -iE 'PENDING|SSD' | wc -l", "2\n", 0),
        ("grep -A1 kubia-b", "kubia-b 0/1 Pending 12\nssd-c 1/1 Running 3\n", 0),
        ("grep -B 1 -n ssd", "3-kubia-b 0/1 Pending 12\n4:ssd-c 1/1 Running 3\n", 0),
        ("grep -o '[a-z]*-[a-z]' | tail -n 1", "ssd-c\n", 0),
        ("grep -q nothing", "", 1),
        ("grep -w Run", "", 1),
        ("grep '[a'", "grep: [a: bad regular expression\n", 2),
        ("awk '{print $1}'", "NAME\nkubia-a\nkubia-b\nssd-c\n", 0),
        ("awk 'NR>1 {print $1, $3}'", "kubia-a Running\nkubia-b Pending\nssd-c Running\n", 0),
        ("awk '$3==\"Running\"{n++; s+=$4} END {print n, s}'", "2 3\n", 0),
        ("awk '/kubia/ && $4 > 5 {printf \"%s=%d\\n\", $1, $4}'", "kubia-b=12\n", 0),
        ("awk -F- '{print $NF}' | head -2", "NAME READY STATUS RESTARTS\na 1/1 Running 0\n", 0),
        ("awk 'END{print NR}'", "4\n", 0),
        ("awk '{print'", "awk: syntax error at source line 1\n context is\n\t{print\n", 2),
        ("sed -n 2p", "kubia-a 1/1 Running 0\n", 0),
        ("sed -n '/kubia/,/ssd/p' | sed 1d", "kubia-b 0/1 Pending 12\nssd-c 1/1 Running 3\n", 0),
        ("sed 's/kubia-\\(.\\)/\\1!/g;/NAME/d'", "a! 1/1 Running 0\nb! 0/1 Pending 12\nssd-c 1/1 Running 3\n", 0),
        ("sed -E 's/^([a-z]+)-.*/<\\1>/' | sort -u", "<kubia>\n<ssd>\nNAME READY STATUS RESTARTS\n", 0),
        ("sed '$d' | tail -1", "kubia-b 0/1 Pending 12\n", 0),
        ("sed -n '/^ssd/,$ p'", "ssd-c 1/1 Running 3\n", 0),
        ("cut -d' ' -f1,3 | tail -1", "ssd-c Running\n", 0),
        ("tail -n +2 | sort -k4 -n -r | cut -c1-7", "kubia-b\nssd-c 1\nkubia-a\n", 0),
        ("tail -n +2 | awk '{print $3}' | sort | uniq -c", "      1 Pending\n      2 Running\n", 0),
        ("head -n -3", "NAME READY STATUS RESTARTS\n", 0),
        ("tr -s ' ' | head -c 4", "NAME", 0),
        ("grep kubia | while read a b c d; do echo $a $d; done", "kubia-a 0\nkubia-b 12\n", 0),
        ("tac | tail -1", "NAME READY STATUS RESTARTS\n", 0),
        ("wc -l", "4\n", 0),
        ("cat > /run/t; sed -i 's/Running/Up/' /run/t; grep -c Up /run/t", "2\n", 0),
        ("cat > /dev/null; echo '{\"items\":[{\"n\":\"a\",\"s\":1},{\"n\":\"b\",\"s\":2}]}' | jq -r '.items[] | select(.s > 1) | .n'", "b\n", 0),
        ("cat > /dev/null; echo '{\"a\":{\"b\":[1,2]}}' | jq -c '.a.b, (.a|length), {x: .a.b[-1]}'", "[1,2]\n1\n{\"x\":2}\n", 0),
    ];
    for (filter, output, code) in table {
        let ran = ran(&format!("{PODS} {filter}"));
        assert_eq!((ran.output.as_str(), ran.code), (output, Some(code)), "{filter}");
    }
}

#[test]
fn scripts_print_what_a_shell_prints() {
    let table: [(&str, &str, i32); 41] = [
        ("echo a  b; echo 'a  b'", "a b\na  b\n", 0),
        ("echo $GREETING \"$GREETING\" '$GREETING'", "hi hi $GREETING\n", 0),
        ("x=1; x=$((x+41)); echo ${x}s ${y:-none}", "42s none\n", 0),
        ("true && echo yes || echo no", "yes\n", 0),
        ("false && echo yes || echo no", "no\n", 0),
        ("! false", "", 0),
        ("if [ -f /etc/hostname ]; then cat /etc/hostname; else echo none; fi", "kubia\n", 0),
        ("if false; then echo a; elif true; then echo b; else echo c; fi", "b\n", 0),
        ("for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done", "1\n3\n", 0),
        ("i=0; while true; do i=$((i+1)); [ $i -ge 3 ] && break; done; echo $i", "3\n", 0),
        ("until [ -e /run/x ]; do touch /run/x; done; ls /run", "x\n", 0),
        ("case abc in x) echo x;; a*) echo a;; esac", "a\n", 0),
        ("f() { echo $1; return 3; }; f one; echo $?", "one\n3\n", 0),
        ("echo a > /run/f; echo b >> /run/f; wc -l < /run/f; cat /run/f | tail -n 1", "2\nb\n", 0),
        ("(exit 7); echo $?", "7\n", 0),
        ("x=1; (x=2); echo $x", "1\n", 0),
        ("echo $(echo inner) `hostname`", "inner kubia\n", 0),
        ("seq 3 | while read n; do echo -n \"$n,\"; done", "1,2,3,", 0),
        ("cat <<EOF\na $GREETING $(echo b)\n  \\$x 'c'\nEOF\necho end", "a hi b\n  $x 'c'\nend\n", 0),
        ("cat <<'EOF' | tail -n 1\na\n$GREETING\nEOF", "$GREETING\n", 0),
        ("cat <<-END\n\ta\n\tEND", "a\n", 0),
        ("tr a-z A-Z <<< \"x $GREETING\"", "X HI\n", 0),
        ("x=$(echo $(seq 2 | tail -n 1)); echo ${y:-$(echo $x)}", "2\n", 0),
        ("while true; do echo y; done | head -n 2", "y\ny\n", 0),
        ("timeout 2 sleep 5; echo $?; timeout 2 false; echo $?", "124\n1\n", 0),
        ("seq 3 | xargs -n 2 echo a; echo b c | xargs -I X echo X-X; seq 2 | xargs", "a 1 2\na 3\nb c-b c\n1 2\n", 0),
        ("alias e='echo -n'; e x; unalias e; (sleep 1; echo late) | while read l; do date +%S; done", "x23\n", 0),
        ("exit 7", "", 7),
        ("nosuch", "sh: nosuch: not found\n", 127),
        ("cat /run/none", "cat: can't open '/run/none': No such file or directory\n", 1),
        ("ls /run/none", "ls: /run/none: No such file or directory\n", 1),
        ("ls /run/none 2>/dev/null || echo gone", "gone\n", 0),
        ("set -e; false; echo not", "", 1),
        ("set -e; if false; then :; fi; false || true; echo on", "on\n", 0),
        ("echo one; if", "sh: syntax error: unexpected end of file\n", 2),
        ("date -u +%F", "2026-11-23\n", 0),
        ("printf '%s-%03d\\n' a 7", "a-007\n", 0),
        ("p=/a/b.txt; echo ${p##*/} ${p%.txt} ${#p}", "b.txt /a/b 8\n", 0),
        ("trap 'echo bye' EXIT; echo hi; exit 4", "hi\nbye\n", 4),
        ("sleep 1 & wait; echo done", "done\n", 0),
        ("printf 'b\\na\\nb\\n' | sort | uniq -c", "      1 a\n      2 b\n", 0),
    ];
    for (script, output, code) in table {
        let ran = ran(script);
        assert_eq!((ran.output.as_str(), ran.code), (output, Some(code)), "{script}");
    }
}

#[test]
fn sleeping_takes_time_and_so_does_all_else() {
    let seconds = |script: &str| ran(script).at.since(start()).seconds();
    assert_eq!((seconds("sleep 5"), seconds("sleep 1m; sleep 0.5; sleep 0.5"), seconds("for i in 1 2 3; do sleep 2; done")), (5, 61, 6));
    assert!(ran("true").at > start());
}

#[test]
fn what_never_ends_is_given_up() {
    for script in ["while true; do :; done", "sleep infinity", "while :; do sleep 1; done", "f() { f; }; f"] {
        let words = ["sh", "-c", script].map(str::to_owned);
        let mut place = Place::new();
        let ran = run_command(&words, &[], &mut place.around(), start());
        assert!(ran.code.is_none_or(|code| code != 0), "{script}");
    }
}

#[test]
fn a_program_that_eats_memory_is_found_out() {
    let words = ["sh", "-c", "x=a; while true; do x=$x$x; done"].map(str::to_owned);
    let mut shell = Shell::new(&words, &[], start());
    let end = shell.run_to_end(&mut Place::new().around());
    assert!(end.is_some_and(|end| end.out_of_memory && end.code == 137));
}

#[test]
fn a_signal_without_a_trap_is_dropped_and_a_trap_runs_when_the_command_at_work_has_ended() {
    let end = |script: &str| {
        let mut place = Place::new();
        let words = ["sh", "-c", script].map(str::to_owned);
        let mut shell = Shell::new(&words, &[], start());
        assert!(shell.run(start() + SimDuration::from_seconds(3), &mut place.around()).is_none());
        shell.terminate(start() + SimDuration::from_seconds(3));
        let end = shell.run(start() + SimDuration::from_seconds(60), &mut place.around());
        end.map(|end| (end.code, end.at.since(start()).seconds()))
    };
    assert_eq!(end("sleep 100"), None);
    assert_eq!(end("trap 'exit 5' TERM; sleep 10; sleep 100"), Some((5, 10)));
    assert_eq!(end("trap 'exit 6' TERM; sleep 100 & wait"), Some((6, 3)));
}

#[test]
fn damaged_scripts_never_panic() {
    let script = "x=${a:-b}; if [ \"$x\" = $(echo b) ]; then for i in 1 2; do echo $((i*2)) | cat > /run/f; done; fi & wait; case $x in a|b) (exit 3);; esac";
    for at in 0..script.len() {
        for damage in ["", "'", "\"", "$(", "}", ";;", "\\", "&&", "\n", "`"] {
            if !script.is_char_boundary(at) {
                continue;
            }
            let damaged = format!("{}{damage}{}", &script[..at], script.get(at + 1..).unwrap_or_default());
            ran(&damaged);
        }
    }
    for deep in ["$(".repeat(500), "(".repeat(500), "${a:-".repeat(500), "if ".repeat(500), "{ ".repeat(500), "((".repeat(300), "-".repeat(90)] {
        ran(&deep);
        ran(&format!("echo $(({deep}1))"));
    }
}

/// What is bash's own beyond POSIX; the expectations are bash's.
#[test]
fn scripts_of_bash_run_too() {
    let table: [(&str, &str, i32); 22] = [
        ("for ((i=0;i<3;i++)); do echo $i; done", "0\n1\n2\n", 0),
        ("for ((i=3;i>0;i--)) do [ $i = 2 ] && continue; echo $i; done", "3\n1\n", 0),
        ("i=0; while ((i<3)); do echo $i; ((i++)); done", "0\n1\n2\n", 0),
        ("i=0; until [ $i -ge 2 ]; do echo $i; let i++; done", "0\n1\n", 0),
        ("((1==2)) || echo no; ((5%2)) && echo odd", "no\nodd\n", 0),
        ("echo $((2**10)) $((1<2)) $((x=5)) $x $((x+=2)) $((x>6?1:0)) $((0x1f))", "1024 1 5 5 7 1 31\n", 0),
        ("if ((3>2)); then echo more; fi", "more\n", 0),
        ("[[ abc == a* ]] && echo yes", "yes\n", 0),
        ("[[ abc != a* ]] || echo same", "same\n", 0),
        ("[[ abc =~ ^a.c$ ]] && echo re", "re\n", 0),
        ("[[ -n x && 2 -gt 1 ]] && echo both", "both\n", 0),
        ("[[ web-1 =~ ^(web|db)-[0-9]+$ ]] && echo named", "named\n", 0),
        ("x=abcdef; echo ${x:1} ${x:0:2} ${x: -2} ${x:1:-1} ${#x}", "bcdef ab ef bcde 6\n", 0),
        ("x=a.b.c; echo ${x/./-} ${x//./-} ${x%.*} ${x##*.}", "a-b.c a-b-c a.b c\n", 0),
        ("x=abc; echo ${x^^} ${x^} ${x/b/} ${x:+set}; y=ABC; echo ${y,,} ${y:-no}", "ABC Abc ac set\nabc ABC\n", 0),
        ("echo $'a\\tb\\nc'", "a\tb\nc\n", 0),
        ("grep b <<< $'a\\nb'", "b\n", 0),
        ("(( a = 3 )); echo $a; ( (echo sub) )", "3\nsub\n", 0),
        ("printf 'a\\nb\\nc\\n' | paste -sd,", "a,b,c\n", 0),
        ("printf 'a\\nb\\nc\\nd\\n' | paste -d' ' - -", "a b\nc d\n", 0),
        ("for ((;;)); do break; done; echo out", "out\n", 0),
        ("n=3; for ((i=1; i<=n; i++)); do echo -n \"$i \"; done; echo", "1 2 3 \n", 0),
    ];
    for (script, output, code) in table {
        assert_eq!(printed(script), (output.to_owned(), code), "{script}");
    }
}
