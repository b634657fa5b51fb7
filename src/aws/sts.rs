//! The calls: `AssumeRole`, with keys or a token, `GetSessionToken`, `GetFederationToken`,
//! `GetCallerIdentity`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use aws_sdk_sts::operation::RequestId;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use chrono::{DateTime, Utc};

use super::client::{self, Effort, Signing};
use super::endpoint;
use super::failure::{self, Failure, Teller};
use super::network::{Known, Network};
use crate::arn::Arn;
use crate::credentials::{Credentials, Unchecked};
use crate::error::Result;
use crate::mfa::Code;
use crate::plan::{AssumeRole, Plan, WebIdentity};
use crate::say::Voice;
use crate::secret::Secret;

/// STS at the plan's endpoint. Building it parses the system's certificates, so it is built on a
/// miss only.
pub(crate) struct Sts<'p> {
    plan: &'p Plan,
    network: Network,
    /// With the seconds that AWS's clock is ahead, as the last answer's `Date` header had it.
    server: Known,
    now: fn() -> DateTime<Utc>,
    voice: Voice,
    pub(crate) url: String,
}

/// Credentials that STS has just issued.
#[derive(Debug)]
pub(crate) struct Answer {
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

impl<'p> Sts<'p> {
    /// Errors: of kind `Config`, where there is no such endpoint or the CA bundle cannot be read.
    pub(crate) fn new(plan: &'p Plan, now: fn() -> DateTime<Utc>, voice: Voice) -> Result<Sts<'p>> {
        Sts::on(&Network::default(), plan, now, voice)
    }

    /// As [`Sts::new`], with the connections of other requests of this run.
    pub(crate) fn on(
        network: &Network,
        plan: &'p Plan,
        now: fn() -> DateTime<Utc>,
        voice: Voice,
    ) -> Result<Sts<'p>> {
        let url = endpoint::url(&plan.endpoint, &plan.region)?;
        let server = network.server(&url, &plan.connection)?;
        Ok(Sts {
            plan,
            network: network.clone(),
            server,
            now,
            voice,
            url,
        })
    }

    /// The same, with connections of its own; what is known of the clocks goes along.
    pub(crate) fn reconnected(&self) -> Result<Sts<'p>> {
        let own = Network::default();
        let http = own.server(&self.url, &self.plan.connection)?.http;
        let server = Known {
            http,
            clock_offset: Arc::clone(&self.server.clock_offset),
        };
        let (now, voice, url) = (self.now, self.voice, self.url.clone());
        Ok(Sts {
            plan: self.plan,
            network: own,
            server,
            now,
            voice,
            url,
        })
    }

    fn client(&self, credentials: Option<&Credentials>, effort: Effort) -> aws_sdk_sts::Client {
        let clock_offset = &self.server.clock_offset;
        let effort = if self.network.is_paced() {
            effort.unrepeated()
        } else {
            effort
        };
        let signing = Signing {
            credentials,
            now: self.now,
            clock_offset,
            effort,
        };
        client::client(self.plan, &self.server.http, &signing)
    }

    /// Sends a request, with a client made anew for each time: it signs by the clock as it is known
    /// then.
    async fn send<T>(
        &self,
        effort: Effort,
        request: impl AsyncFn() -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
        let attempts = client::attempts(&self.plan.connection, effort);
        // What carries a code is sent once, whatever the answer.
        self.network
            .send(attempts, effort != Effort::Once, request)
            .await
    }

    /// For `-v`: what goes to whom, signed with which key; never a code or a secret.
    fn asking(&self, what: &str, signer: &Credentials) {
        self.voice.trace(
            1,
            &format!(
                "{what}: asking {}, signed with {}",
                self.url,
                signer.shown_id()
            ),
        );
    }

    /// Seconds that AWS's clock is ahead, by the last answer; 0 where there was none.
    pub(crate) fn clock_offset(&self) -> i64 {
        self.server.clock_offset.load(Ordering::Relaxed)
    }

    /// Seconds that AWS's clock is ahead, where the difference is more than requests take.
    pub(crate) fn clock_skew(&self) -> Option<i64> {
        failure::skew(self.server.clock_offset.load(Ordering::Relaxed))
    }

    fn teller(&self) -> Teller {
        Teller {
            service: "STS",
            now: self.now,
            voice: self.voice,
        }
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
        let request = async || {
            let request = self.client(Some(credentials), effort).get_caller_identity();
            request
                .send()
                .await
                .map_err(|error| self.teller().failure(error))
        };
        let answer = self.send(effort, request).await?;
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
    ) -> std::result::Result<Answer, Failure> {
        self.asking(
            &format!("GetSessionToken for {duration_seconds} s"),
            credentials,
        );
        let effort = effort(mfa.is_some());
        let request = async || {
            let request = self.client(Some(credentials), effort).get_session_token();
            let request = request
                .duration_seconds(duration_seconds.cast_signed())
                .set_serial_number(mfa.map(|(serial, _)| serial.to_owned()))
                .set_token_code(mfa.map(|(_, code)| code.expose().to_owned()));
            request
                .send()
                .await
                .map_err(|error| self.teller().failure(error))
        };
        let answer = self.send(effort, request).await?;
        let request_id = answer.request_id().map(str::to_owned);
        let keys = answer
            .credentials
            .ok_or_else(|| without_credentials(request_id.as_deref()))?;
        Ok(Answer {
            credentials: issued(&keys, None)?,
            arn: None,
            user_id: None,
        })
    }

