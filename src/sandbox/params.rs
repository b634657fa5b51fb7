//! STS's parameters: read from the form, held against the service model's constraints
//! (`sts/2011-06-15`).
//!
//! What depends on who calls is left to `sts`.

use std::collections::BTreeMap;

use super::answer::AwsRefusal;
use super::state::Tag;

/// The form as it was sent; of a name that was sent twice, the last.
pub(crate) type Form = BTreeMap<String, String>;

/// Reads `application/x-www-form-urlencoded`.
pub(crate) fn form(body: &[u8]) -> Form {
    url::form_urlencoded::parse(body).into_owned().collect()
}

/// Plaintext of session policies and their ARNs, in characters.
const POLICY_LIMIT: usize = 2048;

/// `AssumeRole`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssumeRoleParams {
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
    pub(crate) external_id: Option<String>,
    /// `None` where the request left it to STS, which means an hour.
    pub(crate) duration_seconds: Option<u32>,
    pub(crate) mfa: MfaParams,
    pub(crate) source_identity: Option<String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) transitive_tag_keys: Vec<String>,
    /// How full the session policies and tags are, in percent; `None` where there are none.
    pub(crate) packed_policy_size: Option<usize>,
}

/// `AssumeRoleWithWebIdentity`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WebIdentityParams {
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
    pub(crate) token: String,
    pub(crate) duration_seconds: Option<u32>,
}

/// `GetSessionToken`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GetSessionToken {
    pub(crate) duration_seconds: Option<u32>,
    pub(crate) mfa: MfaParams,
}

/// `GetFederationToken`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GetFederationToken {
    pub(crate) name: String,
    pub(crate) duration_seconds: Option<u32>,
}

/// `SerialNumber` and `TokenCode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MfaParams {
    pub(crate) serial_number: Option<String>,
    pub(crate) token_code: Option<String>,
}

impl AssumeRoleParams {
    pub(crate) fn read(form: &Form) -> Result<AssumeRoleParams, AwsRefusal> {
        let mut check = ParamCheck::new(form);
        let role_arn = check.required("RoleArn", &ARN);
        let role_session_name = check.required("RoleSessionName", &NAME);
        let external_id = check.text("ExternalId", &EXTERNAL_ID);
        let duration_seconds = check.number("DurationSeconds", 900, 43_200);
        let mfa = check.mfa();
        let source_identity = check.text("SourceIdentity", &NAME);
        let tags = check.tags();
        let transitive_tag_keys = check.list("TransitiveTagKeys", "", 50);
        let policy = check.text("Policy", &POLICY);
        let policy_arns = check.list("PolicyArns", ".arn", 10);
        check.done()?;
        check_tags(&tags, &transitive_tag_keys)?;
        let packed_policy_size = pack(policy.as_deref(), &policy_arns, &tags)?;
        Ok(AssumeRoleParams {
            role_arn,
            role_session_name,
            external_id,
            duration_seconds,
            mfa,
            source_identity,
            tags,
            transitive_tag_keys,
            packed_policy_size,
        })
    }
}

impl WebIdentityParams {
    pub(crate) fn read(form: &Form) -> Result<WebIdentityParams, AwsRefusal> {
        let mut check = ParamCheck::new(form);
        let role_arn = check.required("RoleArn", &ARN);
        let role_session_name = check.required("RoleSessionName", &NAME);
        let token = check.required("WebIdentityToken", &WEB_IDENTITY_TOKEN);
        let duration_seconds = check.number("DurationSeconds", 900, 43_200);
        let policy = check.text("Policy", &POLICY);
        let policy_arns = check.list("PolicyArns", ".arn", 10);
        check.done()?;
        pack(policy.as_deref(), &policy_arns, &[])?;
        Ok(WebIdentityParams {
            role_arn,
            role_session_name,
            token,
            duration_seconds,
        })
    }
}

impl GetSessionToken {
    pub(crate) fn read(form: &Form) -> Result<GetSessionToken, AwsRefusal> {
        let mut check = ParamCheck::new(form);
        let duration_seconds = check.number("DurationSeconds", 900, 129_600);
        let mfa = check.mfa();
        check.done()?;
        Ok(GetSessionToken {
            duration_seconds,
            mfa,
        })
    }
}

impl GetFederationToken {
    pub(crate) fn read(form: &Form) -> Result<GetFederationToken, AwsRefusal> {
        let mut check = ParamCheck::new(form);
        let name = check.required("Name", &USER_NAME);
        let duration_seconds = check.number("DurationSeconds", 900, 129_600);
        let policy = check.text("Policy", &POLICY);
        let policy_arns = check.list("PolicyArns", ".arn", 10);
        check.done()?;
        pack(policy.as_deref(), &policy_arns, &[])?;
        Ok(GetFederationToken {
            name,
            duration_seconds,
        })
    }
}

