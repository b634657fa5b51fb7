//! The calls: `AssumeRole`, with keys or a token, `GetSessionToken`, `GetFederationToken`,
//! `GetCallerIdentity`.

use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::Builder;
use aws_sdk_sts::operation::RequestId;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::{AssumedRoleUser, PolicyDescriptorType, Tag};
use chrono::{DateTime, Utc};

use super::client::{self, Effort};
use super::endpoint;
use super::failure::Failure;
use super::network::Network;
use super::service::{Asking, Service};
use crate::arn::Arn;
use crate::credentials::{Credentials, Unchecked};
use crate::error::Result;
use crate::mfa::Code;
use crate::plan::{AssumeRole, Plan, WebIdentity};
use crate::say::Voice;
use crate::secret::Secret;

/// STS at the plan's endpoint. Building it parses the system's certificates, so it is built on a
/// miss only.
pub(crate) struct Sts(Service);

/// Credentials that STS has just issued.
#[derive(Debug)]
pub(crate) struct IssuedCredentials {
    pub(crate) credentials: Credentials,
    /// The session's ARN; `None` for GetSessionToken, whose answer has none.
    pub(crate) arn: Option<String>,
    /// `AROA…:SESSION`, where there is an ARN.
    pub(crate) user_id: Option<String>,
}

/// What GetCallerIdentity says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) account_id: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

impl Sts {
    /// Errors: of kind `Config`, where there is no such endpoint or the CA bundle cannot be read.
    pub(crate) fn new(plan: &Plan, now: fn() -> DateTime<Utc>, voice: Voice) -> Result<Sts> {
        Sts::on(&Network::default(), plan, now, voice)
    }

    /// As [`Sts::new`], with the connections of other requests of this run.
    pub(crate) fn on(
        network: &Network,
        plan: &Plan,
        now: fn() -> DateTime<Utc>,
        voice: Voice,
    ) -> Result<Sts> {
        let (endpoint, connection) = (&plan.endpoint, &plan.connection);
        let url = endpoint::url(endpoint, &plan.region)?;
        let region = endpoint::signing_region(endpoint, &plan.region);
        let asking = Asking {
            network,
            connection,
            now,
            voice,
        };
        Service::new("STS", url, endpoint, &region, asking).map(Sts)
    }

    /// The same, with connections of its own; what is known of the clocks goes along.
    pub(crate) fn reconnected(&self) -> Result<Sts> {
        self.0.reconnected().map(Sts)
    }

    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    fn client(&self, credentials: Option<&Credentials>, effort: Effort) -> Client {
        // An unsigned request needs none, but the SDK wants some.
        let keys = credentials.map_or_else(
            || SdkCredentials::new("unsigned", "", None, None, "xacct"),
            client::sdk,
        );
        let shared = self.0.signed(effort, keys);
        Client::from_conf(Builder::from(&shared).interceptor(self.0.watch()).build())
    }

    /// For `-v`: what goes to whom, signed with which key; never a code or a secret.
    fn asking(&self, what: &str, signer: &Credentials) {
        let (url, id) = (self.url(), signer.shown_id());
        self.0
            .voice
            .trace(1, &format!("{what}: asking {url}, signed with {id}"));
    }

    /// Seconds that AWS's clock is ahead, by the last answer; 0 where there was none.
    pub(crate) fn clock_offset(&self) -> i64 {
        self.0.clock_offset()
    }

    /// Seconds that AWS's clock is ahead, where the difference is more than requests take.
    pub(crate) fn clock_skew(&self) -> Option<i64> {
        self.0.clock_skew()
    }

    /// Who the credentials are. Needs no permission, so an answer proves only that they are
    /// well-formed, not expired and not deleted (docs/aws.md A2.4).
    pub(crate) async fn get_caller_identity(
        &self,
        credentials: &Credentials,
    ) -> std::result::Result<Identity, Failure> {
        self.identity(credentials, Effort::Usual).await
    }

    /// The same for cached credentials, which are served unchecked if the answer is long in coming.
    pub(crate) async fn confirm(
        &self,
        credentials: &Credentials,
    ) -> std::result::Result<Identity, Failure> {
        self.identity(credentials, Effort::Brief).await
    }

    async fn identity(
        &self,
        credentials: &Credentials,
        effort: Effort,
    ) -> std::result::Result<Identity, Failure> {
        self.asking("GetCallerIdentity", credentials);
        let sent = self.0.send(effort, async || {
            let request = self.client(Some(credentials), effort).get_caller_identity();
            request.send().await
        });
        let answer = sent.await?;
        Ok(Identity {
            account_id: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
            user_id: answer.user_id().unwrap_or_default().to_owned(),
        })
    }

    /// `duration_seconds` 900 to 129600. With a code, the request is sent once.
    pub(crate) async fn get_session_token(
        &self,
        credentials: &Credentials,
        duration_seconds: u32,
        mfa: Option<(&str, &Code)>,
    ) -> std::result::Result<IssuedCredentials, Failure> {
        self.asking(
            &format!("GetSessionToken for {duration_seconds} s"),
            credentials,
        );
        let effort = effort(mfa.is_some());
        let sent = self.0.send(effort, async || {
            let request = self.client(Some(credentials), effort).get_session_token();
            let request = request
                .duration_seconds(duration_seconds.cast_signed())
                .set_serial_number(mfa.map(|(serial, _)| serial.to_owned()))
                .set_token_code(mfa.map(|(_, code)| code.expose().to_owned()));
            request.send().await
        });
        let answer = sent.await?;
        issued(&answer, answer.credentials(), None)
    }