    /// For a user's own keys: a session that may do what the policy and the user's own permissions
    /// allow. It carries no MFA. `duration_seconds` 900 to 129600.
    pub(crate) async fn get_federation_token(
        &self,
        credentials: &Credentials,
        name: &str,
        policy: &str,
        duration_seconds: u32,
    ) -> std::result::Result<Answer, Failure> {
        self.asking(
            &format!("GetFederationToken for {duration_seconds} s"),
            credentials,
        );
        let request = self
            .client(Some(credentials), Effort::Usual)
            .get_federation_token();
        let request = request
            .name(name)
            .policy(policy)
            .duration_seconds(duration_seconds.cast_signed());
        let answer = request
            .send()
            .await
            .map_err(|error| self.teller().failure(error))?;
        let request_id = answer.request_id().map(str::to_owned);
        let user = answer.federated_user();
        let arn = user.map(|user| user.arn().to_owned());
        let user_id = user.map(|user| user.federated_user_id().to_owned());
        let keys = answer
            .credentials
            .ok_or_else(|| without_credentials(request_id.as_deref()))?;
        let account_id = arn
            .as_deref()
            .and_then(Arn::parse)
            .map(|arn| arn.account_id.to_owned());
        Ok(Answer {
            credentials: issued(&keys, account_id)?,
            arn,
            user_id,
        })
    }

    /// Unsigned: the token says who asks.
    pub(crate) async fn assume_role_with_web_identity(
        &self,
        web: &WebIdentity,
        token: &str,
    ) -> std::result::Result<Answer, Failure> {
        let role_arn = &web.role_arn;
        self.voice.trace(
            1,
            &format!(
                "AssumeRoleWithWebIdentity {role_arn}: asking {}, unsigned",
                self.url
            ),
        );
        let request = async || {
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
            request
                .send()
                .await
                .map_err(|error| self.teller().failure(error))
        };
        let answer = self.send(Effort::Usual, request).await?;
        let request_id = answer.request_id().map(str::to_owned);
        let user = answer.assumed_role_user();
        let arn = user.map(|user| user.arn().to_owned());
        let user_id = user.map(|user| user.assumed_role_id().to_owned());
        let keys = answer
            .credentials
            .ok_or_else(|| without_credentials(request_id.as_deref()))?;
        let account_id = arn
            .as_deref()
            .and_then(Arn::parse)
            .map(|arn| arn.account_id.to_owned());
        Ok(Answer {
            credentials: issued(&keys, account_id)?,
            arn,
            user_id,
        })
    }

    /// With a code (`mfa`), the request is sent once.
    pub(crate) async fn assume_role(
        &self,
        credentials: &Credentials,
        role: &AssumeRole,
        mfa: Option<&Code>,
    ) -> std::result::Result<Answer, Failure> {
        self.asking(
            &format!(
                "AssumeRole {} for {} s",
                role.role_arn, role.duration_seconds
            ),
            credentials,
        );
        self.voice.trace(2, &format!("parameters: {role:?}"));
        let effort = effort(mfa.is_some());
        let request = async || {
            let request = with_parameters(
                self.client(Some(credentials), effort).assume_role(),
                role,
                mfa,
            );
            request
                .send()
                .await
                .map_err(|error| self.teller().failure(error))
        };
        let answer = self.send(effort, request).await?;
        let request_id = answer.request_id().map(str::to_owned);
        let user = answer.assumed_role_user();
        let arn = user.map(|user| user.arn().to_owned());
        let user_id = user.map(|user| user.assumed_role_id().to_owned());
        let keys = answer
            .credentials
            .ok_or_else(|| without_credentials(request_id.as_deref()))?;
        let account_id = arn
            .as_deref()
            .and_then(Arn::parse)
            .map(|arn| arn.account_id.to_owned());
        Ok(Answer {
            credentials: issued(&keys, account_id)?,
            arn,
            user_id,
        })
    }
}

fn with_parameters(
    request: AssumeRoleFluentBuilder,
    role: &AssumeRole,
    mfa: Option<&Code>,
) -> AssumeRoleFluentBuilder {
    let tag = |(key, value): &(String, String)| Tag::builder().key(key).value(value).build().ok();
    request
        .role_arn(&role.role_arn)
        .role_session_name(&role.role_session_name)
        .duration_seconds(role.duration_seconds.cast_signed())
        .set_external_id(role.external_id.clone())
        .set_serial_number(mfa.and(role.serial_number.clone()))
        .set_token_code(mfa.map(|code| code.expose().to_owned()))
        .set_source_identity(role.source_identity.clone())
        .set_policy(role.policy.clone())
        .set_tags(some_if_any(role.tags.iter().filter_map(tag)))
        .set_transitive_tag_keys(some_if_any(role.transitive_tag_keys.iter().cloned()))
        .set_policy_arns(some_if_any(role.policy_arns.iter().map(policy_arn)))
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

/// Errors: what no AWS credentials are, as a proxy's answer might hold.
fn issued(
    keys: &aws_sdk_sts::types::Credentials,
    account_id: Option<String>,
) -> std::result::Result<Credentials, Failure> {
    let answered = Unchecked {
        access_key_id: keys.access_key_id().to_owned(),
        secret_access_key: Secret::new(keys.secret_access_key()),
        session_token: Some(Secret::new(keys.session_token())),
        expiration: DateTime::from_timestamp(keys.expiration().secs(), 0),
        account_id,
    };
    answered
        .checked()
        .map_err(|flaw| Failure::unusable(&format!("its {flaw}")))
}

/// STS said 200 and sent no credentials: nothing that AWS does, but a proxy might.
fn without_credentials(request_id: Option<&str>) -> Failure {
    Failure::unusable(&format!(
        "it held no credentials (request id {})",
        request_id.unwrap_or("none")
    ))
}
