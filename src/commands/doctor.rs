//! `xacct doctor [PROFILE]`: gathers what there is to know, has it checked, and shows what was
//! found. What is wrong, and how that is said, is decided in `doctor`. Nothing that it should
//! diagnose makes it fail.

mod read;
mod disk;
mod repair;
mod keyring;
mod network;

use std::collections::HashSet;
use std::process::ExitCode;

use super::context::Context;
use super::print;
use crate::cli::Doctor;
use crate::config::Config;
use crate::doctor::{self, Finding, Looked, Planned, Report};
use crate::error::Result;
use crate::plan::Request;
use network::NetworkAnswers;
use read::ReadFiles;

/// Findings, or notes only.
const UNHEALTHY: u8 = 1;

pub(super) fn run(asked: &Doctor, context: &Context) -> Result<ExitCode> {
    let mut answers = None;
    let mut report = examine(asked, context, &mut answers)?;
    if (asked.fix || asked.dry_run) && repair::mend(&report.findings, asked.dry_run, context) {
        // What the network said stays as it was: nothing of it was mended.
        report = examine(asked, context, &mut answers)?;
    }
    if asked.json {
        print(super::json(&report.document()).as_bytes())?;
    } else {
        print(report.text(context.color).as_bytes())?;
    }
    Ok(if report.is_healthy() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(UNHEALTHY)
    })
}

/// Looks at everything; at the network only where `answers` holds none yet.
///
/// Errors: of kind `Config`, where PROFILE is none.
fn examine(
    asked: &Doctor,
    context: &Context,
    answers: &mut Option<NetworkAnswers>,
) -> Result<Report> {
    let read = ReadFiles::new(context);
    let planned = planned(&read.config, context);
    let names = names(asked, &read, &planned)?;
    let is_meant = |name: &str| names.as_ref().is_none_or(|names| names.contains(&name));
    let mut findings = texts(&read, &is_meant);
    let mut looked = vec![Looked::at("files", read.shown())];
    if read.is_whole() && planned.is_empty() && findings.is_empty() {
        findings.push(doctor::no_profiles());
    }
    if read.is_whole() {
        findings.extend(profiles(context, &read, &planned, &is_meant));
        let shown = planned
            .iter()
            .map(|one| one.profile.name.clone())
            .filter(|name| is_meant(name));
        looked.push(Looked::at("profiles", shown.collect()));
    } else {
        looked.push(Looked::not("profiles", UNREAD));
    }
    findings.extend(
        asked
            .profile
            .as_deref()
            .and_then(|name| disk::last_refusal(context, name)),
    );
    findings.extend(disk::permissions(&read.config));
    let (cached, cache) = disk::cache(context, &read.paths);
    findings.extend(cached);
    looked.push(cache);
    if names.is_none() {
        findings.extend(keyring::look(context, &read.config));
        findings.extend(disk::left_behind(context, &read.paths));
        findings.extend(disk::tokens(context, &read.paths, &planned));
        findings.extend(disk::other_tools(context, &read.paths));
    }
    if read.is_whole() {
        let answers = answers
            .get_or_insert_with(|| network::ask(context, &planned, &is_meant, asked.offline));
        findings.extend(answers.findings(context, &planned));
        looked.extend(answers.looked());
    } else {
        looked.push(Looked::not("network", UNREAD));
    }
    findings.extend(read.findings);
    Ok(Report::new(findings, looked))
}

/// Why what follows from the files is not looked at.
const UNREAD: &str = "a file cannot be read";

/// The lines of the AWS files. What has a file rejected concerns every profile in it.
fn texts(read: &ReadFiles, is_meant: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let texts = read
        .texts()
        .into_iter()
        .flat_map(|(file, path, text)| doctor::check_text(file, &path, text));
    texts
        .filter(|finding| {
            let is_error = finding.kind.severity == doctor::Severity::Error;
            is_error || finding.profile.as_deref().is_none_or(is_meant)
        })
        .collect()
}

/// What follows from the files together, and from this shell.
fn profiles(
    context: &Context,
    read: &ReadFiles,
    planned: &[Planned],
    is_meant: &dyn Fn(&str) -> bool,
) -> Vec<Finding> {
    let now = (context.now)();
    let mut findings = doctor::check_profiles(&read.config, planned, is_meant, now);
    let all: Vec<String> = planned.iter().map(|one| one.profile.name.clone()).collect();
    findings.extend(doctor::check_shell(
        &context.shell,
        &all,
        &|name| read.config.lines_for_profile(name),
        now,
    ));
    findings.extend(disk::programs(context, planned, is_meant));
    let mfa = &read.config.settings().mfa;
    findings.extend(disk::prompts(context, mfa, planned, is_meant));
    findings
}

/// Every profile with its plan.
fn planned(config: &Config, context: &Context) -> Vec<Planned> {
    let profiles = config.profiles().into_iter();
    profiles
        .map(|profile| Planned {
            plan: context.plan_of(config, &Request::of_profile(&profile.name)),
            profile,
        })
        .collect()
}

/// The profiles that are meant; `None` is all.
fn names<'p>(
    asked: &'p Doctor,
    read: &ReadFiles,
    planned: &'p [Planned],
) -> Result<Option<HashSet<&'p str>>> {
    let Some(name) = asked.profile.as_deref() else {
        return Ok(None);
    };
    let names = doctor::chain(planned, name);
    if !names.is_empty() || !read.is_whole() {
        return Ok(Some(names));
    }
    Err(read.config.no_profile(name))
}
