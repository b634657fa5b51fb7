//! Who may open a file: access control lists. A list of xacct's own has one entry, the user's, and
//! takes nothing over from the directory above.

use std::io;
use std::path::Path;
use std::sync::OnceLock;

use windows_permissions::constants::{SeObjectType, SecurityInformation};
use windows_permissions::utilities::current_process_sid;
use windows_permissions::wrappers::{
    ConvertSecurityDescriptorToStringSecurityDescriptor, ConvertSidToStringSid,
    GetNamedSecurityInfo, SetNamedSecurityInfo,
};
use windows_permissions::{LocalBox, SecurityDescriptor};

use crate::system::sddl::{self, Descriptor, Right};

/// Who else can get at something.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// The owner, if that is somebody else.
    pub(crate) owner: Option<String>,
    pub(crate) granted: Vec<(String, Right)>,
}

impl Others {
    /// Those who may write.
    pub(crate) fn writers(&self) -> Vec<String> {
        let writers = self.granted.iter();
        writers
            .filter(|(_, right)| *right == Right::Write)
            .map(|(who, _)| who.clone())
            .collect()
    }

    /// Those who may do anything.
    pub(crate) fn all(&self) -> Vec<String> {
        self.granted.iter().map(|(who, _)| who.clone()).collect()
    }
}

/// Leaves the user alone with the file or the directory, and with all that will be made in it.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    let user = match user() {
        Some(user) => user.to_owned(),
        None => read(path)?.owner,
    };
    let inherited = if path.is_dir() { "OICI" } else { "" };
    set(path, &format!("D:P(A;{inherited};FA;;;{user})"), true)
}

/// Gives a file the list of another one. What that takes over from its directory, this one takes
/// over from its own.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let descriptor = descriptor(from)?;
    match text(&descriptor) {
        Some(list) => apply(to, &descriptor, list.is_protected),
        // One without a list is open to everybody, which is not taken over.
        None => Ok(()),
    }
}

/// Who else may read or write it.
///
/// Errors: the system does not say, or it cannot be understood.
pub(crate) fn others(path: &Path) -> io::Result<Others> {
    let list = read(path)?;
    let is_user = |who: &str| Some(who) == user();
    Ok(Others {
        granted: list.others(&is_user),
        owner: (!list.is_owned(&is_user)).then_some(list.owner),
    })
}

fn read(path: &Path) -> io::Result<Descriptor> {
    let descriptor = descriptor(path)?;
    text(&descriptor)
        .ok_or_else(|| io::Error::other("everybody has access, or its list cannot be understood"))
}

fn descriptor(path: &Path) -> io::Result<LocalBox<SecurityDescriptor>> {
    let wanted = SecurityInformation::Owner | SecurityInformation::Dacl;
    GetNamedSecurityInfo(path.as_os_str(), SeObjectType::SE_FILE_OBJECT, wanted)
}

fn text(descriptor: &SecurityDescriptor) -> Option<Descriptor> {
    let wanted = SecurityInformation::Owner | SecurityInformation::Dacl;
    let text = ConvertSecurityDescriptorToStringSecurityDescriptor(descriptor, wanted).ok()?;
    sddl::parse(text.to_str()?.trim_end_matches('\0'))
}

fn set(path: &Path, list: &str, is_protected: bool) -> io::Result<()> {
    let descriptor: LocalBox<SecurityDescriptor> = list.parse()?;
    apply(path, &descriptor, is_protected)
}

fn apply(path: &Path, descriptor: &SecurityDescriptor, is_protected: bool) -> io::Result<()> {
    let inheritance = if is_protected {
        SecurityInformation::ProtectedDacl
    } else {
        SecurityInformation::UnprotectedDacl
    };
    SetNamedSecurityInfo(
        path.as_os_str(),
        SeObjectType::SE_FILE_OBJECT,
        SecurityInformation::Dacl | inheritance,
        None,
        None,
        descriptor.dacl(),
        None,
    )
}

/// The number of the account that this process acts for.
fn user() -> Option<&'static str> {
    static USER: OnceLock<Option<String>> = OnceLock::new();
    USER.get_or_init(|| {
        let sid = current_process_sid().ok()?;
        let sid = ConvertSidToStringSid(&sid).ok()?;
        Some(sid.to_str()?.trim_end_matches('\0').to_owned())
    })
    .as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_private_is_the_users_alone() {
        let dir = tempfile::tempdir().unwrap();
        let shared = dir.path().join("shared");
        std::fs::write(&shared, "x").unwrap();
        let me = user().unwrap();
        set(&shared, &format!("D:P(A;;FA;;;{me})(A;;FR;;;WD)"), true).unwrap();
        let granted = others(&shared).unwrap().granted;
        assert_eq!(granted, [("Everyone".to_owned(), Right::Read)]);
        let copied = dir.path().join("copied");
        std::fs::write(&copied, "x").unwrap();
        copy(&shared, &copied).unwrap();
        assert_eq!(others(&copied).unwrap().granted, granted);
        make_private(&shared).unwrap();
        let private = others(&shared).unwrap();
        assert!(private.owner.is_none(), "{private:?}");
        assert_eq!(
            private.granted,
            [],
            "{:?}",
            descriptor(&shared).unwrap().as_sddl()
        );
        assert_eq!(std::fs::read_to_string(&shared).unwrap(), "x");
    }
}
