//! What a program prints, as far as it is wanted, in memory that is wiped: it may be a secret.

use std::process::ExitStatus;

use tokio::io::AsyncReadExt;
use tokio::process::Child;
use zeroize::Zeroizing;

/// The child's stdout, up to `most` bytes and one more where there is more, and how it ended.
pub(crate) async fn capture(
    child: &mut Child,
    most: usize,
) -> std::io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    // All at once, so that no copies are left behind while it grows.
    let mut output = Zeroizing::new(Vec::with_capacity(most + 1));
    if let Some(stdout) = child.stdout.take() {
        stdout.take(most as u64 + 1).read_to_end(&mut output).await?;
    }
    Ok((child.wait().await?, output))
}
