//! Where the files are, on both platforms, and what a path may contain.

use super::*;

#[test]
fn the_usual_places() {
    let paths = Paths::from_env(&Env::of(&[("HOME", "/home/me")]));
    assert_eq!(paths.config, Path::new("/home/me/.aws/config"));
    assert_eq!(paths.credentials, Path::new("/home/me/.aws/credentials"));
    assert_eq!(
        paths.settings,
        Path::new("/home/me/.config/xacct/config.toml")
    );
    assert_eq!(paths.display(FileKind::Config), "~/.aws/config");
}

#[test]
fn without_a_home_there_are_no_files() {
    let paths = Paths::from_env(&Env::of(&[]));
    for file in [FileKind::Config, FileKind::Credentials, FileKind::Settings] {
        assert_eq!(paths.of(file), Path::new(""));
    }
}

#[test]
fn variables_and_tildes_are_expanded() {
    let env = Env::of(&[
        ("HOME", "/home/me"),
        ("USER", "me"),
        ("DIR", "d"),
        ("EMPTY", ""),
    ]);
    for (written, path) in [
        ("/etc/aws", "/etc/aws"),
        ("$HOME/x", "/home/me/x"),
        ("${HOME}/$DIR/${DIR}x", "/home/me/d/dx"),
        ("/a$EMPTY/b", "/a/b"),
        ("/$UNSET/${UNSET}/$/${", "/$UNSET/${UNSET}/$/${"),
        ("~", "/home/me"),
        ("~/x", "/home/me/x"),
        ("~//x", "/home/me/x"),
        ("~me/x", "/home/me/x"),
        ("~other/x", "~other/x"),
        ("/x/~/y", "/x/~/y"),
        ("x/$é", "x/$é"),
    ] {
        assert_eq!(
            expand(Path::new(written), env.home.as_deref(), &env),
            Path::new(path),
            "{written}"
        );
    }
}

#[test]
fn a_variable_with_its_own_path_wins() {
    let env = Env::of(&[
        ("HOME", "/home/me"),
        ("AWS_CONFIG_FILE", "~/c"),
        ("AWS_SHARED_CREDENTIALS_FILE", "$HOME/s"),
        ("XACCT_CONFIG", "/x.toml"),
    ]);
    let paths = Paths::from_env(&env);
    let shown = [FileKind::Config, FileKind::Credentials, FileKind::Settings]
        .map(|file| paths.display(file));
    assert_eq!(shown, ["~/c", "~/s", "/x.toml"]);
    let blank = Paths::from_env(&Env::of(&[("HOME", "/home/me"), ("AWS_CONFIG_FILE", "")]));
    assert_eq!(blank.config, Path::new("/home/me/.aws/config"));
}

/// AWS's own cases, those for Windows too: only the separator that `Path` puts in between is this
/// platform's.
#[test]
#[ignore = "needs AWS's own cases: see CONTRIBUTING.md"]
fn files_are_found_where_the_sdks_find_them() {
    let data = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/conformance/file-location-tests.json"
    );
    let text = std::fs::read_to_string(data).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cases = document["tests"].as_array().unwrap();
    assert_eq!(cases.len(), 9);
    for case in cases {
        let variables = case["environment"].as_object().unwrap();
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .collect();
        let windows = case["platform"] == "windows";
        let paths = Paths::on(
            if windows {
                Platform::Windows
            } else {
                Platform::Unix
            },
            &Env::of(&variables),
        );
        for (path, wanted) in [
            (paths.config, "configLocation"),
            (paths.credentials, "credentialsLocation"),
        ] {
            let path = path.to_str().unwrap();
            let path = if windows {
                path.replace('/', "\\")
            } else {
                path.to_owned()
            };
            assert_eq!(path, case[wanted].as_str().unwrap(), "{}", case["name"]);
        }
    }
}
