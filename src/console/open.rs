//! What a browser is told, so that it opens an address in the right container or profile.

use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use crate::config::{Chromium, Container, ProfileColor};
use crate::error::{Error, Result};

/// Firefox's arguments. With an add-on for containers, the address goes to it, with the container's
/// name and colour.
pub(crate) fn firefox(
    address: &str,
    container: Container,
    name: &str,
    color: Option<ProfileColor>,
    browser_profile: Option<&str>,
) -> Vec<String> {
    let mut arguments: Vec<String> = browser_profile
        .map(|profile| vec!["-P".to_owned(), profile.to_owned()])
        .unwrap_or_default();
    let address = match container.scheme() {
        None => address.to_owned(),
        Some(scheme) => {
            let color = color.map_or("blue", ProfileColor::name);
            format!(
                "{scheme}:name={}&url={}&color={color}&icon=fingerprint",
                encoded(name),
                encoded(address)
            )
        }
    };
    arguments.extend(["--new-tab".to_owned(), address]);
    arguments
}

/// The add-ons read `%20`, and not every one of them `+`.
fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// The arguments of Chrome and its like; `directory` is a profile's.
pub(crate) fn chromium(address: &str, directory: Option<&str>) -> Vec<String> {
    let mut arguments: Vec<String> = directory
        .map(|directory| format!("--profile-directory={directory}"))
        .into_iter()
        .collect();
    arguments.extend(["--no-first-run", "--no-default-browser-check", address].map(str::to_owned));
    arguments
}

/// The directory of the profile that the browser shows under this name, or that is called so
/// itself. `state` is the text of its `Local State`, `place` where that is.
///
/// Errors: of kind `Config`, with the names that there are.
pub(crate) fn profile_directory(
    browser: &Chromium,
    state: &str,
    place: &str,
    name: &str,
) -> Result<String> {
    let state: Value = serde_json::from_str(state).unwrap_or_default();
    let profiles = state
        .pointer("/profile/info_cache")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let by_name: Vec<&String> = profiles
        .iter()
        .filter(|(_, profile)| shown_name(profile) == name)
        .map(|(directory, _)| directory)
        .collect();
    match by_name.as_slice() {
        [directory] => Ok((*directory).clone()),
        [] if profiles.contains_key(name) => Ok(name.to_owned()),
        [] => {
            let names: Vec<String> = profiles
                .values()
                .map(|profile| format!("'{}'", shown_name(profile)))
                .collect();
            let error = Error::config(format!(
                "browser_profile: {} has no profile '{name}' ({place})",
                browser.name
            ));
            Err(if names.is_empty() {
                error.hint("it has none at all: start it once, and make one")
            } else {
                error.hint(format!("there are {}", names.join(", ")))
            })
        }
        several => {
            let directories: Vec<String> = several
                .iter()
                .map(|directory| format!("'{directory}'"))
                .collect();
            Err(Error::config(format!(
                "browser_profile: {} has several profiles '{name}'",
                browser.name
            ))
            .hint(format!(
                "name the directory instead: {}",
                directories.join(" or ")
            )))
        }
    }
}

fn shown_name(profile: &Value) -> &str {
    profile
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Browser;

    const ADDRESS: &str = "https://x/federation?a=b&c=d+e";

    #[test]
    fn firefox_by_container_and_profile() {
        let red = ProfileColor::parse("red").ok();
        assert_eq!(
            firefox(ADDRESS, Container::None, "client1", red, None),
            ["--new-tab", ADDRESS]
        );
        assert_eq!(
            firefox(ADDRESS, Container::None, "client1", red, Some("work"))[..2],
            ["-P", "work"]
        );
        let url = "https%3A%2F%2Fx%2Ffederation%3Fa%3Db%26c%3Dd%2Be";
        assert_eq!(
            firefox(ADDRESS, Container::External, "my client&url=x", red, None)[1],
            format!(
                "ext+container:name=my%20client%26url%3Dx&url={url}&color=red&icon=fingerprint"
            )
        );
        assert_eq!(
            firefox(ADDRESS, Container::Granted, "client1", None, None)[1],
            format!("ext+granted-containers:name=client1&url={url}&color=blue&icon=fingerprint")
        );
    }

    #[test]
    fn chromes_profiles_by_name() {
        let Ok(Browser::Chromium(chrome)) = Browser::parse("chrome") else {
            panic!()
        };
        let state = r#"{"profile":{"info_cache":{"Default":{"name":"Me"},"Profile 1":{"name":"Work"},
                        "Profile 2":{"name":"Two"},"Profile 3":{"name":"Two"}}}}"#;
        let found = |state: &str, name: &str| {
            let result =
                profile_directory(chrome, state, "~/.config/google-chrome/Local State", name);
            result.map_err(|error| format!("{} / {}", error, error.hint_texts().join(" ")))
        };
        assert_eq!(found(state, "Work").as_deref(), Ok("Profile 1"));
        assert_eq!(found(state, "Profile 2").as_deref(), Ok("Profile 2"));
        assert_eq!(
            found(state, "work").unwrap_err(),
            "browser_profile: chrome has no profile 'work' (~/.config/google-chrome/Local State) / \
             there are 'Me', 'Work', 'Two', 'Two'"
        );
        assert!(
            found(state, "Two")
                .unwrap_err()
                .ends_with("name the directory instead: 'Profile 2' or 'Profile 3'")
        );
        for broken in ["", "{", "[]", r#"{"profile":7}"#] {
            assert!(
                found(broken, "Work")
                    .unwrap_err()
                    .ends_with("start it once, and make one"),
                "{broken}"
            );
        }
        assert_eq!(
            chromium(ADDRESS, Some("Profile 1")),
            [
                "--profile-directory=Profile 1",
                "--no-first-run",
                "--no-default-browser-check",
                ADDRESS
            ]
        );
        assert_eq!(chromium(ADDRESS, None).len(), 3);
    }
}
