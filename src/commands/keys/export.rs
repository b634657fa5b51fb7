//! `xacct keys export PROFILE`: a key as `~/.aws/credentials` has it, for who insists.

use std::io::IsTerminal;
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::{agreed, keyring, secret_of, stored};
use crate::cli::KeysExport;
use crate::commands::context::Context;
use crate::commands::print;
use crate::error::{Error, Result};

pub(super) fn run(asked: &KeysExport, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let key = stored(&config, &asked.profile)?;
    let (profile, id, store) = (&key.profile, &key.access_key_id, key.store);
    if std::io::stdout().is_terminal() && !asked.print {
        return Err(
            Error::usage("stdout is a terminal, where a secret access key is not shown")
                .hint("send it to a file or a program; --print shows it all the same"),
        );
    }
    let question = format!("print the secret of access key {id} of '{profile}', in plain text?");
    if !agreed(&question, asked.confirming.yes, asked.confirming.no_input)? {
        context.voice.note("nothing was printed");
        return Ok(ExitCode::SUCCESS);
    }
    let secret = secret_of(key, keyring(context, asked.confirming.no_input))?;
    let text = Zeroizing::new(format!(
        "[{profile}]\naws_access_key_id = {id}\naws_secret_access_key = {}\n",
        secret.expose()
    ));
    print(text.as_bytes())?;
    context
        .voice
        .note(&format!("the key is still in {store} too"));
    Ok(ExitCode::SUCCESS)
}
