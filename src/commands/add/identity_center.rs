//! What a new profile of IAM Identity Center is to be: its session, one of the config file's or a
//! new one, account and role.

use super::answers::{Answers, New, ProfileKind, Settings, Verdict, named, region};
use crate::arn;
use crate::commands::sso_session::{NewSession, PortalAddress, refuse_second_place, start_url};
use crate::config::Key;
use crate::error::Result;

impl Answers<'_> {
    pub(super) fn identity_center(&self, name: String) -> Result<New> {
        let asked = self.asked;
        let (mut settings, session) = self.session()?;
        let account_id = self.needed(
            "--sso-account-id",
            asked.sso_account_id.as_ref(),
            "account ID",
            None,
            account_id,
        )?;
        let role_name = self.needed(
            "--sso-role-name",
            asked.sso_role_name.as_ref(),
            "role, as the access portal names it",
            None,
            role_name,
        )?;
        settings.extend([
            (Key::SsoAccountId, account_id),
            (Key::SsoRoleName, role_name),
        ]);
        let region = self.region(None)?;
        Ok(New {
            name,
            kind: ProfileKind::IdentityCenter { settings, session },
            mfa_serial: None,
            region,
        })
    }

    /// What the profile says of where one signs in, and the session that this is said by, if it is
    /// new.
    fn session(&self) -> Result<(Settings, Option<NewSession>)> {
        let asked = self.asked;
        if asked.sso_session.is_none() && asked.sso_start_url.is_some() {
            // The form of old, in which every profile says it.
            let (start_url, region) = self.place()?;
            return Ok((
                vec![(Key::SsoStartUrl, start_url), (Key::SsoRegion, region)],
                None,
            ));
        }
        let known = self.config.sso_session_names();
        let only = Some(&known)
            .filter(|known| known.len() == 1)
            .and_then(|known| known.first());
        let question = match only {
            Some(only) => format!("sso-session, a new one's name or [{only}]"),
            None if known.is_empty() => "name of the new sso-session".to_owned(),
            None => format!(
                "sso-session, a new one's name or one of {}",
                known.join(", ")
            ),
        };
        let only = only.map(String::as_str);
        let name = self.needed(
            "--sso-session",
            asked.sso_session.as_ref(),
            &question,
            only,
            |name| named(name).map(|()| name.to_owned()),
        )?;
        let settings = vec![(Key::SsoSession, name.clone())];
        if known.contains(&name) {
            let (start_url, region) = (asked.sso_start_url.as_deref(), asked.sso_region.as_deref());
            refuse_second_place(self.config, &name, PortalAddress { start_url, region })?;
            return Ok((settings, None));
        }
        let (start_url, region) = self.place()?;
        Ok((
            settings,
            Some(NewSession {
                name,
                start_url,
                region,
            }),
        ))
    }

    fn place(&self) -> Result<(String, String)> {
        let asked = self.asked;
        let start_url = self.needed(
            "--sso-start-url",
            asked.sso_start_url.as_ref(),
            "start URL, such as https://acme.awsapps.com/start",
            None,
            start_url,
        )?;
        let question = "region that Identity Center is in";
        let region = self.needed(
            "--sso-region",
            asked.sso_region.as_ref(),
            question,
            None,
            region,
        )?;
        Ok((start_url, region))
    }
}

fn account_id(text: &str) -> Verdict<String> {
    let without_dashes = text.replace('-', "");
    if arn::is_account_id(&without_dashes) {
        return Ok(without_dashes);
    }
    Err(format!(
        "'{text}' is not a valid account ID: it has twelve digits"
    ))
}

/// The portal's model: `[\w+=,.@-]+`, up to 32 characters of it in a permission set's name.
fn role_name(text: &str) -> Verdict<String> {
    if !text.is_empty()
        && text.len() <= 64
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
    {
        return Ok(text.to_owned());
    }
    Err(format!(
        "'{text}' is not a valid role name: letters, digits and _+=,.@-"
    ))
}
