//! IAM Identity Center's own link into the console: whoever is signed in there gets the role, and
//! the address holds no credentials.

use url::form_urlencoded::Serializer;

use crate::plan::Sso;

/// The link to the role, and in the console to `destination`; `None` for a bare session, which has
/// no role.
pub(crate) fn identity_center(sso: &Sso, destination: Option<&str>) -> Option<String> {
    let mut query = Serializer::new(String::new());
    query.append_pair("account_id", sso.account_id.as_deref()?);
    query.append_pair("role_name", sso.role_name.as_deref()?);
    if let Some(destination) = destination {
        query.append_pair("destination", destination);
    }
    let portal = sso.start_url.trim_end_matches(['/', '#']);
    Some(format!("{portal}/#/console?{}", query.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_url_may_end_as_it_likes() {
        for start_url in [
            "https://acme.awsapps.com/start",
            "https://acme.awsapps.com/start#/",
        ] {
            let sso = Sso {
                profile: "acme".to_owned(),
                session: None,
                region: "eu-central-1".to_owned(),
                start_url: start_url.to_owned(),
                account_id: Some("111111111111".to_owned()),
                role_name: Some("Admin".to_owned()),
                scopes: None,
                known_sessions: [].into(),
            };
            assert_eq!(
                identity_center(&sso, Some("https://x/?a=b")).unwrap(),
                "https://acme.awsapps.com/start/#/console?account_id=111111111111&role_name=Admin\
                 &destination=https%3A%2F%2Fx%2F%3Fa%3Db"
            );
            assert_eq!(
                identity_center(
                    &Sso {
                        role_name: None,
                        ..sso
                    },
                    None
                ),
                None
            );
        }
    }
}
