//! Which name each synced profile gets, where the template gives several the same: a name stays
//! with the role that has it, and the others get their account's id behind it. Which names stand
//! elsewhere in the files is not its business.

use std::collections::BTreeMap;

use super::managed::{AccountRole, Block, Synced};

/// A profile of this name would be everybody's who names none.
const RESERVED: &str = "default";

/// Makes the names unique, in the order of the names. Nothing that is in the block and stays there
/// (`prune` is not asked for) becomes another role.
///
/// Errors: a sentence, where two profiles would have the same name even so.
pub(crate) fn assign(
    profiles: Vec<Synced>,
    block: &Block<'_>,
    prune: bool,
) -> Result<Vec<Synced>, String> {
    let mut groups: BTreeMap<String, Vec<Synced>> = BTreeMap::new();
    for profile in profiles {
        groups
            .entry(profile.name.clone())
            .or_default()
            .push(profile);
    }
    let mut named: BTreeMap<String, Synced> = BTreeMap::new();
    for (name, group) in groups {
        let is_in_group =
            |identity: &&AccountRole| group.iter().any(|profile| profile.identity == **identity);
        let holder = block
            .identity(&name)
            .filter(|identity| !prune || is_in_group(identity))
            .cloned();
        let group_size = group.len();
        let is_free = group_size == 1 && name != RESERVED && holder.is_none();
        for mut profile in group {
            if !is_free && holder.as_ref() != Some(&profile.identity) {
                profile.name = format!("{name}-{}", profile.identity.account_id);
            }
            let kept = block
                .identity(&profile.name)
                .filter(|identity| !prune && **identity != profile.identity);
            if let Some(other) = named
                .get(&profile.name)
                .map(|other| &other.identity)
                .or(kept)
            {
                let shown = if group_size > 1 && other.account_id == profile.identity.account_id {
                    &name
                } else {
                    &profile.name
                };
                return Err(same(&profile, other, shown));
            }
            named.insert(profile.name.clone(), profile);
        }
    }
    Ok(named.into_values().collect())
}

fn same(profile: &Synced, other: &AccountRole, name: &str) -> String {
    let own = &profile.identity;
    format!(
        "{} in {} and {} in {} would both be called '{name}'",
        other.role, other.account_id, own.role, own.account_id
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::config::managed::{self, BlockSource, Wish};

    const ACME: BlockSource<'_> = BlockSource::Sso { session: "acme" };

    fn synced(name: &str, account_id: &str, role: &str) -> Synced {
        Synced {
            region: None,
            ..managed::tests::synced(name, account_id, role)
        }
    }

    /// A file with these in its block.
    fn with(profiles: &[(&str, &str)]) -> String {
        let profiles: Vec<Synced> = profiles
            .iter()
            .map(|(name, id)| synced(name, id, "R"))
            .collect();
        let wish = Wish {
            profiles: &profiles,
            left: &HashSet::new(),
            prune: false,
            set_region: false,
        };
        Block::find("", ACME).unwrap().write(&wish).unwrap().text
    }

    #[track_caller]
    fn names(
        block: &str,
        profiles: &[(&str, &str, &str)],
        prune: bool,
    ) -> Result<Vec<String>, String> {
        let profiles = profiles
            .iter()
            .map(|(name, id, role)| synced(name, id, role))
            .collect();
        let block = Block::find(block, ACME).unwrap();
        let assigned = assign(profiles, &block, prune)?;
        Ok(assigned
            .into_iter()
            .map(|profile| format!("{} {}", profile.name, profile.identity.account_id))
            .collect())
    }

    #[test]
    fn a_name_stays_with_the_role_that_has_it() {
        let block = with(&[("prod", "1"), ("gone", "9")]);
        for (profiles, prune, wanted) in [
            (
                &[("b", "2", "R"), ("a", "1", "R")][..],
                false,
                &["a 1", "b 2"][..],
            ),
            // Both, since neither has it.
            (
                &[("a", "1", "R"), ("a", "2", "R")],
                false,
                &["a-1 1", "a-2 2"],
            ),
            // Not everybody's profile.
            (&[("default", "1", "R")], false, &["default-1 1"]),
            (
                &[("prod", "2", "R"), ("prod", "1", "R")],
                true,
                &["prod 1", "prod-2 2"],
            ),
            // A name does not become another account's while the profile is there.
            (&[("gone", "2", "R")], false, &["gone-2 2"]),
            (&[("gone", "2", "R")], true, &["gone 2"]),
            (&[("prod", "1", "Other")], false, &["prod-1 1"]),
        ] {
            assert_eq!(
                names(&block, profiles, prune).unwrap(),
                wanted,
                "{profiles:?}"
            );
        }
        let same = "R in 1 and S in 1 would both be called 'a'";
        assert_eq!(
            names("", &[("a", "1", "R"), ("a", "1", "S")], true),
            Err(same.to_owned())
        );
        let taken = with(&[("gone", "9"), ("gone-2", "3")]);
        let same = "R in 3 and R in 2 would both be called 'gone-2'";
        assert_eq!(
            names(&taken, &[("gone", "2", "R")], false),
            Err(same.to_owned())
        );
        assert_eq!(
            names(&taken, &[("gone", "2", "R")], true).unwrap(),
            ["gone 2"]
        );
    }
}
