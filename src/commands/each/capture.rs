//! What one command prints on one of its two streams: into lines as it comes, into memory and then
//! a file, into a file of the user's.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::say::visible_json;

/// What is kept of one stream in memory; what is more goes to a temporary file, nameless from the
/// start.
pub(super) const IN_MEMORY: usize = 64 * 1024;
/// A line longer than this is passed on in pieces.
const LONGEST_LINE: usize = 64 * 1024;

/// Whom a stream's lines are told, without their ends.
pub(super) type OnLine<'a> = Option<&'a dyn Fn(&[u8])>;

/// Where a stream goes.
#[derive(Default)]
pub(super) struct Sink {
    /// To be shown, or made JSON of, when the command has ended.
    pub(super) kept: Option<SpooledTempFile>,
    /// `--output-dir`
    pub(super) file: Option<File>,
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// What went wrong with keeping it, first.
    pub(super) error: Option<io::Error>,
}

impl Sink {
    pub(super) fn new(is_kept: bool, file: Option<File>) -> Sink {
        let kept = is_kept.then(|| SpooledTempFile::new(IN_MEMORY));
        Sink {
            kept,
            file,
            ..Sink::default()
        }
    }

    /// Forgets what an attempt printed, before the next one.
    pub(super) fn reset(&mut self) -> io::Result<()> {
        self.line.clear();
        if let Some(kept) = &mut self.kept {
            *kept = SpooledTempFile::new(IN_MEMORY);
        }
        if let Some(file) = &mut self.file {
            file.set_len(0)?;
            file.rewind()?;
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8], on_line: OnLine<'_>) {
        let kept = self
            .kept
            .as_mut()
            .map_or(Ok(()), |kept| kept.write_all(bytes));
        let written = kept.and_then(|()| {
            self.file
                .as_mut()
                .map_or(Ok(()), |file| file.write_all(bytes))
        });
        if let Err(error) = written {
            // The rest is read all the same, so that the command does not wait for ever.
            self.error.get_or_insert(error);
        }
        let Some(on_line) = on_line else { return };
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.line.len() >= LONGEST_LINE {
                on_line(self.line.strip_suffix(b"\n").unwrap_or(&self.line));
                self.line.clear();
            }
        }
    }

    fn end(&mut self, on_line: OnLine<'_>) {
        if let (Some(on_line), false) = (on_line, self.line.is_empty()) {
            on_line(&self.line);
        }
        self.line.clear();
    }

    /// How many bytes were kept.
    pub(super) fn length(&mut self) -> io::Result<u64> {
        self.kept
            .as_mut()
            .map_or(Ok(0), |kept| kept.seek(SeekFrom::End(0)))
    }

    /// What was kept, from its beginning.
    pub(super) fn kept(&mut self) -> io::Result<Option<&mut SpooledTempFile>> {
        if let Some(kept) = &mut self.kept {
            kept.seek(SeekFrom::Start(0))?;
        }
        Ok(self.kept.as_mut())
    }
}

/// Reads a pipe to its end, or until this is dropped; what was read by then is in the sink.
pub(super) async fn drain(
    mut pipe: impl AsyncRead + Unpin,
    sink: &RefCell<Sink>,
    on_line: OnLine<'_>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match pipe.read(&mut buffer).await {
            Ok(0) => break,
            Ok(count) => sink.borrow_mut().take(&buffer[..count], on_line),
            Err(error) => {
                sink.borrow_mut().error.get_or_insert(error);
                break;
            }
        }
    }
    sink.borrow_mut().end(on_line);
}

/// Writes what `from` holds as a JSON string; what is not UTF-8 in it becomes U+FFFD.
pub(super) fn write_json_string(from: &mut impl Read, into: &mut impl Write) -> io::Result<()> {
    into.write_all(b"\"")?;
    let (mut buffer, mut filled) = (vec![0; 16 * 1024], 0);
    loop {
        let count = from.read(&mut buffer[filled..])?;
        filled += count;
        // The beginning of a character may be here and its end in what comes next.
        let whole = if count == 0 {
            filled
        } else {
            whole_characters(&buffer[..filled])
        };
        let text = String::from_utf8_lossy(&buffer[..whole]);
        let quoted = serde_json::to_string(&text)?;
        into.write_all(visible_json(&quoted[1..quoted.len() - 1]).as_bytes())?;
        buffer.copy_within(whole..filled, 0);
        filled -= whole;
        if count == 0 {
            return into.write_all(b"\"");
        }
    }
}

/// How many bytes there are before a character that is not all there yet.
fn whole_characters(bytes: &[u8]) -> usize {
    (bytes.len().saturating_sub(3)..bytes.len())
        .find(|start| {
            std::str::from_utf8(&bytes[*start..])
                .is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
        })
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time, as pipes do.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn json(bytes: &[u8], at_a_time: usize) -> String {
        let mut text = Vec::new();
        write_json_string(&mut Drops(bytes, at_a_time), &mut text).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    proptest! {
        #[test]
        fn json_strings_are_the_text_however_it_comes(text in ".{0,40}", at_a_time in 1_usize..7) {
            prop_assert_eq!(json(text.as_bytes(), at_a_time), text);
        }

        #[test]
        fn what_is_no_text_is_marked(bytes in prop::collection::vec(any::<u8>(), 0..60), at_a_time in 1_usize..7) {
            prop_assert_eq!(json(&bytes, at_a_time), String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn lines_come_whole_and_without_their_end() {
        let (lines, mut sink) = (RefCell::new(Vec::new()), Sink::new(true, None));
        let on_line = |line: &[u8]| {
            lines
                .borrow_mut()
                .push(String::from_utf8_lossy(line).into_owned());
        };
        for piece in ["a", "b\nc\n", "\n", "d"] {
            sink.take(piece.as_bytes(), Some(&on_line));
        }
        sink.end(Some(&on_line));
        assert_eq!(*lines.borrow(), ["ab", "c", "", "d"]);
        let mut kept = String::new();
        sink.kept()
            .unwrap()
            .unwrap()
            .read_to_string(&mut kept)
            .unwrap();
        assert_eq!(kept, "ab\nc\n\nd");
    }

    #[test]
    fn what_is_much_is_not_cut_and_not_in_memory() {
        let mut sink = Sink::new(true, None);
        for _ in 0..100 {
            sink.take(&[b'x'; 10_000], None);
        }
        let kept = sink.kept().unwrap().unwrap();
        assert!(kept.is_rolled());
        let mut text = Vec::new();
        kept.read_to_end(&mut text).unwrap();
        assert_eq!(text.len(), 1_000_000);
    }
}
