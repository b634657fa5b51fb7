//! What `xacct --version` says of the build, in `XACCT_BUILD`: the commit, of a release build from a checkout, and the
//! target. It writes nothing.

#![expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script by the environment"
)]

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = env::var("TARGET").unwrap_or_default();
    // While one works on it, the commit would mean another build after each one.
    let build = match env::var("PROFILE").as_deref() {
        Ok("release") => {
            commit().map_or_else(|| target.clone(), |commit| format!("{commit}, {target}"))
        }
        _ => format!("debug build, {target}"),
    };
    println!("cargo::rustc-env=XACCT_BUILD={build}");
}

/// The commit of the checkout, with its date; marked where files differ from it.
fn commit() -> Option<String> {
    for path in ["HEAD", "index"] {
        println!(
            "cargo::rerun-if-changed={}",
            git(&["rev-parse", "--git-path", path])?
        );
    }
    let commit = git(&["log", "-1", "--format=%h %cs"])?;
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(if changed {
        format!("{commit}, changed")
    } else {
        commit
    })
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(args)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
