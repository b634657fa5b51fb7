//! Every way in which a file is there and yet cannot be read.

use std::path::Path;
use std::path::PathBuf;

use super::*;

fn paths(home: &Path) -> Paths {
    let aws = home.join(".aws");
    fs::create_dir_all(&aws).unwrap();
    Paths {
        config: aws.join("config"),
        credentials: aws.join("credentials"),
        settings: PathBuf::new(),
        keys: PathBuf::new(),
        home: Some(home.to_owned()),
    }
}

fn error_of(paths: &Paths) -> (String, Vec<String>) {
    match read(paths) {
        Ok(_) => panic!("read"),
        Err(error) => (error.to_string(), error.hint_texts()),
    }
}

#[test]
fn missing_files_are_none() {
    let home = tempfile::tempdir().unwrap();
    let texts = read(&paths(home.path())).unwrap();
    assert!(texts.config.is_none() && texts.credentials.is_none() && texts.settings.is_none());
}

#[test]
fn a_byte_order_mark_is_not_text() {
    let home = tempfile::tempdir().unwrap();
    let paths = paths(home.path());
    fs::write(&paths.config, "\u{feff}[default]\n").unwrap();
    fs::write(&paths.credentials, "").unwrap();
    let texts = read(&paths).unwrap();
    assert_eq!(texts.config.unwrap().as_str(), "[default]\n");
    assert_eq!(texts.credentials.unwrap().as_str(), "");
}

#[cfg(unix)]
#[test]
fn bytes_that_are_not_utf8_have_their_line() {
    let home = tempfile::tempdir().unwrap();
    let paths = paths(home.path());
    fs::write(&paths.config, b"[default]\n# caf\xe9\n").unwrap();
    assert_eq!(
        error_of(&paths),
        (
            "~/.aws/config:2: the file is not UTF-8".to_owned(),
            vec!["save it as UTF-8: iconv -f ISO-8859-1 -t UTF-8 ~/.aws/config".to_owned()]
        )
    );
}

#[cfg(unix)]
#[test]
fn a_file_of_bare_carriage_returns_is_named() {
    let home = tempfile::tempdir().unwrap();
    let paths = paths(home.path());
    fs::write(&paths.credentials, "[a]\raws_access_key_id = x\r").unwrap();
    let message = "~/.aws/credentials: its lines end with a carriage return and no line feed: only \
                   the AWS CLI and boto3 see more than one line";
    let hint = "perl -pi -e 's/\\r/\\n/g' ~/.aws/credentials";
    assert_eq!(
        error_of(&paths),
        (message.to_owned(), vec![hint.to_owned()])
    );
    for fine in ["[a]\r\nregion = x\r\n", "[a]\r", "\r\n", "[a]"] {
        fs::write(&paths.credentials, fine).unwrap();
        assert!(read(&paths).is_ok(), "{fine:?}");
    }
}

#[cfg(unix)]
fn wide(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars()
        .flat_map(|character| bytes(character.into()))
        .collect()
}

/// As PowerShell's `>` writes a file, with and without a byte order mark, in both byte orders.
#[cfg(unix)]
#[test]
fn utf16_and_utf32_are_named_and_not_ruined() {
    let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
    let little = |text: &str| {
        units(text)
            .into_iter()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let big = |text: &str| {
        units(text)
            .into_iter()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<u8>>()
    };
    let text = "[default]\r\nregion = eu-west-1\r\n";
    for (bytes, encoding) in [
        (little(&format!("\u{feff}{text}")), "UTF-16"),
        (big(&format!("\u{feff}{text}")), "UTF-16"),
        (little(text), "UTF-16LE"),
        (big(text), "UTF-16BE"),
        (wide(&format!("\u{feff}{text}"), u32::to_le_bytes), "UTF-32"),
        (wide(&format!("\u{feff}{text}"), u32::to_be_bytes), "UTF-32"),
        (wide(text, u32::to_le_bytes), "UTF-32LE"),
        (wide(text, u32::to_be_bytes), "UTF-32BE"),
    ] {
        let writer = if encoding.starts_with("UTF-16") {
            ", as PowerShell's > writes it,"
        } else {
            ""
        };
        let home = tempfile::tempdir().unwrap();
        let paths = paths(home.path());
        for (path, shown, name) in [
            (&paths.credentials, "~/.aws/credentials", "credentials"),
            (&paths.config, "~/.aws/config", "config"),
        ] {
            fs::write(path, &bytes).unwrap();
            let (message, hints) = error_of(&paths);
            assert_eq!(
                message,
                format!("{shown}: the file is {encoding}{writer} and not UTF-8")
            );
            let command = format!(
                "iconv -f {encoding} -t UTF-8 {shown} >{name}.utf8 && mv {name}.utf8 {shown}"
            );
            assert_eq!(hints[0], command);
            let run = std::process::Command::new("iconv")
                .args(["-f", encoding, "-t", "UTF-8"])
                .arg(path)
                .output();
            if let Ok(run) = run {
                let read = String::from_utf8(run.stdout).unwrap();
                assert_eq!(read.trim_start_matches('\u{feff}'), text, "{encoding}");
            }
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn a_directory_is_an_error() {
    let home = tempfile::tempdir().unwrap();
    let paths = paths(home.path());
    fs::create_dir(&paths.credentials).unwrap();
    assert_eq!(
        error_of(&paths),
        (
            "~/.aws/credentials: it is a directory, not a file".to_owned(),
            vec![
                "move it away, or set AWS_SHARED_CREDENTIALS_FILE to the file that is meant"
                    .to_owned()
            ]
        )
    );
}

#[cfg(unix)]
#[test]
fn what_stands_in_the_way_is_an_error() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    let paths = Paths {
        config: home.path().join("file").join("config"),
        ..Paths::default()
    };
    let (message, hints) = error_of(&paths);
    assert!(
        message.contains("file/config: the file cannot be read: "),
        "{message}"
    );
    assert_eq!(hints, ["AWS_CONFIG_FILE can name another file"]);
}

/// The error alone: whoever runs the tests as root can read everything.
#[cfg(unix)]
#[test]
fn permission_denied_names_the_way_out() {
    let error = unreadable(
        "~/.aws/config",
        FileKind::Config,
        ErrorKind::PermissionDenied.into(),
    );
    assert_eq!(
        error.to_string(),
        "~/.aws/config: the file cannot be read: permission denied"
    );
    assert_eq!(
        error.hint_texts(),
        ["if the file is yours: chmod u+r ~/.aws/config (and u+x on the folders above it)"]
    );
    assert_eq!(error.kind.status(), 3);
}
