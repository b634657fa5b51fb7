//! Lists that come page by page. The SDK's own paginators would retry each request for themselves.

use super::failure::Failure;

/// Everything, in its order; `page` takes the last page's token, and gives its entries with the
/// next one.
///
/// Errors: `Unreachable` too where a server gives the same token twice, and so would never come to
/// an end.
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
                return Err(Failure::unusable("the list goes in a circle"));
            }
            token => next = token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(tokens: &[&str]) -> Result<Vec<String>, String> {
        let page = async |token: Option<String>| {
            let at = token
                .as_ref()
                .map_or(0, |token| token.parse::<usize>().unwrap());
            Ok((
                vec![format!("entry {at}")],
                tokens.get(at).map(|token| (*token).to_owned()),
            ))
        };
        crate::runtime::run(all(page))
            .unwrap()
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn it_ends_where_there_is_no_next_token() {
        assert_eq!(
            listed(&["1", "2"]).unwrap(),
            ["entry 0", "entry 1", "entry 2"]
        );
        assert_eq!(listed(&["1", ""]).unwrap(), ["entry 0", "entry 1"]);
    }

    #[test]
    fn a_list_that_goes_in_a_circle_ends_too() {
        assert_eq!(
            listed(&["1", "1"]),
            Err("AWS's answer cannot be used (the list goes in a circle)".to_owned())
        );
    }
}
