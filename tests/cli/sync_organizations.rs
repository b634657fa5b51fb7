//! `xacct sync organizations`: the accounts of an organization become profiles. moto plays AWS
//! Organizations, and a server of recorded answers plays what moto does not: refusals, pages,
//! throttling.
#![cfg(unix)]

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crate::common::tools::{Moto, tool};
use crate::common::{Cmd, Sandbox, Server, request};
use serde_json::{Value, json};

const CONFIG: &str = "[profile org]\nregion = eu-west-1\n";
const KEYS: &str =
    "[org]\naws_access_key_id = AKIAXACCTTESTSBASE01\naws_secret_access_key = none\n";

fn config(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.home().join(".aws/config")).unwrap()
}

/// A home with nothing but the source profile.
fn home() -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.write_config(CONFIG);
    sandbox.write_credentials(KEYS);
    sandbox
}

fn section(name: &str, account_id: &str, role: &str) -> String {
    format!(
        "[profile {name}]\nrole_arn = arn:aws:iam::{account_id}:role/{role}\nsource_profile = \
         org\nregion = eu-west-1\n"
    )
}

fn block(role: &str, sections: &[String]) -> String {
    let label = format!("# xacct sync organizations org {role}:");
    let begin = format!("{label} begin (kept by xacct: profiles of your own stand outside)\n");
    format!("\n{begin}{}{label} end\n", sections.join("\n"))
}

/// An organization at moto, which is asked through a server that counts.
struct Organization {
    moto: Moto,
    between: Server,
    actions: Arc<Mutex<Vec<String>>>,
    sandbox: Sandbox,
    root: String,
}

/// Asks moto the same, and hands its answer on.
fn forward(endpoint: &str, asked: &str) -> (u16, String, String) {
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    let lines = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    let headers: Vec<(&str, &str)> = lines
        .filter(|(name, _)| !["host", "content-length", "connection"].contains(name))
        .collect();
    let (status, body) = request(endpoint, "POST", "/", &headers, body).unwrap();
    (
        status,
        "content-type: application/x-amz-json-1.1\r\n".to_owned(),
        body,
    )
}

impl Organization {
    /// `None` where there is no moto.
    fn start() -> Option<Organization> {
        let moto = Moto::start(&tool("moto_server", "--help")?);
        let (endpoint, actions) = (moto.endpoint.clone(), Arc::<Mutex<Vec<String>>>::default());
        let log = Arc::clone(&actions);
        let between = Server::start(move |asked| {
            log.lock().unwrap().push(action(asked));
            forward(&endpoint, asked)
        });
        let mut organization = Organization {
            moto,
            between,
            actions,
            sandbox: home(),
            root: String::new(),
        };
        organization.ask("CreateOrganization", &json!({ "FeatureSet": "ALL" }));
        let roots = organization.ask("ListRoots", &json!({}));
        roots["Roots"][0]["Id"]
            .as_str()
            .unwrap()
            .clone_into(&mut organization.root);
        Some(organization)
    }

