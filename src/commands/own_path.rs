//! Where xacct itself is, for what is written down to call it later.

use std::path::Path;

use crate::env::Env;
use crate::error::{Error, Result};

/// The path by which xacct is found: that of a link that stays when a new version comes, where
/// there is one.
pub(super) fn path(env: &Env) -> Result<String> {
    let own = std::env::current_exe()
        .map_err(|error| Error::other("xacct does not find its own path").caused_by(error))?;
    let name = own.file_name().unwrap_or_default();
    let search = env.raw("PATH").unwrap_or_default();
    let found = std::env::split_paths(search)
        .map(|dir| dir.join(name))
        .find(|path| {
            path.is_absolute()
                && matches!((path.canonicalize(), own.canonicalize()), (Ok(a), Ok(b)) if a == b)
        });
    let path: &Path = found.as_deref().unwrap_or(&own);
    let path = path
        .to_str()
        .ok_or_else(|| Error::config(format!("{} is not UTF-8", path.display())))?;
    Ok(path.to_owned())
}
