//! Names that a person may have meant, for "did you mean". What is said with them is the caller's.

/// At most three of `names` that resemble `name`, the likeliest first; as they are written there.
pub(crate) fn nearest(name: &str, names: &[impl AsRef<str>]) -> Vec<String> {
    let wanted = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .iter()
        .map(AsRef::as_ref)
        .map(|candidate| (likeness(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(score, _)| *score >= 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.dedup_by_key(|(_, candidate)| *candidate);
    scored.truncate(3);
    scored
        .into_iter()
        .map(|(_, candidate)| candidate.to_owned())
        .collect()
}

/// From 0 to 1. A name typed in part (`admin` for `client1-admin`) counts, which edit distances do
/// not see.
fn likeness(wanted: &str, candidate: &str) -> f64 {
    let score = strsim::jaro_winkler(wanted, candidate);
    let part_of_it = wanted.len() >= 3 && candidate.contains(wanted);
    if part_of_it { score.max(0.85) } else { score }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_find_their_name() {
        let names = [
            "client1",
            "client2",
            "base",
            "client1-admin",
            "Production",
            "x",
        ];
        assert_eq!(
            nearest("clinet1", &names),
            ["client1", "client2", "client1-admin"]
        );
        assert_eq!(nearest("production", &names), ["Production"]);
        assert_eq!(nearest("admin", &names), ["client1-admin"]);
        assert_eq!(nearest("zzz", &names), Vec::<String>::new());
        assert_eq!(nearest("", &names), Vec::<String>::new());
    }
}
