//! Requests that carry an MFA code: making sure that AWS is there, asking for the code, sending it
//! once.

use crate::arn::{self, Arn};
use crate::aws::{Failure, Identity, IssuedCredentials, Reason};
use crate::config::words;
use crate::credentials::{Credentials, shown_device};
use crate::error::{Error, Result};
use crate::mfa::{self, Code, CodeSource, Guard, MfaDevice};
use crate::plan::{Action, Mfa};
use crate::say::visible;
use crate::terminal::{self, interruptible};

use super::run::Run;
use super::{Broker, refusals};

/// Whether a code will be asked of somebody or something, as opposed to given, or not to be had.
pub(super) fn will_ask(broker: &Broker<'_>) -> bool {
    match broker.code_source() {
        CodeSource::Process { .. } => true,
        CodeSource::Prompt(_) => broker.can_ask(),
        CodeSource::Given(_) | CodeSource::None { .. } | CodeSource::Server => false,
    }
}

/// Whether a code that was given may be lost, because nothing proves that the device belongs to
/// the account of these keys. The account in an AWS key id proves it, and so does a cached session
/// that was issued with this device.
pub(super) fn may_lose_code(broker: &Broker<'_>, access_key_id: &str) -> bool {
    let plan = broker.plan;
    let device = plan.mfa.as_ref().and_then(|mfa| Arn::parse(&mfa.serial));
    let is_given = matches!(broker.code_source(), CodeSource::Given(_));
    let Some(device) = device.filter(|_| is_given) else {
        return false;
    };
    // If the profile itself names another account, nothing is sent at all.
    let named = plan.source.account_id();
    if named.is_some_and(|account_id| account_id != device.account_id) {
        return false;
    }
    is_foreign_perhaps(&device, access_key_id) && !has_taken_code(broker)
}

/// Whether the cache has a session that the device's code was given for.
fn has_taken_code(broker: &Broker<'_>) -> bool {
    let steps = broker.plan.steps.iter().enumerate();
    let mut with_code = steps.filter(|(_, step)| step.serial_number().is_some());
    with_code.any(|(index, _)| broker.lookup(index).is_some())
}

fn is_foreign_perhaps(device: &Arn<'_>, access_key_id: &str) -> bool {
    arn::account_in_key_id(access_key_id).is_none_or(|account_id| account_id != device.account_id)
}

/// Makes sure, before anyone is asked for a code, that AWS is there and knows the keys; says whose
/// they are.
pub(super) async fn reach(run: &Run<'_>, keys: &Credentials) -> Result<Identity> {
    let plan = run.broker.plan;
    let caller = run.sts()?.get_caller_identity(keys).await;
    let caller = caller.map_err(|failure| refusals::keys_refused(run, failure))?;
    if let Some(device) = &plan.mfa {
        let hint = format!("write the ARN of a device of {}", caller.arn);
        refuse_foreign(device, &caller.account_id, hint)?;
    }
    Ok(caller)
}

/// STS takes a code only from a device of the user who signs the request.
fn refuse_foreign(device: &Mfa, account_id: &str, hint: String) -> Result<()> {
    let Some(owner) = Arn::parse(&device.serial).map(|arn| arn.account_id) else {
        return Ok(());
    };
    if owner == account_id {
        return Ok(());
    }
    Err(Error::config(format!(
        "mfa_serial is a device of account {owner}, and the access key is of account {account_id}"
    ))
    .at(device.place.clone())
    .hint(hint))
}

