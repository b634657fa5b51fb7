//! Regions: the names that AWS has, the shape that its next ones will have, and what a wrong one
//! was meant to be.

use crate::arn::partition_of_region;

/// botocore 1.43.11, `endpoints.json`: the regions of every partition.
pub(crate) const REGIONS: [&str; 47] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
    "aws-global",
];

const DIRECTIONS: [&str; 9] = [
    "central",
    "east",
    "north",
    "northeast",
    "northwest",
    "south",
    "southeast",
    "southwest",
    "west",
];

/// What is wrong with a region's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The end of a sentence that begins with the name.
    pub(crate) why: String,
    /// The region that was meant, where one can be told.
    pub(crate) meant: Option<&'static str>,
}

/// What regions may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// As AWS calls its own.
    Aws,
    /// Also as other makers' services have them, at an endpoint of their own; what is plainly one
    /// of AWS's regions, mistyped, does not pass.
    Any,
}

/// Holds a name to what AWS's regions are called. A region that is newer than this program passes
/// by its shape.
///
/// Errors: also for `all`, and for availability zones.
pub(crate) fn check(name: &str, names: Names) -> Result<(), Wrong> {
    if REGIONS.contains(&name) || has_shape(name) {
        return Ok(());
    }
    if let Some(region) = region_of_zone(name) {
        let why = format!("is not a region: it is a zone of {region}");
        return Err(Wrong {
            why,
            meant: Some(region),
        });
    }
    if let Some(region) = region_of_fips(name) {
        let why = "is not a region: FIPS endpoints are use_fips_endpoint = true".to_owned();
        return Err(Wrong {
            why,
            meant: Some(region),
        });
    }
    let meant = nearest(name);
    if names == Names::Any && meant.is_none() && name != "all" && is_label(name) {
        return Ok(());
    }
    Err(Wrong {
        why: "is not a region".to_owned(),
        meant,
    })
}

/// The partition of a region that has one.
pub(crate) fn partition(name: &str) -> Option<&'static str> {
    (REGIONS.contains(&name) || has_shape(name)).then(|| partition_of_region(name))
}

/// `eu-south-9`: a part of the world that AWS has or may come to have, a direction and a number.
fn has_shape(name: &str) -> bool {
    let Some((world, direction, number)) = parts(name) else {
        return false;
    };
    let is_number =
        number.len() <= 2 && !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
    is_number && !number.is_empty() && DIRECTIONS.contains(&direction) && is_world(world)
}

/// The world, the direction and the number: `us-gov`, `east`, `1`.
fn parts(name: &str) -> Option<(&str, &str, &str)> {
    let (rest, number) = name.rsplit_once('-')?;
    let (world, direction) = rest.rsplit_once('-')?;
    Some((world, direction, number))
}

/// One that AWS has, or two letters that are no typing error for one of those.
fn is_world(text: &str) -> bool {
    let known = REGIONS.iter().filter_map(|name| parts(name));
    let mut known = known.map(|(world, _, _)| world);
    known.clone().any(|world| world == text)
        || text.len() == 2
            && text.bytes().all(|byte| byte.is_ascii_lowercase())
            && known.all(|world| strsim::osa_distance(world, text) > 1)
}

/// `us-east-1` of `us-east-1d` and `us-west-2` of `us-west-2-lax-1a`.
fn region_of_zone(name: &str) -> Option<&'static str> {
    REGIONS.into_iter().find(|region| {
        let Some(behind) = name.strip_prefix(region) else {
            return false;
        };
        match behind.strip_prefix('-').map(|local| local.split_once('-')) {
            None => is_letter(behind),
            Some(Some((city, zone))) => {
                let letter = zone.trim_start_matches(|c: char| c.is_ascii_digit());
                is_word(city)
                    && letter.len() < zone.len()
                    && (letter.is_empty() || is_letter(letter))
            }
            Some(None) => false,
        }
    })
}

/// `us-east-1` of `us-east-1-fips` and `fips-us-east-1`, as SDKs once had them.
fn region_of_fips(name: &str) -> Option<&'static str> {
    let bare = name
        .strip_suffix("-fips")
        .or_else(|| name.strip_prefix("fips-"))?;
    REGIONS.into_iter().find(|region| *region == bare)
}

fn is_letter(text: &str) -> bool {
    text.len() == 1 && is_word(text)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The region that differs from the name by two typing errors at most.
fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase().replace(['_', ' '], "-");
    let near = REGIONS
        .into_iter()
        .min_by_key(|region| strsim::osa_distance(&name, region))?;
    (strsim::osa_distance(&name, near) <= 2).then_some(near)
}

/// What can stand in a host's name, which is where services want the region.
fn is_label(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 63
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(name: &str, names: Names) -> Option<&'static str> {
        check(name, names).unwrap_err().meant
    }

    #[test]
    fn regions_pass_known_or_not() {
        for name in REGIONS.into_iter().chain([
            "eu-south-9",
            "us-gov-central-1",
            "ap-southwest-12",
            "nz-north-1",
        ]) {
            assert_eq!(check(name, Names::Aws), Ok(()), "{name}");
        }
    }

    #[test]
    fn zones_and_typing_errors_name_the_region_that_was_meant() {
        for names in [Names::Aws, Names::Any] {
            for (name, region) in [
                ("us-east-1d", "us-east-1"),
                ("us-west-2-lax-1a", "us-west-2"),
                ("us-gov-west-1b", "us-gov-west-1"),
                ("us-east-1-", "us-east-1"),
                ("us-east-1-fips", "us-east-1"),
                ("fips-us-gov-west-1", "us-gov-west-1"),
                ("eu-wst-1", "eu-west-1"),
                ("ue-west-1", "eu-west-1"),
                ("EU-WEST-1", "eu-west-1"),
                ("us_east_1", "us-east-1"),
                ("useast1", "us-east-1"),
                ("ap-norteast-1", "ap-northeast-1"),
                ("eu-cetnral-1", "eu-central-1"),
            ] {
                assert_eq!(meant(name, names), Some(region), "{name}");
            }
            let why = |name| check(name, names).unwrap_err().why;
            assert_eq!(why("us-east-1-"), "is not a region");
            assert!(why("us-east-1-fips").ends_with("use_fips_endpoint = true"));
            assert!(why("us-west-2-lax-1").ends_with("a zone of us-west-2"));
            for name in ["all", "", "eu west", "eu-west-1\nx", "*"] {
                assert!(check(name, names).is_err(), "{name}");
            }
        }
    }

    #[test]
    fn other_makers_have_names_of_their_own() {
        for name in ["garage", "local", "default", "mars-7", "RegionOne"] {
            assert_eq!(check(name, Names::Any), Ok(()), "{name}");
            assert!(check(name, Names::Aws).is_err(), "{name}");
        }
    }

    #[test]
    fn partitions() {
        assert_eq!(partition("cn-north-1"), Some("aws-cn"));
        assert_eq!(partition("eu-south-9"), Some("aws"));
        assert_eq!(partition("garage"), None);
    }
}
