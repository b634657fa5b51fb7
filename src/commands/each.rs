//! `xacct each SELECTOR… -- CMD…`: a command in many accounts, side by side.
//!
//! First what needs no one (plans, the command itself), then what needs a person, once for all,
//! then the work, so many at a time. `targets` says what there is to do, `prepare` asks the person,
//! `fleet` runs the targets, each of which is a `task`; `output` shows what they print and
//! `summary` what came of them.

mod outcome;
mod stop;
mod capture;
mod child;
mod directory;
mod targets;
mod progress;
mod output;
mod prepare;
mod regions;
mod task;
mod fleet;
mod last_run;
mod limits;
mod plan_lines;
mod summary;

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::process::ExitCode;

use crate::broker::{Around, Broker, Common, Options, confirm_all};
use crate::cache::Store;
use crate::cli::Each;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::plan::{Plan, Request};
use crate::runtime;
use crate::say::Voice;
use crate::terminal::{Signals, interruptible};
use crate::window;

use super::context::Context;
use super::program::Program;
use super::{print, written};
use directory::Directory;
use fleet::{Done, Fleet};
use last_run::{LastRun, Succeeded};
use outcome::Status;
use output::{NamedTarget, Printer};
use progress::Board;
use stop::Stop;
use targets::{Planner, RegionTarget, Work};
use task::Tasks;

/// An account failed.
const FAILED: u8 = 1;

/// What the command line, or the last run, asks for.
struct EachRequest {
    work: Work,
    command: Vec<OsString>,
    /// What is overridden, for all profiles.
    request: Request,
}

pub(super) fn run(asked: &Each, context: &Context) -> Result<ExitCode> {
    let (config, store) = (context.config()?, context.store()?);
    let Some(mut wanted) = wanted(asked, context, &config, &store)? else {
        context
            .voice
            .note("nothing is left of the last run: all of it ended well");
        return Ok(ExitCode::SUCCESS);
    };
    let options = context.options(&config, &asked.asking)?;
    let jobs = limits::jobs(asked.jobs, context.voice);
    let common = Common::of_many(jobs);
    regions::put_known(&mut wanted.work, &store, context);
    if asked.plan {
        print_plan(&wanted.work, context, (&store, &options, &common))?;
        return Ok(ExitCode::SUCCESS);
    }
    if wanted.work.targets.is_empty() {
        context
            .voice
            .note("nothing to do in this part: there are more parts than accounts");
        return Ok(ExitCode::SUCCESS);
    }
    let program = match Program::find(wanted.command, &context.env, context.voice) {
        Ok(program) => program,
        Err(status) => return Ok(status),
    };
    let directory = asked
        .output_dir
        .as_deref()
        .map(Directory::make)
        .transpose()?;
    let mut settings = context.child_settings(&config, &store);
    for member in &mut wanted.work.members {
        member.settings = settings.of(&member.plan.profile)?;
    }
    confirm(&wanted.work, context.no_input(&asked.asking))?;
    let mut work = wanted.work;
    ask_for_regions(&mut work, context, (&store, &options, &common), jobs)?;
    let is_code_typed = options.typed.mfa_code;
    let all = All {
        asked,
        context,
        work,
        request: wanted.request,
        options,
        jobs,
    };
    let ended = all.run(&store, &common, &program, directory.as_ref())?;
    if is_code_typed && !common.has_sent_code() {
        context
            .voice
            .note("the MFA code was not used: none of the accounts needed one");
    }
    Ok(ended)
}

/// `--plan`
fn print_plan(
    work: &Work,
    context: &Context,
    (store, options, common): (&Store, &Options, &Common),
) -> Result<()> {
    let brokers = brokers(work, context, context.voice, (store, options, common));
    print(plan_lines::text(work, &brokers).as_bytes())
}

/// The profiles that these selectors choose, in the files' order.
///
/// Errors: a selector that is none, or fits nothing.
pub(super) fn choose(
    selectors: &[String],
    context: &Context,
    config: &Config,
) -> Result<Vec<String>> {
    targets::chosen(
        selectors,
        &mut Planner::new(context, config, Request::default()),
    )
}

/// What `--regions all` is for each account, where that is not known.
fn ask_for_regions(
    work: &mut Work,
    context: &Context,
    (store, options, common): (&Store, &Options, &Common),
    jobs: u32,
) -> Result<()> {
    let found = {
        let brokers = brokers(work, context, context.voice, (store, options, common));
        regions::ask(work, &brokers, &options.code, jobs, context)?
    };
    regions::put(work, &found);
    Ok(())
}

/// `None`: the last run left nothing to do.
fn wanted(
    asked: &Each,
    context: &Context,
    config: &Config,
    store: &Store,
) -> Result<Option<EachRequest>> {
    let given = context.with_variables(Request {
        role: context.piped_policy.read(&asked.session)?.into(),
        ..Request::default()
    });
    if !asked.retry_failed {
        let mut planner = Planner::new(context, config, given.clone());
        let names = targets::chosen(&asked.selectors, &mut planner)?;
        let mut work = targets::work(&names, &asked.regions, &mut planner)?;
        if let Some(shard) = asked.shard {
            targets::keep(shard, &mut work);
        }
        planner.find_account_management(&mut work)?;
        return Ok(Some(EachRequest {
            work,
            command: asked.command.clone(),
            request: given,
        }));
    }
    let last = LastRun::read(store)?;
    if last.left.is_empty() {
        return Ok(None);
    }
    let command = if asked.command.is_empty() {
        last.command()?
    } else {
        asked.command.clone()
    };
    let request = last.overrides(given);
    let mut planner = Planner::new(context, config, request.clone());
    let (mut names, mut places): (Vec<String>, HashMap<&str, usize>) = Default::default();
    let mut targets = Vec::new();
    for (profile, region) in &last.left {
        let member = *places.entry(profile).or_insert_with(|| {
            names.push(profile.clone());
            names.len() - 1
        });
        targets.push(RegionTarget {
            member,
            region: region.clone(),
        });
    }
    let work = targets::work(&names, &[], &mut planner)?;
    let mut work = Work {
        targets,
        is_matrix: last.is_matrix,
        ..work
    };
    planner.find_account_management(&mut work)?;
    Ok(Some(EachRequest {
        work,
        command,
        request,
    }))
}

