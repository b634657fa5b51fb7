//! Access control lists in the text form that Windows documents (SDDL): who, other than the user
//! and the system itself, may read or write a file. Text in, values out, so that it is tested
//! everywhere.

/// What somebody may do with a file or a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Right {
    Read,
    /// Change its content, or who may.
    Write,
}

/// What a descriptor such as `O:S-1-5-21-…D:PAI(A;OICI;FA;;;SY)` says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Descriptor {
    /// The owner's SID, or its two letters.
    pub(crate) owner: String,
    /// Whether the list takes nothing over from the directory above.
    pub(crate) is_protected: bool,
    /// Everybody who may do something, and the most that they may.
    pub(crate) granted: Vec<(String, Right)>,
}

/// The system, and administrators: they can read everything anyway. The rights of whoever the owner
/// is, and of whoever creates a file in the directory.
const NOT_OTHERS: [&str; 8] = [
    "SY",
    "S-1-5-18",
    "BA",
    "S-1-5-32-544",
    "OW",
    "S-1-3-4",
    "CO",
    "S-1-3-0",
];

/// Numbers for the letters of rights that are not hexadecimal.
const RIGHTS: [(&str, u32); 22] = [
    ("FA", 0x1f_01ff),
    ("FR", 0x12_0089),
    ("FW", 0x12_0116),
    ("FX", 0x12_00a0),
    ("GA", 0x1000_0000),
    ("GX", 0x2000_0000),
    ("GW", 0x4000_0000),
    ("GR", 0x8000_0000),
    ("CC", 0x1),
    ("DC", 0x2),
    ("LC", 0x4),
    ("SW", 0x8),
    ("RP", 0x10),
    ("WP", 0x20),
    ("DT", 0x40),
    ("LO", 0x80),
    ("CR", 0x100),
    ("SD", 0x1_0000),
    ("RC", 0x2_0000),
    ("WD", 0x4_0000),
    ("WO", 0x8_0000),
    ("AS", 0x100_0000),
];

/// Write or append data, delete (also what is in the directory), change the list or the owner.
const WRITING: u32 = 0x2 | 0x4 | 0x40 | 0x1_0000 | 0x4_0000 | 0x8_0000 | 0x4000_0000 | 0x1000_0000;
/// Read data, or list a directory.
const READING: u32 = 0x1 | 0x8000_0000 | 0x1000_0000;

/// Reads a descriptor; `None` where it has no list, which means that everybody may do everything,
/// or where it cannot be read.
pub(crate) fn parse(text: &str) -> Option<Descriptor> {
    let list_at = text.find("D:")?;
    let owner = text[..list_at].strip_prefix("O:")?;
    let owner = owner.split("G:").next().unwrap_or(owner);
    let list = &text[list_at + 2..];
    let list = list.split("S:").next().unwrap_or(list);
    let flags_end = list.find('(').unwrap_or(list.len());
    let flags = &list[..flags_end];
    if flags.contains("NO_ACCESS_CONTROL") {
        return None;
    }
    let mut granted: Vec<(String, Right)> = Vec::new();
    for entry in list[flags_end..].split('(').skip(1) {
        let entry = entry.split(')').next()?;
        let Some((who, right)) = grant(entry).ok()? else {
            continue;
        };
        match granted.iter_mut().find(|(known, _)| *known == who) {
            Some((_, known)) => *known = right.max(*known),
            None => granted.push((who, right)),
        }
    }
    Some(Descriptor {
        owner: owner.to_owned(),
        is_protected: flags.contains('P'),
        granted,
    })
}

/// An entry of a list that cannot be read.
struct Unreadable;

/// `A;OICI;FA;;;S-1-5-21-…`: whom it allows to read or write the thing itself.
fn grant(entry: &str) -> Result<Option<(String, Right)>, Unreadable> {
    let fields: Vec<&str> = entry.split(';').collect();
    let [kind, flags, rights, _, _, who, ..] = fields.as_slice() else {
        return Err(Unreadable);
    };
    let is_allowed = matches!(*kind, "A" | "XA" | "OA" | "ZA");
    // What is only for the files that will be made in a directory.
    let is_inherited_only = flags.as_bytes().chunks(2).any(|flag| flag == b"IO");
    let rights = number(rights).ok_or(Unreadable)?;
    if !is_allowed || is_inherited_only {
        return Ok(None);
    }
    Ok(if rights & WRITING != 0 {
        Some(((*who).to_owned(), Right::Write))
    } else if rights & READING != 0 {
        Some(((*who).to_owned(), Right::Read))
    } else {
        None
    })
}