    fn ask(&self, action: &str, body: &Value) -> Value {
        let scope = "20261122/us-east-1/organizations/aws4_request";
        let headers = [
            (
                "x-amz-target",
                format!("AWSOrganizationsV20161128.{action}"),
            ),
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            (
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIAXACCTTESTSBASE01/{scope}, SignedHeaders=host, \
                     Signature=x"
                ),
            ),
        ];
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let (status, text) = request(
            &self.moto.endpoint,
            "POST",
            "/",
            &headers,
            &body.to_string(),
        )
        .unwrap();
        assert_eq!(status, 200, "{action}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn unit(&self, parent: &str, name: &str) -> String {
        let unit = self.ask(
            "CreateOrganizationalUnit",
            &json!({ "ParentId": parent, "Name": name }),
        );
        unit["OrganizationalUnit"]["Id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The account's id.
    fn account(&self, parent: &str, name: &str, tags: &[(&str, &str)]) -> String {
        let tags: Vec<Value> = tags
            .iter()
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect();
        let made = self.ask(
            "CreateAccount",
            &json!({ "AccountName": name, "Email": "a@example.com", "Tags": tags }),
        );
        let id = made["CreateAccountStatus"]["AccountId"]
            .as_str()
            .unwrap()
            .to_owned();
        if parent != self.root {
            let moved = json!({ "AccountId": id, "SourceParentId": self.root, "DestinationParentId": parent });
            self.ask("MoveAccount", &moved);
        }
        id
    }

    fn sync(&self, args: &[&str]) -> Cmd {
        self.xacct(&[&["sync", "organizations", "--source-profile", "org"], args].concat())
    }

    fn xacct(&self, args: &[&str]) -> Cmd {
        let run = self
            .sandbox
            .xacct(args)
            .env("AWS_ENDPOINT_URL", &self.moto.endpoint);
        run.env("AWS_ENDPOINT_URL_ORGANIZATIONS", self.between.endpoint())
    }

    /// Organizations was asked this often since it was looked at last: accounts, accounts in a
    /// unit, units in a unit, roots, tags; and nothing else.
    #[track_caller]
    fn asked(&self, counts: [usize; 5]) {
        let actions = std::mem::take(&mut *self.actions.lock().unwrap());
        let count = |wanted: &str| actions.iter().filter(|action| *action == wanted).count();
        let names = [
            "ListAccounts",
            "ListAccountsForParent",
            "ListOrganizationalUnitsForParent",
            "ListRoots",
            "ListTagsForResource",
        ];
        assert_eq!(names.map(count), counts, "{actions:?}");
        assert_eq!(counts.iter().sum::<usize>(), actions.len(), "{actions:?}");
    }
}

const OWN: &str =
    "xacct: your own account 123456789012 (master) is left out; --own-accounts takes it in\n";
const ROLE: &str = "OrganizationAccountAccessRole";

/// Root
/// ├─ Workloads
/// │  ├─ Prod: Client 1 (prod), client2, and gone, which is closed
/// │  │  └─ EU: client3
/// │  └─ Test: test1
/// └─ play, and the management account
struct Tree {
    organization: Organization,
    prod: String,
    eu: String,
    test: String,
    /// The active accounts, in the order of their names.
    ids: [String; 5],
}

impl Tree {
    fn start() -> Option<Tree> {
        let organization = Organization::start()?;
        let root = organization.root.clone();
        let workloads = organization.unit(&root, "Workloads");
        let (prod, test) = (
            organization.unit(&workloads, "Prod"),
            organization.unit(&workloads, "Test"),
        );
        let eu = organization.unit(&prod, "EU");
        let gone = organization.account(&prod, "gone", &[("team", "data")]);
        organization.ask("CloseAccount", &json!({ "AccountId": gone }));
        let ids = [
            organization.account(
                &prod,
                "Client 1 (prod)",
                &[("team", "data"), ("stage", "prod-eu")],
            ),
            organization.account(&prod, "client2", &[("team", "web")]),
            organization.account(&eu, "client3", &[("team", "data"), ("stage", "prod-us")]),
            organization.account(&root, "play", &[]),
            organization.account(&test, "test1", &[("team", "data"), ("stage", "test")]),
        ];
        Some(Tree {
            organization,
            prod,
            eu,
            test,
            ids,
        })
    }

    /// The profiles as they are written for all accounts.
    fn all(&self) -> Vec<String> {
        let names = ["Client-1-prod", "client2", "client3", "play", "test1"];
        names
            .iter()
            .zip(&self.ids)
            .map(|(name, id)| section(name, id, ROLE))
            .collect()
    }
}

#[test]
fn the_accounts_of_an_organization_become_profiles() {
    let Some(tree) = Tree::start() else {
        return crate::common::skip("there is no moto_server");
    };
    let Tree {
        organization,
        prod,
        eu,
        ids,
        ..
    } = &tree;
    let sandbox = &organization.sandbox;
    let run = organization.sync(&["--yes"]).run().status(0).stdout("");
    let told = run.stderr_text();
    assert!(
        told.starts_with(OWN) && told.contains("xacct: ~/.aws/config: 5 profiles added\n"),
        "{told}"
    );
    let first = format!("{CONFIG}{}", block(ROLE, &tree.all()));
    assert_eq!(config(sandbox), first);
    let same = format!("{OWN}xacct: nothing to change in ~/.aws/config\n");
    organization.asked([1, 0, 0, 0, 0]);
    organization
        .sync(&["--yes", "--prune"])
        .run()
        .status(0)
        .stdout("")
        .stderr(&same);
    organization.asked([1, 0, 0, 0, 0]);

    // What is written works.
    let explained = organization
        .xacct(&["explain", "client2", "--json"])
        .run()
        .ok()
        .json();
    assert_eq!(
        explained["steps"][0]["role_arn"],
        format!("arn:aws:iam::{}:role/{ROLE}", ids[1])
    );
    assert_eq!(explained["source"]["profile"], "org");
    let caller = [
        "exec",
        "client3",
        "--",
        "sh",
        "-c",
        "echo $AWS_ACCOUNT_ID $AWS_REGION",
    ];
    organization
        .xacct(&caller)
        .run()
        .ok()
        .stdout(&format!("{} eu-west-1\n", ids[2]));

    // Another role has a block of its own; paths and names come from the tree.
    let audit = [
        "--role-name",
        "partners/Audit",
        "--name-template",
        "{ou}/{account_slug}-{role_name}",
        "--yes",
        "-q",
    ];
    organization
        .sync(&[&audit[..], &["--ou", "workloads/Prod"]].concat())
        .run()
        .ok();
    // The root's units and those of Workloads, then two units in Prod with what is in them.
    organization.asked([0, 2, 2 + 2, 1, 0]);
    let prods = [
        ("Workloads/Prod/EU/client3-Audit", &ids[2]),
        ("Workloads/Prod/client-1-prod-Audit", &ids[0]),
        ("Workloads/Prod/client2-Audit", &ids[1]),
    ];
    let second = block(
        "partners/Audit",
        &prods.map(|(name, id)| section(name, id, "partners/Audit")),
    );
    assert_eq!(config(sandbox), format!("{first}{second}"));
    // By its id, whose path takes two steps up.
    organization
        .sync(&[&audit[..], &["--ou", prod]].concat())
        .run()
        .ok();
    assert_eq!(config(sandbox), format!("{first}{second}"));
    let up = [
        "DescribeOrganizationalUnit",
        "ListParents",
        "DescribeOrganizationalUnit",
        "ListParents",
    ];
    assert_eq!(
        organization
            .actions
            .lock()
            .unwrap()
            .drain(..4)
            .collect::<Vec<_>>(),
        up
    );
    organization.asked([0, 2, 2, 0, 0]);
    let chosen = ["--ou", eu, "--dry-run", "--region", "us-east-2", "-q"];
    organization
        .sync(&[&audit[..4], &chosen].concat())
        .run()
        .ok()
        .stdout_contains("+region = us-east-2\n");
    organization
        .sync(&["--own-accounts", "--yes", "-q"])
        .run()
        .ok();
    assert!(
        config(sandbox).contains(&section("master", "123456789012", ROLE)),
        "{}",
        config(sandbox)
    );
}

#[test]
fn units_tags_and_names_narrow_each_other() {
    let Some(tree) = Tree::start() else {
        return crate::common::skip("there is no moto_server");
    };
    let Tree {
        organization,
        eu,
        test,
        ..
    } = &tree;
    organization.actions.lock().unwrap().clear();
    for (chosen, kept, counts) in [
        (&["--tag", "team=data"][..], &[0, 2, 4][..], [1, 0, 0, 0, 5]),
        (
            &["--account-tag", "team=data,stage=prod*"],
            &[0, 2],
            [1, 0, 0, 0, 5],
        ),
        (
            &[
                "--tag",
                "team=data",
                "--tag",
                "team=web",
                "--ou",
                "Workloads/Prod/EU",
            ],
            &[2],
            [0, 1, 3 + 1, 1, 1],
        ),
        (
            &["--tag", "stage", "--account", "!client*"],
            &[0, 4],
            [1, 0, 0, 0, 3],
        ),
        (
            &["--ou", test, "--ou", "Root/Workloads/Prod/EU", "--ou", eu],
            &[2, 4],
            [0, 2, 4 + 2, 1, 0],
        ),
        (&["--ou", "/"], &[0, 1, 2, 3, 4], [0, 5, 5, 1, 0]),
        (
            &["--ou", &organization.root],
            &[0, 1, 2, 3, 4],
            [0, 5, 5, 1, 0],
        ),
    ] {
        organization
            .sync(&[chosen, &["--prune", "--yes", "-q"]].concat())
            .run()
            .ok();
        let all = tree.all();
        let kept: Vec<String> = kept.iter().map(|index| all[*index].clone()).collect();
        let expected = format!("{CONFIG}{}", block(ROLE, &kept));
        assert_eq!(config(&organization.sandbox), expected, "{chosen:?}");
        organization.asked(counts);
    }
    let run = organization
        .sync(&["--ou", "Workloads/Prdo", "--yes"])
        .run()
        .status(3)
        .stdout("");
    run.stderr(
        "xacct: error: no organizational unit 'Workloads/Prdo': 'Workloads' has no \
                'Prdo'\n  did you mean Prod?\n",
    );
    let run = organization
        .sync(&["--ou", "ou-none-nosuchou", "--yes"])
        .run()
        .status(4)
        .stdout("");
    let refused = "xacct: error: AWS refused organizations:ListAccountsForParent (profile 'org'): \
                   ParentNotFoundException: ";
    let hint = "\n  --ou takes the id of an organizational unit, or its path from the root, such \
                as Workloads/Prod\n";
    run.stderr_contains(refused).stderr_contains(hint);
    let run = organization
        .sync(&["--tag", "=x", "--yes"])
        .run()
        .status(2)
        .stdout("");
    run.stderr(
        "xacct: error: --account-tag: '=x' has no key\n  it is written KEY=VALUE, or KEY for any \
         value\n",
    );
    let run = organization
        .sync(&["--account", "a[", "--yes"])
        .run()
        .status(2)
        .stdout("");
    run.stderr("xacct: error: --account: 'a[' is not a pattern: invalid range pattern\n");
}

/// The target header's last word.
fn action(asked: &str) -> String {
    let line = asked.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("x-amz-target: ")
            .map(|_| line.to_owned())
    });
    line.and_then(|line| line.rsplit('.').next().map(str::to_owned))
        .unwrap_or_default()
}

