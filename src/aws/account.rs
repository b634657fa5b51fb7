//! AWS Account Management, of which xacct needs one request: which regions an account has enabled.
//! It is signed with the SDK's signer and sent through the SDK's connector; a whole client for it
//! would be large.

use std::result::Result as Answered;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::http::{Request, Response};
use aws_smithy_types::body::SdkBody;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client;
use super::connector;
use super::failure::{self, Failure, THROTTLING, TOO_MANY};
use super::network::retried;
use super::pages;
use super::response::Expected;
use crate::arn;
use crate::credentials::Credentials;
use crate::error::Result;
use crate::plan::{Connection, Endpoint};
use crate::say::Voice;

/// The most entries that a page may have.
const PAGE: u32 = 50;
/// What a region is that credentials work in.
const ENABLED: [&str; 2] = ["ENABLED", "ENABLED_BY_DEFAULT"];
/// How long one attempt may take in all.
const ATTEMPT: Duration = Duration::from_secs(8);

/// The service at one address.
pub(crate) struct AccountManagement {
    pub(crate) url: String,
    region: &'static str,
    connector: SharedHttpConnector,
    max_attempts: u32,
    now: fn() -> DateTime<Utc>,
    voice: Voice,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RegionsPage {
    next_token: Option<String>,
    #[serde(default)]
    regions: Vec<RegionStatus>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RegionStatus {
    region_name: String,
    region_opt_status: String,
}

impl AccountManagement {
    /// `region` is one of the partition's; the service is in one region of each.
    ///
    /// Errors: of kind `Config`, where the CA bundle cannot be read.
    pub(crate) fn new(
        endpoint: &Endpoint,
        region: &str,
        connection: &Connection,
        now: fn() -> DateTime<Utc>,
        voice: Voice,
    ) -> Result<AccountManagement> {
        let url = account_url(endpoint, region);
        let connector = connector::connector(&url, connection, Expected::Service)?;
        let (region, ..) = home(region);
        Ok(AccountManagement {
            url,
            region,
            connector,
            max_attempts: connection.max_attempts,
            now,
            voice,
        })
    }

    /// The regions that the account of these credentials has enabled.
    pub(crate) async fn regions(&self, keys: &Credentials) -> Answered<Vec<String>, Failure> {
        self.voice
            .trace(1, &format!("ListRegions: asking {}", self.url));
        let regions = pages::all(async |token| {
            let mut body = json!({ "MaxResults": PAGE, "RegionOptStatusContains": ENABLED });
            if let Some(token) = token {
                body["NextToken"] = Value::from(token);
            }
            let body = body.to_string();
            let page = retried(
                self.max_attempts,
                |failure| self.tell(failure),
                async |offset| self.once(&body, keys, offset).await,
            );
            let page = page.await?;
            Ok((page.regions, page.next_token))
        });
        let regions = regions.await?.into_iter();
        let enabled = regions.filter(|region| ENABLED.contains(&region.region_opt_status.as_str()));
        Ok(enabled.map(|region| region.region_name).collect())
    }

    fn tell(&self, failure: &Failure) {
        self.voice
            .trace(1, &format!("AWS Account Management: {failure}"));
    }

    /// `offset` is how many seconds AWS's clock is ahead.
    async fn once(
        &self,
        body: &str,
        keys: &Credentials,
        offset: i64,
    ) -> Answered<RegionsPage, Failure> {
        let at = SystemTime::from((self.now)() + TimeDelta::seconds(offset));
        let request = self.signed(body, keys, at).map_err(Failure::unsent)?;
        let answered = tokio::time::timeout(ATTEMPT, self.connector.call(request)).await;
        let answered = answered.map_err(|late| Failure::unreachable(late.into()))?;
        let response = answered.map_err(|error| Failure::unreachable(error.into()))?;
        let bytes = response.body().bytes().unwrap_or_default();
        if response.status().as_u16() == 200 {
            return serde_json::from_slice(bytes)
                .map_err(|error| Failure::unreachable(error.into()));
        }
        Err(refused(&response, bytes, (self.now)()))
    }

    fn signed(&self, body: &str, keys: &Credentials, at: SystemTime) -> anyhow::Result<Request> {
        let address = format!("{}/listRegions", self.url.trim_end_matches('/'));
        let identity = Identity::from(client::sdk(keys));
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name("account")
            .time(at)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let content = ("content-type", "application/json");
        let signable = SignableRequest::new(
            "POST",
            &address,
            std::iter::once(content),
            SignableBody::Bytes(body.as_bytes()),
        )?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut request = Request::new(SdkBody::from(body));
        request.set_method("POST")?;
        request.set_uri(address)?;
        request.headers_mut().insert(content.0, content.1);
        for (name, value) in instructions.headers() {
            request
                .headers_mut()
                .insert(name.to_owned(), value.to_owned());
        }
        Ok(request)
    }
}

fn refused(response: &Response, bytes: &[u8], now: DateTime<Utc>) -> Failure {
    let status = response.status().as_u16();
    let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let kind = response
        .headers()
        .get("x-amzn-errortype")
        .or_else(|| member(&body, "__type"))
        .unwrap_or_default();
    // `AccessDeniedException:http://…`, or with a namespace before it.
    let kind = kind.split(':').next().unwrap_or_default();
    let code = kind.rsplit('#').next().unwrap_or_default().to_owned();
    let message = member(&body, "message")
        .or_else(|| member(&body, "Message"))
        .unwrap_or("(no message)")
        .trim()
        .to_owned();
    if code.is_empty() || status == TOO_MANY || status >= 500 {
        let why = if code.is_empty() {
            format!("HTTP {status}")
        } else {
            format!("{code}: {message}")
        };
        let is_throttled = status == TOO_MANY || THROTTLING.contains(&code.as_str());
        let cause = anyhow::anyhow!("{why}");
        return Failure::failed(why, cause).throttled_if(is_throttled);
    }
    Failure::refused(&code, &message, failure::clock_offset(response, now))
}

fn member<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}

/// Of the region's partition: where the service is, and the ends of its addresses, the usual one
/// and that of both versions of IP (botocore, `account` endpoint rules and `partitions.json`).
fn home(region: &str) -> (&'static str, &'static str, &'static str) {
    match arn::partition_of_region(region) {
        "aws-cn" => (
            "cn-northwest-1",
            "amazonaws.com.cn",
            "api.amazonwebservices.com.cn",
        ),
        "aws-us-gov" => ("us-gov-west-1", "amazonaws.com", "api.aws"),
        "aws-iso" => ("us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov"),
        "aws-iso-b" => ("us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud"),
        "aws-iso-e" => ("eu-isoe-west-1", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        "aws-iso-f" => ("us-isof-south-1", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        "aws-eusc" => ("eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu"),
        _ => ("us-east-1", "amazonaws.com", "api.aws"),
    }
}

/// `https://account.us-east-1.amazonaws.com`
pub(crate) fn account_url(endpoint: &Endpoint, region: &str) -> String {
    if let Some((url, _)) = &endpoint.url {
        return url.clone();
    }
    let (region, usual, dual_stack) = home(region);
    let service = if endpoint.fips {
        "account-fips"
    } else {
        "account"
    };
    let suffix = if endpoint.dual_stack {
        dual_stack
    } else {
        usual
    };
    format!("https://{service}.{region}.{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_in_one_region_of_each_partition() {
        let endpoint = |fips, dual_stack| Endpoint {
            url: None,
            fips,
            dual_stack,
            global: false,
        };
        for (region, endpoint, wanted) in [
            (
                "eu-central-1",
                endpoint(false, false),
                "https://account.us-east-1.amazonaws.com",
            ),
            (
                "eu-central-1",
                endpoint(true, true),
                "https://account-fips.us-east-1.api.aws",
            ),
            (
                "cn-north-1",
                endpoint(false, false),
                "https://account.cn-northwest-1.amazonaws.com.cn",
            ),
            (
                "us-gov-east-1",
                endpoint(false, false),
                "https://account.us-gov-west-1.amazonaws.com",
            ),
            (
                "eusc-de-east-1",
                endpoint(false, false),
                "https://account.eusc-de-east-1.amazonaws.eu",
            ),
        ] {
            assert_eq!(account_url(&endpoint, region), wanted);
        }
        let other = Endpoint {
            url: Some(("http://x".to_owned(), "".into())),
            ..endpoint(false, false)
        };
        assert_eq!(account_url(&other, "us-east-1"), "http://x");
    }
}
