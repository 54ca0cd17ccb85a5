//! `cargo xtask pictures`: the ten main views, each in light colours, in dark ones and on a phone, into `docs/pictures`.

use std::path::Path;

use podscape_browser_tests::{Browser, Driver, Motion, Options, Theme};

use crate::arguments::Arguments;
use crate::failure::{Failure, at};
use crate::page;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The options of this command.
pub const OPTIONS: &[&str] = &["--url ADDRESS", "--only NAME"];

/// Where they go.
const FOLDER: &str = "docs/pictures";

/// A view: its name, what follows the address, what a person does there.
type View = (&'static str, &'static str, &'static str);

/// What the steps are written with.
const WORDS: &str = "
const $ = name => document.querySelector(`[data-testid=\"${name}\"]`);
const rest = seconds => new Promise(done => setTimeout(done, seconds * 1000));
const until = async seen => { for (let n = 0; n < 300 && !seen(); n++) await rest(0.05); if (!seen()) throw new Error(`never: ${seen}`); };
const click = async name => { await until(() => $(name)); $(name).click(); await rest(0.15); };
const type = async line => { const field = $('line'); field.value = line; field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })); await rest(0.15); };
const slide = async (name, value) => { $(name).value = value; $(name).dispatchEvent(new Event('input', { bubbles: true })); await rest(0.15); };
const narrow = innerWidth < 900;
const dock = tab => click(narrow ? `tab-narrow-${tab}` : `tab-${tab}`);
const ready = count => until(() => document.querySelectorAll('.pod[data-state=ready]').length === count);
const at = second => until(() => $('clock').dataset.micros >= second * 1e6);
const pod = () => document.querySelector('.pod').dataset.testid.slice(4);
";

const VIEWS: [View; 10] = [
    (
        "start",
        "",
        "await ready(3); await dock('terminal'); await type('kubectl get pods -o wide'); await click('play');",
    ),
    (
        "node-without-power",
        "",
        "await ready(3); await click('power-node2'); await slide('speed', 300); await dock('events');
         await until(() => $('node-node2').dataset.word === 'NotReady'); await rest(0.3); await click('play');",
    ),
    (
        "why",
        "",
        "await ready(3); const old = [...document.querySelectorAll('.pod')].map(pod => pod.dataset.testid);
         await type(`kubectl delete pod ${pod()} --wait=false`); await dock('terminal');
         const fresh = () => [...document.querySelectorAll('.pod[data-state=ready]')].find(pod => !old.includes(pod.dataset.testid));
         await until(fresh); await click('play'); await click(fresh().dataset.testid); await click('menu-details'); await click('tab-why');",
    ),
    (
        "request",
        "?lab=nodeport",
        "await ready(2); await dock('terminal'); await click('guide-line'); await dock('traffic');
         await until(() => document.querySelector('.hops')); await click('hop-on'); await click('hop-on'); await click('play');",
    ),
    (
        "labs",
        "",
        "await ready(3); await click('play'); await click('labs'); await until(() => document.querySelectorAll('a.lab').length > 20);",
    ),
    (
        "charts",
        "?lab=deployment",
        "await until(() => document.querySelector('.pod')); await slide('speed', 200); await at(60); await dock('terminal'); await click('guide-line');
         await dock('charts'); const from = $('clock').dataset.micros / 1e6; await at(from + 14); await click('play');",
    ),
    (
        "branches",
        "",
        "await ready(3); await slide('speed', 200); await type('kubectl scale rc kubia --replicas=5'); await at(30); await click('play');
         await slide('history', 9000); await type('kubectl cordon node2'); await type('kubectl delete pod --all --wait=false'); await click('play'); await at(29); await click('play');
         if (narrow) await click('tab-narrow-branches'); await click('compare-open'); await rest(0.3);",
    ),
    (
        "mistake",
        "",
        "await ready(3); await click('play'); if (narrow) await click('tab-narrow-files');
         const editor = $('editor'); editor.value = editor.value.replace('replicas: 3', 'replica: 5').replace('app: kubia', 'app: kubja');
         editor.dispatchEvent(new Event('input', { bubbles: true })); await click('apply'); await until(() => $('diagnostic'));",
    ),
    (
        "many-pods",
        "",
        "await ready(3); const data = new DataTransfer();
         const nodes = Array.from({ length: 24 }, (_, n) => `node${n + 1}`).join(', ');
         const file = `title: {en: many, ko: many}\\nnodes: [${nodes}]\\nshow: 40\\nfiles:\\n  many.yaml: |\\n    apiVersion: v1\\n    kind: ReplicationController\\n    metadata: {name: kubia}\\n    spec:\\n      replicas: 1500\\n      template:\\n        metadata: {labels: {app: kubia}}\\n        spec:\\n          containers:\\n          - {name: kubia, image: luksa/kubia}\\nsteps:\\n- {at: 1, run: kubectl apply -f many.yaml}\\n`;
         data.items.add(new File([file], 'many.yaml'));
         document.querySelector('.page').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
         await until(() => Number($('canvas')?.dataset.pods) === 1500); await click('power-node7'); await slide('speed', 300); await type('kubectl scale rc kubia --replicas=1700'); const from = $('clock').dataset.micros / 1e6; await at(from + 60); await click('play'); await dock('charts');",
    ),
    (
        "share",
        "",
        "await ready(3); await click('play'); await click('share'); await click('tab-code'); await rest(0.5);",
    ),
];

/// A person at a screen: the end of the pictures' names, and what the browser says of that person.
fn people() -> [(&'static str, Options); 3] {
    let with = |theme, language: &str, size| Options { theme, size, language: language.to_owned(), motion: Motion::Reduced };
    [
        ("light", with(Theme::Light, "en", (1280, 800))),
        ("dark", with(Theme::Dark, "ko", (1280, 800))),
        ("phone", with(Theme::Light, "ko", (390, 844))),
    ]
}

/// Takes them all.
pub fn run(workspace: &Workspace, steps: &Steps, arguments: &Arguments) -> Result<(), Failure> {
    let (browser, address) = page::in_browser(workspace, steps, arguments)?;
    let folder = workspace.root().join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(at(&folder))?;
    let mut sum = 0;
    for view in VIEWS {
        if arguments.text("only").is_some_and(|only| only != view.0) {
            continue;
        }
        for (word, options) in people() {
            let path = folder.join(format!("{}-{word}.png", view.0));
            let bytes = take(&browser, &address, &view, &options, &path).map_err(|failure| failure.while_doing(&format!("{} ({word})", view.0)))?;
            steps.say(&format!("{} ({} kB)", path.display(), bytes / 1000));
            sum += bytes;
        }
    }
    steps.say(&format!("{} kB in all", sum / 1000));
    Ok(())
}

/// Takes one: how many bytes it has.
fn take(browser: &Browser, address: &str, (_, place, deeds): &View, options: &Options, path: &Path) -> Result<u64, Failure> {
    let driver = Driver::start(browser)?;
    let session = driver.session(options)?;
    session.open(&format!("{address}{place}"))?;
    session.find("[data-testid=play]")?;
    session.run_async(&format!("{WORDS}{deeds}"), &[])?;
    // What is said in passing has been read.
    session.run("document.querySelector('.notice button:last-child')?.click(); document.activeElement?.blur();", &[])?;
    std::thread::sleep(std::time::Duration::from_millis(400));
    session.save_screenshot(path)?;
    if let Some(error) = session.console_errors()?.first() {
        return Err(Failure::new(format!("error in the console: {error}")));
    }
    Ok(std::fs::metadata(path).map_err(at(path))?.len())
}
