//! The link by which somebody who is signed in to the console changes to a role.
//!
//! It is authorised by the sign-in before it, and has no parameter for an external id, tags or a
//! policy (docs/aws.md A8).

use url::form_urlencoded::Serializer;

use super::partition::PartitionConsole;
use crate::arn::Arn;
use crate::config::ProfileColor;
use crate::error::{Error, Result};
use crate::plan::{Action, Plan};
use crate::policy::{Caller, Hop};

/// What AWS takes of a role's path and name together.
const NAME_LIMIT: usize = 64;

/// How the console shows the role.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look<'a> {
    pub(crate) display_name: &'a str,
    pub(crate) color: Option<ProfileColor>,
}

/// The link to the role that the plan ends with.
///
/// Errors: of kind `Config`, with the reason why no link can lead there.
pub(crate) fn switch_role(plan: &Plan, look: Look<'_>) -> Result<String> {
    let profile = &plan.profile;
    let Some(Action::AssumeRole(role)) = plan.steps.last().map(|step| &step.action) else {
        return Err(refused(profile, "it assumes no role")
            .hint(format!("xacct console {profile}    signs in as what it is")));
    };
    let arn =
        Arn::parse(&role.role_arn).ok_or_else(|| refused(profile, "its role_arn is not an ARN"))?;
    let console = PartitionConsole::new(arn.partition, &plan.region.name)?;
    if role.external_id.is_some() {
        let why = "its role asks for an external id, and the console has no way to send one";
        return Err(unlinkable(profile, why));
    }
    if role.policy.is_some() || !role.policy_arns.is_empty() {
        let why = "the profile narrows the role by a session policy (read_only, session_policy, \
                   session_policy_arns), which a link cannot";
        return Err(unlinkable(profile, why));
    }
    let path_and_name = arn.resource.trim_start_matches("role/");
    if path_and_name.len() > NAME_LIMIT {
        let why = format!(
            "'{path_and_name}' has {} characters, and the console takes {NAME_LIMIT}",
            path_and_name.len()
        );
        return Err(unlinkable(profile, &why));
    }
    let mut query = Serializer::new(String::new());
    query
        .append_pair("account", arn.account_id)
        .append_pair("roleName", path_and_name);
    let display_name: String = look.display_name.chars().take(NAME_LIMIT).collect();
    query.append_pair("displayName", &display_name);
    if let Some(color) = look.color {
        query.append_pair("color", &color.hex().to_uppercase());
    }
    Ok(format!(
        "{}/switchrole?{}",
        console.at_home().signin(),
        query.finish()
    ))
}

fn refused(profile: &str, why: &str) -> Error {
    Error::config(format!("no switch-role link for '{profile}': {why}"))
}

/// Of a role that the console can still sign in to.
fn unlinkable(profile: &str, why: &str) -> Error {
    refused(profile, why).hint(format!(
        "xacct console {profile}    signs in with its credentials instead"
    ))
}

/// What somebody who follows the link must be signed in as: a sentence.
pub(crate) fn conditions(plan: &Plan) -> Result<String> {
    let hop = Hop::of(plan)?;
    let signed_in = match (&hop.caller, hop.caller.account_id()) {
        (Caller::Role(role_arn), _) => format!("signed in to the console as {role_arn}"),
        (_, Some(account_id)) => format!("signed in to the console of account {account_id}"),
        (_, None) => format!(
            "signed in to the account of the source of '{}'",
            plan.profile
        ),
    };
    let with_mfa = if hop.mfa { ", with MFA" } else { "" };
    Ok(format!(
        "the link works for anyone who is {signed_in}{with_mfa}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::AssumeRole;

    /// The link to this role, for a profile of that name.
    fn link(role: AssumeRole, look: Look<'_>) -> std::result::Result<String, String> {
        let plan = Plan::of_roles(look.display_name, vec![role]);
        switch_role(&plan, look).map_err(|error| error.to_string())
    }

    fn role(role_arn: &str) -> AssumeRole {
        AssumeRole {
            role_arn: role_arn.to_owned(),
            ..AssumeRole::default()
        }
    }

    #[test]
    fn partitions_paths_and_colours() {
        let red = ProfileColor::parse("#f00").ok();
        for (role_arn, display_name, color, wanted) in [
            (
                "arn:aws:iam::222222222222:role/team/Admin",
                "client 1&x",
                red,
                "https://signin.aws.amazon.com/switchrole?account=222222222222&roleName=team%2FAdmin\
                 &displayName=client+1%26x&color=FF0000",
            ),
            (
                "arn:aws-us-gov:iam::222222222222:role/Admin",
                "gov",
                None,
                "https://signin.amazonaws-us-gov.com/switchrole?account=222222222222&roleName=Admin&displayName=gov",
            ),
            (
                "arn:aws-cn:iam::222222222222:role/Admin",
                "cn",
                None,
                "https://signin.amazonaws.cn/switchrole?account=222222222222&roleName=Admin&displayName=cn",
            ),
        ] {
            assert_eq!(
                link(
                    role(role_arn),
                    Look {
                        display_name,
                        color
                    }
                )
                .unwrap(),
                wanted
            );
        }
    }

    #[test]
    fn what_no_link_can_do() {
        let look = Look {
            display_name: "client1",
            color: None,
        };
        let arn = "arn:aws:iam::222222222222:role/Admin";
        let wrong = |role: AssumeRole| link(role, look).unwrap_err();
        let external_id = wrong(AssumeRole {
            external_id: Some("x1".to_owned()),
            ..role(arn)
        });
        assert!(
            external_id
                .ends_with("asks for an external id, and the console has no way to send one")
        );
        let narrowed = wrong(AssumeRole {
            policy_arns: vec!["arn:aws:iam::aws:policy/x".to_owned()],
            ..role(arn)
        });
        assert!(
            narrowed.contains("narrows the role by a session policy"),
            "{narrowed}"
        );
        let long = format!("arn:aws:iam::222222222222:role/{}/Admin", "p".repeat(59));
        assert!(wrong(role(&long)).ends_with("has 65 characters, and the console takes 64"));
        assert!(link(role(&long.replacen('p', "", 1)), look).is_ok());
    }
}
