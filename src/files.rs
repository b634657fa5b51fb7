//! Reading the three files from disk, and the policy files that profiles name. A file that is not
//! there is `None`; one that is there and cannot be read is an error, never "no profiles". What
//! stands in them is left to `config`; changing them is below, in `write`.

mod private;
mod read;
mod write;
mod backup;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::config::FileKind;
use crate::config::Paths;
use crate::config::Texts;
use crate::config::hints;
use crate::error::Result;
use crate::error::{Error, Place};
use crate::plan::{Inputs, PolicyFile, PolicyText, Seen};
use crate::system::open;
pub(crate) use backup::backups;
pub(crate) use private::{create, make_dir, persist, put, temporary, temporary_dir};
pub(crate) use read::{is_pipe, read_bytes, read_pipe, read_text, refuse_other_kinds};
pub(crate) use write::{Change, EditLock, try_lock, write};

/// The texts to be parsed.
///
/// Errors: a file cannot be read, is a directory, or is not UTF-8.
pub(crate) fn read(paths: &Paths) -> Result<Texts> {
    read_raw(paths).map(Texts::without_marks)
}

/// The texts as they are, to the byte, for those who change them. Errors as [`read`].
pub(crate) fn read_raw(paths: &Paths) -> Result<Texts> {
    Ok(Texts {
        config: read_one(paths, FileKind::Config)?,
        credentials: read_one(paths, FileKind::Credentials)?,
        settings: read_one(paths, FileKind::Settings)?,
        keys: read_index(paths)?,
    })
}

/// The index of the access keys that are in a keyring; `None` where there is none.
///
/// Errors: it cannot be read.
pub(crate) fn read_index(paths: &Paths) -> Result<Option<Zeroizing<String>>> {
    match read_text(&paths.keys) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::config(format!("cannot be read: {error}"))
            .at(Place::File(paths.shown(&paths.keys)))
            .caused_by(error)
            .hint("it says which access keys are in a keyring")
            .named("keys-index-unreadable")),
    }
}

/// Each file by itself, as it is: what is wrong with one says nothing of the others.
pub(crate) fn read_each(paths: &Paths) -> [(FileKind, Result<Option<Zeroizing<String>>>); 3] {
    [FileKind::Config, FileKind::Credentials, FileKind::Settings]
        .map(|file| (file, read_one(paths, file)))
}

fn read_one(paths: &Paths, file: FileKind) -> Result<Option<Zeroizing<String>>> {
    // An empty path, where no home directory found, is not there either.
    let mut bytes = match read_bytes(paths.of(file)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&paths.display(file), file, error)),
    };
    if let Some(encoding) = wide_encoding(&bytes) {
        return Err(is_wide(&paths.display(file), encoding));
    }
    if has_only_carriage_returns(&bytes) {
        return Err(of_one_line(&paths.display(file)));
    }
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let bytes = Zeroizing::new(error.into_bytes());
            let line = memchr::memchr_iter(b'\n', &bytes[..good]).count() + 1;
            Err(not_utf8(&paths.display(file), line))
        }
    }
}

/// The policy files that a plan names, read.
///
/// Errors: the first that cannot be, with the line that names it.
pub(crate) fn read_policies(files: Vec<PolicyFile>) -> Result<Vec<PolicyText>> {
    files
        .into_iter()
        .map(|file| match read_text(&file.path) {
            Ok(text) => Ok((file, text.to_string())),
            Err(error) => {
                let message = format!(
                    "{}: session_policy: {} cannot be read: {error}",
                    file.place,
                    file.path.display()
                );
                Err(Error::config(message)
                    .caused_by(error)
                    .hint("it is the path of a JSON file, or the JSON text itself"))
            }
        })
        .collect()
}

/// A digest of what stands in a token's file; `None` where it cannot be read, which whoever needs
/// the token will say.
pub(crate) fn digest_of(path: &str) -> Option<String> {
    let token = read_bytes(Path::new(path)).ok()?;
    Some(hex::encode(Sha256::digest(&token)))
}

