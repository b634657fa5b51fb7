//! What `doctor` says of profiles, to the letter.

#![cfg(unix)]

use crate::common::home::Home;

const KEYS: &str = "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";

/// The finding that it is about, the config file, the credentials file, the settings file, what is
/// found.
const CASES: &[(&str, &str, &str, &str, &str)] = &[
    (
        "include-profile-broken",
        "[profile a]\nregion = eu-west-1\n[profile b]\ninclude_profile = aa\n",
        KEYS,
        "",
        "\
~/.aws/config:4: error: profile 'b': include_profile names 'aa', which does not exist \
         [include-profile-broken]
  did you mean 'a'?
",
    ),
    (
        "source-profile-missing",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = aa\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:5: error: could not find source profile 'aa' referenced from 'b' \
         [source-profile-missing]
  did you mean 'a'?
",
    ),
    (
        "source-profile-cycle",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = c\nregion = eu-west-1\n[profile \
         c]\nrole_arn = arn:aws:iam::111111111111:role/R\nsource_profile = b\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:9: error: profile 'c': source_profile forms a cycle: b → c → b \
         [source-profile-cycle]
  one of them must have credentials of its own instead of a source_profile
",
    ),
    (
        "source-both",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = a\nregion = \
         eu-west-1\ncredential_source = EcsContainer\n",
        KEYS,
        "",
        "\
~/.aws/config:7: error: profile 'b' has both source_profile and credential_source [source-both]
  keep the one that the role is assumed from and delete the other
",
    ),
    (
        "source-neither",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:4: error: profile 'b' has a role_arn but neither source_profile nor \
         credential_source [source-neither]
  add `source_profile = NAME`, the profile whose credentials may assume the role
",
    ),
    (
        "key-pair-half",
        "[profile a]\nregion = eu-west-1\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
        "",
        "\
~/.aws/credentials:2: error: profile 'a' is missing aws_secret_access_key [key-pair-half]
  add aws_secret_access_key, or delete aws_access_key_id
",
    ),
    (
        "sso-conflict",
        "[profile a]\nregion = eu-west-1\n[profile b]\nsso_session = x\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:4: error: profile 'b': sso-session named `x` (referenced by profile `b`) was not \
         found [sso-conflict]
  add a section [sso-session x] with sso_region and sso_start_url
",
    ),
    (
        "process-of-itself",
        "[profile a]\nregion = eu-west-1\n[profile b]\ncredential_process = /bin/xacct \
         credential-process b\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:4: error: profile 'b' gets its credentials from `xacct credential-process b`: itself \
         [process-of-itself]
  ~/.config/xacct/config.toml was not found: if 'xacct adopt' moved the role there, make the file available here; XACCT_CONFIG names a settings file in another place
~/.aws/config:4: error: profile 'b': credential_process names '/bin/xacct', which was not found [process-missing]
  write credential_process = XACCT credential-process b
",
    ),
    (
        "value-refused",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:user/R\nsource_profile = a\nregion = eu-west-1\n[profile \
         c]\nrole_arn = arn:aws:iam::111111111111:role/R\nsource_profile = a\nregion = \
         eu-west-1\nexternal_id = x y\n[profile d]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = a\nregion = \
         eu-west-1\nduration_seconds = soon\n",
        KEYS,
        "",
        "\
~/.aws/config:4: error: profile 'b': role_arn is not the ARN of a role \
         (arn:aws:iam::123456789012:role/Name) [value-refused]
  correct the value
~/.aws/config:4: note: profile 'b': no external_id, and 'c', a role in the same account, has one [external-id-missing]
  add external_id = …, if the role's trust policy asks for it
~/.aws/config:11: error: profile 'c': external_id contains ' '; AWS takes letters, digits and _+=,.@:/- [value-refused]
  correct the value
~/.aws/config:13: note: profile 'd': no external_id, and 'c', a role in the same account, has one [external-id-missing]
  add external_id = …, if the role's trust policy asks for it
~/.aws/config:16: error: profile 'd': duration_seconds: 'soon' is not a duration: write it like 15m, 1h, 1h30m, or in seconds [value-refused]
  correct the value
",
    ),
    (
        "credentials-none",
        "[profile a]\nregion = eu-west-1\n[profile b]\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:4: note: profile 'b' did not contain credential information [credentials-none]
  it needs role_arn with source_profile, an access key, sso_session, web_identity_token_file or credential_process
",
    ),
    (
        "source-without-credentials",
        "[profile c]\nrole_arn = arn:aws:iam::111111111111:role/R\nsource_profile = b\nregion = \
         eu-west-1\n\
         [profile b]\nregion = eu-west-1\n",
        "",
        "",
        "\
~/.aws/config:6: error: profile 'b' did not contain credential information \
         [source-without-credentials]
  it needs role_arn with source_profile, an access key, sso_session, web_identity_token_file or credential_process; if aws-vault keeps its access key, add: credential_process = aws-vault export --format=json --no-session b
",
    ),
    (
        "environment-keys-missing",
        "[profile b]\nrole_arn = arn:aws:iam::111111111111:role/R\ncredential_source = \
         Environment\nregion = eu-west-1\n",
        "",
        "",
        "\
~/.aws/config:3: note: profile 'b': credential_source is Environment, but AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY are not both set [environment-keys-missing]
  or, for a web identity, AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE
",
    ),
    (
        "credential-source-case",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\ncredential_source = ecscontainer\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:5: warning: profile 'b': the AWS CLI refuses 'ecscontainer' as a credential_source, \
         the SDKs and xacct take it [credential-source-case]
  write credential_source = EcsContainer
",
    ),
    (
        "sso-repeated",
        "[profile a]\nregion = eu-west-1\n[sso-session x]\nsso_region = eu-west-1\nsso_start_url = \
         https://x/start\n[profile b]\nsso_session = x\nsso_region = eu-west-1\nsso_account_id = \
         111111111111\nsso_role_name = R\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:8: warning: profile 'b': the Rust SDK refuses sso_region next to sso_session, which \
         says it already [sso-repeated]
  delete sso_region
",
    ),
    (
        "duration-unread",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = a\nregion = \
         eu-west-1\nduration_seconds = 1h\n",
        KEYS,
        "",
        "\
~/.aws/config:7: warning: profile 'b': the AWS CLI ignores '1h' as duration_seconds: it reads \
         plain numbers only [duration-unread]
  write duration_seconds = 3600
",
    ),
    (
        "duration-chained",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = a\nregion = eu-west-1\n[profile \
         c]\nrole_arn = arn:aws:iam::111111111111:role/R\nsource_profile = b\nregion = \
         eu-west-1\nduration_seconds = 7200\n",
        KEYS,
        "",
        "\
~/.aws/config:11: warning: profile 'c': AWS gives a role that is assumed from another session one \
         hour at most, and refuses more [duration-chained]
  write duration_seconds = 3600; xacct renews it by itself
",
    ),
    (
        "mfa-unused",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\ncredential_source = EcsContainer\nregion = \
         eu-west-1\nmfa_serial = arn:aws:iam::111111111111:mfa/me\n",
        KEYS,
        "",
        "\
~/.aws/config:7: warning: profile 'b': the device's code is never sent: AWS takes one only with a \
         request that a user's own access key signs [mfa-unused]
  delete mfa_serial here, or assume the role from a profile with an access key
",
    ),
    (
        "process-shadowed",
        "[profile a]\nregion = eu-west-1\ncredential_process = /bin/true\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': the AWS CLI and xacct take the access key in \
         ~/.aws/credentials:2, the SDKs take this process [process-shadowed]
  delete one of them
",
    ),
    (
        "keys-in-both-files",
        "[profile a]\nregion = eu-west-1\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\nregion = \
         eu-west-2\n",
        "",
        "\
~/.aws/credentials:4: warning: profile 'a': region has another value in ~/.aws/config:2; what \
         stands here counts [keys-in-both-files]
  delete one of them
",
    ),
    (
        "source-incomplete",
        "[profile a]\nregion = eu-west-1\ncredential_source = Ec2InstanceMetadata\n[profile \
         b]\nregion = eu-west-1\nsso_session = s\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[b]\naws_access_key_id = AKIBIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        "",
        "\
~/.aws/config:3: warning: profile 'a': credential_source is ignored without role_arn: the access \
         key in ~/.aws/credentials:2 is used [source-incomplete]
  add role_arn, or delete credential_source
~/.aws/config:6: warning: profile 'b': sso_session is ignored without sso_account_id and sso_role_name: the access key in ~/.aws/credentials:5 is used [source-incomplete]
  add sso_account_id and sso_role_name, or delete sso_session
",
    ),
    (
        "source-incomplete",
        "[profile a]\nregion = eu-west-1\n[profile b]\nregion = eu-west-1\nsource_profile = \
         a\n[profile c]\nregion = eu-west-1\nsso_start_url = https://x\nsso_region = eu-west-1\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[b]\naws_access_key_id = AKIBIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[c]\naws_access_key_id = AKICIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        "",
        "\
~/.aws/config:5: warning: profile 'b': source_profile is ignored without role_arn: the access key \
         in ~/.aws/credentials:5 is used [source-incomplete]
  add role_arn, or delete source_profile
~/.aws/config:8: warning: profile 'c': sso_start_url is ignored without sso_account_id and sso_role_name: the access key in ~/.aws/credentials:8 is used [source-incomplete]
  add sso_account_id and sso_role_name, or delete sso_start_url
",
    ),
    (
        "session-token-foreign",
        "[profile a]\nregion = eu-west-1\naws_access_key_id = \
         ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = t\naws_session_token = x\n[profile \
         b]\nregion = eu-west-1\naws_access_key_id = AKIBIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[b]\naws_security_token = x\n",
        "",
        "\
~/.aws/config:5: warning: profile 'a': aws_session_token is ignored: the access key that counts is \
         in ~/.aws/credentials:2, and a token goes with the key next to it [session-token-foreign]
  delete aws_session_token, or move it next to the access key that it came with
~/.aws/credentials:2: warning: profile 'a': aws_access_key_id has another value in ~/.aws/config:3; what stands here counts [keys-in-both-files]
  delete one of them
~/.aws/credentials:3: warning: profile 'a': aws_secret_access_key has another value in ~/.aws/config:4; what stands here counts [keys-in-both-files]
  delete one of them
~/.aws/credentials:5: warning: profile 'b': aws_security_token is ignored: the access key that counts is in ~/.aws/config:8, and a token goes with the key next to it [session-token-foreign]
  delete aws_security_token, or move it next to the access key that it came with
",
    ),
    (
        "process-unclosed",
        "[profile a]\nregion = eu-west-1\nmfa_process = otp 'x\n[profile b]\nregion = \
         eu-west-1\ncredential_process = cat \"x\n",
        KEYS,
        "",
        "\
~/.aws/config:3: error: profile 'a': mfa_process is not a command: a quote is open \
         [process-unclosed]
  close the quote
~/.aws/config:6: error: profile 'b': credential_process is not a command: a quote is open [process-unclosed]
  close the quote
",
    ),
    (
        "process-missing",
        "[profile a]\nregion = eu-west-1\nmfa_process = X=1 no-otp --serial x | no-filter | \
         cat\n[profile b]\nregion = eu-west-1\nmfa_process = ~/no-bin/otp\n[profile c]\nregion = \
         eu-west-1\nmfa_process = $HOME/no-bin/otp && $UNKNOWN/otp\n[profile d]\nregion = \
         eu-west-1\nmfa_process = exec cat ~/code | tr -d x; if true\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[b]\naws_access_key_id = AKIBIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[c]\naws_access_key_id = AKICIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\n[d]\naws_access_key_id = AKIDIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        "",
        "\
~/.aws/config:3: error: profile 'a': mfa_process names 'no-otp', which was not found \
         [process-missing]
  write the absolute path of the program, or delete the line
~/.aws/config:3: error: profile 'a': mfa_process names 'no-filter', which was not found [process-missing]
  write the absolute path of the program, or delete the line
~/.aws/config:6: error: profile 'b': mfa_process names '~/no-bin/otp', which was not found [process-missing]
  write the absolute path of the program, or delete the line
~/.aws/config:9: error: profile 'c': mfa_process names '$HOME/no-bin/otp', which was not found [process-missing]
  write the absolute path of the program, or delete the line
",
    ),
    (
        "session-tokens-differ",
        "[profile a]\nregion = eu-west-1\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\naws_session_token = x\naws_security_token = y\n",
        "",
        "\
~/.aws/credentials:5: warning: profile 'a': the AWS CLI takes aws_security_token before \
         aws_session_token, the SDKs and xacct do not, and they differ [session-tokens-differ]
  delete aws_security_token, the old name
",
    ),
    (
        "adopt-incomplete",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = a\nregion = eu-west-1\n",
        KEYS,
        "[profile.b]\nrole_arn = 'arn:aws:iam::111111111111:role/R'\nsource_profile = 'a'\n",
        "\
~/.aws/config:4: warning: profile 'b': the role stands here and in ~/.config/xacct/config.toml:2: \
         an adopt was interrupted, or undone by hand [adopt-incomplete]
  xacct adopt b
",
    ),
    (
        "process-not-portable",
        "[profile a]\nregion = eu-west-1\n[profile b]\ncredential_process = ~/bin/keys b | tail \
         -1\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:4: warning: profile 'b': '~/bin/keys' means something to a shell only, and the AWS \
         CLI starts none [process-not-portable]
  write the absolute path, or put the command into a script
",
    ),
    (
        "process-missing",
        "[profile a]\nregion = eu-west-1\n[profile b]\ncredential_process = /none/xacct \
         credential-process a\nregion = eu-west-1\n[profile c]\ncredential_process = \
         no-such-program\nmfa_process = none-either\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:4: error: profile 'b': credential_process names '/none/xacct', which was not found \
         [process-missing]
  write credential_process = XACCT credential-process a
~/.aws/config:7: error: profile 'c': credential_process names 'no-such-program', which was not found [process-missing]
  write the absolute path of the program, or delete the line
~/.aws/config:8: error: profile 'c': mfa_process names 'none-either', which was not found [process-missing]
  write the absolute path of the program, or delete the line
",
    ),
    (
        "region-missing",
        "",
        KEYS,
        "",
        "\
~/.aws/credentials:1: warning: profile 'a': no region is set: xacct takes us-east-1, the AWS CLI \
         and the SDKs fail [region-missing]
  add region = …
",
    ),
    (
        "region-malformed",
        "[profile a]\nregion = eu-west-1a\n",
        KEYS,
        "",
        "\
~/.aws/config:2: error: profile 'a': 'eu-west-1a' is not a region: it is a zone of eu-west-1 \
         [region-malformed]
  did you mean eu-west-1?
",
    ),
    (
        "region-unknown",
        "[profile a]\nregion = eu-west-9\n",
        KEYS,
        "",
        "\
~/.aws/config:2: note: profile 'a': 'eu-west-9' is not a region that this xacct knows \
         [region-unknown]
  did you mean region = eu-west-1?
",
    ),
    (
        "account-id-odd",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::1111:role/R\nsource_profile = a\nregion = eu-west-1\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_account_id \
         = 22\n",
        "",
        "\
~/.aws/config:4: error: profile 'b': the account id '1111' in role_arn is not twelve digits \
         [value-refused]
  write it like arn:aws:iam::123456789012:role/Name
~/.aws/credentials:4: warning: profile 'a': the account ID '22' in aws_account_id is not twelve digits [account-id-odd]
  write the client's account ID
",
    ),
    (
        "sts-regional-endpoints",
        "[profile a]\nregion = eu-west-1\nsts_regional_endpoints = legacy\n",
        KEYS,
        "",
        "\
~/.aws/config:3: note: profile 'a': sts_regional_endpoints is not read by the AWS CLI 2 and \
         several SDKs: they are always regional [sts-regional-endpoints]
  delete it
",
    ),
    (
        "color-unknown",
        "[profile a]\nregion = eu-west-1\ncolor = rad\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': 'rad' is not a valid colour: write one like #ff8800, or \
         blue, green, orange, pink, purple, red, turquoise, yellow [color-unknown]
  write a colour, or delete it
",
    ),
    (
        "external-id-missing",
        "[profile a]\nregion = eu-west-1\n[profile b]\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = a\nregion = eu-west-1\nexternal_id = \
         xy\n[profile c]\nrole_arn = arn:aws:iam::111111111111:role/R\nsource_profile = a\nregion \
         = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:9: note: profile 'c': no external_id, and 'b', a role in the same account, has one \
         [external-id-missing]
  add external_id = …, if the role's trust policy asks for it
",
    ),
    (
        "default-keys",
        "[default]\nregion = eu-west-1\n",
        "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        "",
        "\
~/.aws/credentials:2: note: profile 'default': boto3 and the SDKs take this access key before what \
         a container's endpoint offers [default-keys]
  give the profile a name, and name it as source_profile
",
    ),
    (
        "source-incomplete",
        "[profile a]\nregion = eu-west-1\nsso_region = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': sso_region is ignored without sso_start_url, sso_account_id \
         and sso_role_name: the access key in ~/.aws/credentials:2 is used [source-incomplete]
  add sso_start_url, sso_account_id and sso_role_name, or delete sso_region
",
    ),
    (
        "source-unused",
        "[profile a]\nregion = eu-west-1\nlogin_session = \
         arn:aws:iam::111111111111:user/you\nweb_identity_token_process = /bin/true\n",
        KEYS,
        "",
        "\
~/.aws/config:3: warning: profile 'a': login_session is ignored: the access key in \
         ~/.aws/credentials:2 comes first [source-unused]
  delete login_session, or the access key
~/.aws/config:4: warning: profile 'a': web_identity_token_process is ignored: only aws-vault runs it [source-unused]
  delete it, if aws-vault is not used any more
",
    ),
    (
        "source-unused",
        "[profile a]\nregion = eu-west-1\nlogin_session = \
         arn:aws:iam::111111111111:user/you\naws_access_key_id = \
         AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        "",
        "",
        "\
~/.aws/config:3: warning: profile 'a': the session of aws login is used, and the access key in \
         ~/.aws/config:4 only where another profile has this one as source_profile [source-unused]
  delete login_session, or the access key
",
    ),
    (
        "role-beside-keys",
        "[profile a]\nregion = eu-west-1\n[profile hub]\nregion = eu-west-1\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = a\naws_access_key_id = \
         AKIBIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        KEYS,
        "",
        "\
~/.aws/config:5: note: profile 'hub': the profile is a role by itself, and the access key in \
         ~/.aws/config:7 where another has it as source_profile [role-beside-keys]
  put the access key into a profile of its own
",
    ),
    (
        "source-unused",
        "[profile a]\nregion = eu-west-1\n[profile web]\nregion = eu-west-1\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nweb_identity_token_file = /t\ncredential_source = \
         Environment\n",
        KEYS,
        "",
        "\
~/.aws/config:7: warning: profile 'web': credential_source is ignored: the role is assumed with \
         the token of web_identity_token_file (~/.aws/config:6) [source-unused]
  delete credential_source, or web_identity_token_file
",
    ),
    (
        "source-unused",
        "[profile a]\nregion = eu-west-1\n[profile web]\nregion = eu-west-1\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nweb_identity_token_file = /t\nsource_profile = \
         a\naws_access_key_id = AKIBIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        KEYS,
        "",
        "\
~/.aws/config:6: warning: profile 'web': web_identity_token_file is ignored: as a source, the \
         profile gives the access key in ~/.aws/config:8; the AWS CLI takes the token there too \
         [source-unused]
  put the access key into a profile of its own
~/.aws/config:7: warning: profile 'web': source_profile is ignored: the role is assumed with the token of web_identity_token_file (~/.aws/config:6) [source-unused]
  delete source_profile, or web_identity_token_file
",
    ),
    (
        "go-refuses",
        "[profile a]\nregion = eu-west-1\n[profile b]\nregion = eu-west-1\ncredential_source = \
         Ec2InstanceMetadata\n",
        KEYS,
        "",
        "\
~/.aws/config:5: warning: profile 'b': Terraform and other programs with AWS's SDK for Go refuse a \
         profile with credential_source without role_arn [go-refuses]
  add role_arn, or delete credential_source
",
    ),
    (
        "go-refuses",
        "[profile a]\nregion = eu-west-1\n[profile b]\nregion = eu-west-1\nrole_arn = \
         arn:aws:iam::111111111111:role/R\nsource_profile = a\ncredential_process = /bin/true\n",
        KEYS,
        "",
        "\
~/.aws/config:7: warning: profile 'b': Terraform and other programs with AWS's SDK for Go refuse a \
         profile with both source_profile and credential_process [go-refuses]
  keep one of them
",
    ),
    (
        "keys-expired",
        "[profile a]\nregion = eu-west-1\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         s\naws_session_token = x\nx_security_token_expires = 2020-01-01T00:00:00Z\n",
        "",
        "\
~/.aws/credentials:5: warning: profile 'a': the temporary keys that another tool wrote here ended \
         at 2020-01-01T00:00:00Z [keys-expired]
  renew them with the tool that wrote them
~/.aws/credentials:5: note: profile 'a': x_security_token_expires is a key of saml2aws: neither AWS nor xacct reads it [other-tool-keys]
  delete it, if saml2aws is not used any more
",
    ),
    (
        "other-tool-process",
        "[profile a]\nregion = eu-west-1\n[profile b]\ncredential_process = aws-vault exec b \
         --json\nregion = eu-west-1\n",
        KEYS,
        "",
        "\
~/.aws/config:4: error: profile 'b': credential_process names 'aws-vault', which was not found \
         [process-missing]
  write the absolute path of the program, or delete the line
~/.aws/config:4: note: profile 'b': its credentials come from aws-vault [other-tool-process]
  leave it, or give the profile a role that xacct can assume without aws-vault
",
    ),
    (
        "other-tool-keys",
        "[profile a]\nregion = eu-west-1\ngranted_sso_region = x\n",
        KEYS,
        "",
        "\
~/.aws/config:3: note: profile 'a': granted_sso_region is a key of granted: neither AWS nor xacct \
         reads it [other-tool-keys]
  delete it, if granted is not used any more
",
    ),
];

#[test]
fn every_finding_about_profiles() {
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
