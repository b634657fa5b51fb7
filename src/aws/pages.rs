//! Lists that come page by page. The SDK's own paginators would retry each request for themselves.

use super::failure::Failure;

/// Everything, in its order; `page` takes the last page's token, and gives its entries with the next one.
///
/// Errors: `Unreachable` too where a server gives the same token twice, and so would never come to an end.
pub(super) async fn all<T>(
    page: impl AsyncFn(Option<String>) -> Result<(Vec<T>, Option<String>), Failure>,
) -> Result<Vec<T>, Failure> {
    let (mut entries, mut next) = (Vec::new(), None);
    loop {
        let (more, token) = page(next.clone()).await?;
        entries.extend(more);
        match token.filter(|token| !token.is_empty()) {
            None => return Ok(entries),
            Some(token) if next.as_ref() == Some(&token) => {
                let why = "the list goes in a circle".to_owned();
                return Err(Failure::Unreachable { cause: anyhow::anyhow!("{why}"), why, never_sent: false });
            }
            token => next = token,
        }
    }
}
