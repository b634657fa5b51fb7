//! The sandbox's world as a value: accounts with their users, access keys, MFA devices and roles,
//! read from TOML.
//!
//! What the world allows is decided in `policy`; what it has issued so far is in `state`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::arn;
use crate::error::{Error, Result};
use crate::region;
use crate::secret::Secret;

use super::center::SandboxCenter;
use super::totp::VirtualMfa;

/// The sample world: a hub account and three clients.
const SAMPLE: &str = include_str!("world.toml");

/// Everything the sandbox knows before the first request. Keys are singular because each is a
/// `[[table]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct World {
    /// `[[account]]`
    pub(crate) account: Vec<Account>,
    /// `[[identity_center]]`
    #[serde(default)]
    pub(crate) identity_center: Vec<SandboxCenter>,
    /// `[files]`: what stands in the sandbox's `~/.aws`.
    #[serde(default)]
    pub(crate) files: WorldFiles,
}

/// `[files]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorldFiles {
    /// The text of `~/.aws/config`.
    #[serde(default)]
    pub(crate) config: String,
    /// The text of `~/.aws/credentials`.
    pub(crate) credentials: Option<Secret>,
}

/// `[[account]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// Twelve digits.
    pub(crate) id: String,
    /// For people, who should not mix two up; STS never shows it.
    pub(crate) name: String,
    #[serde(default = "partition")]
    pub(crate) partition: String,
    /// The organizational unit that it is in, `Workloads/Prod`; empty for the root, nothing for an
    /// account that is in no organization. The first account that says so is the management
    /// account.
    pub(crate) unit: Option<String>,
    /// What Organizations says of it.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    /// The regions that the account has enabled; without them, those that are enabled in every
    /// account.
    #[serde(default = "default_regions")]
    pub(crate) regions: Vec<String>,
    /// Regions in which this account's administrator has switched STS off.
    #[serde(default)]
    pub(crate) disabled_regions: Vec<String>,
    #[serde(default)]
    pub(crate) user: Vec<User>,
    #[serde(default)]
    pub(crate) role: Vec<Role>,
}

/// `[[account.user]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) name: String,
    #[serde(default = "root_path")]
    pub(crate) path: String,
    /// Role ARNs, `*` for any text, that the user's own policy lets it assume.
    #[serde(default = "any")]
    pub(crate) may_assume: Vec<String>,
    #[serde(default)]
    pub(crate) key: Vec<AccessKey>,
    #[serde(default)]
    pub(crate) mfa: Vec<VirtualMfa>,
}

/// `[[account.user.key]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

/// `[[account.role]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub(crate) name: String,
    #[serde(default = "root_path")]
    pub(crate) path: String,
    /// Seconds, 3600 to 43200.
    #[serde(default = "hour")]
    pub(crate) max_session_duration: u32,
    /// Whether the role's own policy allows `account:ListRegions`.
    #[serde(default = "yes")]
    pub(crate) list_regions: bool,
    /// What the role's own policy lets its sessions assume.
    #[serde(default = "any")]
    pub(crate) may_assume: Vec<String>,
    /// The trust policy: one of these statements must allow the request.
    #[serde(default)]
    pub(crate) trust: Vec<Trust>,
}

/// `[[account.role.trust]]`: one `Allow` statement of a trust policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trust {
    /// Account ids, `…:root`, user or role ARNs, or `*`.
    #[serde(default)]
    pub(crate) principals: Vec<String>,
    /// Instead of principals: the issuer of web identity tokens, for
    /// `sts:AssumeRoleWithWebIdentity`.
    pub(crate) federated: Option<String>,
    /// `StringEquals ISSUER:aud`
    pub(crate) audience: Option<String>,
    /// `StringLike ISSUER:sub`
    pub(crate) subject: Option<String>,
    /// Subjects that the issuer says no to, whatever the policy: their tokens were revoked.
    pub(crate) revoked: Option<String>,
    #[serde(default = "assume_role")]
    pub(crate) actions: Vec<String>,
    /// `StringEquals sts:ExternalId`
    pub(crate) external_id: Option<String>,
    /// `Bool aws:MultiFactorAuthPresent`
    #[serde(default)]
    pub(crate) mfa: bool,
    /// `NumericLessThan aws:MultiFactorAuthAge`, seconds.
    pub(crate) max_mfa_age: Option<i64>,
    /// `StringLike sts:SourceIdentity`
    pub(crate) source_identity: Option<String>,
}

fn partition() -> String {
    "aws".to_owned()
}

fn root_path() -> String {
    "/".to_owned()
}

fn any() -> Vec<String> {
    vec!["*".to_owned()]
}

fn assume_role() -> Vec<String> {
    vec!["sts:AssumeRole".to_owned()]
}

/// The regions that AWS enables by itself.
pub(super) const ENABLED_BY_DEFAULT: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

fn default_regions() -> Vec<String> {
    ENABLED_BY_DEFAULT.map(str::to_owned).to_vec()
}

fn yes() -> bool {
    true
}

fn hour() -> u32 {
    3600
}

impl Account {
    /// `arn:aws:iam::222222222222:role/path/Name`
    pub(crate) fn role_arn(&self, role: &Role) -> String {
        format!(
            "arn:{}:iam::{}:role{}{}",
            self.partition, self.id, role.path, role.name
        )
    }

    /// `arn:aws:iam::111111111111:user/path/name`
    pub(crate) fn user_arn(&self, user: &User) -> String {
        format!(
            "arn:{}:iam::{}:user{}{}",
            self.partition, self.id, user.path, user.name
        )
    }
}

