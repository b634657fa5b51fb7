//! Who this process runs as, and where.

use nix::unistd::{Uid, User};

/// The number of the user, where users have numbers.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the signature is the same everywhere"
)]
pub(crate) fn number() -> Option<u32> {
    Some(rustix::process::getuid().as_raw())
}

/// What the system calls this computer.
pub(crate) fn computer() -> Option<String> {
    let names = rustix::system::uname();
    names.nodename().to_str().ok().map(str::to_owned)
}

/// The name of the user with this number; `None` where the database has none, as for an arbitrary
/// number in a container.
pub(crate) fn account_name(uid: u32) -> Option<String> {
    let local = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    if let Some(name) = named_in(&local, uid) {
        return Some(name.to_owned());
    }
    let user = User::from_uid(Uid::from_raw(uid)).ok().flatten()?;
    Some(user.name).filter(|name| !name.is_empty())
}

/// The first user of that number in the text of `/etc/passwd`, which nearly every system asks first
/// and nearly every user is in: the C library would ask its caching daemon before, on the way of
/// every cached answer.
fn named_in(passwd: &str, uid: u32) -> Option<&str> {
    let mut users = passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        Some((fields.next()?, fields.nth(1)?))
    });
    users
        .find(|(_, number)| number.parse() == Ok(uid))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_user_of_a_number_is_named() {
        let passwd = "# \
                      local\nroot:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000:,,,:/home/alice:/bin/sh\nbad\n";
        assert_eq!(
            [0, 1000, 7].map(|uid| named_in(passwd, uid)),
            [Some("root"), Some("alice"), None]
        );
        assert_eq!(account_name(0).as_deref(), Some("root"));
    }
}