/// What a text may be.
struct TextShape {
    min: usize,
    max: usize,
    /// As the service model writes it.
    pattern: &'static str,
    /// What the pattern means.
    allows: fn(char) -> bool,
}

fn word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

const ARN: TextShape = TextShape {
    min: 20,
    max: 2048,
    pattern: r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    allows: |c| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{85}'),
};
const WEB_IDENTITY_TOKEN: TextShape = TextShape {
    min: 4,
    max: 20_000,
    pattern: ARN.pattern,
    allows: ARN.allows,
};
const NAME: TextShape = TextShape {
    min: 2,
    max: 64,
    pattern: r"[\w+=,.@-]*",
    allows: |c| word(c) || "+=,.@-".contains(c),
};
const USER_NAME: TextShape = TextShape {
    min: 2,
    max: 32,
    pattern: NAME.pattern,
    allows: NAME.allows,
};
const EXTERNAL_ID: TextShape = TextShape {
    min: 2,
    max: 1224,
    pattern: r"[\w+=,.@:\/-]*",
    allows: |c| word(c) || "+=,.@:/-".contains(c),
};
const SERIAL: TextShape = TextShape {
    min: 9,
    max: 256,
    pattern: r"[\w+=/:,.@-]*",
    allows: |c| word(c) || "+=/:,.@-".contains(c),
};
const TOKEN_CODE: TextShape = TextShape {
    min: 6,
    max: 6,
    pattern: r"[\d]*",
    allows: |c| c.is_ascii_digit(),
};
const TAG_KEY: TextShape = TextShape {
    min: 1,
    max: 128,
    pattern: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+",
    allows: tag_character,
};
const TAG_VALUE: TextShape = TextShape {
    min: 0,
    max: 256,
    pattern: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
    allows: tag_character,
};
/// The limit of a policy's length is that of all policies together, which `pack` knows.
const POLICY: TextShape = TextShape {
    min: 1,
    max: usize::MAX,
    pattern: ARN.pattern,
    allows: ARN.allows,
};

fn tag_character(character: char) -> bool {
    character.is_alphanumeric() || character == ' ' || "_.:/=+-@".contains(character)
}

/// Collects every violation, because STS names them all.
struct ParamCheck<'a> {
    form: &'a Form,
    violations: Vec<String>,
}