fn refusal(code: &str, message: &str) -> (u16, String, String) {
    let body = json!({ "__type": code, "message": message }).to_string();
    (
        400,
        "content-type: application/x-amz-json-1.1\r\n".to_owned(),
        body,
    )
}

fn answer(body: &Value) -> (u16, String, String) {
    (
        200,
        "content-type: application/x-amz-json-1.1\r\n".to_owned(),
        body.to_string(),
    )
}

/// `sync organizations` where STS knows the account and this server is Organizations.
fn recorded(sandbox: &Sandbox, server: &Server, args: &[&str]) -> Cmd {
    sandbox.write_config(
        "[profile org]\nregion = cn-north-1\naws_account_id = 999999999999\nservices = own\n",
    );
    let text = format!(
        "[services own]\norganizations =\n  endpoint_url = {}\n",
        server.endpoint()
    );
    sandbox.add_config(&text);
    let run = sandbox.xacct(
        &[
            &["sync", "organizations", "--source-profile", "org", "--yes"],
            args,
        ]
        .concat(),
    );
    run.env_remove("AWS_ENDPOINT_URL")
}

#[test]
fn what_is_refused_says_what_is_missing() {
    let sandbox = home();
    let server = Server::start(|asked| match action(asked).as_str() {
        "ListAccounts" | "ListRoots" => refusal(
            "AccessDeniedException",
            "You don't have permissions to access this resource.",
        ),
        other => panic!("{other}"),
    });
    for (args, action) in [(&[][..], "ListAccounts"), (&["--ou", "Prod"], "ListRoots")] {
        let run = recorded(&sandbox, &server, args).run().status(4).stdout("");
        run.stderr(&format!(
            "xacct: error: AWS refused organizations:{action} (profile 'org'): \
             AccessDeniedException: You don't have permissions to access this resource.\n  - the \
             policy of its user or role must allow organizations:{action}\n  - it must be in the \
             organization's management account, or in a delegated administrator's\n  xacct whoami \
             org    shows which account it is in\n"
        ));
    }
    server.answer(|_| {
        refusal(
            "AWSOrganizationsNotInUseException",
            "Your account is not a member of an organization.",
        )
    });
    recorded(&sandbox, &server, &[])
        .run()
        .status(4)
        .stdout("")
        .stderr(
            "xacct: error: the account of profile 'org' is in no organization\n  --source-profile \
         names one that is in the \
         organization's management account\n  xacct whoami org    shows which account it is in\n",
        );
    let run = recorded(&sandbox, &server, &["--role-name", "a b"])
        .run()
        .status(2)
        .stdout("");
    run.stderr_contains("xacct: error: --role-name: 'a b' is not the name of a role\n");
    sandbox
        .xacct(&["sync", "organizations"])
        .run()
        .status(2)
        .stderr_contains("--source-profile <NAME>");
}

