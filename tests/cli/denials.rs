//! `AccessDenied` with AWS's own reason: the hints are about the policy that it names, and nothing
//! else.

use crate::common::{Sandbox, Server};

const ROLE: &str = "arn:aws:iam::222222222222:role/PartnerAdmin";

fn denied(reason: &str) -> (u16, String, String) {
    let message = format!(
        "User: arn:aws:iam::111111111111:user/you is not authorized to perform: sts:AssumeRole on \
         resource: {ROLE}{reason}"
    );
    access_denied(&message)
}

fn access_denied(message: &str) -> (u16, String, String) {
    let body = format!(
        "<ErrorResponse \
         xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>AccessDenied\
         </Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    );
    (403, "content-type: text/xml\r\n".to_owned(), body)
}

#[test]
fn the_policy_that_aws_names_decides_the_hints() {
    let sandbox = Sandbox::start_plain();
    let server = Server::start(|_| denied(""));
    for (reason, hints) in [
        (
            " with an explicit deny in a resource control policy",
            "  - a resource control policy (RCP) denies sts:AssumeRole in the account that is \
             asked: ask the administrator of its organization\n",
        ),
        (
            " with an explicit deny in a service control policy: \
             arn:aws:organizations::1:policy/o-1/service/p-1",
            "  - a service control policy (SCP) denies sts:AssumeRole in the caller's account: ask \
             the administrator of its organization\n",
        ),
        (
            " because no service control policy allows the sts:AssumeRole action",
            "  - a service control policy (SCP) does not allow sts:AssumeRole in the caller's \
             account: ask the administrator of its organization\n",
        ),
        (
            " because no permissions boundary allows the sts:AssumeRole action",
            "  - the permissions boundary of the caller (its user or role) does not allow \
             sts:AssumeRole\n",
        ),
        (
            " with an explicit deny in a session policy",
            "  - the session policy of the credentials that sign the request denies \
             sts:AssumeRole\n",
        ),
        (
            " with an explicit deny in a VPC endpoint policy",
            "  - the policy of the VPC endpoint that the request goes through denies \
             sts:AssumeRole\n",
        ),
        (
            " because no identity-based policy allows the sts:AssumeRole action",
            "  - the caller's own policy must allow sts:AssumeRole on \
             arn:aws:iam::222222222222:role/PartnerAdmin\n  xacct \
             policy caller plain    prints what to add\n",
        ),
        (
            " with an explicit deny in an identity-based policy",
            "  - a policy of the caller (its user, group or role) denies sts:AssumeRole, perhaps \
             without MFA or from \
             elsewhere\n  - this is usual without MFA, and 'plain' uses none: set mfa_serial\n",
        ),
    ] {
        server.answer(move |_| denied(reason));
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .env("AWS_ENDPOINT_URL", server.endpoint());
        run.run().status(4).stdout("").stderr(&format!(
            "xacct: error: AWS refused {ROLE} (profile 'plain'): AccessDenied: User: \
             arn:aws:iam::111111111111:user/you is not authorized to perform: sts:AssumeRole on \
             resource: {ROLE}{reason}\n{hints}  xacct explain plain    shows every request\n"
        ));
        assert_eq!(server.asked().len(), 1, "{reason}");
    }
}

#[test]
fn the_trust_policy_is_where_an_external_id_and_mfa_are_demanded() {
    let sandbox = Sandbox::start_plain();
    for reason in [
        " because no resource-based policy allows the sts:AssumeRole action",
        " with an explicit deny in the role trust policy",
    ] {
        let server = Server::start(move |_| denied(reason));
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .env("AWS_ENDPOINT_URL", server.endpoint());
        run.run().status(4).stdout("").stderr_contains(&format!(
            "{reason}\n  - the role may demand another ExternalId than 'client1-7731'\n  - the \
             role may require MFA, and 'plain' uses none: set mfa_serial\n  - the trust policy of \
             {ROLE} must name the caller\n  xacct policy trust plain    prints what it must say\n"
        ));
    }
}

/// Other requests have the same reasons.
#[test]
fn every_request_that_is_denied_has_its_reason_told() {
    let sandbox = Sandbox::start_plain();
    let server = Server::start(|_| denied(" with an explicit deny in a service control policy"));
    let run = |args: &[&str]| {
        sandbox
            .xacct(args)
            .env("AWS_ENDPOINT_URL", server.endpoint())
            .run()
            .status(4)
    };
    let scp = |action: &str| {
        format!("  - a service control policy (SCP) denies {action} in the caller's account")
    };
    let code = ["credential-process", "hub", "--mfa-code", "123456"];
    run(&code)
        .stdout("")
        .stderr_contains(&scp("sts:GetSessionToken"));
    run(&["console", "keys", "--print"])
        .stdout("")
        .stderr_contains(&scp("sts:GetFederationToken"));
}

/// No ExternalId, MFA or policy helps: another identity does.
#[test]
fn a_root_user_is_told_to_use_another_identity() {
    const ROOT: &str = "Roles may not be assumed by root accounts";
    let sandbox = Sandbox::start_plain();
    let server = Server::start(|_| access_denied(&format!("{ROOT}.")));
    let run = |words: &[&str]| {
        let run = sandbox.xacct(words);
        run.env("AWS_ENDPOINT_URL", server.endpoint()).run()
    };
    let hints = "  - profile 'keys' has credentials of the account's root user, who cannot assume \
                 roles\n  - use an IAM user or a role instead, or sign in with IAM Identity Center\n";
    run(&["credential-process", "plain"])
        .status(4)
        .stdout("")
        .stderr(&format!(
            "xacct: error: AWS refused {ROLE} (profile 'plain'): AccessDenied: {ROOT}.\n{hints}"
        ));
    // Other words around it, and other commands.
    server.answer(|_| access_denied(ROOT));
    let exec = run(&["exec", "plain", "--external-id", "other", "--", "true"]);
    exec.status(125)
        .stderr_contains(&format!("{ROOT}\n{hints}"));
    let typed = run(&["whoami", "--role-arn", ROLE, "--source-profile", "keys"]);
    typed.status(4).stderr_contains(&format!("{ROOT}\n{hints}"));
}

/// It is no fault of the secret.
#[cfg(unix)]
#[test]
fn a_region_that_the_endpoint_does_not_serve_is_named() {
    let sandbox = Sandbox::start_plain();
    for words in [
        &["credential-process", "plain"][..],
        &["whoami", "keys"],
        &["exec", "plain", "--", "true"],
    ] {
        let run = sandbox.xacct(words).env("AWS_REGION", "zz").run();
        let run = run.status(if words[0] == "exec" { 125 } else { 4 });
        let run = run.stdout("").stderr_contains(
            "the endpoint does not take requests that are signed for zz: SignatureDoesNotMatch: \
             Credential should be scoped to a valid region",
        );
        run.stderr_contains("  set the region that http://127.0.0.1:");
    }
}
