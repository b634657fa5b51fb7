//! The URL of STS, by the SDK's own endpoint rules; no network.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_smithy_runtime_api::client::endpoint::EndpointFuture;

use crate::error::{Error, Result};
use crate::plan::{Endpoint, Region};

/// `https://sts.eu-central-1.amazonaws.com`
///
/// Errors: of kind `Config`, where AWS has no such endpoint (FIPS or dual stack in a partition
/// without it).
pub(crate) fn url(endpoint: &Endpoint, region: &Region) -> Result<String> {
    if let Some((url, _)) = &endpoint.url {
        return Ok(url.clone());
    }
    let refuse = |why: String| {
        Error::config(format!(
            "no STS endpoint is known for region '{}': {why}",
            region.name
        ))
        .hint("check region, use_fips_endpoint and use_dualstack_endpoint")
    };
    let params = Params::builder()
        .region(signing_region(endpoint, region))
        .use_fips(endpoint.fips)
        .use_dual_stack(endpoint.dual_stack)
        .use_global_endpoint(endpoint.global)
        .build()
        .map_err(|error| refuse(error.to_string()))?;
    resolved(ResolveEndpoint::resolve_endpoint(
        &DefaultResolver::new(),
        &params,
    ))
    .map_err(refuse)
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
