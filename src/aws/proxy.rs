//! Which proxy a request takes, by the variables that proxies have.

use hyper_util::client::proxy::matcher::Matcher;

/// `HOST:PORT` of the proxy that a request to the URL takes, if it takes one.
pub(crate) fn proxy_of(url: &str) -> Option<String> {
    let uri = url.parse().ok()?;
    let proxy = Matcher::from_env().intercept(&uri)?;
    let proxy = proxy.uri();
    let port = proxy
        .port_u16()
        .unwrap_or(if proxy.scheme_str() == Some("https") {
            443
        } else {
            80
        });
    Some(format!("{}:{port}", proxy.host()?))
}
