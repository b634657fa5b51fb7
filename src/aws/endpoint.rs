//! The URL of a service, by the SDK's own endpoint rules; no network.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aws_smithy_runtime_api::client::endpoint::EndpointFuture;

use crate::error::{Error, Result};
use crate::plan::{Endpoint, Region};

/// The URL of the service that this crate of the SDK is for; what is unknown where it is unknown
/// is said with the name of the region's setting.
///
/// Errors: of kind `Config`, where AWS has no such endpoint (FIPS or dual stack in a partition
/// without it).
macro_rules! url_of {
    ($sdk:ident, $endpoint:expr, $region:expr, $what:expr, $setting:expr $(, $more:ident)?) => {{
        use $sdk::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
        let endpoint: &crate::plan::Endpoint = $endpoint;
        let params = Params::builder()
            .region($region)
            .use_fips(endpoint.fips)
            .use_dual_stack(endpoint.dual_stack)
            $(.$more(endpoint.global))?;
        let found = params.build().map_err(|error| error.to_string());
        let found = found.and_then(|params| {
            let resolver = DefaultResolver::new();
            crate::aws::endpoint::resolved(ResolveEndpoint::resolve_endpoint(&resolver, &params))
        });
        crate::aws::endpoint::overridden(endpoint, found, $what, $setting)
    }};
}
pub(super) use url_of;

/// The override, else what was found.
pub(super) fn overridden(
    endpoint: &Endpoint,
    found: std::result::Result<String, String>,
    what: &str,
    (setting, region): (&str, &str),
) -> Result<String> {
    if let Some((url, _)) = &endpoint.url {
        return Ok(url.clone());
    }
    found.map_err(|why| {
        Error::config(format!(
            "no {what} is known for {setting} '{region}': {why}"
        ))
        .hint(format!(
            "check {setting}, use_fips_endpoint and use_dualstack_endpoint"
        ))
    })
}

/// `https://sts.eu-central-1.amazonaws.com`. Errors as [`url_of`].
pub(crate) fn url(endpoint: &Endpoint, region: &Region) -> Result<String> {
    let signing = signing_region(endpoint, region);
    let setting = ("region", region.name.as_str());
    url_of!(
        aws_sdk_sts,
        endpoint,
        signing,
        "STS endpoint",
        setting,
        use_global_endpoint
    )
}

/// What a resolver of the SDK's says. It computes: its future is ready at once, so no runtime is
/// needed.
pub(super) fn resolved(future: EndpointFuture<'_>) -> std::result::Result<String, String> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(found)) => Ok(found.url().to_owned()),
        Poll::Ready(Err(error)) => Err(error.to_string()),
        Poll::Pending => Err("its address could not be worked out".to_owned()),
    }
}

/// The global endpoint takes signatures for us-east-1.
pub(super) fn signing_region(endpoint: &Endpoint, region: &Region) -> String {
    if endpoint.global {
        "us-east-1".to_owned()
    } else {
        region.name.clone()
    }
}
