//! `xacct sandbox tour`: the main job, played with this very program in a sandbox of its own, each
//! promise checked.
//!
//! This file is the story; running, showing and counting are `stage`'s.

mod stage;

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::runtime;
use crate::sandbox::home::Home;
use crate::sandbox::server::Server;
use crate::sandbox::world::World;
use crate::shell_state;

use stage::{Played, TourStage};

/// How many ask for the same credentials at once.
const CROWD: usize = 20;

/// Plays the tour to `out`.
///
/// Errors: of kind `Other`, naming every promise that was not kept.
pub(crate) fn run(
    world: Option<&Path>,
    env: &Env,
    color: bool,
    out: &mut impl Write,
) -> Result<()> {
    if world.is_some() {
        return Err(
            Error::usage("the tour is through the sample world: it takes no --world")
                .hint("xacct sandbox --world FILE    opens a shell in a world of your own"),
        );
    }
    let world = World::sample()?;
    let home = Home::temporary(&super::temporary_dir(env), &world)?;
    let runtime = runtime::start()?;
    let server = runtime.block_on(Server::bind(world, 0))?;
    let endpoint = server.endpoint();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    // A thread of its own, because the scenes below wait for one program after another.
    let aws = std::thread::spawn(move || {
        runtime.block_on(async {
            let told_to_end = super::child::told_to_end()?;
            tokio::select! {
                () = server.run() => {}
                () = told_to_end => {}
                _ = stopped => return Ok(()),
            }
            Err(Error::new(Kind::Signal(2), "interrupted"))
        })
    });
    let mut env = super::environment(env, &home.variables(&endpoint))?;
    // The same on a terminal as without one: nobody is asked.
    env.insert("XACCT_NO_INPUT".into(), "true".into());
    let mut stage = TourStage::new(out, color, env, &endpoint);
    let client1 = online(&mut stage, &home.dir().join(".aws/config"));
    // From here on AWS is out of reach.
    drop(stop);
    stage.forget_server();
    // An interrupt comes before what the scenes made of it.
    aws.join()
        .unwrap_or_else(|_| Err(Error::other("the sandbox's server failed")))?;
    out_of_reach(&mut stage, &client1?)?;
    stage.end()
}

/// Everything for which AWS must be there; gives what `credential-process client1` printed.
fn online<W: Write>(stage: &mut TourStage<'_, W>, config: &Path) -> Result<Played> {
    stage.title(
        "a tour of xacct: each command is run by this program, its answers are real, only AWS is \
         simulated",
    )?;
    let first = one_code(stage)?;
    let client1 = uses(stage, &first)?;
    no_accidents(stage, &client1, config)?;
    Ok(client1)
}

/// From the profiles to three clients' credentials; gives what `assume client1` printed.
fn one_code<W: Write>(stage: &mut TourStage<'_, W>) -> Result<Played> {
    stage.scene(
        "the profiles",
        "they are read from ~/.aws/config as they stand there; nothing is converted",
    )?;
    let list = stage.play(&["list"])?;
    stage.succeeded(&list, &[])?;
    let names = ["hub", "client1", "client2", "client3", "chained"];
    stage.promise(
        "every profile is there",
        names.iter().all(|name| list.stdout.contains(name)),
    )?;

    stage.scene(
        "the plan",
        "the requests that xacct would send, with their parameters, before it sends any",
    )?;
    let plan = stage.play(&["explain", "client1"])?;
    stage.succeeded(&plan, &[])?;
    let told = [
        "client1-7731",
        "arn:aws:iam::111111111111:mfa/you",
        "arn:aws:iam::222222222222:role/PartnerAdmin",
    ];
    stage.promise(
        "role, external id and MFA device are named",
        told.iter().all(|text| plan.stdout.contains(text)),
    )?;

    stage.scene(
        "the first credentials",
        "they take one MFA code; eval \"$(…)\" puts them into a shell",
    )?;
    let first = stage.play_with_code(&["assume", "client1", "--shell", "sh"])?;
    stage.succeeded(&first, &["GetSessionToken", "AssumeRole"])?;
    stage.promise(
        "the code went on the first request, once",
        first.codes() == [true, false],
    )?;
    stage.promise(
        "they are for account 222222222222",
        first.sets("AWS_ACCOUNT_ID", "222222222222"),
    )?;
    let again = stage.play(&["assume", "client1", "--shell", "sh"])?;
    stage.succeeded(&again, &[])?;
    stage.promise(
        "the same credentials, from the cache",
        again.stdout == first.stdout,
    )?;

    other_clients(stage)?;
    Ok(first)
}

fn other_clients<W: Write>(stage: &mut TourStage<'_, W>) -> Result<()> {
    stage.scene(
        "three clients on one code",
        "the code bought a session, which every role of the same keys shares",
    )?;
    for (arguments, account) in [
        (&["credential-process", "client2"][..], "333333333333"),
        (
            &["credential-process", "client3", "--duration", "1h"],
            "444444444444",
        ),
    ] {
        let other = stage.play(arguments)?;
        stage.succeeded(&other, &["AssumeRole"])?;
        stage.promise("no code was asked for", other.codes() == [false])?;
        stage.promise(
            &format!("they are for account {account}"),
            other.account() == account,
        )?;
    }
    Ok(())
}

