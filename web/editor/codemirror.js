// The editor that is loaded when somebody goes to it: CodeMirror 6, which the Rust side drives by the functions at the end.
// What is said about the text (marks, completions, documentation, corrections) comes from there; nothing here knows Kubernetes.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { diagnosticCount, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import {
  EditorView, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers, placeholder,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "light-dark(#1d4f91, #8db8f5)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace, tags.meta], color: "var(--soft)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ready-ink)" },
  { tag: [tags.number, tags.bool, tags.keyword, tags.atom], color: "light-dark(#8a4b08, #e5b567)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

const looks = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--raised)", color: "var(--ink)", fontSize: "inherit" },
  "&.cm-focused": { outline: "none", boxShadow: "inset 0 0 0 1.5px var(--accent)" },
  ".cm-scroller": { font: "inherit", fontFamily: "var(--mono)", lineHeight: "inherit", overflow: "auto" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 12px 0 6px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--soft)", border: "0", fontSize: "12px" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 1px", display: "flex", alignItems: "center" },
  ".cm-lint-marker": { width: "11px", height: "11px" },
  ".cm-foldGutter": { width: "14px" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 6%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 10%, transparent)", color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 26%, transparent)",
  },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--starting) 26%, transparent)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--ready) 30%, transparent)" },
  ".cm-placeholder": { color: "var(--soft)" },
  ".cm-lintRange-error": {
    backgroundImage: "none", backgroundColor: "var(--failing-wash)",
    textDecoration: "underline wavy 1.5px var(--failing)", textUnderlineOffset: "4px", textDecorationSkipInk: "none",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none", textDecoration: "underline wavy 1.5px var(--starting)", textUnderlineOffset: "4px", textDecorationSkipInk: "none",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "8px", boxShadow: "var(--shadow)",
    overflow: "hidden", font: "13px/1.45 var(--sans)", maxWidth: "min(46ch, 92vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete": { maxWidth: "none" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: "inherit", fontFamily: "var(--mono)", maxHeight: "15em", minWidth: "220px", maxWidth: "min(560px, 92vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 12px", display: "flex", gap: "14px", alignItems: "baseline" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "light-dark(#fff, #0b1014)" },
  ".cm-completionLabel": { flex: "1" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--soft)", margin: "0", fontSize: "12px" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionInfo": { padding: "8px 12px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic": { padding: "8px 12px", borderLeft: "4px solid var(--failing)", fontFamily: "var(--mono)", fontSize: "12px", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--starting)" },
  ".cm-diagnosticAction": {
    display: "block", margin: "6px 0 0", padding: "3px 10px", borderRadius: "6px", backgroundColor: "var(--accent)",
    color: "light-dark(#fff, #0b1014)", font: "600 12px/1.5 var(--sans)", cursor: "pointer",
  },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "8px 28px 8px 10px", font: "12px/1.6 var(--sans)" },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: "3px" },
  ".cm-textfield": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px", padding: "2px 8px" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px", padding: "2px 10px" },
  ".cm-doc": { padding: "10px 14px", display: "grid", gap: "4px" },
  ".cm-doc b": { fontFamily: "var(--mono)", fontWeight: "700", overflowWrap: "anywhere" },
  ".cm-doc i": { fontStyle: "normal", color: "var(--soft)" },
});

// Who hears what happens here: heard(what, data).
let heard = () => {};
let view;
// What `prepare` has made of an editor that is in no place yet.
let state, waitingView;
let name = "";
let number = 0;
let words = {};
let told = "";
// Tab goes through the page until something is done here; from then on it indents. Escape lets it go through again.
let passing = true;
const waiting = new Map();
const kept = new Map();
const phrases = new Compartment();

function ask(what, at, explicit) {
  const id = ++number;
  // Only the latest question of a kind is worth an answer.
  for (const [old, question] of waiting) {
    if (question.what === what) {
      waiting.delete(old);
      question.take(null);
    }
  }
  return new Promise((take) => {
    waiting.set(id, { what, take });
    heard(what, JSON.stringify({ id, at, explicit }));
  });
}

async function completions(context) {
  const before = context.matchBefore(/[\w./@-]*/);
  if (!context.explicit && before.from === before.to && !/[:\-] $/.test(context.state.sliceDoc(Math.max(0, context.pos - 2), context.pos))) return null;
  const found = await ask("complete", context.pos, context.explicit);
  if (!found || !found.options.length || context.aborted) return null;
  return { from: found.from, options: found.options, validFor: /^[\w./@-]*$/ };
}

function described(doc) {
  const dom = document.createElement("div");
  dom.className = "cm-doc";
  dom.dataset.testid = "field-doc";
  for (const [tag, text] of [["b", doc.title], ["i", doc.facts], ["span", doc.text]]) {
    if (!text) continue;
    const line = document.createElement(tag);
    line.textContent = text;
    dom.append(line);
  }
  return dom;
}

const documentation = hoverTooltip(async (_, at) => {
  const doc = await ask("hover", at, false);
  if (!doc?.title) return null;
  return { pos: doc.from, end: doc.to, above: true, create: () => ({ dom: described(doc) }) };
}, { hoverTime: 450 });

const keys = [
  { key: "Mod-Enter", run: () => (heard("apply", ""), true) },
  { key: "Tab", run: (view) => acceptCompletion(view) || (!passing && indentMore(view)), shift: (view) => !passing && indentLess(view) },
];

function marked(value) {
  return [
    EditorState.phrases.of(value.phrases ?? {}),
    placeholder(value.placeholder ?? ""),
    EditorView.contentAttributes.of({
      id: "editor", "data-testid": "editor", "aria-label": value.label ?? "", "aria-describedby": "diagnostics editor-leave",
      autocapitalize: "off", autocorrect: "off", spellcheck: "false", translate: "no",
    }),
  ];
}

