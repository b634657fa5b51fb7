//! Where xacct does not do what an SDK does, and why.

use super::written::Written;
use super::{Outcome, Resolved, Step};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sdk {
    Botocore,
    Rust,
}

/// One comparison that did not agree.
pub(crate) struct Case<'a> {
    pub(crate) written: &'a Written,
    pub(crate) xacct: &'a Outcome,
    pub(crate) aws: &'a Outcome,
    pub(crate) sdk: Sdk,
}

/// A difference that is meant.
pub(crate) struct Deviation {
    pub(crate) why: &'static str,
    pub(crate) sdks: &'static [Sdk],
    /// Of the profile `a`.
    pub(crate) config: &'static str,
    pub(crate) credentials: &'static str,
    pub(crate) xacct: &'static str,
    pub(crate) aws: &'static str,
    /// Whether a difference in made-up files is this one.
    pub(crate) covers: fn(&Case<'_>) -> bool,
}

/// The reason for the difference, where there is one.
pub(crate) fn covering(case: &Case<'_>) -> Option<&'static str> {
    let mut of_sdk = DEVIATIONS
        .iter()
        .filter(|deviation| deviation.sdks.contains(&case.sdk));
    of_sdk
        .find(|deviation| (deviation.covers)(case))
        .map(|deviation| deviation.why)
}

/// What a `credential_source` names.
const NAMED: [&str; 3] = ["environment", "ecs_container", "ec2_instance_metadata"];

/// The keys of `b`, and what a role that is assumed with them is called below.
const KEYS: &str = "[b]\naws_access_key_id = AKIAKKKKKKKKKKKK\naws_secret_access_key = s\n";

const NOTHING: Deviation = Deviation {
    why: "",
    sdks: &[Sdk::Botocore],
    config: "",
    credentials: KEYS,
    xacct: "error",
    aws: "error",
    covers: |_| false,
};

pub(crate) const DEVIATIONS: &[Deviation] = &[
    Deviation {
        why: "a section or key that stands twice is merged, as in the SDKs; botocore gives up on \
              the whole file",
        config: "[profile a]\nregion = eu-west-1\n[profile a]\nrole_arn = \
                 arn:aws:iam::222222222222:role/One\n\
                 source_profile = b\n",
        xacct: "AKIAKKKKKKKKKKKK One eu-west-1",
        covers: |case| case.error().starts_with("ConfigParseError"),
        ..NOTHING
    },
    Deviation {
        why: "a region on the way to the source counts where the profile has none, as in the Rust \
              SDK",
        config: "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = b\n\
                 [profile b]\nregion = ap-south-1\n",
        xacct: "AKIAKKKKKKKKKKKK One ap-south-1",
        aws: "AKIAKKKKKKKKKKKK One nowhere",
        covers: |case| case.has_no_region(),
        ..NOTHING
    },
    Deviation {
        why: "where no region is set, xacct takes the partition's first and says so",
        sdks: &[Sdk::Rust],
        config: "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = b\n",
        xacct: "AKIAKKKKKKKKKKKK One us-east-1",
        aws: "AKIAKKKKKKKKKKKK One nowhere",
        covers: |case| case.has_no_region(),
        ..NOTHING
    },
    Deviation {
        why: "a named profile never falls through to the credentials of the machine",
        config: "[profile a]\nregion = eu-west-1\n",
        aws: "ecs_container eu-west-1",
        covers: |case| case.xacct.is_err() && case.is_alone("ecs_container"),
        ..NOTHING
    },
    Deviation {
        why: "credential_source is read in any case, as in the Rust SDK",
        config: "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\ncredential_source = \
                 environment\n\
                 region = eu-west-1\n",
        xacct: "environment One eu-west-1",
        covers: |case| case.error().contains("credential source \"environment\""),
        ..NOTHING
    },
    Deviation {
        why: "a services section that is not there is an error, as in botocore",
        sdks: &[Sdk::Rust],
        config: "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = b\n\
                 region = eu-west-1\nservices = missing\n",
        aws: "AKIAKKKKKKKKKKKK One eu-west-1",
        covers: |case| case.own_error().contains("no section [services missing]"),
        ..NOTHING
    },
    Deviation {
        why: "an endpoint that is set is used as it is, whatever is said of FIPS and dual-stack, \
              as in botocore",
        sdks: &[Sdk::Rust],
        config: "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = b\n\
                 region = eu-west-1\nservices = local\nuse_fips_endpoint = true\n\
                 [services local]\nsts =\n  endpoint_url = https://sts.test\n",
        xacct: "AKIAKKKKKKKKKKKK One eu-west-1",
        covers: |case| {
            let endpoint = case
                .aws
                .as_ref()
                .ok()
                .and_then(|resolved| resolved.endpoint.clone());
            let error = case.error().to_owned() + &endpoint.unwrap_or_default();
            case.xacct.is_ok() && error.contains("and custom endpoint are not supported")
        },
        ..NOTHING
    },
    Deviation {
        why: "keys in the credentials file go before a credential_process, and so do the keys of a \
              role profile that is \
              its own source: as in the AWS CLI, by which people check what they have written",
        sdks: &[Sdk::Rust],
        config: "[profile a]\nregion = eu-west-1\n\
                 credential_process = echo \
                 '{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"s\"}'\n",
        credentials: "[a]\naws_access_key_id = AKIAKKKKKKKKKKKK\naws_secret_access_key = s\n",
        xacct: "AKIAKKKKKKKKKKKK eu-west-1",
        aws: "P eu-west-1",
        covers: |case| case.has_keys_first(&["P", "login"]),
    },
    Deviation {
        why: "half a key pair is an error wherever it is met, and is not passed over",
        sdks: &[Sdk::Rust],
        config: "[profile a]\nregion = eu-west-1\nrole_arn = \
                 arn:aws:iam::222222222222:role/One\nsource_profile = b\n\
                 [profile b]\nrole_arn = arn:aws:iam::222222222222:role/Two\nsource_profile = \
                 c\naws_access_key_id = H\n\
                 [profile c]\naws_access_key_id = AKIAKKKKKKKKKKKK\naws_secret_access_key = s\n",
        credentials: "",
        aws: "AKIAKKKKKKKKKKKK Two One eu-west-1",
        covers: |case| case.own_error().contains("is missing aws_"),
        ..NOTHING
    },
    Deviation {
        why: "half a key pair is an error wherever it is met, and does not wait for its turn",
        config: "[profile a]\nregion = eu-west-1\nrole_arn = \
                 arn:aws:iam::222222222222:role/One\nsource_profile = b\n\
                 [profile b]\naws_access_key_id = H\n\
                 credential_process = echo \
                 '{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"s\"}'\n",
        credentials: "",
        aws: "P One eu-west-1",
        covers: |case| case.own_error().contains("is missing aws_"),
        ..NOTHING
    },
    Deviation {
        why: "a key that names, narrows or guards and is set to nothing is an error; AWS would \
              refuse it, or never see it",
        sdks: &[Sdk::Botocore, Sdk::Rust],
        config: "[profile a]\nregion = eu-west-1\naws_access_key_id = \
                 AKIAKKKKKKKKKKKK\naws_secret_access_key = s\n\
                 external_id =\n",
        aws: "AKIAKKKKKKKKKKKK eu-west-1",
        covers: |case| case.own_error().contains(" is empty\n"),
        ..NOTHING
    },
    Deviation {
        why: "a key that cannot be sent with the profile's credentials is an error, and is not \
              passed over",
        sdks: &[Sdk::Botocore, Sdk::Rust],
        config: "[profile a]\nregion = eu-west-1\naws_access_key_id = \
                 AKIAKKKKKKKKKKKK\naws_secret_access_key = s\n\
                 external_id = external-1\n",
        aws: "AKIAKKKKKKKKKKKK eu-west-1",
        covers: |case| {
            let keys = [
                "external_id is for ",
                "duration_seconds is for ",
                "role_session_name is for ",
            ];
            keys.iter().any(|key| case.own_error().contains(key))
        },
        ..NOTHING
    },
    Deviation {
        why: "a region of another partition than the role's is an error: no request with it could \
              succeed",
        sdks: &[Sdk::Botocore, Sdk::Rust],
        config: "[profile a]\nregion = eu-west-1\nrole_arn = \
                 arn:aws-cn:iam::222222222222:role/One\nsource_profile = b\n",
        aws: "AKIAKKKKKKKKKKKK One eu-west-1",
        covers: |case| case.own_error().contains("is in the partition "),
        ..NOTHING
    },
    Deviation {
        why: "a source that is not complete is none where the profile has a complete one, as in \
              the AWS CLI",
        sdks: &[Sdk::Rust],
        config: "[profile a]\nregion = eu-west-1\nsso_start_url = https://corp.test/start\n\
                 aws_access_key_id = AKIAKKKKKKKKKKKK\naws_secret_access_key = s\n",
        xacct: "AKIAKKKKKKKKKKKK eu-west-1",
        covers: |case| case.is_other_source(),
        ..NOTHING
    },
    Deviation {
        why: "a profile may repeat what its sso-session says, as in botocore",
        sdks: &[Sdk::Rust],
        config: "[profile a]\nregion = eu-west-1\nsso_session = corp\nsso_region = eu-west-1\n\
                 sso_account_id = 111111111111\nsso_role_name = Reader\n\
                 [sso-session corp]\nsso_start_url = https://corp.test/start\nsso_region = \
                 eu-west-1\n",
        xacct: "sso eu-west-1",
        covers: |case| {
            case.xacct.is_ok()
                && case
                    .error()
                    .contains("can only be specified in the [sso-session] config")
        },
        ..NOTHING
    },
    Deviation {
        why: "credential_source without role_arn is read where nothing else is said, as in the \
              Rust SDK",
        config: "[profile a]\nregion = eu-west-1\ncredential_source = Environment\n",
        xacct: "environment eu-west-1",
        aws: "ecs_container eu-west-1",
        covers: |case| {
            let is_named = |own: &Resolved| NAMED.contains(&own.base.as_str());
            let is_none =
                case.is_alone("ecs_container") || case.error().contains("must have credentials");
            case.xacct.as_ref().is_ok_and(is_named) && is_none
        },
        ..NOTHING
    },
    Deviation {
        why: "a broken line costs that line, not every profile of both files",
        sdks: &[Sdk::Rust],
        config: "[profile a]\nregion = eu-west-1\nrole_arn = \
                 arn:aws:iam::222222222222:role/One\nsource_profile = b\n\
                 [profile c]\nbroken\n",
        xacct: "AKIAKKKKKKKKKKKK One eu-west-1",
        covers: |case| case.written.config.contains("\nbroken\n"),
        ..NOTHING
    },
    Deviation {
        why: "a quoted name is a name, as `aws configure` writes it",
        sdks: &[Sdk::Rust],
        config: "[profile \"a\"]\nregion = eu-west-1\nrole_arn = \
                 arn:aws:iam::222222222222:role/One\nsource_profile = b\n",
        xacct: "AKIAKKKKKKKKKKKK One eu-west-1",
        covers: |case| case.written.config.contains("[profile \""),
        ..NOTHING
    },
    Deviation {
        why: "only the way to the source has a say in the region: not the source_profile of a \
              profile that uses keys or a token of its own",
        sdks: &[Sdk::Rust],
        config: "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = b\n\
                 [profile b]\nsource_profile = c\n[profile c]\nregion = ap-south-1\n",
        xacct: "AKIAKKKKKKKKKKKK One us-east-1",
        aws: "AKIAKKKKKKKKKKKK One ap-south-1",
        covers: |case| case.differs_in_region() && Written::is_first_region(case.xacct),
        ..NOTHING
    },
    Deviation {
        why: "a profile may be its own source, whatever its credentials are, as in the Rust SDK",
        config: "[profile a]\nregion = eu-west-1\nrole_arn = \
                 arn:aws:iam::222222222222:role/One\nsource_profile = a\n\
                 credential_process = echo x\n",
        xacct: "PROCESS-a One eu-west-1",
        covers: |case| case.xacct.is_ok() && case.error().starts_with("InfiniteLoopConfigError"),
        ..NOTHING
    },
    Deviation {
        why: "the access key of a source profile goes before everything else in it, as in the Rust \
              SDK",
        config: "[profile a]\nregion = eu-west-1\nrole_arn = \
                 arn:aws:iam::222222222222:role/One\nsource_profile = b\n\
                 [profile b]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = \
                 Reader\n\
                 [sso-session corp]\nsso_start_url = https://corp.test/start\nsso_region = \
                 eu-west-1\n",
        xacct: "AKIAKKKKKKKKKKKK One eu-west-1",
        aws: "sso One eu-west-1",
        covers: |case| case.has_source_keys_first(),
        ..NOTHING
    },
    Deviation {
        why: "[profile default] replaces [default] wherever it stands, as in the SDKs; in botocore \
              the later one counts",
        config: "[profile a]\nregion = eu-west-1\nrole_arn = \
                 arn:aws:iam::222222222222:role/One\nsource_profile = default\n\
                 [profile default]\naws_access_key_id = AKIAFIRSTFIRSTFI\naws_secret_access_key = \
                 s\n\
                 [default]\naws_access_key_id = AKIASECONDSECOND\naws_secret_access_key = s\n",
        xacct: "AKIAFIRSTFIRSTFI One eu-west-1",
        aws: "AKIASECONDSECOND One eu-west-1",
        covers: |case| case.written.has_two_defaults(),
        ..NOTHING
    },
];

impl Case<'_> {
    fn error(&self) -> &str {
        self.aws.as_ref().err().map_or("", String::as_str)
    }

    fn own_error(&self) -> &str {
        self.xacct.as_ref().err().map_or("", String::as_str)
    }

    /// The same roles with the same keys, and the SDK found no region.
    fn has_no_region(&self) -> bool {
        let is_same = |own: &Resolved| match self.aws {
            Ok(aws) => aws.region.is_none() && super::is_same_identity(own, aws),
            Err(error) => error.starts_with("NoRegionError"),
        };
        self.xacct.as_ref().is_ok_and(is_same)
    }

    /// The SDK uses these credentials, and assumes nothing with them.
    fn is_alone(&self, base: &str) -> bool {
        let is_alone = |steps: &Vec<Step>| steps.is_empty();
        self.aws
            .as_ref()
            .is_ok_and(|aws| aws.base == base && aws.steps.as_ref().is_some_and(is_alone))
    }

    /// xacct takes an access key where the SDK takes one of these; the roles are the same.
    fn has_keys_first(&self, bases: &[&str]) -> bool {
        let (Ok(xacct), Ok(aws)) = (self.xacct, self.aws) else {
            return false;
        };
        let is_other = bases.iter().any(|base| aws.base.starts_with(base));
        let with_same_base = Resolved {
            base: xacct.base.clone(),
            ..aws.clone()
        };
        is_other
            && xacct.base.starts_with("AKIA")
            && super::is_same_identity(xacct, &with_same_base)
    }

    /// The same roles with the same keys, in another region.
    fn differs_in_region(&self) -> bool {
        let (Ok(xacct), Ok(aws)) = (self.xacct, self.aws) else {
            return false;
        };
        xacct.region != aws.region && super::is_same_identity(xacct, aws)
    }

    /// A role is assumed with a source profile's access key, of which botocore takes something else
    /// or nothing.
    fn has_source_keys_first(&self) -> bool {
        let is_key = |own: &Resolved| {
            own.base.starts_with("AKIA") && !own.steps.as_ref().is_none_or(Vec::is_empty)
        };
        let is_other = match self.aws {
            Ok(aws) => !aws.base.starts_with("AKIA"),
            Err(error) => [
                "configured to use SSO",
                "configured to assume role with web",
            ]
            .iter()
            .any(|text| error.contains(text)),
        };
        self.xacct.as_ref().is_ok_and(is_key) && is_other
    }

    /// The Rust SDK takes a source that is not complete, or stops at it.
    fn is_other_source(&self) -> bool {
        let is_unseen = |aws: &Resolved| {
            aws.steps.is_none() && (aws.base == "sso" || NAMED.contains(&aws.base.as_str()))
        };
        let is_stop = |error: &String| {
            ["` was missing", "that provider is not supported"]
                .iter()
                .any(|text| error.contains(text))
        };
        match self.aws {
            Ok(aws) => is_unseen(aws),
            Err(error) => self.xacct.is_ok() && is_stop(error),
        }
    }
}