    /// For a user's own keys: a session that may do what the policy and the user's own permissions
    /// allow. It carries no MFA. `duration_seconds` 900 to 129600.
    pub(crate) async fn get_federation_token(
        &self,
        credentials: &Credentials,
        name: &str,
        policy: &str,
        duration_seconds: u32,
    ) -> std::result::Result<IssuedCredentials, Failure> {
        self.asking(
            &format!("GetFederationToken for {duration_seconds} s"),
            credentials,
        );
        let sent = self.0.send(Effort::Usual, async || {
            let client = self.client(Some(credentials), Effort::Usual);
            let request = client.get_federation_token().name(name).policy(policy);
            let request = request.duration_seconds(duration_seconds.cast_signed());
            request.send().await
        });
        let answer = sent.await?;
        let user = answer.federated_user();
        let user = user.map(|user| (user.arn(), user.federated_user_id()));
        issued(&answer, answer.credentials(), user)
    }

    /// Unsigned: the token says who asks.
    pub(crate) async fn assume_role_with_web_identity(
        &self,
        web: &WebIdentity,
        token: &str,
    ) -> std::result::Result<IssuedCredentials, Failure> {
        let role_arn = &web.role_arn;
        let what = format!("AssumeRoleWithWebIdentity {role_arn}");
        let asked = format!("{what}: asking {}, unsigned", self.url());
        self.0.voice.trace(1, &asked);
        let sent = self.0.send(Effort::Usual, async || {
            let request = self
                .client(None, Effort::Usual)
                .assume_role_with_web_identity();
            let request = request
                .role_arn(role_arn)
                .role_session_name(&web.role_session_name)
                .web_identity_token(token)
                .set_duration_seconds(web.duration_seconds.map(u32::cast_signed))
                .set_policy(web.policy.clone())
                .set_policy_arns(some_if_any(web.policy_arns.iter().map(policy_arn)));
            request.send().await
        });
        let answer = sent.await?;
        let user = answer.assumed_role_user().map(of_role);
        issued(&answer, answer.credentials(), user)
    }

    /// With a code (`mfa`), the request is sent once.
    pub(crate) async fn assume_role(
        &self,
        credentials: &Credentials,
        role: &AssumeRole,
        mfa: Option<&Code>,
    ) -> std::result::Result<IssuedCredentials, Failure> {
        self.asking(
            &format!(
                "AssumeRole {} for {} s",
                role.role_arn, role.duration_seconds
            ),
            credentials,
        );
        self.0.voice.trace(2, &format!("parameters: {role:?}"));
        let effort = effort(mfa.is_some());
        let sent = self.0.send(effort, async || {
            let request = with_parameters(
                self.client(Some(credentials), effort).assume_role(),
                role,
                mfa,
            );
            request.send().await
        });
        let answer = sent.await?;
        let user = answer.assumed_role_user().map(of_role);
        issued(&answer, answer.credentials(), user)
    }
}

fn with_parameters(
    request: AssumeRoleFluentBuilder,
    role: &AssumeRole,
    mfa: Option<&Code>,
) -> AssumeRoleFluentBuilder {
    request
        .role_arn(&role.role_arn)
        .role_session_name(&role.role_session_name)
        .duration_seconds(role.duration_seconds.cast_signed())
        .set_external_id(role.external_id.clone())
        .set_serial_number(mfa.and(role.serial_number.clone()))
        .set_token_code(mfa.map(|code| code.expose().to_owned()))
        .set_source_identity(role.source_identity.clone())
        .set_policy(role.policy.clone())
        .set_tags(some_if_any(role.tags.iter().filter_map(sts_tag)))
        .set_transitive_tag_keys(some_if_any(role.transitive_tag_keys.iter().cloned()))
        .set_policy_arns(some_if_any(role.policy_arns.iter().map(policy_arn)))
}

fn sts_tag((key, value): &(String, String)) -> Option<Tag> {
    Tag::builder().key(key).value(value).build().ok()
}

fn policy_arn(arn: &String) -> PolicyDescriptorType {
    PolicyDescriptorType::builder().arn(arn).build()
}

fn effort(carries_code: bool) -> Effort {
    if carries_code {
        Effort::Once
    } else {
        Effort::Usual
    }
}

fn some_if_any<T>(items: impl Iterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<T> = items.collect();
    Some(items).filter(|items| !items.is_empty())
}

fn of_role(user: &AssumedRoleUser) -> (&str, &str) {
    (user.arn(), user.assumed_role_id())
}

/// What an answer holds: the keys, and the ARN and the id of whom they are for.
///
/// Errors: there are none, or what no AWS credentials are; a proxy's answer might be so.
fn issued(
    answer: &impl RequestId,
    keys: Option<&aws_sdk_sts::types::Credentials>,
    user: Option<(&str, &str)>,
) -> std::result::Result<IssuedCredentials, Failure> {
    let Some(keys) = keys else {
        let id = answer.request_id().unwrap_or("none");
        let why = format!("it held no credentials (request id {id})");
        return Err(Failure::unusable(&why));
    };
    let arn = user.and_then(|(arn, _)| Arn::parse(arn));
    let answered = Unchecked {
        access_key_id: keys.access_key_id().to_owned(),
        secret_access_key: Secret::new(keys.secret_access_key()),
        session_token: Some(Secret::new(keys.session_token())),
        expiration: DateTime::from_timestamp(keys.expiration().secs(), 0),
        account_id: arn.map(|arn| arn.account_id.to_owned()),
    };
    let credentials = answered
        .checked()
        .map_err(|flaw| Failure::unusable(&format!("its {flaw}")))?;
    Ok(IssuedCredentials {
        credentials,
        arn: user.map(|(arn, _)| arn.to_owned()),
        user_id: user.map(|(_, id)| id.to_owned()),
    })
}
