//! STS, IAM Identity Center's two services, AWS Sign-In and Organizations, through AWS's SDK, and
//! the console's sign-in: one client each, and errors in words that decide something.
//!
//! What to send is `plan`'s; when, and what a refusal means to a person, is `broker`'s.

mod endpoint;
mod proxy;
mod response;
mod denial;
mod failure;
#[cfg(all(target_os = "linux", any(test, target_feature = "crt-static")))]
mod dns;
mod connector;
mod client;
mod pace;
mod network;
mod pages;
mod service;
mod oidc;
mod portal;
mod federation;
mod signin;
mod organizations;
mod account;
mod instance;
mod sts;
mod probe;

pub(crate) use account::{AccountManagement, account_url};
pub(crate) use connector::{ca_bundle, metadata_client};
pub(crate) use denial::{Denial, PolicyType, Reason};
pub(crate) use endpoint::url as endpoint_url;
pub(crate) use failure::{Failure, no_answer};
pub(crate) use federation::Federation;
pub(crate) use instance::{Instance, NoMetadata};
pub(crate) use network::Network;
pub(crate) use oidc::url as oidc_url;
pub(crate) use oidc::{BrowserClient, Grant, NewClient, Oidc, Registered, Tokens};
pub(crate) use organizations::{OrganizationAccount, Organizations, Tag, Unit};
pub(crate) use portal::{Portal, PortalAccount, url as portal_url};
pub(crate) use probe::{ProbeStage, Trouble, probe, trouble};
pub(crate) use proxy::proxy_of;
pub(crate) use response::no_answer_hint;
pub(crate) use service::Asking;
pub(crate) use signin::{Begun, LoginGrant, ProofKey, Renewed, Signin, unique};
pub(crate) use sts::{Identity, IssuedCredentials, Sts};
