//! What `doctor` says of lines that the AWS CLI, the SDKs and xacct read differently, to the
//! letter.

#![cfg(unix)]

use std::process::Command;

use crate::common::home::Home;
use crate::common::tools;
use aws_config::profile::ProfileFileCredentialsProvider;
#[allow(deprecated, reason = "the new names are in a crate of their own")]
use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;

const KEYS: &str = "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";

/// The finding that it is about, the config file, the credentials file, the settings file, what is
/// found.
const CASES: &[(&str, &str, &str, &str, &str)] = &[
    (
        "byte-order-mark",
        "\u{feff}[profile a]\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:1: error: the file begins with a byte order mark: the AWS CLI and the SDKs reject it \
         [byte-order-mark]
  save it as UTF-8 without one
",
    ),
    (
        "carriage-return",
        "[profile a]\nregion = eu-west-1\routput = json\n",
        KEYS,
        "",
        "\
~/.aws/config:2: error: profile 'a': a carriage return in the line: it ends the line for the AWS \
         CLI only [carriage-return]
  save the file with line feeds as line ends
~/.aws/config:2: error: profile 'a': region contains the control character U+000D [value-refused]
  write region again; it may have been pasted with something invisible in it
",
    ),
    (
        "line-outside-section",
        "x = 1\n[profile a]\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:1: error: the line stands before the first section: the AWS CLI and the SDKs reject \
         the whole file [line-outside-section]
  delete it, or move it below a header
",
    ),
    (
        "header-unclosed",
        "[profile a]\nregion = eu-west-1\n[profile b\n",
        KEYS,
        "",
        "\
~/.aws/config:3: error: the header has no ]: the AWS CLI and the SDKs reject the whole file \
         [header-unclosed]
  add the ]
",
    ),
    (
        "header-comment",
        "[profile a#b]\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:1: error: profile 'a#b': a # or ; in the header begins a comment there: the SDKs \
         reject the whole file [header-comment]
  give it a name without # and ;
~/.aws/config:2: note: profile 'a#b' did not contain credential information [credentials-none]
  it needs role_arn with source_profile, an access key, sso_session, web_identity_token_file or credential_process
~/.aws/credentials:1: warning: profile 'a': no region is set: xacct takes us-east-1, the AWS CLI and the SDKs fail [region-missing]
  add region = …
",
    ),
    (
        "header-trailing-text",
        "[profile a] mine\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:1: error: profile 'a': there is text after the header's ]: the SDKs reject the whole \
         file [header-trailing-text]
  delete it, or put a # before it
",
    ),
    (
        "header-indented",
        "[profile a]\nregion = eu-west-1\n  [profile b]\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:3: error: profile 'b': the header is indented: the AWS CLI and the SDKs take it for \
         a part of the value above, and the keys below it for that profile's [header-indented]
  remove the blanks before it
~/.aws/config:4: note: profile 'b' did not contain credential information [credentials-none]
  it needs role_arn with source_profile, an access key, sso_session, web_identity_token_file or credential_process
",
    ),
    (
        "section-unnamed",
        "[]\n[profile ]\n",
        KEYS,
        "",
        "\
~/.aws/config:1: error: the section has no name: the AWS CLI rejects the whole file \
         [section-unnamed]
  give it a name, or delete it
~/.aws/config:2: error: the section has no name, and no program reads it [section-unnamed]
  give it a name, [profile NAME], or delete it
~/.aws/credentials:1: warning: profile 'a': no region is set: xacct takes us-east-1, the AWS CLI and the SDKs fail [region-missing]
  add region = …
",
    ),
    (
        "section-unprefixed",
        "[client1]\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:1: warning: no program reads [client1] as a profile: in this file one is written \
         [profile client1] [section-unprefixed]
  write [profile client1], or delete the section
~/.aws/credentials:1: warning: profile 'a': no region is set: xacct takes us-east-1, the AWS CLI and the SDKs fail [region-missing]
  add region = …
",
    ),
    (
        "section-unknown",
        "[Profile a]\nregion = eu-west-1\n[plumbing b]\n",
        KEYS,
        "",
        "\
~/.aws/config:1: warning: unknown section [Profile …] [section-unknown]
  did you mean [profile a]?
~/.aws/config:3: warning: unknown section [plumbing …] [section-unknown]
  write [profile b] for a profile, or delete the section
~/.aws/credentials:1: warning: profile 'a': no region is set: xacct takes us-east-1, the AWS CLI and the SDKs fail [region-missing]
  add region = …
",
    ),
    (
        "section-default-uppercase",
        "[DEFAULT]\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:1: warning: in the AWS CLI every profile inherits what [DEFAULT] says; the SDKs and \
         xacct ignore it [section-default-uppercase]
  write [default] for the default profile, or put the keys into the profiles
~/.aws/credentials:1: warning: profile 'a': no region is set: xacct takes us-east-1, the AWS CLI and the SDKs fail [region-missing]
  add region = …
",
    ),
    (
        "section-name-invalid",
        "[profile a b]\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:1: warning: nobody can read the section's name [section-name-invalid]
  write one word, or put the name in quotes: [profile \"my client\"]
~/.aws/credentials:1: warning: profile 'a': no region is set: xacct takes us-east-1, the AWS CLI and the SDKs fail [region-missing]
  add region = …
",
    ),
    (
        "section-name-unread",
        "[profile \"my client\"]\nregion = eu-west-1\n[profile a!b]\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:1: warning: profile 'my client': the SDKs drop 'my client' for the characters in its \
         name; the AWS CLI reads it [section-name-unread]
  give it a name of letters, digits and _-/.%@:+
~/.aws/config:3: warning: profile 'a!b': the SDKs drop 'a!b' for the characters in its name; the AWS CLI reads it [section-name-unread]
  give it a name of letters, digits and _-/.%@:+
~/.aws/config:2: note: profile 'my client' did not contain credential information [credentials-none]
  it needs role_arn with source_profile, an access key, sso_session, web_identity_token_file or credential_process
~/.aws/config:4: note: profile 'a!b' did not contain credential information [credentials-none]
  it needs role_arn with source_profile, an access key, sso_session, web_identity_token_file or credential_process
~/.aws/credentials:1: warning: profile 'a': no region is set: xacct takes us-east-1, the AWS CLI and the SDKs fail [region-missing]
  add region = …
",
    ),
    (
        "section-misplaced",
        "",
        "[profile a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[sso-session x]\n",
        "",
        "\
~/.aws/credentials:1: warning: no program finds the profile 'a' here: in this file it is written \
         [a] [section-misplaced]
  write [a]
~/.aws/credentials:4: warning: no program reads [sso-session x] in this file [section-misplaced]
  move the section to ~/.aws/config
",
    ),
    (
        "section-duplicate",
        "[profile a]\nregion = eu-west-1\n[profile a]\noutput = json\n",
        KEYS,
        "",
        "\
~/.aws/config:3: error: profile 'a': [profile a] stands in line 1 already: the AWS CLI rejects the \
         whole file [section-duplicate]
  put the keys of both into one section
",
    ),
    (
        "default-twice",
        "[profile default]\nregion = eu-west-1\n[default]\noutput = json\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'default': [profile default] in line 1 replaces [default] for \
         the SDKs and xacct; the AWS CLI takes [default] [default-twice]
  put the keys of both into [default]
~/.aws/credentials:1: warning: profile 'a': no region is set: xacct takes us-east-1, the AWS CLI and the SDKs fail [region-missing]
  add region = …
",
    ),
    (
        "key-without-equals",
        "[profile a]\nregion = eu-west-1\nnonsense\n",
        KEYS,
        "",
        "\
~/.aws/config:3: error: profile 'a': a line without an =: the AWS CLI and the SDKs reject the \
         whole file [key-without-equals]
  write key = value, or delete it
",
    ),
    (
        "key-with-colon",
        "[profile a]\nregion = eu-west-1\noutput: json\n",
        KEYS,
        "",
        "\
~/.aws/config:3: error: profile 'a': only the AWS CLI reads 'output:'; the SDKs reject the whole \
         file [key-with-colon]
  write key = value
",
    ),
    (
        "key-unnamed",
        "[profile a]\nregion = eu-west-1\n= x\n",
        KEYS,
        "",
        "\
~/.aws/config:3: error: profile 'a': the line begins with =: the AWS CLI and the SDKs reject the \
         whole file [key-unnamed]
  write key = value, or delete it
",
    ),
    (
        "key-name-invalid",
        "[profile a]\nregion = eu-west-1\nmy key = x\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': the SDKs drop 'my key' for the characters in its name \
         [key-name-invalid]
  delete it, or write the key that is meant
",
    ),
    (
        "key-duplicate",
        "[profile a]\nregion = eu-west-1\nRegion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:3: error: profile 'a': region stands in line 2 already: the AWS CLI rejects the \
         whole file [key-duplicate]
  delete one of them
",
    ),
    (
        "key-indented",
        "[profile a]\nregion = eu-west-1\n  output = json\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': output is indented: it is a part of region above it, for \
         everybody, and no key [key-indented]
  remove the blanks before it
~/.aws/config:2: error: profile 'a': the line after region is indented, which makes it part of region [value-refused]
  remove the blanks before the next line
",
    ),
    (
        "key-indented-first",
        "[profile a]\n  region = eu-west-1\n  output = json\n",
        KEYS,
        "",
        "\
~/.aws/config:2: error: profile 'a': the section's first key is indented: the SDKs reject the \
         whole file [key-indented-first]
  remove the blanks before the keys
",
    ),
    (
        "continuation-lost",
        "[profile a]\n  nonsense\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:2: error: profile 'a': an indented line that continues nothing: the AWS CLI and the \
         SDKs reject the whole file [continuation-lost]
  delete it
",
    ),
    (
        "nested-without-equals",
        "[profile a]\nregion = eu-west-1\ns3 =\n  addressing_style path\n",
        KEYS,
        "",
        "\
~/.aws/config:4: error: profile 'a': a line of the block s3 without an =: the AWS CLI and the SDKs \
         reject the whole file [nested-without-equals]
  write name = value
",
    ),
    (
        "comment-inline",
        "[profile a]\nregion = eu-west-1\noutput = json # mine\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': the AWS CLI takes the comment after output for a part of \
         its value [comment-inline]
  put the comment on a line of its own
",
    ),
    (
        "color-comment",
        "[profile a]\nregion = eu-west-1\ncolor = #ff8800\n[profile b]\nregion = eu-west-1\ncolor \
         = # mine\n[profile c]\nregion = eu-west-1\ncolor=#ff8800\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[b]\naws_access_key_id = AKIBIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[c]\naws_access_key_id = AKICIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        "",
        "\
~/.aws/config:3: warning: profile 'a': color is empty: a # or ; behind a blank begins a comment, \
         for the SDKs and xacct [color-comment]
  write color = ff8800, without the #
~/.aws/config:6: warning: profile 'b': color is empty: a # or ; behind a blank begins a comment, for the SDKs and xacct [color-comment]
  write a colour before the comment, or delete the line
",
    ),
    (
        "comment-indented",
        "[profile a]\nregion = eu-west-1\n  # mine\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': the SDKs take the indented comment for a part of region \
         above it [comment-indented]
  remove the blanks before it
",
    ),
    (
        "comment-indented-first",
        "[profile a]\n  # mine\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:2: error: profile 'a': an indented comment with no value above it: the SDKs reject \
         the whole file [comment-indented-first]
  remove the blanks before it
",
    ),
    (
        "space-unusual",
        "[profile a]\nregion = eu-west-1\u{a0}\n",
        KEYS,
        "",
        "\
~/.aws/config:2: warning: profile 'a': a no-break or other unusual space at region: the AWS CLI \
         takes it for a space, the SDKs do not [space-unusual]
  type a plain space instead, or none
",
    ),
    (
        "value-quoted",
        "[profile a]\nregion = eu-west-1\noutput = \"json\"\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': the quotes around output are a part of its value, for \
         everybody [value-quoted]
  take out the quotes
",
    ),
    (
        "key-misspelt",
        "[profile a]\nregion = eu-west-1\nouput = json\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': unknown key ouput [key-misspelt]
  did you mean output?
",
    ),
    (
        "guard-misspelt",
        "[profile a]\nregion = eu-west-1\nsso_acount_id = 1\n",
        KEYS,
        "",
        "\
~/.aws/config:3: error: profile 'a': 'sso_acount_id' is not a key that any program reads \
         [guard-misspelt]
  did you mean sso_account_id? If not, delete the line, or call it x_sso_acount_id
",
    ),
    (
        "key-unknown",
        "[profile a]\nregion = eu-west-1\nfavourite_colour = x\n",
        KEYS,
        "",
        "\
~/.aws/config:3: note: profile 'a': neither AWS nor xacct knows the key favourite_colour \
         [key-unknown]
  delete it, unless another tool reads it
",
    ),
    (
        "key-unnamed",
        "[profile a]\nregion = eu-west-1\ns3 =\n  = x\n",
        KEYS,
        "",
        "\
~/.aws/config:4: error: profile 'a': a line of the block s3 begins with =: the SDKs reject the \
         whole file [key-unnamed]
  write name = value, or delete it
",
    ),
];

