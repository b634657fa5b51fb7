//! `xacct sandbox serve`: the sandbox alone, for tests and for other programs: says in one line of
//! JSON where it is and serves until a signal, or until its stdin ends, so that it never outlives
//! whoever started it.

use std::io::{Read, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::super::child::told_to_end;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::runtime;
use crate::sandbox::home::Home;
use crate::sandbox::server::Server;

/// Serves the world; `dir` is the `HOME` to use, else a temporary one; port 0 takes a free one.
pub(crate) fn run(
    world: Option<&Path>,
    dir: Option<&Path>,
    port: u16,
    env: &Env,
    out: &mut impl Write,
) -> Result<()> {
    let world = super::load(world)?;
    let home = match dir {
        Some(dir) => Home::at(dir, &world)?,
        None => Home::temporary(&super::temporary_dir(env), &world)?,
    };
    runtime::run(async {
        let server = Server::bind(world, port).await?;
        // Before anyone knows that there is something to end.
        let told_to_end = told_to_end()?;
        let endpoint = server.endpoint();
        let variables = home.variables(&endpoint).into_iter();
        let variables: Map<String, Value> = variables
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect();
        let ready = json!({ "endpoint": endpoint, "home": home.dir(), "env": variables });
        writeln!(out, "{ready}")
            .and_then(|()| out.flush())
            .map_err(|error| Error::other(format!("cannot say where the sandbox is: {error}")))?;
        tokio::select! {
            () = server.run() => Ok(()),
            () = told_to_end => Ok(()),
            () = end_of_stdin() => Ok(()),
        }
    })?
}

/// A thread of its own, because a read of stdin cannot be called off; it ends with the process.
async fn end_of_stdin() {
    let (ended, wait) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut buffer = [0; 1024];
        let mut stdin = std::io::stdin().lock();
        while matches!(stdin.read(&mut buffer), Ok(1..)) {}
        drop(ended);
    });
    let _ = wait.await;
}