#[test]
fn pages_states_partitions_and_too_many_requests() {
    let sandbox = home();
    let account = |id: &str, name: &str, state: &str| {
        let arn = format!("arn:aws-cn:organizations::111111111111:account/o-0123456789/{id}");
        json!({ "Id": id, "Arn": arn, "Name": name, "State": state, "Email": "a@example.com" })
    };
    let busy = AtomicU32::new(0);
    let server = Server::start(move |asked| {
        assert!(
            asked.contains("/cn-northwest-1/organizations/aws4_request"),
            "{asked}"
        );
        match action(asked).as_str() {
            "ListAccounts" if busy.fetch_add(1, Ordering::Relaxed) < 2 => {
                refusal("TooManyRequestsException", "slow down")
            }
            "ListAccounts" if asked.contains("page2") => {
                answer(&json!({ "Accounts": [], "NextToken": "page3" }))
            }
            "ListAccounts" if asked.contains("page3") => {
                answer(&json!({ "Accounts": [account("333333333333", "b", "ACTIVE")] }))
            }
            "ListAccounts" => answer(&json!({
                "Accounts": [
                    account("111111111111", "management", "ACTIVE"),
                    account("999999999999", "admin", "ACTIVE"),
                    account("444444444444", "a", "SUSPENDED"),
                    account("222222222222", "b", "ACTIVE"),
                    account("555555555555", "new", "PENDING_ACTIVATION"),
                ],
                "NextToken": "page2",
            })),
            other => panic!("{other}"),
        }
    });
    let run = recorded(&sandbox, &server, &[]).run().status(0).stdout("");
    let left_out = "xacct: the management account 111111111111 (management) is left out; \
                    --own-accounts takes it in\n\
                    xacct: your own account 999999999999 (admin) is left out; --own-accounts takes \
                    it in\n";
    assert!(
        run.stderr_text().starts_with(left_out),
        "{}",
        run.stderr_text()
    );
    assert_eq!(server.asked().len(), 3 + 2);
    let written = config(&sandbox);
    for id in ["222222222222", "333333333333"] {
        let wanted = format!(
            "[profile b-{id}]\nrole_arn = arn:aws-cn:iam::{id}:role/{ROLE}\nsource_profile = \
             org\nregion = cn-north-1\n"
        );
        assert!(written.contains(&wanted), "{written}");
    }
    assert_eq!(written.matches("role_arn").count(), 2);
}

