//! Random sequences of what people do in a shell, in the real shells, against a model of the
//! environment: `assume`, renewal, `unset`, failures, an interrupted run, commands, and exports of
//! the user's own between them.
//!
//! The model knows nothing of how xacct keeps its record. It knows what xacct left in the shell
//! last, and what was the user's then: a variable that is still as xacct left it stands for the
//! user's old value, any other is the user's.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::common::Sandbox;
use crate::common::shells::{Variables, dumped, found, given, prepared};

/// What `assume` takes out besides, as far as the sequences set it.
const COMPETING: [&str; 3] = [
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];
const KEYS: [&str; 4] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
];
const OWN: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIARTXV5AHDTEST2YOU"),
    (
        "AWS_SECRET_ACCESS_KEY",
        "NotASecret/xacct/sandbox/hub/you/EXAMPLE",
    ),
];

const CONFIG: &str = "[profile hub]
[profile one]
role_arn = arn:aws:iam::222222222222:role/PartnerAdmin
source_profile = hub
external_id = client1-7731
role_session_name = you
region = eu-west-1
[profile two]
role_arn = arn:aws:iam::222222222222:role/PartnerAdmin
source_profile = hub
external_id = client1-7731
role_session_name = you
region = us-west-2
retry_mode = adaptive
[profile own]
role_arn = arn:aws:iam::222222222222:role/PartnerAdmin
credential_source = Environment
external_id = client1-7731
role_session_name = you
[profile interrupted]
credential_process = kill -INT $PPID; exec sleep 60
";

#[derive(Debug, Clone, Copy)]
enum Op {
    Assume(&'static str),
    Renew(&'static str),
    Exec,
    Unset,
    Fail(&'static str),
    Export(&'static str, &'static str),
    Remove(&'static str),
    ExportKeys,
}

const OPS: [Op; 20] = [
    Op::Assume("one"),
    Op::Assume("two"),
    Op::Assume("two"),
    Op::Assume("own"),
    Op::Assume("own"),
    Op::Renew("two"),
    Op::Exec,
    Op::Unset,
    Op::Unset,
    Op::Fail("typo"),
    Op::Fail("one --no-such-option"),
    Op::Fail("one --external-id wrong"),
    Op::Fail("interrupted"),
    Op::Export("AWS_REGION", "eu-north-1"),
    Op::Export("AWS_DEFAULT_REGION", "ap-south-1"),
    Op::Export("AWS_RETRY_MODE", "standard"),
    Op::Export("AWS_PROFILE", "it's prod"),
    Op::Export("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/x"),
    Op::Remove("AWS_REGION"),
    Op::ExportKeys,
];

/// The same sequence whenever the seed is the same.
fn sequence(mut seed: u64, length: usize) -> Vec<Op> {
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 33).unwrap() % OPS.len()
    };
    (0..length).map(|_| OPS[next()]).collect()
}

#[derive(Default)]
struct Model {
    shell: Variables,
    /// What xacct left last, and what was the user's then.
    left: Variables,
    was: Variables,
}

fn is_identity(name: &str) -> bool {
    COMPETING.contains(&name)
        || KEYS.contains(&name)
        || ["AWS_ACCOUNT_ID", "XACCT_PROFILE"].contains(&name)
}

impl Model {
    /// The user's own environment.
    fn users(&self) -> Variables {
        let mut users = Variables::new();
        let names = self
            .shell
            .keys()
            .chain(self.left.keys())
            .chain(self.was.keys());
        for name in names {
            let (now, left, was) = (
                self.shell.get(name),
                self.left.get(name),
                self.was.get(name),
            );
            let is_ours = left != was && (now == left || (now.is_none() && is_identity(name)));
            if let Some(value) = if is_ours { was } else { now } {
                users.insert(name.clone(), value.clone());
            }
        }
        // A pair that was exported after an `assume` has no token.
        let is_new = |name: &str| {
            self.shell.get(name) != self.left.get(name) && self.shell.contains_key(name)
        };
        if is_new(KEYS[0]) && is_new(KEYS[1]) {
            for name in &KEYS[2..] {
                users.remove(*name);
            }
            users.remove("AWS_ACCOUNT_ID");
        }
        users.remove("XACCT_PROFILE");
        users
    }

    fn becomes(&mut self, shell: Variables, users: Variables) {
        self.left.clone_from(&shell);
        self.shell = shell;
        self.was = users;
    }

    fn fail(&mut self) -> i32 {
        let users = self.users();
        let shell = users.iter().filter(|(name, _)| !is_identity(name));
        self.becomes(
            shell
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            users,
        );
        1
    }

    fn assume(&mut self, profile: &str, is_renewal: bool) -> i32 {
        let users = self.users();
        if profile == "own" && !users.contains_key(KEYS[0]) {
            return self.fail();
        }
        let set = |name: &str| users.get(name).cloned();
        let own = match profile {
            "one" => "eu-west-1",
            "two" => "us-west-2",
            _ => "us-east-1",
        };
        let region = set("AWS_REGION")
            .or_else(|| set("AWS_DEFAULT_REGION"))
            .unwrap_or_else(|| own.to_owned());
        let mut shell: Variables = users
            .iter()
            .filter(|(name, _)| !is_identity(name))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        for name in KEYS {
            shell.insert(name.to_owned(), "a role's".to_owned());
        }
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            let is_users = users.contains_key(name) && self.shell.get(name) == users.get(name);
            if !(is_renewal && is_users) {
                shell.insert(name.to_owned(), region.clone());
            }
        }
        shell.insert("AWS_ACCOUNT_ID".to_owned(), "222222222222".to_owned());
        shell.insert("XACCT_PROFILE".to_owned(), profile.to_owned());
        if profile == "two" && !users.contains_key("AWS_RETRY_MODE") {
            shell.insert("AWS_RETRY_MODE".to_owned(), "adaptive".to_owned());
        }
        self.becomes(shell, users);
        0
    }

    /// Does it, and says whether it succeeds.
    fn apply(&mut self, op: Op) -> i32 {
        match op {
            Op::Assume(profile) => return self.assume(profile, false),
            Op::Renew(profile) => return self.assume(profile, true),
            Op::Fail(_) => return self.fail(),
            Op::Unset => {
                let users = self.users();
                self.becomes(users.clone(), users);
            }
            Op::Exec => {}
            Op::Export(name, value) => drop(self.shell.insert(name.to_owned(), value.to_owned())),
            Op::Remove(name) => drop(self.shell.remove(name)),
            Op::ExportKeys => {
                let own = OWN
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
                self.shell.extend(own);
            }
        }
        0
    }
}

struct Way {
    program: &'static str,
    args: &'static [&'static str],
    eval: &'static str,
    export: &'static str,
    remove: &'static str,
    status: &'static str,
}