fn number(rights: &str) -> Option<u32> {
    if let Some(digits) = rights.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16).ok();
    }
    let mut sum = 0;
    for letters in rights.as_bytes().chunks(2) {
        let letters = std::str::from_utf8(letters).ok()?;
        sum |= RIGHTS.iter().find(|(known, _)| *known == letters)?.1;
    }
    Some(sum)
}

impl Descriptor {
    /// Everybody else who may do something: not the system, not administrators, and nobody whom
    /// `is_user` knows.
    pub(crate) fn others(&self, is_user: &dyn Fn(&str) -> bool) -> Vec<(String, Right)> {
        let is_other = |who: &str| !NOT_OTHERS.contains(&who) && !is_user(who);
        let others = self.granted.iter().filter(|(who, _)| is_other(who));
        others
            .map(|(who, right)| (name(who).to_owned(), *right))
            .collect()
    }

    /// Whether the owner is the user, or one who can do everything anyway.
    pub(crate) fn is_owned(&self, is_user: &dyn Fn(&str) -> bool) -> bool {
        NOT_OTHERS[..4].contains(&self.owner.as_str()) || is_user(&self.owner)
    }
}

/// As people know the usual groups; anybody else by the SID.
fn name(who: &str) -> &str {
    match who {
        "WD" | "S-1-1-0" => "Everyone",
        "BU" | "S-1-5-32-545" => "Users",
        "AU" | "S-1-5-11" => "Authenticated Users",
        "IU" | "S-1-5-4" => "Interactive",
        "AN" | "S-1-5-7" => "Anonymous",
        "BG" | "S-1-5-32-546" => "Guests",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "S-1-5-21-1-2-3-1001";

    fn others(text: &str) -> Vec<(String, Right)> {
        parse(text).unwrap().others(&|who| who == ME)
    }

    fn list(granted: &[(&str, Right)]) -> Vec<(String, Right)> {
        let owned = granted
            .iter()
            .map(|(who, right)| ((*who).to_owned(), *right));
        owned.collect()
    }

    #[test]
    fn a_users_own_profile_is_private() {
        let text =
            format!("O:{ME}G:{ME}D:(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;{ME})");
        assert_eq!(others(&text), []);
        let read = parse(&text).unwrap();
        assert_eq!((read.owner.as_str(), read.is_protected), (ME, false));
        assert!(read.is_owned(&|who| who == ME) && !read.is_owned(&|_| false));
        let private = parse(&format!("O:{ME}D:PAI(A;OICI;FA;;;{ME})")).unwrap();
        assert!(private.is_protected && private.others(&|who| who == ME).is_empty());
    }

    #[test]
    fn others_are_named_with_the_most_that_they_may() {
        // As in C:\, and as icacls /grant makes it.
        let text = format!(
            "O:{ME}G:SYD:PAI(A;OICI;FA;;;{ME})(A;OICI;0x1200a9;;;BU)(A;CI;LC;;;BU)(A;CIIO;DC;;;BU)\
             (A;OICIIO;GA;;;CO)(A;;FR;;;WD)(D;;FA;;;AN)(A;;FX;;;AU)(A;;FR;;;S-1-5-21-9-9-9-1002)"
        );
        assert_eq!(
            others(&text),
            list(&[
                ("Users", Right::Write),
                ("Everyone", Right::Read),
                ("S-1-5-21-9-9-9-1002", Right::Read)
            ])
        );
        assert_eq!(
            others(&format!("O:{ME}G:SYD:(A;;RPWPSD;;;BU)")),
            list(&[("Users", Right::Write)])
        );
    }

    #[test]
    fn no_list_and_no_sense_are_not_private() {
        for text in [
            "",
            "O:SYG:SY",
            "O:SYG:SYD:NO_ACCESS_CONTROL",
            "O:SYG:SYD:(A;;FA)",
            "O:SYG:SYD:(A;;??;;;BU)",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(others("O:SYG:SYD:"), []);
    }
}
