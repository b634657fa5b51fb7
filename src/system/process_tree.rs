//! What a process has started, from a list of all processes.

/// A process and all that have it as parent, grandparent and so on; each before those below it.
/// `processes` has each process with its parent.
pub(crate) fn below(first: u32, processes: &[(u32, u32)]) -> Vec<u32> {
    let mut found = vec![first];
    let mut next = 0;
    while let Some(above) = found.get(next).copied() {
        let children = processes
            .iter()
            .filter(|(id, parent)| *parent == above && !found.contains(id));
        let children: Vec<u32> = children.map(|(id, _)| *id).collect();
        found.extend(children);
        next += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_was_started_is_found() {
        let all = [(2, 1), (3, 2), (4, 3), (5, 1), (6, 5), (7, 2), (1, 0)];
        assert_eq!(below(2, &all), [2, 3, 7, 4]);
        assert_eq!(below(9, &all), [9]);
        // Two that name each other come to an end.
        assert_eq!(below(1, &[(1, 2), (2, 1)]), [1, 2]);
    }
}