/// The other ways to hand credentials out; gives what `credential-process client1` printed.
fn uses<W: Write>(stage: &mut TourStage<'_, W>, first: &Played) -> Result<Played> {
    stage.scene(
        "for one command",
        "exec runs a program with the credentials in its environment, here xacct itself",
    )?;
    let inside = stage.play(&["exec", "client2", "--", "xacct", "whoami"])?;
    stage.succeeded(&inside, &["GetCallerIdentity"])?;
    let role = "arn:aws:sts::333333333333:assumed-role/Operations/";
    stage.promise(
        "AWS says that the command is client2's role",
        inside.stdout.contains(role),
    )?;

    stage.scene(
        "for every SDK",
        "credential_process = xacct credential-process client1, in ~/.aws/config",
    )?;
    let process = stage.play(&["credential-process", "client1"])?;
    stage.succeeded(&process, &[])?;
    let same = [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
        ("AWS_CREDENTIAL_EXPIRATION", "Expiration"),
        ("AWS_ACCOUNT_ID", "AccountId"),
    ];
    let json = process.json();
    let equal = same.iter().all(|(variable, name)| {
        let value = json.get(name).and_then(Value::as_str);
        value.is_some_and(|value| first.sets(variable, value))
    });
    stage.promise(
        "the same credentials as in the shell",
        equal && json.get("Version") == Some(&1.into()),
    )?;

    stage.scene(
        "many at once",
        "twenty processes want credentials that are not cached yet: a role after client2's",
    )?;
    let crowd = stage.play_at_once(CROWD, &["credential-process", "chained"])?;
    stage.promise(
        "one request: AssumeRole",
        crowd
            .first()
            .is_some_and(|one| one.actions() == ["AssumeRole"]),
    )?;
    let same = crowd
        .iter()
        .all(|one| one.status == 0 && one.json() == crowd[0].json());
    let same = same && crowd.iter().any(|one| one.account() == "444444444444");
    stage.promise(
        &format!("{CROWD} processes have the same credentials, for account 444444444444"),
        same,
    )?;
    Ok(process)
}

/// What must never happen.
fn no_accidents<W: Write>(
    stage: &mut TourStage<'_, W>,
    client1: &Played,
    config: &Path,
) -> Result<()> {
    edited_profile(stage, client1, config)?;
    typo(stage)?;
    wrong_external_id(stage)
}

fn edited_profile<W: Write>(
    stage: &mut TourStage<'_, W>,
    client1: &Played,
    config: &Path,
) -> Result<()> {
    stage.scene(
        "never the wrong account",
        "the profile is edited: client1 now names a role of client3's account",
    )?;
    let unchanged = edit(
        config,
        "222222222222:role/PartnerAdmin",
        "444444444444:role/LongRunning",
    )?;
    let edited = stage.play(&["credential-process", "client1"])?;
    stage.succeeded(&edited, &["AssumeRole"])?;
    stage.promise(
        "they are for account 444444444444",
        edited.account() == "444444444444",
    )?;
    stage.say("the edit is taken back:")?;
    write(config, &unchanged)?;
    let back = stage.play(&["credential-process", "client1"])?;
    stage.succeeded(&back, &[])?;
    stage.promise("the credentials of before", back.stdout == client1.stdout)
}

fn typo<W: Write>(stage: &mut TourStage<'_, W>) -> Result<()> {
    stage.scene(
        "a typo",
        "the statements remove the last account's credentials, and fail",
    )?;
    let typo = stage.play(&["assume", "cleint1", "--shell", "sh"])?;
    stage.refused(&typo, 3, &[], "no profile 'cleint1'")?;
    stage.promise(
        "the nearest name is offered",
        typo.stderr.contains("client1"),
    )?;
    let words: Vec<&str> = typo.stdout.split([' ', ';', '\n']).collect();
    let taken_out = words.first() == Some(&"unset")
        && shell_state::identity().all(|name| words.contains(&name));
    stage.promise(
        "nothing is left of client1",
        taken_out && !typo.stdout.contains("export"),
    )?;
    stage.promise(
        "eval gives status 3",
        typo.stdout.trim_end().ends_with("exit 3';"),
    )
}

fn wrong_external_id<W: Write>(stage: &mut TourStage<'_, W>) -> Result<()> {
    stage.scene(
        "a wrong external id",
        "AWS says only AccessDenied; xacct adds the possible reasons",
    )?;
    let denied = stage.play(&[
        "credential-process",
        "client1",
        "--external-id",
        "client1-7732",
    ])?;
    stage.refused(
        &denied,
        4,
        &["AssumeRole"],
        "another ExternalId than 'client1-7732'",
    )
}

fn out_of_reach<W: Write>(stage: &mut TourStage<'_, W>, client1: &Played) -> Result<()> {
    stage.scene(
        "AWS out of reach",
        "the simulated AWS is switched off; cached credentials still work",
    )?;
    let served = stage.play(&["credential-process", "client1"])?;
    stage.succeeded(&served, &[])?;
    stage.promise(
        "the same credentials as at first",
        served.stdout == client1.stdout,
    )?;
    let unchecked = stage.play(&["credential-process", "client1", "--verify"])?;
    stage.promise("exit status 0", unchecked.status == 0)?;
    stage.promise(
        "the same credentials as at first",
        unchecked.stdout == client1.stdout,
    )?;
    stage.promise(
        "and a warning that they were not confirmed",
        unchecked.stderr.contains("could not be checked"),
    )?;
    let newer = stage.play(&["credential-process", "client1", "--refresh"])?;
    stage.refused(&newer, 6, &[], "could not be reached")
}

/// Replaces this text in the file; gives the file as it was.
fn edit(path: &Path, from: &str, to: &str) -> Result<String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::other(format!("cannot read {}: {error}", path.display())))?;
    write(path, &text.replace(from, to))?;
    Ok(text)
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text)
        .map_err(|error| Error::other(format!("cannot write {}: {error}", path.display())))
}
