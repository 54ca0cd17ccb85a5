//! Runs a filter: each value that it makes is handed on as it comes, and with it the path that led there while paths are wanted.
//! Models jq's execute.c, by recursion; so many steps and calls deep at most, so that nothing typed can hang.

use std::cell::Cell;
use std::rc::Rc;

use super::paths;
use super::script::{Filter, Function, Pattern};
use super::names::{Bound, Scope, bind, label};
use super::operators::computed;
use super::value::{Value, is_deeper, put};

/// More steps than this nobody waits for.
const MOST_STEPS: u32 = 2_000_000;
/// Deeper calls than this would not fit on the stack.
const MOST_DEPTH: u32 = 220;
/// No text or list grows larger.
pub(super) const MOST_BYTES: usize = 1 << 20;

/// Why a run ends before its end.
#[derive(Debug)]
pub(super) enum Stop {
    Error(Value),
    /// `break`, to the label of this number.
    Break(usize),
    /// A name that nothing was given to, and where it stands.
    Undefined(String, usize),
}

impl From<String> for Stop {
    fn from(message: String) -> Stop {
        Stop::Error(Value::from(message))
    }
}

pub(super) type Flow = Result<(), Stop>;

/// A value on its way, and the path to it if that is wanted and known.
#[derive(Clone)]
pub(super) struct Item {
    pub value: Value,
    pub path: Option<Rc<Vec<Value>>>,
}

impl Item {
    pub fn plain(value: Value) -> Item {
        Item { value, path: None }
    }

    /// What is inside it at a key.
    fn inside(&self, key: Value, value: Value) -> Item {
        let path = self.path.as_ref().map(|path| {
            let mut path = Vec::clone(path);
            path.push(key);
            Rc::new(path)
        });
        Item { value, path }
    }
}

pub(super) type Out<'o> = &'o mut dyn FnMut(Item) -> Flow;

/// A run of jq.
pub(super) struct Machine<'a> {
    /// The functions of every filter.
    pub library: &'a [Function],
    /// What `--arg` and the like give.
    pub given: &'a [(String, Value)],
    /// Values that have not been read yet, the last first.
    pub inputs: Cell<Vec<Value>>,
    pub seconds: f64,
    pub steps: Cell<u32>,
    pub depth: Cell<u32>,
    pub labels: Cell<usize>,
}

impl<'a> Machine<'a> {
    /// Reads the next value, if there is one.
    pub(super) fn next_input(&self) -> Option<Value> {
        let mut left = self.inputs.take();
        let next = left.pop();
        self.inputs.set(left);
        next
    }