#[test]
fn every_finding_about_lines() {
    let mut wrong = Vec::new();
    for (id, config, credentials, settings, expected) in CASES {
        let found = Home::with(config, credentials, settings).findings();
        assert!(expected.contains(&format!("[{id}]\n")), "{id}");
        if found != *expected {
            wrong.push(format!("{id}: found\n{found}instead of\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each config file of the cases, written somewhere, with what is said of it.
fn files() -> (
    tempfile::TempDir,
    Vec<(std::path::PathBuf, &'static str, &'static str)>,
) {
    let dir = tempfile::tempdir().unwrap();
    let cases = CASES.iter().filter(|(_, config, ..)| !config.is_empty());
    let files = cases.map(|(id, config, _, _, expected)| {
        let path = tempfile::NamedTempFile::new_in(dir.path())
            .unwrap()
            .into_temp_path()
            .keep()
            .unwrap();
        std::fs::write(&path, config).unwrap();
        (path, *id, *expected)
    });
    let files = files.collect();
    (dir, files)
}

#[test]
fn the_aws_cli_rejects_what_it_is_said_to() {
    let Some(python) = tools::python() else {
        return crate::common::skip("no python with boto3");
    };
    let script = "\
import sys, botocore.configloader
for path in sys.argv[1:]:
    try:
        botocore.configloader.load_config(path)
        print('read')
    except botocore.exceptions.ConfigParseError:
        print('rejected')
";
    let (_dir, files) = files();
    let output = Command::new(python)
        .args(["-c", script])
        .args(files.iter().map(|file| &file.0))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        said.lines().count(),
        files.len(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for ((_, id, expected), said) in files.iter().zip(said.lines()) {
        // What becomes of an indented header is up to the lines around it.
        let claimed = ["AWS CLI rejects", "AWS CLI and the SDKs reject"]
            .iter()
            .any(|text| expected.contains(text));
        assert_eq!(
            said == "rejected",
            claimed || *id == "header-indented",
            "{id}: {said}"
        );
    }
}

#[test]
#[allow(deprecated, reason = "the new names are in a crate of their own")]
fn the_rust_sdk_rejects_what_it_is_said_to() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_dir, files) = files();
    for (path, id, expected) in files {
        let file = ProfileFiles::builder()
            .with_file(ProfileFileKind::Config, path)
            .build();
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&ProviderConfig::without_region())
            .profile_files(file)
            .profile_name("no such profile")
            .build();
        // There are no credentials, either way; it is the reason that tells.
        let error = runtime
            .block_on(provider.provide_credentials())
            .unwrap_err();
        let rejected = format!("{error:?}").contains("could not parse profile file");
        assert_eq!(
            rejected,
            expected.contains("the SDKs reject"),
            "{id}: {error:?}"
        );
    }
}
