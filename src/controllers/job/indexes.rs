//! Sets of completion indexes and their text: `0,2-4`.
//! Models pkg/controller/job/indexed_job_utils.go.

use crate::api::{COMPLETION_INDEX, JobSpec, Pod};
use crate::base::SmallSet;

/// Indexes of an Indexed job.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Indexes(pub SmallSet<i32>);

impl Indexes {
    /// Reads `0,2-4`; those from `limit` on are left out, and so is what cannot be read.
    pub fn parse(text: &str, limit: i32) -> Indexes {
        let mut set = SmallSet::new();
        for part in text.split(',') {
            let (low, high) = part.split_once('-').unwrap_or((part, part));
            if let (Ok(low), Ok(high)) = (low.parse::<i32>(), high.parse::<i32>()) {
                set.extend(low..=high.min(limit - 1));
            }
        }
        Indexes(set)
    }

    /// How many there are.
    pub fn count(&self) -> i32 {
        i32::try_from(self.0.len()).unwrap_or(i32::MAX)
    }

    /// `0,2-4`; two in a row are told apart by a comma.
    pub fn text(&self) -> String {
        let mut runs: Vec<(i32, i32)> = Vec::new();
        for index in &self.0 {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == *index => *last = *index,
                _ => runs.push((*index, *index)),
            }
        }
        let text = |(first, last): &(i32, i32)| match last - first {
            0 => first.to_string(),
            1 => format!("{first},{last}"),
            _ => format!("{first}-{last}"),
        };
        runs.iter().map(text).collect::<Vec<_>>().join(",")
    }
}

/// The index of a pod, if it has one below the number of completions.
pub(super) fn of_pod(pod: &Pod, completions: i32) -> Option<i32> {
    let index = pod.meta.annotations.get(&COMPLETION_INDEX)?.parse().ok()?;
    (0..completions).contains(&index).then_some(index)
}

/// The first rule of the success policy that the indexes meet.
/// Models pkg/controller/job/success_policy.go matchSuccessPolicy.
pub(super) fn met_rule(spec: &JobSpec, done: &Indexes) -> Option<usize> {
    let (policy, completions) = (spec.success_policy.as_ref()?, spec.completions?);
    policy.rules.iter().position(|rule| match (&rule.succeeded_indexes, rule.succeeded_count) {
        (None, None) => false,
        (None, Some(count)) => done.count() >= count,
        (Some(wanted), count) => {
            let wanted = Indexes::parse(wanted, completions);
            let met = i32::try_from(wanted.0.iter().filter(|index| done.0.contains(*index)).count()).unwrap_or(i32::MAX);
            met >= count.unwrap_or(wanted.count())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_written_as_runs() {
        let table = [
            ("", 10, ""), ("0", 10, "0"), ("0,1", 10, "0,1"), ("0-2", 10, "0-2"), ("3,1,2,7", 10, "1-3,7"), ("0-9", 4, "0-3"),
            ("x,5", 10, "5"), ("8", 8, ""),
        ];
        for (text, limit, expected) in table {
            assert_eq!(Indexes::parse(text, limit).text(), expected, "{text}");
        }
    }
}