#[test]
fn an_adopted_profile_of_the_block_stays_adopted() {
    let sandbox = home();
    let server = Server::start(|_| {
        let arn = "arn:aws:organizations::111111111111:account/o-0123456789/222222222222";
        answer(
            &json!({ "Accounts": [{ "Id": "222222222222", "Arn": arn, "Name": "b", "State": "ACTIVE" }] }),
        )
    });
    let sync = |args: &[&str]| {
        let run = [
            &[
                "sync",
                "organizations",
                "--source-profile",
                "org",
                "--yes",
                "--prune",
            ],
            args,
        ]
        .concat();
        sandbox
            .xacct(&run)
            .env("AWS_ENDPOINT_URL_ORGANIZATIONS", server.endpoint())
    };
    sandbox.write_credentials(&format!("{KEYS}aws_account_id = 999999999999\n"));
    sync(&["-q"]).run().ok();
    let synced = format!(
        "{CONFIG}{}",
        block(ROLE, &[section("b", "222222222222", ROLE)])
    );
    assert_eq!(config(&sandbox), synced);
    sandbox.xacct(&["adopt", "b", "--yes", "-q"]).run().ok();
    let adopted = config(&sandbox);
    assert!(
        adopted.contains("credential_process") && !adopted.contains("role_arn"),
        "{adopted}"
    );
    sync(&[])
        .run()
        .status(0)
        .stdout("")
        .stderr("xacct: nothing to change in ~/.aws/config\n");
    // Not even with another region, or when it is gone: the role is in the settings file now.
    sync(&["--region", "us-east-2", "--account", "!b"])
        .run()
        .status(0)
        .stdout("");
    assert_eq!(config(&sandbox), adopted);
    sandbox
        .xacct(&["adopt", "b", "--undo", "--yes", "-q"])
        .run()
        .ok();
    assert_eq!(config(&sandbox), synced);
    sync(&[])
        .run()
        .status(0)
        .stdout("")
        .stderr("xacct: nothing to change in ~/.aws/config\n");
}

#[test]
fn a_clock_that_is_off_is_set_right() {
    let sandbox = home();
    let server = Server::start(|asked| {
        let (status, mut headers, body) = if asked.contains("\r\nx-amz-date: 20991122T1") {
            answer(&json!({ "Accounts": [] }))
        } else {
            refusal("InvalidSignatureException", "Signature not yet current")
        };
        headers += "date: Sun, 22 Nov 2099 12:00:00 GMT\r\n";
        (status, headers, body)
    });
    let run = recorded(&sandbox, &server, &[]).run().status(0).stdout("");
    run.stderr("xacct: no role was found that is wanted: nothing to change\n");
    assert_eq!(server.asked().len(), 2);
    server.answer(|_| {
        let (status, headers, body) =
            refusal("InvalidSignatureException", "Signature not yet current");
        (
            status,
            headers + "date: Sun, 22 Nov 2099 12:00:00 GMT\r\n",
            body,
        )
    });
    let run = recorded(&sandbox, &server, &[]).run().status(4).stdout("");
    run.stderr_contains("xacct: error: this computer's clock is ")
        .stderr_contains(" behind AWS's");
}
