//! ARNs and partitions: taking them apart, nothing about what they may do.

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, borrowed from the text it was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    /// Empty for what is not of a region, as all of IAM.
    pub(crate) region: &'a str,
    pub(crate) account_id: &'a str,
    /// Everything behind the fifth colon, `role/path/Name` for a role.
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// `None` where the text has not the six parts of an ARN.
    pub(crate) fn parse(text: &'a str) -> Option<Arn<'a>> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let (partition, service) = (parts.next()?, parts.next()?);
        let (region, account_id, resource) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Arn {
            partition,
            service,
            region,
            account_id,
            resource,
        })
    }

    /// The role's name without its path; STS drops the path in `assumed-role` ARNs.
    /// `None` where the resource is not `role/…` or `assumed-role/…`.
    pub(crate) fn role_name(&self) -> Option<&'a str> {
        if let Some(path_and_name) = self.resource.strip_prefix("role/") {
            return path_and_name.rsplit('/').next();
        }
        self.resource
            .strip_prefix("assumed-role/")?
            .split('/')
            .next()
    }

    /// `/path/` of `role/path/Name`, `/` where it has none. `None` where the resource is not
    /// `role/…`.
    pub(crate) fn role_path(&self) -> Option<&'a str> {
        let from_slash = self
            .resource
            .strip_prefix("role")?
            .strip_suffix(self.role_name()?)?;
        Some(from_slash).filter(|path| path.starts_with('/'))
    }
}

/// Whether `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` is a session of the role, whatever its
/// name; STS leaves out the role's path.
pub(crate) fn is_session_of(arn: &str, role_arn: &str) -> bool {
    let (Some(session), Some(role)) = (Arn::parse(arn), Arn::parse(role_arn)) else {
        return false;
    };
    session.service == "sts"
        && session.partition == role.partition
        && session.account_id == role.account_id
        && session.role_name().is_some()
        && session.role_name() == role.role_name()
}

/// Twelve ASCII digits.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The account that AWS writes into the id of an access key (base32 after the four letters of its
/// kind). Undocumented, and ids from before 2019 have something else there: a hint, never a proof.
pub(crate) fn account_in_key_id(id: &str) -> Option<String> {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut value: u64 = 0;
    for letter in id.as_bytes().get(4..14)? {
        let digit = DIGITS.iter().position(|known| known == letter)?;
        value = value << 5 | u64::try_from(digit).ok()?;
    }
    let account_id = format!("{:012}", (value >> 9) & 0xFF_FFFF_FFFF);
    is_account_id(&account_id).then_some(account_id)
}

/// AWS's partitions (botocore 1.43.11, `endpoints.json`).
pub(crate) const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
];

/// The partition a region belongs to, by the prefix AWS gives its names (AWS SDKs,
/// `partitions.json`).
pub(crate) fn partition_of_region(region: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-iso-", "aws-iso"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names_lose_their_path() {
        let role = Arn::parse("arn:aws:iam::222222222222:role/team/a/Admin").unwrap();
        assert_eq!(
            (role.account_id, role.role_name()),
            ("222222222222", Some("Admin"))
        );
        assert_eq!(role.role_path(), Some("/team/a/"));
        assert_eq!(
            Arn::parse("arn:aws:iam::222222222222:role/Admin")
                .unwrap()
                .role_path(),
            Some("/")
        );
        let session = Arn::parse("arn:aws:sts::222222222222:assumed-role/Admin/me").unwrap();
        assert_eq!(
            (session.role_name(), session.role_path()),
            (Some("Admin"), None)
        );
        assert_eq!(Arn::parse("arn:foo"), None);
        assert_eq!(
            Arn::parse("arn:aws:iam::1:user/x").unwrap().role_name(),
            None
        );
    }

    #[test]
    fn an_access_key_id_has_its_account() {
        assert_eq!(
            account_in_key_id("ASIAQNZGKIQY56JQ7WML").as_deref(),
            Some("029608264753")
        );
        for id in ["AKIA", "AKIA0000000000000000", ""] {
            assert_eq!(account_in_key_id(id), None, "{id}");
        }
    }

    #[test]
    fn partitions_follow_the_region() {
        assert_eq!(partition_of_region("eu-central-1"), "aws");
        assert_eq!(partition_of_region("us-isob-east-1"), "aws-iso-b");
        assert_eq!(partition_of_region("us-gov-west-1"), "aws-us-gov");
    }

    #[test]
    fn a_session_is_of_its_role_whatever_the_path() {
        let session = "arn:aws:sts::222222222222:assumed-role/Admin/me";
        assert!(is_session_of(
            session,
            "arn:aws:iam::222222222222:role/Admin"
        ));
        assert!(is_session_of(
            session,
            "arn:aws:iam::222222222222:role/team/Admin"
        ));
        for role in [
            "arn:aws:iam::333333333333:role/Admin",
            "arn:aws:iam::222222222222:role/Administrator",
            "arn:aws-cn:iam::222222222222:role/Admin",
            "arn:aws:iam::222222222222:user/Admin",
        ] {
            assert!(!is_session_of(session, role), "{role}");
        }
        assert!(!is_session_of(
            "arn:aws:iam::222222222222:user/Admin",
            "arn:aws:iam::222222222222:role/Admin"
        ));
    }
}
