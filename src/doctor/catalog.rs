//! Every kind of finding there is: its name for scripts, how bad it is, what it is about. A new
//! kind is a new line here, and the line is what `xacct-doctor(1)` says of it.

use super::finding::{Area, FindingKind, Severity};

/// `NAME: severity area "id" "what the man page says";`
macro_rules! kinds {
    ($($name:ident: $severity:ident $area:ident $id:literal $about:literal;)*) => {
        $(pub(crate) const $name: FindingKind =
            FindingKind { id: $id, severity: Severity::$severity, area: Area::$area, about: $about };)*
        #[cfg(test)]
        pub(crate) const ALL: &[&FindingKind] = &[$(&$name),*];
    };
}

kinds! {
    // Lines that somebody does not read, or reads otherwise (docs/aws.md A1.1).
    FILE_UNREADABLE: Error Files "file-unreadable" "A file is there and cannot be read; the SDKs \
         take that for no profiles at all.";
    FILE_NOT_UTF8: Error Files "file-not-utf8" "A file is not UTF-8; the SDKs take it for empty.";
    SETTINGS_BROKEN: Error Files "settings-broken" "xacct's settings file is not TOML, or says \
         something that xacct does not know.";
    KEYS_INDEX: Error Files "keys-index-unreadable" "The file that says which access keys are in a \
         keyring cannot be read.";
    BYTE_ORDER_MARK: Error Files "byte-order-mark" "A file begins with a byte order mark, for \
         which the AWS CLI and the SDKs reject it.";
    CARRIAGE_RETURN: Error Files "carriage-return" "A carriage return without a line feed ends the \
         line for the AWS CLI only.";
    LINE_OUTSIDE: Error Files "line-outside-section" "A line stands before the first section: the \
         AWS CLI and the SDKs reject the file.";
    HEADER_UNCLOSED: Error Files "header-unclosed" "A section's header has no [ or no ].";
    HEADER_COMMENT: Error Files "header-comment" "A # or ; inside a header, where the SDKs begin a \
         comment and reject the file.";
    HEADER_TRAILING: Error Files "header-trailing-text" "Text after a header's ], for which the \
         SDKs reject the file.";
    HEADER_INDENTED: Error Files "header-indented" "A header that is indented: to the AWS CLI and \
         the SDKs it is a part of the value above, and its keys are the profile's above.";
    SECTION_UNNAMED: Error Files "section-unnamed" "A section without a name: no program reads it, \
         and for [] the AWS CLI rejects the file.";
    SECTION_UNPREFIXED: Warning Files "section-unprefixed" "A section [NAME] in the config file, \
         where a profile is [profile NAME].";
    SECTION_UNKNOWN: Warning Files "section-unknown" "A section of an unknown kind, such as \
         [Profile NAME].";
    SECTION_DEFAULT_UPPER: Warning Files "section-default-uppercase" "[DEFAULT], from which every \
         profile inherits in the AWS CLI, and none elsewhere.";
    SECTION_NAME_INVALID: Warning Files "section-name-invalid" "A section's name that no program \
         can read, such as two words without quotes.";
    SECTION_NAME_QUOTED: Warning Files "section-name-unread" "A section's name that the AWS CLI \
         and xacct can read, and the SDKs cannot: they drop the profile.";
    SECTION_MISPLACED: Warning Files "section-misplaced" "A section that counts in the config file \
         only stands in the credentials file.";
    SECTION_DUPLICATE: Error Files "section-duplicate" "A section stands twice in a file, which \
         the AWS CLI rejects for it.";
    DEFAULT_TWICE: Warning Files "default-twice" "[default] and [profile default]: the SDKs take \
         the second, the AWS CLI the later one.";
    KEY_WITHOUT_EQUALS: Error Files "key-without-equals" "A line without an =, for which the AWS \
         CLI and the SDKs reject the file.";
    KEY_WITH_COLON: Error Files "key-with-colon" "key: value, which only the AWS CLI reads; the \
         SDKs reject the file.";
    KEY_UNNAMED: Error Files "key-unnamed" "A line that begins with =, for which the SDKs reject \
                                            the file, and outside of blocks the AWS CLI too.";
    KEY_NAME_INVALID: Warning Files "key-name-invalid" "A key that the SDKs drop for the \
         characters in it.";
    KEY_DUPLICATE: Error Files "key-duplicate" "A key stands twice in a section: the AWS CLI \
         rejects the file.";
    KEY_INDENTED: Warning Files "key-indented" "A key that is indented, and so a part of the value \
         above.";
    KEY_INDENTED_FIRST: Error Files "key-indented-first" "A section's first key is indented: the \
         SDKs reject the file.";
    CONTINUATION_LOST: Error Files "continuation-lost" "An indented line below a header continues \
         nothing: the AWS CLI and the SDKs reject the file.";
    NESTED_WITHOUT_EQUALS: Error Files "nested-without-equals" "A line of a nested block without \
         an =, for which the AWS CLI and the SDKs reject the file.";
    COMMENT_INLINE: Warning Files "comment-inline" "A comment after a value, which is a part of \
         the value for the AWS CLI.";
    COLOR_COMMENT: Warning Files "color-comment" "color = #ff8800, where a blank stands before the \
         #: what follows is a comment, so the colour is lost.";
    COMMENT_INDENTED: Warning Files "comment-indented" "An indented comment, which is a part of \
         the value above for the SDKs.";
    COMMENT_INDENTED_FIRST: Error Files "comment-indented-first" "An indented comment without a \
         value above: the SDKs reject the file.";
    SPACE_UNUSUAL: Warning Files "space-unusual" "A blank that is not a space, such as a no-break \
         space: the AWS CLI takes it for one, the SDKs do not.";
    VALUE_QUOTED: Warning Files "value-quoted" "A value in quotes, which are a part of it for \
         everybody.";
    KEY_MISSPELT: Warning Files "key-misspelt" "An unknown key that looks like one that is known.";
    GUARD_MISSPELT: Error Files "guard-misspelt" "An unknown key that looks like one that says who \
         you become, narrows or guards it: xacct refuses the profile.";
    GUARD_UNREAD: Error Files "guard-unread" "A key that says who you become, narrows or guards \
         it, where no program reads it: below a header that is not read, in an [sso-session] or \
         [services], in a table for a profile that is not there. xacct refuses the profile that \
         it seems to be meant for.";
    KEY_UNKNOWN: Note Files "key-unknown" "A key that neither AWS nor xacct knows.";

    // What the profiles say (docs/aws.md A2, A3).
    PROFILES_NONE: Note Profiles "profiles-none" "No profiles were found.";
    INCLUDE_BROKEN: Error Profiles "include-profile-broken" "include_profile names no profile, or \
         they go in a circle.";
    SOURCE_MISSING: Error Profiles "source-profile-missing" "source_profile names no profile.";
    SOURCE_CYCLE: Error Profiles "source-profile-cycle" "source_profile forms a cycle.";
    SOURCE_BOTH: Error Profiles "source-both" "A role has both source_profile and \
         credential_source.";
    SOURCE_NEITHER: Error Profiles "source-neither" "A role has neither source_profile nor \
         credential_source.";
    KEY_PAIR_HALF: Error Profiles "key-pair-half" "Half of an access key.";
    SSO_CONFLICT: Error Profiles "sso-conflict" "The sso keys are not all there, or contradict the \
         sso-session.";
    PROCESS_OF_ITSELF: Error Profiles "process-of-itself" "A profile's credential_process asks for \
         that very profile.";
    VALUE_REFUSED: Error Profiles "value-refused" "A value that AWS would refuse: an ARN, an \
         external ID, a duration and so on.";
    CREDENTIALS_NONE: Note Profiles "credentials-none" "A profile without any credentials.";
    SOURCE_WITHOUT_CREDENTIALS: Error Profiles "source-without-credentials" "A profile without any \
         credentials that others name as their source.";
    ENVIRONMENT_KEYS: Note Profiles "environment-keys-missing" "credential_source is Environment, \
         and this shell has no keys in it.";
    CREDENTIAL_SOURCE_CASE: Warning Profiles "credential-source-case" "credential_source in a \
         spelling that the AWS CLI refuses.";
    SSO_REPEATED: Warning Profiles "sso-repeated" "sso_region or sso_start_url in addition to \
         sso_session: the Rust SDK refuses the profile.";
    DURATION_UNREAD: Warning Profiles "duration-unread" "duration_seconds is not a plain number, \
         and the AWS CLI ignores it.";
    DURATION_CHAINED: Warning Profiles "duration-chained" "More than an hour for a role that is \
         assumed from another session, which AWS refuses.";
    MFA_UNUSED: Warning Profiles "mfa-unused" "An MFA device on a role whose source is not an \
         access key of a user: no code can be sent.";
    PROCESS_SHADOWED: Warning Profiles "process-shadowed" "Access key and credential_process in \
         one profile: some programs take the one, some the other.";
    SOURCE_INCOMPLETE: Warning Profiles "source-incomplete" "A source that is not whole, such as \
         credential_source without role_arn, next to an access key, which is used.";
    SOURCE_UNUSED: Warning Profiles "source-unused" "A source that is ignored, because the profile \
         names another one that comes first.";
    GO_REFUSES: Warning Profiles "go-refuses" "A source without role_arn, or two sources: \
         Terraform and other programs in Go refuse the profile.";
    KEYS_IN_BOTH_FILES: Warning Profiles "keys-in-both-files" "A key is set in both AWS files to \
         different values.";
    TOKENS_DIFFER: Warning Profiles "session-tokens-differ" "aws_session_token and \
         aws_security_token differ, and programs differ in which they take.";
    TOKEN_FOREIGN: Warning Profiles "session-token-foreign" "A session token in another file than \
         the access key that counts: it is not used.";
    ADOPT_INCOMPLETE: Warning Profiles "adopt-incomplete" "A role stands in the config file and in \
         the settings file, as after an adopt that was interrupted.";
    PROCESS_NOT_PORTABLE: Warning Profiles "process-not-portable" "A credential_process that needs \
         a shell, which the AWS CLI does not start.";
    PROCESS_MISSING: Error Profiles "process-missing" "The program of a credential_process is not \
         there.";
    PROCESS_UNCLOSED: Error Profiles "process-unclosed" "A credential_process or mfa_process with \
         a quote that is not closed: it is not a command.";
    PROCESS_OTHER_XACCT: Note Profiles "process-other-xacct" "A credential_process starts another \
         xacct than this one.";
    PROMPT_MISSING: Warning Profiles "mfa-prompt-missing" "What mfa.prompt or mfa_prompt names, to \
         prompt for MFA codes, is not there.";
    LAST_REFUSAL: Note Profiles "last-refusal" "The last time that the credentials could not be \
         had, and what was said then; looked at for a PROFILE only.";
    REGION_MISSING: Warning Profiles "region-missing" "No region is set: the AWS CLI and the SDKs \
         refuse to work.";
    REGION_MALFORMED: Error Profiles "region-malformed" "A region that cannot be one, such as an \
         availability zone.";
    REGION_UNKNOWN: Note Profiles "region-unknown" "A region that this version of xacct has not \
         heard of.";
    ACCOUNT_ID_ODD: Warning Profiles "account-id-odd" "An account ID that is not twelve digits.";
    STS_REGIONAL: Note Profiles "sts-regional-endpoints" "sts_regional_endpoints, which the AWS \
         CLI 2 and several SDKs do not read any more.";
    COLOR_UNKNOWN: Warning Profiles "color-unknown" "color is not a colour that xacct knows.";
    EXTERNAL_ID_MISSING: Note Profiles "external-id-missing" "A role without external_id, while \
         others in the same account have one.";
    KEY_IN_TWO_PLACES: Error Profiles "key-in-two-places" "A profile has one access key in a file \
         and another one in a keyring.";
    KEY_IN_FILE_TOO: Warning Profiles "key-in-file-too" "An access key that is in a keyring is in \
         a file too.";
    DEFAULT_KEYS: Note Profiles "default-keys" "Access keys in [default], which containers' \
         credentials do not come before.";
    ROLE_BESIDE_KEYS: Note Profiles "role-beside-keys" "A role and an access key in one profile: \
         as a source of others it is the key.";
    KEYS_EXPIRED: Warning Profiles "keys-expired" "Temporary keys that another tool wrote, and \
         that have expired.";

    // The environment.
    SHELL_KEYS: Note Shell "shell-keys" "Keys in the environment, which come before profiles.";
    SHELL_KEYS_HALF: Warning Shell "shell-keys-half" "Half of an access key in the environment.";
    SHELL_KEYS_EXPIRED: Note Shell "shell-keys-expired" "The keys in the environment have expired.";
    SHELL_PROFILE_UNKNOWN: Warning Shell "shell-profile-unknown" "AWS_PROFILE or \
         AWS_DEFAULT_PROFILE names no profile.";
    SHELL_PROFILE_EMPTY: Warning Shell "shell-profile-empty" "AWS_PROFILE is set to nothing.";
    SHELL_PROFILES_DIFFER: Note Shell "shell-profiles-differ" "AWS_PROFILE and AWS_DEFAULT_PROFILE \
         differ, and programs differ in which they take.";
    SHELL_REGIONS_DIFFER: Note Shell "shell-regions-differ" "AWS_REGION and AWS_DEFAULT_REGION \
         differ, and programs differ in which they take.";
    SHELL_REGION: Warning Shell "shell-region-malformed" "AWS_REGION or AWS_DEFAULT_REGION cannot \
         be a region.";
    SHELL_PATH: Note Shell "shell-path" "A variable with a file's path that the SDKs do not \
                                         expand.";

    // Who can read and write.
    KEYS_OPEN: Error Permissions "keys-readable" "A file with keys that other users can read.";
    FILE_WRITABLE: Error Permissions "file-writable" "A file that other users can write: it can \
         name programs to run.";
    DIRECTORY_WRITABLE: Error Permissions "directory-writable" "A directory of such files that \
         other users can write.";
    FILE_FOREIGN: Warning Permissions "file-foreign" "A file that belongs to another user.";
    BACKUPS: Note Permissions "backups" "Copies of changed files that xacct left next to them.";
    FILE_LEFTOVER: Note Permissions "file-leftover" "An unfinished file of an xacct that was \
         ended.";

    // What is kept.
    CACHE_UNUSABLE: Error Cache "cache-unusable" "The cache directory is none, or cannot be read: \
         nothing is cached.";
    CACHE_FOREIGN: Error Cache "cache-foreign" "The cache directory belongs to another user: \
         nothing is cached.";
    CACHE_OPEN: Error Cache "cache-open" "The cache directory can be written by others: nothing is \
                                          cached.";
    ENTRY_OPEN: Warning Cache "entry-open" "A cache entry that is a link, another user's, or open \
                                            to others: it is not used.";
    ENTRY_DAMAGED: Warning Cache "entry-damaged" "A cache entry that is damaged, or no entry: it \
         is not used.";
    ENTRY_NEWER: Note Cache "entry-newer" "A cache entry of a newer xacct.";
    ENTRY_EXPIRED: Note Cache "entry-expired" "Cache entries that have expired.";
    CACHE_LEFTOVER: Note Cache "cache-leftover" "Unfinished files in the cache directory.";
    TOKEN_OPEN: Error Cache "token-readable" "A token or a key in a cache of the AWS CLI that \
         other users can read.";
    TOKEN_DAMAGED: Warning Cache "token-damaged" "A token's file in ~/.aws/sso/cache is not what \
         it should be.";
    TOKEN_EXPIRED: Note Cache "token-expired" "A sign-in at IAM Identity Center has expired.";
    CLIENT_EXPIRED: Note Cache "client-expired" "A registration at IAM Identity Center has \
         expired; the next sign-in makes another.";

    KEYRING_UNUSABLE: Error Cache "keyring-unusable" "A keyring that has access keys cannot be \
         used here.";
    KEYRING_LOCKED: Note Cache "keyring-locked" "A keyring that has access keys is locked.";
    KEYRING_STORE: Note Cache "keyring-store" "Which keyring new access keys go to, and why.";

    // What answers.
    CA_BUNDLE: Error Network "ca-bundle-unusable" "AWS_CA_BUNDLE or ca_bundle cannot be used.";
    PROXY_INVALID: Error Network "proxy-invalid" "HTTPS_PROXY or HTTP_PROXY is not a proxy's \
         address.";
    HOST_UNKNOWN: Error Network "host-unknown" "An endpoint's, or the proxy's, name has no \
         address.";
    HOST_UNREACHABLE: Error Network "host-unreachable" "No connection to an endpoint, or to the \
         proxy.";
    TLS_FAILED: Error Network "tls-failed" "A connection was made, and TLS failed: mostly a \
                                            proxy's own certificate.";
    NO_ANSWER: Error Network "no-answer" "A connection was made, and no good answer came.";
    KEYS_DEAD: Error Network "keys-dead" "AWS does not take an access key any more.";
    KEYS_UNCHECKED: Warning Network "keys-unchecked" "AWS refused to say whose an access key is.";
    ACCOUNT_WRONG: Error Network "account-id-wrong" "aws_account_id is not the access key's \
         account.";
    MFA_ACCOUNT: Error Network "mfa-device-foreign" "mfa_serial is a device of another account \
         than the access key's.";
    MFA_NAME: Note Network "mfa-device-name" "mfa_serial is called otherwise than the access key's \
         user; it may still be theirs.";
    CLOCK_OFF: Error Network "clock-off" "The clock is five minutes off, or more.";
    CLOCK_DRIFTS: Note Network "clock-drifts" "The clock is a minute off, or more.";

    // Whatever else there is on the machine.
    OTHER_PROCESS: Note OtherTools "other-tool-process" "A credential_process of another tool.";
    OTHER_KEYS: Note OtherTools "other-tool-keys" "Keys of another tool, which neither AWS nor \
         xacct reads.";
    OTHER_FILES: Note OtherTools "other-tool-files" "Another tool's directory or file.";
    OTHER_ALIAS: Note OtherTools "other-tool-alias" "A shell's start-up file sets up another tool.";
}