impl World {
    /// The embedded sample.
    pub(crate) fn sample() -> Result<World> {
        World::parse(SAMPLE, "the sample world")
    }

    /// Reads a world file; errors name the file and, where TOML says so, the line.
    pub(crate) fn load(path: &Path) -> Result<World> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::config(format!("cannot read {}: {error}", path.display())))?;
        World::parse(&text, &path.display().to_string())
    }

    /// The world in this text; `place` names it in messages.
    pub(crate) fn parse(text: &str, place: &str) -> Result<World> {
        let world: World = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text
                .bytes()
                .take(start)
                .filter(|byte| *byte == b'\n')
                .count()
                + 1;
            Error::config(format!("{place}:{line}: {}", error.message().trim_end()))
        })?;
        world
            .check()
            .map_err(|message| Error::config(format!("{place}: {message}")))?;
        Ok(world)
    }

    /// The long-term key with this id.
    pub(crate) fn key(&self, id: &str) -> Option<(&Account, &User, &AccessKey)> {
        self.users().find_map(|(account, user)| {
            user.key
                .iter()
                .find(|key| key.id == id)
                .map(|key| (account, user, key))
        })
    }

    /// The role with this ARN, path included.
    pub(crate) fn role(&self, arn: &str) -> Option<(&Account, &Role)> {
        self.account.iter().find_map(|account| {
            account
                .role
                .iter()
                .find(|role| account.role_arn(role) == arn)
                .map(|role| (account, role))
        })
    }

    /// The MFA device with this serial, or the first of all where none is named.
    pub(crate) fn device(&self, serial: Option<&str>) -> Option<&VirtualMfa> {
        let mut devices = self.users().flat_map(|(_, user)| &user.mfa);
        devices.find(|device| serial.is_none_or(|serial| serial == device.serial))
    }

    /// The Identity Center with this start URL; as everywhere, a `/` or `#/` at its end means
    /// nothing.
    pub(crate) fn center(&self, start_url: &str) -> Option<&SandboxCenter> {
        let start_url = start_url.trim_end_matches(['/', '#']);
        self.identity_center
            .iter()
            .find(|center| center.start_url.trim_end_matches(['/', '#']) == start_url)
    }

    /// Every secret that stands in the world, for a test to look for where none belongs.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.users().flat_map(|(_, user)| {
            let keys = user.key.iter().map(|key| &key.secret);
            keys.chain(user.mfa.iter().map(|device| &device.secret))
        })
    }

    fn users(&self) -> impl Iterator<Item = (&Account, &User)> {
        self.account
            .iter()
            .flat_map(|account| account.user.iter().map(move |user| (account, user)))
    }

    /// What IAM would not have let anyone create.
    fn check(&self) -> std::result::Result<(), String> {
        let mut names = Names::default();
        for account in &self.account {
            account.check(&mut names)?;
        }
        let accounts = self.account.iter().map(|account| account.id.as_str());
        let accounts: Vec<&str> = accounts.collect();
        for center in &self.identity_center {
            names.add(format!("identity_center {}", center.start_url))?;
            center.check(&accounts)?;
        }
        Ok(())
    }
}

/// What was named so far; everything is named once.
#[derive(Default)]
struct Names(std::collections::BTreeSet<String>);

impl Names {
    fn add(&mut self, name: String) -> std::result::Result<(), String> {
        let twice = format!("{name} is there twice");
        if self.0.insert(name) {
            return Ok(());
        }
        Err(twice)
    }
}

impl Account {
    fn check(&self, names: &mut Names) -> std::result::Result<(), String> {
        if !arn::is_account_id(&self.id) {
            return Err(format!("account id '{}' is not twelve digits", self.id));
        }
        names.add(format!("account {}", self.id))?;
        names.add(format!("account name '{}'", self.name))?;
        let mut regions = self.regions.iter();
        if let Some(wrong) = regions.find(|name| region::check(name, region::Names::Aws).is_err()) {
            return Err(format!("account {}: '{wrong}' is not a region", self.id));
        }
        for role in &self.role {
            let arn = self.role_arn(role);
            role.check(&arn)?;
            names.add(arn)?;
        }
        for user in &self.user {
            let arn = self.user_arn(user);
            check_path(&arn, &user.path)?;
            names.add(arn)?;
            user.check(names)?;
        }
        Ok(())
    }
}

impl Role {
    fn check(&self, arn: &str) -> std::result::Result<(), String> {
        if !(3600..=43_200).contains(&self.max_session_duration) {
            return Err(format!("{arn}: max_session_duration must be 3600 to 43200"));
        }
        check_path(arn, &self.path)?;
        let mut trust = self.trust.iter();
        if trust.any(|trust| trust.principals.is_empty() == trust.federated.is_none()) {
            let why = "a statement of its trust needs either principals or federated";
            return Err(format!("{arn}: {why}"));
        }
        Ok(())
    }
}

impl User {
    fn check(&self, names: &mut Names) -> std::result::Result<(), String> {
        for key in &self.key {
            let id = &key.id;
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if !(16..=128).contains(&id.len()) || !id.bytes().all(is_word) {
                let rule = "must be 16 to 128 letters and digits";
                return Err(format!("access key id '{id}' {rule}"));
            }
            names.add(format!("access key {id}"))?;
        }
        for device in &self.mfa {
            device.check()?;
            names.add(format!("MFA device {}", device.serial))?;
        }
        Ok(())
    }
}

fn check_path(arn: &str, path: &str) -> std::result::Result<(), String> {
    let right = path.starts_with('/') && path.ends_with('/');
    if right {
        Ok(())
    } else {
        Err(format!("{arn}: path '{path}' must begin and end with '/'"))
    }
}

#[cfg(test)]
mod tests;