function extensions() {
  return [
    Prec.highest(keymap.of(keys)),
    phrases.of(marked(words)),
    lineNumbers(), foldGutter(), lintGutter(), highlightActiveLineGutter(), highlightActiveLine(),
    history(), drawSelection(), dropCursor(), indentOnInput(), bracketMatching(), closeBrackets(), highlightSelectionMatches(),
    EditorState.allowMultipleSelections.of(true), EditorState.tabSize.of(2), indentUnit.of("  "),
    yaml(), syntaxHighlighting(colours), looks, search(),
    autocompletion({ override: [completions], icons: false, activateOnCompletion: (option) => Boolean(option.again), defaultKeymap: true }),
    documentation,
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
    // What nothing else takes.
    Prec.lowest(keymap.of([{ key: "Escape", run: () => ((passing = true), true) }])),
    // Files that are dropped are the page's to take.
    Prec.highest(EditorView.domEventHandlers({ drop: (event) => Boolean(event.dataTransfer?.files.length) })),
    Prec.highest(EditorView.domEventHandlers({
      focus: () => ((passing = true), false),
      mousedown: () => ((passing = false), false),
      keydown: (event) => {
        if (!["Tab", "Shift", "Escape"].includes(event.key)) passing = false;
        return false;
      },
    })),
    EditorView.updateListener.of((update) => {
      if (update.docChanged && !update.transactions.some((one) => one.isUserEvent("outside"))) heard("change", update.state.doc.toString());
      if (update.docChanged || update.selectionSet || update.focusChanged) heard("caret", String(update.state.selection.main.head));
    }),
  ];
}

// Puts the least change that makes the text so, so that the caret and undo keep their sense.
function becomes(text) {
  const old = view.state.doc.toString();
  let from = 0;
  const shorter = Math.min(old.length, text.length);
  while (from < shorter && old[from] === text[from]) from++;
  let tail = 0;
  while (tail < shorter - from && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail++;
  view.dispatch({ changes: { from, to: old.length - tail, insert: text.slice(from, text.length - tail) }, userEvent: "outside" });
}

function place(line, column) {
  const at = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
  // Columns count letters; a letter may be two units here.
  const units = Array.from(at.text).slice(0, column - 1).join("").length;
  return Math.min(at.to, at.from + units);
}

const fieldOf = (host) => host.parentElement?.querySelector("textarea");

globalThis.podscapeEditor = {
  // Makes a part of the editor ahead, with the field's text: each part takes a while when it is done for the first time. Whether another call is wanted.
  prepare(host) {
    if (state) waitingView = new EditorView({ state });
    else state = EditorState.create({ doc: fieldOf(host)?.value ?? "", extensions: extensions() });
    return !waitingView;
  },
  // Once it is prepared: takes the place of the field in `host`, with its text, its selection and its focus.
  mount(host, hear) {
    heard = hear;
    const field = fieldOf(host);
    const doc = field?.value ?? "";
    const focused = document.activeElement === field;
    const selection = { anchor: field?.selectionStart ?? 0, head: field?.selectionEnd ?? 0 };
    host.hidden = false;
    view = waitingView;
    state = waitingView = undefined;
    if (view.state.doc.toString() !== doc) view.setState(EditorState.create({ doc, selection, extensions: extensions() }));
    else if (selection.head || selection.anchor) view.dispatch({ selection });
    host.append(view.dom);
    view.scrollDOM.scrollTop = field?.closest(".editor")?.scrollTop ?? 0;
    // Read and written as a field is.
    Object.defineProperty(view.contentDOM, "value", {
      get: () => view.state.doc.toString(),
      set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    });
    if (focused) view.focus();
  },
  // The words of the page, as JSON.
  words(text) {
    if (text === told) return;
    words = JSON.parse((told = text));
    (view ?? waitingView)?.dispatch({ effects: phrases.reconfigure(marked(words)) });
  },
  // Shows a file with this text; each file keeps its own history and selection.
  open(file, text) {
    if (file !== name) {
      if (name) kept.set(name, view.state);
      const before = kept.get(file);
      const first = !name && view.state.doc.toString() === text;
      name = file;
      if (first) return;
      view.setState(before?.doc.toString() === text ? before : EditorState.create({ doc: text, extensions: extensions() }));
      view.dispatch({ effects: phrases.reconfigure(marked(words)) });
    } else if (view.state.doc.toString() !== text) {
      becomes(text);
    }
  },
  // Marks what is wrong, as JSON: severity, line, column, length, message, fixes (their names).
  mark(text) {
    const marks = JSON.parse(text).map(({ severity, line, column, length, message, fixes }, mark) => {
      const from = place(line, column);
      const to = Math.max(from, place(line, column + length));
      const actions = fixes.map((name, fix) => ({ name, apply: () => heard("fix", JSON.stringify({ mark, fix })) }));
      return { from, to, severity, message, actions };
    });
    if (marks.length || diagnosticCount(view.state)) view.dispatch(setDiagnostics(view.state, marks));
  },
  // The answer to a question, as JSON with its number.
  answer(text) {
    const { id, ...answer } = JSON.parse(text);
    const question = waiting.get(id);
    waiting.delete(id);
    question?.take(answer);
  },
  // Goes to a place and selects what is there.
  reveal(line, column, length) {
    const from = place(line, column);
    view.dispatch({ selection: { anchor: from, head: place(line, column + length) }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    view.focus();
  },
  // Ends it.
  close() {
    view?.destroy();
    waitingView?.destroy();
    (view = state = waitingView = undefined), (name = "");
    kept.clear();
    waiting.clear();
  },
};
