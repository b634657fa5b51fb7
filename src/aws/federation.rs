//! The federation endpoint of the console's sign-in, which the SDK does not know: one GET,
//! unsigned, whose address holds the credentials. So neither the address nor what answers it is
//! ever shown.

use std::time::Duration;

use anyhow::anyhow;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::connector;
use super::failure::Failure;
use super::network::retried;
use super::response::{Expected, Stray};
use crate::console;
use crate::credentials::Credentials;
use crate::error::Result;
use crate::plan::Connection;
use crate::say::Voice;
use crate::secret::Secret;

/// How long one attempt may take in all.
const ATTEMPT: Duration = Duration::from_secs(8);
/// What is said of credentials that it does not take.
const REFUSED: &str = "the sign-in takes no such credentials or duration";

/// The endpoint at one host.
pub(crate) struct Federation {
    /// `https://signin.aws.amazon.com`
    pub(crate) url: String,
    connector: SharedHttpConnector,
    max_attempts: u32,
    voice: Voice,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SigninTokenAnswer {
    signin_token: Secret,
}

impl Federation {
    /// Errors: of kind `Config`, where the CA bundle cannot be read.
    pub(crate) fn new(url: &str, connection: &Connection, voice: Voice) -> Result<Federation> {
        let connector = connector::connector(url, connection, Expected::Console)?;
        Ok(Federation {
            url: url.to_owned(),
            connector,
            max_attempts: connection.max_attempts,
            voice,
        })
    }

    /// A token that signs a browser in as whom the credentials are of; it is good for 15 minutes.
    /// `session_duration` is 900 to 43200 seconds, for credentials that may choose.
    pub(crate) async fn signin_token(
        &self,
        credentials: &Credentials,
        session_duration: Option<u32>,
    ) -> std::result::Result<Secret, Failure> {
        let lasting = session_duration
            .map(|seconds| format!(" for {seconds} s"))
            .unwrap_or_default();
        let (url, id) = (&self.url, credentials.shown_id());
        self.voice.trace(
            1,
            &format!("getSigninToken{lasting}: asking {url}, with the credentials {id}"),
        );
        let address = console::token_address(&self.url, credentials, session_duration);
        retried(
            self.max_attempts,
            |failure| self.tell(failure),
            async |_| self.get(&address).await,
        )
        .await
    }

    fn tell(&self, failure: &Failure) {
        self.voice.trace(1, &format!("sign-in: {failure}"));
    }

    async fn get(&self, address: &Secret) -> std::result::Result<Secret, Failure> {
        let mut request = Request::new(SdkBody::empty());
        // What is wrong with an address would be told with the address.
        if request.set_uri(address.expose()).is_err() {
            return Err(Failure::unsent(anyhow!("its address is not one")));
        }
        let answered = async {
            let response = self.connector.call(request).await.map_err(|error| {
                // The chain of causes ends with the system's own words; what comes before may name
                // the address.
                let cause = anyhow::Error::new(error);
                Failure::failed(cause.root_cause().to_string(), named(cause))
            })?;
            let status = response.status().as_u16();
            match status {
                200 => {}
                429 | 500.. => {
                    return Err(Failure::unreachable(anyhow!("it answered HTTP {status}")));
                }
                _ => return Err(Failure::refused(&format!("HTTP {status}"), REFUSED, None)),
            }
            let body = ByteStream::new(response.into_body()).collect().await;
            let body = body.map_err(|_| Failure::unreachable(anyhow!("its answer ended early")))?;
            let body = Zeroizing::new(body.to_vec());
            let answer: SigninTokenAnswer = serde_json::from_slice(&body)
                .map_err(|_| Failure::unusable("it held no sign-in token"))?;
            Ok(answer.signin_token)
        };
        match tokio::time::timeout(ATTEMPT, answered).await {
            Ok(result) => result,
            Err(_) => Err(Failure::unreachable(anyhow!("it did not answer in time"))),
        }
    }
}

/// Of the causes, the one that is safe to show, if it is there.
fn named(cause: anyhow::Error) -> anyhow::Error {
    if Stray::in_chain(&cause).is_some() {
        cause
    } else {
        anyhow!("no answer")
    }
}