const SH: Way = Way {
    program: "bash",
    args: &["--norc"],
    eval: "eval \"$(@)\"",
    export: "export",
    remove: "unset",
    status: "$?",
};

const WAYS: [Way; 3] = [
    SH,
    Way {
        program: "zsh",
        args: &["-f"],
        ..SH
    },
    Way {
        program: "fish",
        args: &["-N"],
        eval: "eval (@)",
        export: "set -gx",
        remove: "set -e",
        status: "$status",
    },
];

impl Way {
    fn export(&self, name: &str, value: &str) -> String {
        let between = if self.program == "fish" { " " } else { "=" };
        format!("{} {name}{between}\"{value}\"", self.export)
    }

    fn statement(&self, op: Op, step: usize) -> String {
        let eval = |words: &str| self.eval.replace('@', words);
        match op {
            Op::Assume(profile) => eval(&format!("xacct assume {profile}")),
            Op::Renew(profile) => {
                eval(&format!("XACCT_SILENT_RENEWAL=true xacct assume {profile}"))
            }
            Op::Fail(words) => eval(&format!("xacct assume {words} 2>/dev/null")),
            Op::Exec => format!("xacct exec one -- env -0 > child{step}"),
            Op::Unset => eval("xacct unset"),
            Op::Export(name, value) => self.export(name, value),
            Op::Remove(name) => format!("{} {name}", self.remove),
            Op::ExportKeys => OWN.map(|(name, value)| self.export(name, value)).join("; "),
        }
    }
}

