//! Sorting, stable, with one body for all types: the standard library's sort is compiled anew for each, four kilobytes a time.
//! Two to four times slower than that one where nothing is in order yet, and as fast where all is.

use std::cmp::Ordering;

/// Sorts.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, Ord::cmp);
}

/// Sorts by a key.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts by a key that is made once for each.
pub fn sort_by_cached_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    let swaps = swaps(items.len(), &mut |a, b| keys[a as usize] < keys[b as usize]);
    apply(items, &swaps);
}

/// Sorts by an order; equal items keep theirs.
pub fn sort_by<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    let swaps = swaps(items.len(), &mut |a, b| order(&items[a as usize], &items[b as usize]).is_lt());
    apply(items, &swaps);
}

fn apply<T>(items: &mut [T], swaps: &[u32]) {
    for (place, other) in swaps.iter().enumerate() {
        items.swap(place, *other as usize);
    }
}

/// The exchanges that bring so many items in order: the first with which, then the second, and so on. None if they are in order.
fn swaps(len: usize, before: &mut dyn FnMut(u32, u32) -> bool) -> Vec<u32> {
    let all = 0..u32::try_from(len).expect("BUG: too many to sort");
    if !all.clone().skip(1).any(|place| before(place, place - 1)) {
        return Vec::new();
    }
    let mut order: Vec<u32> = all.collect();
    let mut merged = Vec::with_capacity(len);
    let mut width = 1;
    while width < len {
        for pair in order.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let (Some(a), Some(b)) = (left.first(), right.first()) {
                let side = if before(*b, *a) { &mut right } else { &mut left };
                merged.push(side[0]);
                *side = &side[1..];
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(&mut order, &mut merged);
        merged.clear();
        width *= 2;
    }
    // What stood at a place before may have been exchanged already: it is where that exchange put it.
    for place in 0..len {
        let mut from = order[place];
        while (from as usize) < place {
            from = order[from as usize];
        }
        order[place] = from;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Random;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        let mut random = Random::stream(7, "sort");
        for len in (0..40).chain([1000]) {
            let items: Vec<(u64, usize)> = (0..len).map(|place| (random.below(8), place)).collect();
            let (mut ours, mut theirs) = (items.clone(), items);
            sort_by_key(&mut ours, |item| item.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs);
            sort_by_cached_key(&mut ours, |item| (item.0 % 4, item.1));
            theirs.sort_by_key(|item| (item.0 % 4, item.1));
            assert_eq!(ours, theirs);
            sort_by(&mut ours, |a, b| b.cmp(a));
            theirs.sort_by(|a, b| b.cmp(a));
            assert_eq!(ours, theirs);
        }
    }
}
