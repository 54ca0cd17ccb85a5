//! What names stand for while a filter runs: variables, functions, their arguments, labels. A pattern binds names, a call binds the
//! parameters of a function.

use std::rc::Rc;

use super::paths;
use super::run::{Flow, Item, Machine, Out, Stop};
use super::script::{Filter, Function, Pattern};
use super::value::Value;

/// What names stand for, the innermost first.
pub(super) type Scope<'a> = Option<Rc<Frame<'a>>>;

pub(super) struct Frame<'a> {
    outer: Scope<'a>,
    bound: Bound<'a>,
}

pub(super) enum Bound<'a> {
    Value(&'a str, Value),
    Function(&'a Function),
    /// An argument, and where its names stand for what they do.
    Argument(&'a str, &'a Filter, Scope<'a>),
    Label(&'a str, usize),
}

pub(super) fn bind<'a>(outer: &Scope<'a>, bound: Bound<'a>) -> Scope<'a> {
    Some(Rc::new(Frame { outer: outer.clone(), bound }))
}

/// A call of a function that is written in jq.
struct Call<'a, 's> {
    function: &'a Function,
    args: &'a [Filter],
    /// What names stand for where it is called.
    caller: &'s Scope<'a>,
}

impl<'a> Machine<'a> {
    /// Binds the names of a pattern, in each way that it fits.
    pub(super) fn bound(&self, pattern: &'a Pattern, value: Value, scope: &Scope<'a>, then: &mut dyn FnMut(&Scope<'a>) -> Flow) -> Flow {
        match pattern {
            Pattern::Name(name) => then(&bind(scope, Bound::Value(name, value))),
            Pattern::List(items) => self.bound_items(items, 0, &value, scope, then),
            Pattern::Object(fields) => self.bound_fields(fields, &value, scope, then),
        }
    }

    fn bound_items(&self, items: &'a [Pattern], at: usize, value: &Value, scope: &Scope<'a>, then: &mut dyn FnMut(&Scope<'a>) -> Flow) -> Flow {
        let Some(pattern) = items.get(at) else { return then(scope) };
        let item = paths::at(value, &Value::from(at))?;
        self.bound(pattern, item, scope, &mut |scope| self.bound_items(items, at + 1, value, scope, then))
    }

    fn bound_fields(
        &self,
        fields: &'a [(Filter, Option<String>, Option<Pattern>)],
        value: &Value,
        scope: &Scope<'a>,
        then: &mut dyn FnMut(&Scope<'a>) -> Flow,
    ) -> Flow {
        let Some(((key, variable, inner), rest)) = fields.split_first() else { return then(scope) };
        for key in self.all(key, scope, value)? {
            let found = paths::at(value, &key)?;
            let scope = &match variable {
                Some(name) => bind(scope, Bound::Value(name, found.clone())),
                None => scope.clone(),
            };
            match inner {
                Some(inner) => self.bound(inner, found, scope, &mut |scope| self.bound_fields(rest, value, scope, then))?,
                None => self.bound_fields(rest, value, scope, then)?,
            }
        }
        Ok(())
    }

    pub(super) fn labelled(&self, name: &'a str, body: &'a Filter, scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        let number = self.labels.get() + 1;
        self.labels.set(number);
        let depth = self.depth.get();
        match self.run(body, &bind(scope, Bound::Label(name, number)), input, out) {
            Err(Stop::Break(at)) if at == number => {
                self.depth.set(depth);
                Ok(())
            }
            flow => flow,
        }
    }

    pub(super) fn variable(&self, name: &str, at: usize, scope: &Scope<'a>) -> Result<Value, Stop> {
        let mut frame = scope.as_ref();
        while let Some(found) = frame {
            match &found.bound {
                Bound::Value(known, value) if *known == name => return Ok(value.clone()),
                _ => frame = found.outer.as_ref(),
            }
        }
        let given = self.given.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        given.ok_or_else(|| Stop::Undefined(format!("${name}"), at))
    }

    pub(super) fn call(&self, name: &str, args: &'a [Filter], at: usize, scope: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        let mut frame = scope.clone();
        while let Some(found) = frame {
            match &found.bound {
                Bound::Function(function) if function.name == name && function.parameters.len() == args.len() => {
                    let inside = Some(found.clone());
                    return self.enter(&Call { function, args, caller: scope }, 0, &inside, input, out);
                }
                Bound::Argument(known, filter, outer) if *known == name && args.is_empty() => return self.run(filter, outer, input, out),
                _ => frame = found.outer.clone(),
            }
        }
        if let Some(function) = self.library.iter().find(|function| function.name == name && function.parameters.len() == args.len()) {
            return self.enter(&Call { function, args, caller: scope }, 0, &None, input, out);
        }
        match self.builtin(name, args, scope, input, out) {
            Some(flow) => flow,
            None => Err(Stop::Undefined(format!("{name}/{}", args.len()), at)),
        }
    }

    /// Binds a call's arguments from the `next`-th on and runs the function; `$x` among its parameters is a value, and a filter as well.
    fn enter(&self, call: &Call<'a, '_>, next: usize, inside: &Scope<'a>, input: Item, out: Out<'_>) -> Flow {
        let Call { function, args, caller } = *call;
        let (Some(parameter), Some(argument)) = (function.parameters.get(next), args.get(next)) else { return self.run(&function.body, inside, input, out) };
        let Some(name) = parameter.strip_prefix('$') else {
            let inside = bind(inside, Bound::Argument(parameter, argument, caller.clone()));
            return self.enter(call, next + 1, &inside, input, out);
        };
        for value in self.all(argument, caller, &input.value)? {
            let inside = bind(&bind(inside, Bound::Argument(name, argument, caller.clone())), Bound::Value(name, value));
            self.enter(call, next + 1, &inside, input.clone(), out)?;
        }
        Ok(())
    }
}

pub(super) fn label(name: &str, scope: &Scope<'_>) -> Stop {
    let mut frame = scope.as_ref();
    while let Some(found) = frame {
        match &found.bound {
            Bound::Label(known, number) if *known == name => return Stop::Break(*number),
            _ => frame = found.outer.as_ref(),
        }
    }
    Stop::Undefined(format!("$*label-{name}"), 0)
}