/// Every role's keys are the same to the model.
fn normal(mut variables: Variables, given: &Variables) -> Variables {
    variables.retain(|name, value| given.get(name) != Some(value));
    for name in KEYS {
        if let Some(value) = variables.get_mut(name)
            && !OWN.iter().any(|(_, own)| own == value)
        {
            "a role's".clone_into(value);
        }
    }
    variables
}

/// Where the shell and the model part; `between` is run after each step.
fn play(way: &Way, ops: &[Op], between: &str) -> Option<Result<(), String>> {
    let program = found(way.program)?;
    let sandbox = Sandbox::start();
    sandbox.write_config(CONFIG);
    let dir = tempfile::tempdir().unwrap();
    let mut script = String::new();
    for (step, op) in ops.iter().enumerate() {
        let statement = way.statement(*op, step);
        writeln!(
            script,
            "{statement}\necho {} >> status\nenv -0 > step{step}\n{between}",
            way.status
        )
        .unwrap();
    }
    let file = dir.path().join("script");
    std::fs::write(&file, script).unwrap();
    let args: Vec<&str> = way
        .args
        .iter()
        .copied()
        .chain([file.to_str().unwrap()])
        .collect();
    let run = prepared(sandbox.program(program, &args), dir.path(), "/bin/false");
    drop(run.run());
    Some(compare(&sandbox, dir.path(), ops))
}

fn compare(sandbox: &Sandbox, dir: &Path, ops: &[Op]) -> Result<(), String> {
    let given = given(sandbox);
    let statuses = std::fs::read_to_string(dir.join("status")).unwrap();
    let mut model = Model::default();
    for ((step, op), status) in ops.iter().enumerate().zip(statuses.lines()) {
        let expected = model.apply(*op);
        let place = || format!("step {step} of {:?}", &ops[..=step]);
        let actual = normal(dumped(&dir.join(format!("step{step}"))), &given);
        if actual != model.shell {
            return Err(format!(
                "{}\n  shell {actual:?}\n  model {:?}",
                place(),
                model.shell
            ));
        }
        let interrupted = matches!(op, Op::Fail("interrupted"));
        let is_right = if interrupted {
            status == "130"
        } else {
            (status == "0") == (expected == 0)
        };
        if !is_right {
            return Err(format!("{}\n  status {status}", place()));
        }
        if matches!(op, Op::Exec) {
            child(
                &model,
                &normal(dumped(&dir.join(format!("child{step}"))), &given),
                &place(),
            )?;
        }
    }
    Ok(())
}

/// A command has the profile's credentials, the user's region and settings, and nothing of the last
/// `assume`.
fn child(model: &Model, actual: &Variables, place: &str) -> Result<(), String> {
    let mut fresh = Model {
        shell: model.users(),
        ..Model::default()
    };
    fresh.assume("one", false);
    if *actual == fresh.shell {
        Ok(())
    } else {
        Err(format!(
            "{place}\n  child {actual:?}\n  model {:?}",
            fresh.shell
        ))
    }
}

#[test]
fn the_shell_is_what_the_model_says() {
    for (way, seeds) in WAYS.iter().zip([[11, 12], [21, 22], [31, 32]]) {
        for seed in seeds {
            let ops = sequence(seed * 0x9E37_79B9, 40);
            if let Some(Err(why)) = play(way, &ops, "") {
                panic!("{}, seed {seed}, {why}", way.program);
            }
        }
    }
}

#[test]
fn without_the_record_the_model_is_not_met() {
    let ops = [
        Op::Export("AWS_REGION", "eu-north-1"),
        Op::Assume("one"),
        Op::Unset,
    ];
    assert_eq!(play(&SH, &ops, ""), Some(Ok(())));
    let broken = play(&SH, &ops, "unset XACCT_SHELL_STATE")
        .unwrap()
        .unwrap_err();
    assert!(broken.starts_with("step 2 "), "{broken}");
}

/// How often each kind is there: a sequence that never fails or never exports would prove little.
#[test]
fn the_sequences_have_everything() {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for seed in [11, 12, 21, 22, 31, 32] {
        for op in sequence(seed * 0x9E37_79B9, 40) {
            *kinds.entry(format!("{op:?}")).or_default() += 1;
        }
    }
    assert!(
        kinds.len() >= 17 && kinds.values().all(|count| *count > 2),
        "{kinds:?}"
    );
}
