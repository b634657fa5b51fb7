//! What botocore does with profile files: one process for all cases.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::written::Written;
use super::{ENVIRONMENT, Resolved, Step};

pub(crate) struct Botocore {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _home: TempDir,
}

impl Drop for Botocore {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Botocore {
    pub(crate) fn start(python: &str) -> Botocore {
        let home = tempfile::tempdir().unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/resolution.py");
        let mut command = Command::new(python);
        command
            .arg(script)
            .arg(home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Botocore {
            child,
            input,
            output,
            _home: home,
        }
    }

    pub(crate) fn resolve(&mut self, written: &Written) -> Result<Resolved, String> {
        let env: serde_json::Map<String, Value> = ENVIRONMENT
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        let case = json!({
            "config": written.config, "credentials": written.credentials, "selected": written.selected, "env": env,
        });
        writeln!(self.input, "{case}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        match answer["error"].as_str() {
            // Nobody is signed in there; that this is the source is all that can be seen.
            Some(error) if error.starts_with("LoginTokenLoadError") => Ok(Resolved {
                base: "login".to_owned(),
                steps: None,
                region: None,
                endpoint: None,
            }),
            Some(error) => Err(error.to_owned()),
            // No client can be made with these files.
            None => match answer["endpoint"]
                .as_str()
                .filter(|text| text.starts_with("InvalidConfigError"))
            {
                Some(error) => Err(error.to_owned()),
                None => Ok(resolved(&answer)),
            },
        }
    }
}

fn resolved(answer: &Value) -> Resolved {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (mut base, mut steps) = (None, Vec::new());
    let (region, mut endpoint) = (text(&answer["region"]), text(&answer["endpoint"]));
    for (index, request) in answer["requests"].as_array().unwrap().iter().enumerate() {
        let form = &request["form"];
        endpoint = text(&request["endpoint"]);
        let role_arn = text(&form["RoleArn"]).unwrap();
        if form["Action"] == "AssumeRoleWithWebIdentity" {
            base = Some(format!("web_identity {role_arn}"));
            continue;
        }
        assert!(
            region.is_none() || region == text(&request["region"]),
            "{answer}"
        );
        let signer = text(&request["signer"]).unwrap();
        if index > 0 {
            assert_eq!(signer, format!("STS{index}"));
        }
        base.get_or_insert(signer);
        steps.push(Step {
            role_arn,
            external_id: text(&form["ExternalId"]),
            session_name: text(&form["RoleSessionName"])
                .filter(|name| !name.starts_with("botocore-session-")),
            duration: text(&form["DurationSeconds"]).map(|seconds| seconds.parse().unwrap()),
        });
    }
    let base = base.unwrap_or_else(|| text(&answer["key"]).unwrap());
    let base = match base.as_str() {
        key if ENVIRONMENT.iter().any(|(_, value)| *value == key) => "environment".to_owned(),
        key if key.starts_with("sso ") => "sso".to_owned(),
        key => key.to_owned(),
    };
    Resolved {
        base,
        steps: Some(steps),
        region,
        endpoint,
    }
}