    pub(super) fn run(&self, filter: &'a Filter, scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MOST_STEPS || self.depth.get() > MOST_DEPTH {
            return Err(Stop::from("the filter takes too long or goes too deep".to_owned()));
        }
        self.depth.set(self.depth.get() + 1);
        let flow = self.step(filter, scope, input, out);
        self.depth.set(self.depth.get() - 1);
        flow
    }

    fn step(&self, filter: &'a Filter, scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        match filter {
            Filter::Dot => out(input),
            Filter::Deep => self.below(input, out),
            Filter::Constant(value) => out(Item::plain(value.clone())),
            Filter::Pipe(left, right) => self.run(left, scope, input, &mut |item| self.run(right, scope, item, out)),
            Filter::Comma(left, right) => {
                self.run(left, scope, input.clone(), out)?;
                self.run(right, scope, input, out)
            }
            Filter::Index(of, key) => self.index(of, key, scope, input, out),
            Filter::Slice(of, from, to) => self.slice(of, from.as_deref(), to.as_deref(), scope, input, out),
            Filter::Each(of) => self.run(of, scope, input, &mut |item| self.each(&item, out)),
            Filter::Try(body, caught) => self.attempt(body, caught.as_deref(), scope, input, out),
            Filter::Two(sign, left, right) => self.two(sign, left, right, scope, &input.value, out),
            Filter::Otherwise(left, right) => self.otherwise(left, right, scope, input, out),
            Filter::Assign(sign, left, right) => self.assign(sign, left, right, scope, input.value, out),
            Filter::Text(format, pieces) => self.text(format, pieces, scope, &input.value, out),
            Filter::List(inner) => {
                let list = inner.as_deref().map_or(Ok(Vec::new()), |inner| self.all(inner, scope, &input.value))?;
                out(Item::plain(Value::from(list)))
            }
            Filter::Object(fields) => self.object(fields, Vec::new(), scope, &input.value, out),
            Filter::If(branches, otherwise) => self.branch(branches, otherwise, scope, &input, out),
            Filter::Reduce(source, pattern, first, step) => self.reduce((source, pattern, first, step), scope, input, out),
            Filter::Foreach(source, pattern, parts) => self.foreach(source, pattern, parts, scope, input, out),
            Filter::Bind(source, pattern, body) => {
                let from = Item::plain(input.value.clone());
                self.run(source, scope, from, &mut |item| {
                    self.bound(pattern, item.value, scope, &mut |inner| self.run(body, inner, input.clone(), out))
                })
            }
            Filter::Define(function, body) => self.run(body, &bind(scope, Bound::Function(function)), input, out),
            Filter::Call(name, args, at) => self.call(name, args, *at, scope, input, out),
            Filter::Variable(name, at) => out(Item::plain(self.variable(name, *at, scope)?)),
            Filter::Format(name) => out(Item::plain(Value::from(super::calls::formatted(name, &input.value)?))),
            Filter::Label(name, body) => self.labelled(name, body, scope, input, out),
            Filter::Break(name) => Err(label(name, scope)),
        }
    }

    /// All values that a filter makes.
    pub(super) fn all(&self, filter: &'a Filter, scope: &Scope<'a>, value: &Value) -> Result<Vec<Value>, Stop> {
        let mut all = Vec::new();
        self.run(filter, scope, Item::plain(value.clone()), &mut |item| {
            all.push(item.value);
            if all.len() > MOST_BYTES / 8 { Err(Stop::from("the list is too long".to_owned())) } else { Ok(()) }
        })?;
        Ok(all)
    }

    /// The paths that a filter leads to.
    pub(super) fn paths(&self, filter: &'a Filter, scope: &Scope<'a>, value: &Value) -> Result<Vec<Rc<Vec<Value>>>, Stop> {
        let mut all = Vec::new();
        let input = Item { value: value.clone(), path: Some(Rc::default()) };
        self.run(filter, scope, input, &mut |item| match item.path {
            Some(path) => {
                all.push(path);
                Ok(())
            }
            None => Err(Stop::from(format!("Invalid path expression with result {}", item.value.cut()))),
        })?;
        Ok(all)
    }

    fn below(&self, item: Item, out: Out<'_>) -> Flow {
        self.steps.set(self.steps.get() + 1);
        out(item.clone())?;
        let goes_on = matches!(item.value, Value::List(_) | Value::Object(_)) && self.steps.get() < MOST_STEPS;
        if goes_on { self.each(&item, &mut |inner| self.below(inner, out)) } else { Ok(()) }
    }

    fn each(&self, item: &Item, out: Out<'_>) -> Flow {
        match &item.value {
            Value::List(list) => list.iter().enumerate().try_for_each(|(at, value)| out(item.inside(Value::from(at), value.clone()))),
            Value::Object(fields) => fields.iter().try_for_each(|(key, value)| out(item.inside(Value::Text(key.clone()), value.clone()))),
            other => Err(Stop::from(format!("Cannot iterate over {} ({})", other.kind(), other.cut()))),
        }
    }

    fn index(&self, of: &'a Filter, key: &'a Filter, scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        if let Filter::Constant(key) = key {
            return self.run(of, scope, input, &mut |item| out(item.inside(key.clone(), paths::at(&item.value, key)?)));
        }
        let keys = self.all(key, scope, &input.value)?;
        self.run(of, scope, input, &mut |item| keys.iter().try_for_each(|key| out(item.inside(key.clone(), paths::at(&item.value, key)?))))
    }

    fn slice(&self, of: &'a Filter, from: Option<&'a Filter>, to: Option<&'a Filter>, scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        let end = |filter: Option<&'a Filter>| match filter {
            Some(filter) => self.all(filter, scope, &input.value).map(|values| values.into_iter().next().unwrap_or(Value::Null)),
            None => Ok(Value::Null),
        };
        let key = Value::Object(Rc::new(vec![(Rc::from("start"), end(from)?), (Rc::from("end"), end(to)?)]));
        self.run(of, scope, input, &mut |item| out(item.inside(key.clone(), paths::at(&item.value, &key)?)))
    }

    fn attempt(&self, body: &'a Filter, caught: Option<&'a Filter>, scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        // What goes wrong behind it is none of its own.
        let mut behind = None;
        let depth = self.depth.get();
        let flow = self.run(body, scope, input, &mut |item| {
            out(item).map_err(|stop| {
                behind = Some(stop);
                Stop::Break(usize::MAX)
            })
        });
        match (flow, behind) {
            (_, Some(stop)) => Err(stop),
            (Err(Stop::Error(why)), None) => {
                self.depth.set(depth);
                let is_break = why.get("__jq").is_some();
                caught.filter(|_| !is_break).map_or(Ok(()), |caught| self.run(caught, scope, Item::plain(why), out))
            }
            (flow, None) => flow,
        }
    }

    fn two(&self, sign: &'static str, left: &'a Filter, right: &'a Filter, scope: &Scope<'a>, value: &Value, out: Out<'_>) -> Flow {
        if matches!(sign, "and" | "or") {
            return self.run(left, scope, Item::plain(value.clone()), &mut |a| {
                if a.value.is_true() == (sign == "or") {
                    return out(Item::plain(Value::from(sign == "or")));
                }
                self.run(right, scope, Item::plain(value.clone()), &mut |b| out(Item::plain(Value::from(b.value.is_true()))))
            });
        }
        self.run(right, scope, Item::plain(value.clone()), &mut |b| {
            self.run(left, scope, Item::plain(value.clone()), &mut |a| out(Item::plain(computed(sign, &a.value, &b.value)?)))
        })
    }

    fn otherwise(&self, left: &'a Filter, right: &'a Filter, scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        let mut found = Vec::new();
        // An error ends the left side; what it has made by then counts.
        let flow = self.run(left, scope, input.clone(), &mut |item| {
            if item.value.is_true() {
                found.push(item);
            }
            Ok(())
        });
        if let Err(stop @ (Stop::Break(_) | Stop::Undefined(..))) = flow {
            return Err(stop);
        }
        if found.is_empty() { self.run(right, scope, input, out) } else { found.into_iter().try_for_each(out) }
    }

    fn assign(&self, sign: &'static str, left: &'a Filter, right: &'a Filter, scope: &Scope<'a>, value: Value, out: Out<'_>) -> Flow {
        let places = self.paths(left, scope, &value)?;
        if sign == "|=" {
            let (mut changed, mut gone) = (value, Vec::new());
            for path in places {
                let old = paths::get(&changed, &path)?;
                let mut new = None;
                let first = self.run(right, scope, Item::plain(old), &mut |item| {
                    new = Some(item.value);
                    Err(Stop::Break(usize::MAX))
                });
                match (first, new) {
                    (Err(Stop::Break(usize::MAX)) | Ok(()), Some(new)) => changed = paths::set(changed, &path, new)?,
                    (Err(stop), _) => return Err(stop),
                    (Ok(()), None) => gone.push(path),
                }
            }
            return out(Item::plain(paths::without(changed, gone)?));
        }
        for given in self.all(right, scope, &value)? {
            let mut changed = value.clone();
            for path in &places {
                let new = match sign {
                    "=" => given.clone(),
                    "//=" => Some(paths::get(&changed, path)?).filter(Value::is_true).unwrap_or_else(|| given.clone()),
                    sign => computed(&sign[..1], &paths::get(&changed, path)?, &given)?,
                };
                changed = paths::set(changed, path, new)?;
            }
            out(Item::plain(changed))?;
        }
        Ok(())
    }

    /// A text with what is put into it: one for each way of doing so.
    fn text(&self, format: &str, pieces: &'a [(String, Option<Filter>)], scope: &Scope<'a>, value: &Value, out: Out<'_>) -> Flow {
        let mut texts = vec![String::new()];
        for (piece, inner) in pieces {
            texts.iter_mut().for_each(|text| text.push_str(piece));
            let Some(inner) = inner else { continue };
            let values = self.all(inner, scope, value)?;
            let mut longer = Vec::new();
            for value in &values {
                let shown = if format.is_empty() { value.plain() } else { super::calls::formatted(format, value)? };
                longer.extend(texts.iter().map(|text| format!("{text}{shown}")));
            }
            if longer.iter().map(String::len).sum::<usize>() > MOST_BYTES {
                return Err(Stop::from("the text is too long".to_owned()));
            }
            texts = longer;
        }
        texts.into_iter().try_for_each(|text| out(Item::plain(Value::from(text))))
    }

    fn object(&self, fields: &'a [(Filter, Filter)], done: Vec<(Rc<str>, Value)>, scope: &Scope<'a>, value: &Value, out: Out<'_>) -> Flow {
        let Some(((key, of), rest)) = fields.split_first() else { return out(Item::plain(Value::Object(Rc::new(done)))) };
        for key in self.all(key, scope, value)? {
            let Value::Text(key) = &key else {
                return Err(Stop::from(format!("Object keys must be strings, not {} ({})", key.kind(), key.cut())));
            };
            for inner in self.all(of, scope, value)? {
                let mut more = done.clone();
                put(&mut more, key.clone(), inner);
                self.object(rest, more, scope, value, out)?;
            }
        }
        Ok(())
    }

    fn branch(&self, branches: &'a [(Filter, Filter)], otherwise: &'a Filter, scope: &Scope<'a>, input: &Item, out: Out<'_>) -> Flow {
        let Some(((condition, then), rest)) = branches.split_first() else { return self.run(otherwise, scope, input.clone(), out) };
        for holds in self.all(condition, scope, &input.value)? {
            match holds.is_true() {
                true => self.run(then, scope, input.clone(), out)?,
                false => self.branch(rest, otherwise, scope, input, out)?,
            }
        }
        Ok(())
    }

    fn reduce(&self, parts: (&'a Filter, &'a Pattern, &'a Filter, &'a Filter), scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        let (source, pattern, first, step) = parts;
        for beginning in self.all(first, scope, &input.value)? {
            let mut so_far = beginning;
            self.run(source, scope, Item::plain(input.value.clone()), &mut |item| {
                self.bound(pattern, item.value, scope, &mut |inner| {
                    let last = self.all(step, inner, &so_far)?.pop();
                    so_far = shallow(last.unwrap_or(Value::Null))?;
                    Ok(())
                })
            })?;
            out(Item::plain(so_far))?;
        }
        Ok(())
    }

    fn foreach(&self, source: &'a Filter, pattern: &'a Pattern, parts: &'a [Filter; 3], scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        let [first, step, made] = parts;
        for beginning in self.all(first, scope, &input.value)? {
            let mut so_far = beginning;
            self.run(source, scope, input.clone(), &mut |item| {
                let path = item.path.clone();
                self.bound(pattern, item.value, scope, &mut |inner| {
                    for state in self.all(step, inner, &so_far)? {
                        so_far = shallow(state.clone())?;
                        self.run(made, inner, Item::plain(state), &mut |item| out(Item { path: path.clone(), ..item }))?;
                    }
                    Ok(())
                })
            })?;
        }
        Ok(())
    }

}

/// A value, unless it is nested too deep for the stack.
fn shallow(value: Value) -> Result<Value, Stop> {
    if is_deeper(&value, 250) { Err(Stop::from("the value is nested too deeply".to_owned())) } else { Ok(value) }
}
