//! A map and a set for many entries: lists in order, each of some dozens, in a list. As a `SmallMap` it takes little code for
//! each kind of map; and a clone shares the lists until one of both changes them, so that a copy of a large world is cheap.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Bound;
use std::rc::Rc;

use super::SmallMap;

/// A list of so many entries is split in two.
const FULL: usize = 64;

/// A map, in the order of its keys.
#[derive(Clone)]
pub struct LargeMap<K, V> {
    /// None is empty.
    parts: Vec<Rc<SmallMap<K, V>>>,
    len: usize,
}

/// A set, in order.
#[derive(Clone)]
pub struct LargeSet<K>(LargeMap<K, ()>);

impl<K, V> Default for LargeMap<K, V> {
    fn default() -> LargeMap<K, V> {
        LargeMap::new()
    }
}

impl<K, V> LargeMap<K, V> {
    /// An empty one.
    pub const fn new() -> LargeMap<K, V> {
        LargeMap { parts: Vec::new(), len: 0 }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<K: Ord, V> LargeMap<K, V> {
    /// All, in the order of the keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in the order of the keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The first entry.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.parts.first().and_then(|part| part.first_key_value())
    }

    /// Those from a key on, or from behind it.
    pub fn range_from<'a, Q: Ord + ?Sized>(&'a self, key: Bound<&Q>) -> impl Iterator<Item = (&'a K, &'a V)> + use<'a, K, V, Q>
    where
        K: Borrow<Q>,
    {
        let (part, place) = match key {
            Bound::Unbounded => (0, 0),
            Bound::Included(key) => {
                let part = self.part(key);
                (part, self.parts.get(part).map_or(0, |part| part.find(key).unwrap_or_else(|place| place)))
            }
            Bound::Excluded(key) => {
                let part = self.part(key);
                (part, self.parts.get(part).map_or(0, |part| part.find(key).map_or_else(|place| place, |place| place + 1)))
            }
        };
        let first = self.parts.get(part).map_or(&[][..], |part| &part.entries()[place..]);
        let others = self.parts.iter().skip(part + 1).flat_map(|part| part.entries());
        first.iter().chain(others).map(|(key, value)| (key, value))
    }

    /// The list that a key stands in, or would.
    fn part<Q: Ord + ?Sized>(&self, key: &Q) -> usize
    where
        K: Borrow<Q>,
    {
        let first = |part: &Rc<SmallMap<K, V>>| part.entries()[0].0.borrow() <= key;
        self.parts.partition_point(first).saturating_sub(1)
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.parts.get(self.part(key))?.get(key)
    }

    /// Whether there is such a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }
}

impl<K: Ord + Clone, V: Clone> LargeMap<K, V> {
    /// The value of a key, to change it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let part = self.part(key);
        let part = self.parts.get_mut(part)?;
        let place = part.find(key).ok()?;
        Some(&mut Rc::make_mut(part).entries_mut()[place].1)
    }

    /// Gives a key a value; answers with the value before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok((part, place)) => {
                let entry = std::mem::replace(&mut Rc::make_mut(&mut self.parts[part]).entries_mut()[place], (key, value));
                Some(entry.1)
            }
            Err((part, place)) => {
                self.put(part, place, (key, value));
                None
            }
        }
    }

    /// The value of a key, to change it; what this makes, if there is none.
    pub fn get_or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let (part, place) = match self.place(&key) {
            Ok(there) => there,
            Err((part, place)) => self.put(part, place, (key, value())),
        };
        &mut Rc::make_mut(&mut self.parts[part]).entries_mut()[place].1
    }

    fn place(&self, key: &K) -> Result<(usize, usize), (usize, usize)> {
        let part = self.part(key);
        let found = self.parts.get(part).map_or(Err(0), |part| part.find(key));
        found.map(|place| (part, place)).map_err(|place| (part, place))
    }

    /// Puts an entry where it belongs; says where it came to stand.
    fn put(&mut self, mut part: usize, mut place: usize, entry: (K, V)) -> (usize, usize) {
        if self.parts.is_empty() {
            self.parts.push(Rc::new(SmallMap::new()));
        }
        let is_last = part + 1 == self.parts.len();
        let entries = Rc::make_mut(&mut self.parts[part]).entries_mut();
        if entries.len() >= FULL {
            // What comes in order leaves full lists behind.
            let kept = if is_last && place == entries.len() { place } else { entries.len() / 2 };
            let rest = SmallMap::of_entries(entries.split_off(kept));
            if place > kept || rest.is_empty() {
                place -= kept;
                part += 1;
                self.parts.insert(part, Rc::new(rest));
            } else {
                self.parts.insert(part + 1, Rc::new(rest));
            }
        }
        Rc::make_mut(&mut self.parts[part]).entries_mut().insert(place, entry);
        self.len += 1;
        (part, place)
    }

    /// Takes an entry out; answers with its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let part = self.part(key);
        let place = self.parts.get(part)?.find(key).ok()?;
        Some(self.take(part, place).1)
    }

    /// Takes the first entry out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        if self.is_empty() { None } else { Some(self.take(0, 0)) }
    }

    fn take(&mut self, part: usize, place: usize) -> (K, V) {
        let entries = Rc::make_mut(&mut self.parts[part]).entries_mut();
        let entry = entries.remove(place);
        if entries.is_empty() {
            self.parts.remove(part);
        }
        self.len -= 1;
        entry
    }
}

impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> std::ops::Index<&Q> for LargeMap<K, V> {
    type Output = V;
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("BUG: no such key")
    }
}

impl<K: Ord, V: PartialEq> PartialEq for LargeMap<K, V> {
    fn eq(&self, other: &LargeMap<K, V>) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for LargeMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> LargeMap<K, V> {
        let mut map = LargeMap::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<K: Ord + fmt::Debug, V: fmt::Debug> fmt::Debug for LargeMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K> Default for LargeSet<K> {
    fn default() -> LargeSet<K> {
        LargeSet(LargeMap::new())
    }
}

impl<K> LargeSet<K> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }
}

impl<K: Ord> LargeSet<K> {
    /// All, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.0.keys()
    }

    /// The first.
    pub fn first(&self) -> Option<&K> {
        self.0.first_key_value().map(|(key, ())| key)
    }
}

impl<K: Ord + Clone> LargeSet<K> {
    /// Puts it in, in the place of its equal if that is there; whether it was not.
    pub fn insert(&mut self, key: K) -> bool {
        self.0.insert(key, ()).is_none()
    }

    /// Takes it out; whether it was in.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.remove(key).is_some()
    }

    /// Takes the first out.
    pub fn pop_first(&mut self) -> Option<K> {
        self.0.pop_first().map(|(key, ())| key)
    }
}

impl<K: Ord + fmt::Debug> fmt::Debug for LargeSet<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::base::Random;

    #[test]
    fn it_does_what_the_standard_librarys_does() {
        for (spread, ascending) in [(300, false), (5000, false), (5000, true)] {
            let (mut random, mut ours, mut theirs) = (Random::stream(1, "map"), LargeMap::new(), BTreeMap::new());
            for step in 0..4000 {
                let key = if ascending { step } else { random.below(spread) };
                let copy = ours.clone();
                let before = theirs.clone();
                match random.below(8) {
                    0 => assert_eq!(ours.pop_first(), theirs.pop_first()),
                    1 | 2 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                    3 => {
                        *ours.get_or_insert_with(key, || 0) += 1;
                        *theirs.entry(key).or_insert(0) += 1;
                    }
                    _ => assert_eq!(ours.insert(key, step), theirs.insert(key, step)),
                }
                assert_eq!((ours.len(), ours.get(&key)), (theirs.len(), theirs.get(&key)));
                if step % 50 == 0 {
                    assert!(ours.iter().eq(&theirs) && copy.iter().eq(&before));
                    assert!(ours.range_from(Bound::Excluded(&key)).eq(theirs.range((Bound::Excluded(key), Bound::Unbounded))));
                    assert!(ours.range_from(Bound::Included(&key)).eq(theirs.range(key..)));
                }
            }
        }
    }
}
