//! The metadata of an EC2 instance, as far as it is about the role's credentials.
//!
//! Version 2 wants a token first. If the service has no tokens, xacct asks version 1, as
//! botocore and AWS's SDKs for Java and Go do: kube2iam and its like, and older images, know no
//! other. A profile can forbid it.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;

use super::connector;
use crate::error::Result;
use crate::plan::Metadata;

const TOKEN: &str = "/latest/api/token";
const ROLE: &str = "/latest/meta-data/iam/security-credentials/";
/// How long a token is good for, in seconds: as long as it can be. It is used for two requests.
const TOKEN_SECONDS: &str = "21600";
/// The pause before an attempt that follows a failed one.
const PAUSE: Duration = Duration::from_millis(100);

/// Why there are no credentials.
#[derive(Debug)]
pub(crate) enum NoMetadata {
    /// It answered, and does not give them.
    Refused(String),
    /// It gives no token, which version 2 wants first: the status. Version 1 may not be asked.
    OnlyVersion1(u16),
    /// It did not answer, or not with sense.
    Unreachable(String),
}

/// What came of one request.
enum Got {
    Body(String),
    Status(u16),
    TooLate,
}

/// One instance's metadata.
pub(crate) struct Instance<'a> {
    metadata: &'a Metadata,
    connector: SharedHttpConnector,
}

impl<'a> Instance<'a> {
    /// Errors: of kind `Config`, where the system's certificates cannot be used.
    pub(crate) fn new(metadata: &'a Metadata) -> Result<Instance<'a>> {
        Ok(Instance {
            metadata,
            connector: connector::metadata_connector(&metadata.endpoint)?,
        })
    }

    /// The JSON document with the credentials of the instance's role.
    pub(crate) async fn role_credentials(&self) -> std::result::Result<String, NoMetadata> {
        let token = self.token().await?;
        let list = self.read(ROLE, token.as_deref()).await?;
        let Some(role) = list.lines().map(str::trim).find(|line| !line.is_empty()) else {
            return Err(NoMetadata::Refused("it names no role".to_owned()));
        };
        self.read(&format!("{ROLE}{role}"), token.as_deref()).await
    }

    /// `None` where version 1 is to be asked: whatever there is instead of a token, but what says
    /// that the request itself is wrong (botocore `utils.py`, `IMDSFetcher._fetch_metadata_token`).
    async fn token(&self) -> std::result::Result<Option<String>, NoMetadata> {
        let is_v1_allowed = self.metadata.v1_disabled_by.is_none();
        match self.send("PUT", TOKEN, None).await? {
            Got::Body(token) => Ok(Some(token.trim().to_owned())),
            Got::Status(400) => Err(refused(400)),
            Got::Status(_) | Got::TooLate if is_v1_allowed => Ok(None),
            Got::Status(status @ 403..=405) => Err(NoMetadata::OnlyVersion1(status)),
            Got::Status(status) => Err(refused(status)),
            Got::TooLate => Err(self.too_late()),
        }
    }

    async fn read(
        &self,
        path: &str,
        token: Option<&str>,
    ) -> std::result::Result<String, NoMetadata> {
        match self.send("GET", path, token).await? {
            Got::Body(body) => Ok(body),
            Got::Status(status) => Err(refused(status)),
            Got::TooLate => Err(self.too_late()),
        }
    }

    /// Tried again where the connection breaks or the other side says that it has failed.
    async fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
    ) -> std::result::Result<Got, NoMetadata> {
        let mut attempt = 1;
        loop {
            let got = self.once(method, path, token).await;
            let is_passing = matches!(
                got,
                Ok(Got::Status(500..)) | Err(NoMetadata::Unreachable(_))
            );
            if !is_passing || attempt >= self.metadata.attempts {
                return got;
            }
            attempt += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn once(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
    ) -> std::result::Result<Got, NoMetadata> {
        let request = self
            .request(method, path, token)
            .map_err(|error| broken(&error))?;
        let limit = Duration::from_secs(self.metadata.timeout_seconds);
        let Ok(answered) = tokio::time::timeout(limit, self.connector.call(request)).await else {
            return Ok(Got::TooLate);
        };
        let response = answered.map_err(|error| broken(&error.into()))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Ok(Got::Status(status));
        }
        let body = response.body().bytes().unwrap_or_default();
        Ok(Got::Body(String::from_utf8_lossy(body).into_owned()))
    }

    fn request(&self, method: &str, path: &str, token: Option<&str>) -> anyhow::Result<Request> {
        let mut request = Request::new(SdkBody::empty());
        request.set_method(method)?;
        request.set_uri(format!(
            "{}{path}",
            self.metadata.endpoint.trim_end_matches('/')
        ))?;
        let headers = request.headers_mut();
        match token {
            Some(token) => headers.try_insert("x-aws-ec2-metadata-token", token.to_owned())?,
            None if method == "PUT" => {
                headers.try_insert("x-aws-ec2-metadata-token-ttl-seconds", TOKEN_SECONDS)?
            }
            None => None,
        };
        Ok(request)
    }

    fn too_late(&self) -> NoMetadata {
        NoMetadata::Unreachable(format!(
            "no answer within {} s",
            self.metadata.timeout_seconds
        ))
    }
}

fn refused(status: u16) -> NoMetadata {
    let why = format!("it answered with HTTP {status}");
    if status < 500 {
        NoMetadata::Refused(why)
    } else {
        NoMetadata::Unreachable(why)
    }
}

fn broken(error: &anyhow::Error) -> NoMetadata {
    NoMetadata::Unreachable(
        error
            .chain()
            .last()
            .map(ToString::to_string)
            .unwrap_or_default(),
    )
}