impl<'a> ParamCheck<'a> {
    fn new(form: &'a Form) -> ParamCheck<'a> {
        ParamCheck {
            form,
            violations: Vec::new(),
        }
    }

    fn done(self) -> Result<(), AwsRefusal> {
        let plural = match self.violations.len() {
            0 => return Ok(()),
            1 => "1 validation error".to_owned(),
            many => format!("{many} validation errors"),
        };
        Err(AwsRefusal::validation(format!(
            "{plural} detected: {}",
            self.violations.join("; ")
        )))
    }

    fn text(&mut self, name: &str, shape: &TextShape) -> Option<String> {
        let value = self.form.get(name)?.clone();
        self.hold(&value, &camel(name), shape);
        Some(value)
    }

    /// The empty text stands for a missing one, which is a violation already.
    fn required(&mut self, name: &str, shape: &TextShape) -> String {
        if !self.form.contains_key(name) {
            self.violation("null", &camel(name), "Member must not be null");
        }
        self.text(name, shape).unwrap_or_default()
    }

    fn number(&mut self, name: &str, min: u32, max: u32) -> Option<u32> {
        let text = self.form.get(name)?;
        let (shown, field) = (format!("'{text}'"), camel(name));
        let Ok(number) = text.parse::<i64>() else {
            self.violation(&shown, &field, "Member must be an integer");
            return None;
        };
        if number < i64::from(min) {
            let rule = format!("Member must have value greater than or equal to {min}");
            self.violation(&shown, &field, &rule);
        } else if number > i64::from(max) {
            self.violation(
                &shown,
                &field,
                &format!("Member must have value less than or equal to {max}"),
            );
        }
        u32::try_from(number).ok()
    }

    fn mfa(&mut self) -> MfaParams {
        MfaParams {
            serial_number: self.text("SerialNumber", &SERIAL),
            token_code: self.text("TokenCode", &TOKEN_CODE),
        }
    }

    /// `NAME.member.1SUFFIX`, `NAME.member.2SUFFIX` … until one is missing.
    fn list(&mut self, name: &str, suffix: &str, max: usize) -> Vec<String> {
        let items = (1..).map_while(|n| self.form.get(&format!("{name}.member.{n}{suffix}")));
        let items: Vec<String> = items.cloned().collect();
        self.at_most(name, items.len(), max);
        items
    }

    fn tags(&mut self) -> Vec<Tag> {
        let keys = self.list("Tags", ".Key", 50);
        let mut tags = Vec::new();
        for (index, key) in keys.into_iter().enumerate() {
            let member = index + 1;
            let value = self
                .form
                .get(&format!("Tags.member.{member}.Value"))
                .cloned()
                .unwrap_or_default();
            self.hold(&key, &format!("tags.{member}.member.key"), &TAG_KEY);
            self.hold(&value, &format!("tags.{member}.member.value"), &TAG_VALUE);
            tags.push(Tag { key, value });
        }
        tags
    }

    fn at_most(&mut self, name: &str, length: usize, max: usize) {
        if length > max {
            let rule = format!("Member must have length less than or equal to {max}");
            self.violation(&format!("'[{length} members]'"), &camel(name), &rule);
        }
    }

    fn hold(&mut self, value: &str, field: &str, shape: &TextShape) {
        let (shown, length) = (format!("'{value}'"), value.chars().count());
        let needs_one = shape.pattern.ends_with('+');
        if !value.chars().all(shape.allows) || (needs_one && value.is_empty()) {
            let rule = format!(
                "Member must satisfy regular expression pattern: {}",
                shape.pattern
            );
            self.violation(&shown, field, &rule);
        }
        if length < shape.min {
            let rule = format!(
                "Member must have length greater than or equal to {}",
                shape.min
            );
            self.violation(&shown, field, &rule);
        } else if length > shape.max {
            let rule = format!(
                "Member must have length less than or equal to {}",
                shape.max
            );
            self.violation(&shown, field, &rule);
        }
    }

    fn violation(&mut self, value: &str, field: &str, rule: &str) {
        self.violations.push(format!(
            "Value {value} at '{field}' failed to satisfy constraint: {rule}"
        ));
    }
}

/// `RoleArn` as the service names it in messages: `roleArn`.
fn camel(name: &str) -> String {
    let mut characters = name.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_lowercase().to_string())
        + characters.as_str()
}

fn check_tags(tags: &[Tag], transitive: &[String]) -> Result<(), AwsRefusal> {
    let keys: std::collections::BTreeSet<String> =
        tags.iter().map(|tag| tag.key.to_lowercase()).collect();
    let message = if keys.len() < tags.len() {
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    } else if transitive
        .iter()
        .any(|key| !keys.contains(&key.to_lowercase()))
    {
        "The specified transitive tag key must be included in the requested tags."
    } else {
        return Ok(());
    };
    Err(AwsRefusal::new(400, "InvalidParameterValue", message))
}

/// Percent of what policies and tags may take. AWS packs them in a binary form of its own; here the
/// plaintext counts.
fn pack(
    policy: Option<&str>,
    policy_arns: &[String],
    tags: &[Tag],
) -> Result<Option<usize>, AwsRefusal> {
    if policy.is_none() && policy_arns.is_empty() && tags.is_empty() {
        return Ok(None);
    }
    if let Some(text) = policy {
        let document: Option<serde_json::Value> = serde_json::from_str(text).ok();
        if document.is_none_or(|document| document.get("Statement").is_none()) {
            return Err(AwsRefusal::new(
                400,
                "MalformedPolicyDocument",
                "Syntax errors in policy.",
            ));
        }
    }
    if let Some(arn) = policy_arns.iter().find(|arn| !is_policy_arn(arn)) {
        return Err(AwsRefusal::validation(format!("{arn} is invalid")));
    }
    let policies = policy
        .into_iter()
        .chain(policy_arns.iter().map(String::as_str));
    let policies = characters(policies);
    let tagged = characters(tags.iter().flat_map(|tag| [&*tag.key, &*tag.value]));
    let message = if policies > POLICY_LIMIT {
        let percent = percent(policies);
        format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.")
    } else if policies + tagged > POLICY_LIMIT {
        let percent = percent(policies + tagged);
        format!("Packed size of session tags consumes {percent}% of allotted space.")
    } else {
        return Ok(Some(percent(policies + tagged)));
    };
    Err(AwsRefusal::new(400, "PackedPolicyTooLarge", message))
}

fn characters<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).sum()
}

fn percent(size: usize) -> usize {
    (size * 100).div_ceil(POLICY_LIMIT)
}

fn is_policy_arn(text: &str) -> bool {
    crate::arn::Arn::parse(text)
        .is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("policy/"))
}

#[cfg(test)]
mod tests;
