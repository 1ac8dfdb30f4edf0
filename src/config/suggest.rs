//! "Did you mean": the known name nearest to an unknown one.

/// The nearest of `names`, if it is near enough to be a slip: at most one edit in three letters.
pub(crate) fn closest<'a>(unknown: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (distance(unknown, name), name))
        .filter(|&(edits, name)| edits <= name.chars().count().max(3) / 3)
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, name)| name)
}

/// Levenshtein distance in characters. One row of the table is kept at a time.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, pair) in b.iter().zip(row.windows(2)) {
            let &[diagonal, above] = pair else { break };
            left = (left + 1).min(above + 1).min(diagonal + usize::from(x != *y));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{closest, distance};

    #[test]
    fn distance_counts_edits() {
        for (a, b, edits) in [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("bnid", "bind", 2), ("a", "a", 0)]
        {
            assert_eq!(distance(a, b), edits, "{a} {b}");
            assert_eq!(distance(b, a), edits, "{b} {a}");
        }
    }

    #[test]
    fn only_slips_are_suggested() {
        let names = ["server.bind", "server.workers", "log.filter"];
        assert_eq!(closest("server.worker", names.into_iter()), Some("server.workers"));
        assert_eq!(closest("server.bnid", names.into_iter()), Some("server.bind"));
        assert_eq!(closest("colour", names.into_iter()), None);
    }
}
