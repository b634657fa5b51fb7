//! The program `xacct`; all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    xacct::run(std::env::args_os())
}
