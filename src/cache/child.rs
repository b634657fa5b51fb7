//! For tests: this test binary again, as another process that runs one test's other half.

use std::path::PathBuf;
use std::process::Command;

const VARIABLE: &str = "XACCT_TEST_CHILD";

/// The command that runs the test of this full name (`cache::lock::tests::x`) with something to do.
pub(crate) fn command(test: &str, task: &str) -> Command {
    let mut command = Command::new(binary());
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(VARIABLE, task);
    command.env_remove("RUST_BACKTRACE");
    command
}

pub(crate) fn binary() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// What this process has to do if it is such a child; `None` in the test run itself.
#[expect(clippy::disallowed_methods, reason = "the variable is the tests' own")]
pub(crate) fn task() -> Option<String> {
    std::env::var(VARIABLE).ok()
}