/// One for each member; they know of each other through `common`.
fn brokers<'a>(
    work: &'a Work,
    context: &'a Context,
    voice: Voice,
    (store, options, common): (&'a Store, &'a Options, &Common),
) -> Vec<Broker<'a>> {
    let me = format!("xacct each (pid {})", std::process::id());
    let broker = |plan: &'a Plan| {
        let around = context.around(me.clone(), store, options);
        Broker::new(plan, Around { voice, ..around }).sharing(common)
    };
    work.members
        .iter()
        .map(|member| broker(&member.plan))
        .collect()
}

/// Asks about the profiles that want it, of those that are left to run for.
fn confirm(work: &Work, no_input: Option<&str>) -> Result<()> {
    let members: BTreeSet<usize> = work.targets.iter().map(|target| target.member).collect();
    let plans: Vec<&Plan> = members
        .into_iter()
        .map(|member| &work.members[member].plan)
        .collect();
    confirm_all(&plans, no_input)
}

/// Everything that is known when the work begins.
struct All<'a> {
    asked: &'a Each,
    context: &'a Context,
    work: Work,
    request: Request,
    options: Options,
    jobs: u32,
}

impl All<'_> {
    fn run(
        &self,
        store: &Store,
        common: &Common,
        program: &Program,
        directory: Option<&Directory>,
    ) -> Result<ExitCode> {
        let (work, began) = (&self.work, (self.context.now)());
        let mut last = LastRun::new(program.words(), &self.request, work.is_matrix);
        let run = format!("{}-{}", began.timestamp_micros(), std::process::id());
        let succeeded = last
            .begin(&run, self.left(|_| true), store)
            .unwrap_or_else(|why| {
                self.context.voice.warn(&why);
                Succeeded::nowhere()
            });
        let names: Vec<NamedTarget> = work
            .targets
            .iter()
            .map(|target| named(work, target))
            .collect();
        let done = self.work_on(&names, store, common, program, directory, &succeeded)?;
        let left = self.left(|index| done.outcomes[index].status != Status::Ok);
        if let Err(why) = last.end(left, store) {
            self.context.voice.warn(&why);
        }
        let took =
            u64::try_from(((self.context.now)() - began).num_milliseconds()).unwrap_or_default();
        let width = window::columns(std::io::stderr());
        summary::say(self.context.voice, &names, &done.outcomes, took, width);
        if let Some(number) = done.signal {
            return Err(Error::new(Kind::Signal(number), "interrupted"));
        }
        if let Some(error) = done.error {
            return Err(written(error));
        }
        let all_ok = done
            .outcomes
            .iter()
            .all(|outcome| outcome.status == Status::Ok);
        Ok(if all_ok {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(FAILED)
        })
    }

    /// From the first question to the last command's end, on one thread.
    fn work_on(
        &self,
        names: &[NamedTarget],
        store: &Store,
        common: &Common,
        program: &Program,
        directory: Option<&Directory>,
        succeeded: &Succeeded,
    ) -> Result<Done> {
        let (asked, context, work) = (self.asked, self.context, &self.work);
        let board = Board::new(work.targets.len(), context.voice, common.clone());
        let voice = Voice {
            over_progress: board.is_shown(),
            ..context.voice
        };
        let brokers = brokers(work, context, voice, (store, &self.options, common));
        let printer = Printer::new(asked.output, [context.color, voice.color], names, &board);
        let stop = Stop::new();
        runtime::run(async {
            let provided = prepare::provide(work, &brokers, &self.options.code, voice);
            let mut refused = Box::pin(interruptible(provided)).await??;
            refused.extend(
                work.refused
                    .iter()
                    .map(|(member, outcome)| (*member, outcome.clone())),
            );
            let signals = Signals::register()
                .map_err(|error| Error::other("signals cannot be listened to").caused_by(error))?;
            let tasks = Tasks {
                work,
                names,
                brokers: &brokers,
                refused,
                program,
                directory,
                timeout: asked.timeout,
                retries: asked.retries,
                printer: &printer,
                stop: &stop,
                is_said: Cell::new(false),
                env: &context.env,
                voice,
                now: context.now,
            };
            let jobs = usize::try_from(self.jobs).unwrap_or(usize::MAX);
            let fleet = Fleet {
                tasks: &tasks,
                board: &board,
                succeeded,
                jobs,
                fail_fast: asked.fail_fast,
            };
            Ok(fleet.run(signals).await)
        })?
    }

    /// Profile and region of the targets that are left.
    fn left(&self, is_left: impl Fn(usize) -> bool) -> Vec<(String, String)> {
        let left = self
            .work
            .targets
            .iter()
            .enumerate()
            .filter(|(index, _)| is_left(*index));
        let name = |target: &RegionTarget| {
            (
                self.work.plan(target).profile.clone(),
                target.region.clone(),
            )
        };
        left.map(|(_, target)| name(target)).collect()
    }
}

fn named(work: &Work, target: &RegionTarget) -> NamedTarget {
    NamedTarget {
        profile: work.plan(target).profile.clone(),
        region: target.region.clone(),
        label: work.label(target),
        color: work.members[target.member].color,
    }
}