/// A digest of where this process is and of which version of each file is there: its name, number,
/// size and time.
pub(crate) fn digest_of_inputs(inputs: &Inputs) -> Seen {
    let mut hash = Sha256::new();
    let here = std::env::current_dir().unwrap_or_default();
    add(&mut hash, &here.to_string_lossy());
    for word in &inputs.words {
        let is_bare = !word.contains(std::path::is_separator);
        let directories = inputs.directories.iter().filter(|_| is_bare);
        let program = directories
            .map(|directory| directory.join(word))
            .find_map(|path| version(&path));
        for version in version(Path::new(word)).into_iter().chain(program) {
            add(&mut hash, &version);
        }
    }
    let is_whole = inputs.are_told
        && !inputs
            .words
            .iter()
            .any(|word| word != "." && Path::new(word).is_dir());
    Seen {
        digest: hex::encode(hash.finalize()),
        is_whole,
    }
}

fn add(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

/// What tells this version of a file from any other; `None` where there is no such file.
fn version(path: &Path) -> Option<String> {
    let file = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let changed = file
        .modified()
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let changed = changed.unwrap_or_default().as_nanos();
    Some(format!(
        "{} {} {} {changed}",
        path.display(),
        open::number(&file),
        file.len()
    ))
}

fn unreadable(path: &str, file: FileKind, error: std::io::Error) -> Error {
    let variable = match file {
        FileKind::Config => "AWS_CONFIG_FILE",
        FileKind::Credentials => "AWS_SHARED_CREDENTIALS_FILE",
        FileKind::Settings => "XACCT_CONFIG",
    };
    match error.kind() {
        ErrorKind::PermissionDenied => Error::config("the file cannot be read: permission denied")
            .hint(format!(
                "if the file is yours: {}",
                hints::allow_reading(path)
            )),
        ErrorKind::IsADirectory => Error::config("it is a directory, not a file").hint(format!(
            "move it away, or set {variable} to the file that is meant"
        )),
        _ => Error::config(format!("the file cannot be read: {error}"))
            .hint(format!("{variable} can name another file"))
            .caused_by(error),
    }
    .at(Place::File(path.to_owned()))
    .named("file-unreadable")
}

/// Whether the lines end as on the first Macs.
fn has_only_carriage_returns(bytes: &[u8]) -> bool {
    let inside = bytes.trim_ascii();
    memchr::memchr(b'\r', inside).is_some() && memchr::memchr(b'\n', inside).is_none()
}

fn of_one_line(path: &str) -> Error {
    Error::config(
        "its lines end with a carriage return and no line feed: only the AWS CLI and boto3 see \
         more than one line",
    )
    .at(Place::File(path.to_owned()))
    .hint(hints::end_lines(path))
    .named("file-unreadable")
}

/// The encoding, as iconv calls it, of a text that PowerShell's `>` or an editor on Windows wrote
/// as UTF-16, or something else as UTF-32. Without a byte order mark it is valid UTF-8 with NUL
/// bytes in every character: no profile file has those.
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0, 0, 0, last, ..] if *last != 0 => Some("UTF-32BE"),
        [first, 0, 0, 0, ..] if *first != 0 => Some("UTF-32LE"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [0, high, ..] if *high != 0 => Some("UTF-16BE"),
        [low, 0, ..] if *low != 0 => Some("UTF-16LE"),
        _ => None,
    }
}

fn is_wide(path: &str, encoding: &str) -> Error {
    let name = Path::new(path)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let writer = if encoding.starts_with("UTF-16") {
        ", as PowerShell's > writes it,"
    } else {
        ""
    };
    let error = Error::config(format!("the file is {encoding}{writer} and not UTF-8"))
        .at(Place::File(path.to_owned()));
    hints::to_utf8(path, &name, encoding)
        .into_iter()
        .fold(error, Error::hint)
        .named("file-not-utf8")
}

fn not_utf8(path: &str, line: usize) -> Error {
    Error::config("the file is not UTF-8")
        .at(Place::Line {
            file: path.to_owned(),
            line,
        })
        .hint(format!("save it as UTF-8{}", hints::from_latin1(path)))
        .named("file-not-utf8")
}

#[cfg(test)]
mod tests;