/// Gets a code and sends the step with it.
///
/// Errors: `NeedsPerson` if no prompt is possible, `Refused` if AWS does not accept the code,
/// `Signal` on Ctrl-C.
pub(super) async fn send_with_code(
    run: &Run<'_>,
    index: usize,
    signer: &Credentials,
) -> Result<IssuedCredentials> {
    let broker = run.broker;
    let Some(serial) = broker.plan.steps[index].serial_number() else {
        return Err(Error::other(
            "a step without an MFA device was asked for a code",
        ));
    };
    if let (Some(device), Some(account_id)) = (&broker.plan.mfa, broker.plan.source.account_id()) {
        let hint = "write the ARN of a device of the key's user, or correct aws_account_id";
        refuse_foreign(device, account_id, hint.to_owned())?;
    }
    // What is wrong with the way to AWS must not cost a code.
    run.sts()?;
    let source = broker.code_source();
    let spare = broker.env.runtime_dir(&mfa::name_of_spare(broker.store));
    let guard = Guard::new(broker.store, spare, serial, broker.voice);
    // Processes with different roles may want the same device's code: one at a time.
    let _turn = run
        .wait_for(&guard.lock_name(), ", which uses the same MFA device")
        .await?;
    let device = MfaDevice {
        serial: shown_device(serial),
        profile: &broker.plan.profile,
    };
    for attempt in 1..=source.tries() {
        let code = mfa::next_code(&source, &device, &guard, attempt, broker.now, broker.voice);
        let asking = broker.common.asking();
        let code = while_awaited(run, &source, code).await?;
        drop(asking);
        broker.common.note_sent_code();
        let failure = match send_once(run, index, signer, &code).await? {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        if matches!(
            failure,
            Failure::Unreachable {
                never_sent: true,
                ..
            }
        ) {
            guard.forget(&code, (broker.now)());
        }
        if attempt == source.tries() || !is_wrong_code(&failure) {
            return Err(refusals::failed(run, index, failure));
        }
    }
    Err(Error::refused("AWS took none of the MFA codes"))
}

/// A prompt that ends when the SDK that called has ended: the code would be of no use, and the
/// prompt would take the next line that you type.
///
/// Errors: `NeedsPerson` then.
async fn while_awaited(
    run: &Run<'_>,
    source: &CodeSource,
    question: impl Future<Output = Result<Code>>,
) -> Result<Code> {
    let broker = run.broker;
    if !broker.options.until_expiry || !matches!(source, CodeSource::Prompt(_)) {
        return question.await;
    }
    tokio::select! {
        biased;
        () = broker.caller.leaves() => {
            let gone = "the program that wanted the credentials has gone";
            let profile = words::typed(&broker.plan.profile);
            terminal::tell(&format!("\nxacct: {gone}; run: xacct login {}\n", visible(&profile)));
            Err(Error::needs_person(gone).hint_of_profile(format!("in a terminal, run: xacct login \
                 {profile}")))
        }
        code = run.patience.unhurried(question) => code,
    }
}

/// Whether another code may help; an unknown device will not become known.
fn is_wrong_code(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Refused {
            reason: Some(Reason::WrongCode),
            ..
        }
    )
}

/// One request with a code; a second one only where no connection was made, so that nothing can
/// have arrived.
async fn send_once(
    run: &Run<'_>,
    index: usize,
    signer: &Credentials,
    code: &Code,
) -> Result<std::result::Result<IssuedCredentials, Failure>> {
    let answer = send(run, index, signer, code).await?;
    match answer {
        Err(Failure::Unreachable {
            never_sent: true, ..
        }) => send(run, index, signer, code).await,
        answer => Ok(answer),
    }
}

async fn send(
    run: &Run<'_>,
    index: usize,
    signer: &Credentials,
    code: &Code,
) -> Result<std::result::Result<IssuedCredentials, Failure>> {
    let step = &run.broker.plan.steps[index];
    // A client of its own, and so a new connection: on one that was kept open while a person typed,
    // a reset would leave it unknown whether the code has arrived.
    let sts = run.sts()?.reconnected()?;
    match &step.action {
        Action::Source => Err(Error::other("a source takes no MFA code")),
        Action::GetSessionToken {
            duration_seconds,
            serial_number,
        } => {
            let mfa = serial_number.as_deref().map(|serial| (serial, code));
            interruptible(sts.get_session_token(signer, *duration_seconds, mfa)).await
        }
        Action::AssumeRole(role) => interruptible(sts.assume_role(signer, role, Some(code))).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_of_the_keys_own_account_is_surely_not_foreign() {
        for (account_id, key, perhaps) in [
            ("029608264753", "AKIAQNZGKIQY56JQ7WML", false),
            ("111111111111", "AKIAQNZGKIQY56JQ7WML", true),
            ("029608264753", "AKIA0000000000000000", true),
        ] {
            let serial = format!("arn:aws:iam::{account_id}:mfa/me");
            assert_eq!(
                is_foreign_perhaps(&Arn::parse(&serial).unwrap(), key),
                perhaps,
                "{serial} {key}"
            );
        }
    }
}
