use super::sample as sso;
use super::*;

fn home() -> (tempfile::TempDir, Env) {
    let home = tempfile::tempdir().unwrap();
    let env = Env::of(&[("HOME", home.path().to_str().unwrap())]);
    (home, env)
}

fn at(text: &str) -> DateTime<Utc> {
    time(text).unwrap()
}

fn client() -> Registered {
    Registered {
        client_id: "id".to_owned(),
        client_secret: Secret::new("secret"),
        expires_at: at("2027-01-01T00:00:00Z"),
    }
}

#[cfg(unix)]
#[test]
fn files_have_the_names_that_the_aws_cli_gives_them() {
    for (text, name) in [
        ("dev", "34c6fceca75e456f25e7e99531e2425c6c1de443"),
        (
            "https://ssotest.awsapps.com/start",
            "dace00cba5f8355ec9d274ceb2bcebdfbeed0e12",
        ),
    ] {
        assert_eq!(sha1(text), name);
    }
    let (home, env) = home();
    let named = |session, scopes: Option<&[&str]>| {
        let sso = sso(session, scopes);
        let path = SsoFiles::new(&sso, &env).unwrap().client_path();
        path.strip_prefix(home.path())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    // As Python's json.dumps and hashlib have it.
    assert_eq!(
        named(Some("acme"), Some(&["sso:account:access"])),
        ".aws/sso/cache/5e5e88e3748442c359d01c0245d498982c30a691.json"
    );
    assert_eq!(
        named(None, None),
        ".aws/sso/cache/1f78cfb8ef6235d0bc77318e2a6bdf2ad12a69e0.json"
    );
    assert_eq!(
        named(Some("b\"ü\u{1f600}\u{7f}\n"), Some(&["a", "b"])),
        ".aws/sso/cache/3f630c0e9547b21b686037c67235d0f363a8cefa.json"
    );
}

#[test]
fn a_token_is_written_as_the_aws_cli_writes_it() {
    let (home, env) = home();
    let sso = sso(Some("acme"), None);
    let files = SsoFiles::new(&sso, &env).unwrap();
    assert!(files.token().is_none());
    let token = SsoToken {
        access_token: Secret::new("access"),
        expires_at: at("2026-11-22T17:03:00Z"),
        refresh_token: Some(Secret::new("refresh")),
        client: Some(client()),
    };
    files.keep_token(&token).unwrap();
    let path = home
        .path()
        .join(".aws/sso/cache/293abb6b76d7791c0732cc517d38c4b5c734b87f.json");
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        concat!(
            r#"{"startUrl":"https://acme.awsapps.com/start","region":"eu-central-1","accessToken":"access","#,
            r#""expiresAt":"2026-11-22T17:03:00Z","clientId":"id","clientSecret":"secret","#,
            r#""registrationExpiresAt":"2027-01-01T00:00:00Z","refreshToken":"refresh"}"#
        )
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
    let read = files.token().unwrap();
    let (client, refresh) = read.refreshable(at("2026-12-31T23:59:59Z")).unwrap();
    assert_eq!(
        (client.client_id.as_str(), refresh.expose()),
        ("id", "refresh")
    );
    assert!(read.refreshable(at("2027-01-01T00:00:00Z")).is_none());
    assert_eq!(
        (read.left(at("2026-11-22T17:00:00Z")), files.drop_token()),
        (180, Ok(true))
    );
    assert_eq!(files.drop_token(), Ok(false));
}

#[test]
fn tokens_of_other_tools_are_read() {
    let (_home, env) = home();
    let sso = sso(None, None);
    let files = SsoFiles::new(&sso, &env).unwrap();
    make_dir(&files.dir).unwrap();
    let written = |text: &str| {
        fs::write(files.token_path(), text).unwrap();
        files.token().map(|token| {
            (
                token.access_token.expose().to_owned(),
                rfc3339(token.expires_at),
            )
        })
    };
    let found = Some(("a".to_owned(), "2020-06-17T10:02:08Z".to_owned()));
    for text in [
        r#"{"accessToken":"a","expiresAt":"2020-06-17T10:02:08UTC"}"#,
        r#"{"ACCESSTOKEN":"a","expiresat":"2020-06-17T12:02:08.5+02:00","refreshToken":null,"more":[1]}"#,
        r#"{"accessToken":"a","expiresAt":"2020-06-17T10:02:08Z","startUrl":"https://acme.awsapps.com/start/#/"}"#,
    ] {
        assert_eq!(written(text), found, "{text}");
    }
    for text in [
        "",
        "{}",
        "[]",
        r#"{"accessToken":"a"}"#,
        r#"{"accessToken":"a","expiresAt":"tomorrow"}"#,
        r#"{"accessToken":1,"expiresAt":"2020-06-17T10:02:08Z"}"#,
        r#"{"accessToken":"a","expiresAt":"2020-06-17T10:02:08Z","startUrl":"https://other.awsapps.com/start"}"#,
    ] {
        assert_eq!(written(text), None, "{text}");
    }
}

#[test]
fn a_client_is_for_one_way_only() {
    let (_home, env) = home();
    let sso = sso(Some("acme"), None);
    let files = SsoFiles::new(&sso, &env).unwrap();
    files
        .keep_client(
            &client(),
            Some(vec!["s".to_owned()]),
            Some(&["authorization_code", "refresh_token"]),
        )
        .unwrap();
    assert_eq!(
        fs::read_to_string(files.client_path()).unwrap(),
        concat!(
            r#"{"clientId":"id","clientSecret":"secret","expiresAt":"2027-01-01T00:00:00Z","scopes":["s"],"#,
            r#""grantTypes":["authorization_code","refresh_token"]}"#
        )
    );
    assert!(files.client(true).is_some() && files.client(false).is_none());
    files.keep_client(&client(), None, None).unwrap();
    assert!(files.client(true).is_none() && files.client(false).is_some());
    assert_eq!(files.drop_client(), Ok(true));
    assert!(files.client(false).is_none());
}
