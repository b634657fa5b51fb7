//! Keys, from the bytes that terminals send for them.

use super::key::Key;

/// Bytes that are not a whole key yet.
#[derive(Debug, Default)]
pub(crate) struct PendingKeys {
    pending: Vec<u8>,
}

impl PendingKeys {
    /// The keys in these bytes and those before. What may go on is kept, until more comes or
    /// [`PendingKeys::flush`].
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.pending.extend_from_slice(bytes);
        let mut keys = Vec::new();
        while let Some((key, length)) = first(&self.pending) {
            self.pending.drain(..length);
            keys.push(key);
        }
        keys
    }

    /// Nothing more came for a while: a lone Escape was the key itself.
    pub(crate) fn flush(&mut self) -> Vec<Key> {
        let pending = std::mem::take(&mut self.pending);
        match pending.as_slice() {
            [] => Vec::new(),
            [0x1b] => vec![Key::Escape],
            _ => vec![Key::Other],
        }
    }
}

/// The first key and its length; `None` where it is not whole.
fn first(bytes: &[u8]) -> Option<(Key, usize)> {
    let byte = *bytes.first()?;
    let key = match byte {
        b'\r' => Key::Enter,
        3 | 0x1c => Key::Interrupt,
        4 => Key::End,
        // Ctrl-P, Ctrl-K; Ctrl-N, Ctrl-J, Tab.
        16 | 11 => Key::Up,
        14 | 10 | 9 => Key::Down,
        0x7f | 8 => Key::Backspace,
        23 => Key::EraseWord,
        21 => Key::EraseLine,
        1 => Key::First,
        5 => Key::Last,
        7 => Key::Escape,
        0x1b => return escaped(bytes),
        0..0x20 => Key::Other,
        _ => return character(bytes),
    };
    Some((key, 1))
}

fn character(bytes: &[u8]) -> Option<(Key, usize)> {
    let length = match bytes[0] {
        0..0x80 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf8 => 4,
        _ => return Some((Key::Other, 1)),
    };
    match bytes.get(..length).map(std::str::from_utf8) {
        Some(Ok(text)) => Some((text.chars().next().map_or(Key::Other, Key::Char), length)),
        Some(Err(_)) => Some((Key::Other, 1)),
        None => None,
    }
}

/// `ESC [ A`, `ESC O A`, `ESC [ 5 ~`; whatever else begins so is taken as a whole and is none.
fn escaped(bytes: &[u8]) -> Option<(Key, usize)> {
    let parameters = match *bytes.get(1)? {
        b'[' => bytes[2..]
            .iter()
            .position(|byte| (0x40..=0x7e).contains(byte))?,
        b'O' if bytes.len() > 2 => 0,
        b'O' => return None,
        // Escape, and what was typed after it before it was looked at.
        _ => return Some((Key::Escape, 1)),
    };
    let key = match (&bytes[2..2 + parameters], bytes[2 + parameters]) {
        (_, b'A' | b'Z') => Key::Up,
        (_, b'B') => Key::Down,
        (b"5", b'~') => Key::PageUp,
        (b"6", b'~') => Key::PageDown,
        (b"1" | b"7", b'~') | (b"", b'H') => Key::First,
        (b"4" | b"8", b'~') | (b"", b'F') => Key::Last,
        (b"", b'M') => Key::Enter,
        _ => Key::Other,
    };
    Some((key, 3 + parameters))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(bytes: &[u8]) -> Vec<Key> {
        let mut keys = PendingKeys::default();
        let mut found = keys.feed(bytes);
        found.extend(keys.flush());
        found
    }

    #[test]
    fn what_terminals_send() {
        for (bytes, key) in [
            (&b"\r"[..], Key::Enter),
            (b"\x03", Key::Interrupt),
            (b"\x1b", Key::Escape),
            (b"\x1b[A", Key::Up),
            (b"\x1bOA", Key::Up),
            (b"\x1b[Z", Key::Up),
            (b"\x10", Key::Up),
            (b"\x0b", Key::Up),
            (b"\x1b[B", Key::Down),
            (b"\x0e", Key::Down),
            (b"\n", Key::Down),
            (b"\x1b[5~", Key::PageUp),
            (b"\x1b[6~", Key::PageDown),
            (b"\x1b[H", Key::First),
            (b"\x1b[4~", Key::Last),
            (b"\x7f", Key::Backspace),
            (b"\x17", Key::EraseWord),
            (b"\x15", Key::EraseLine),
            (b"\x1b[1;5C", Key::Other),
            (b"\x1b[200~", Key::Other),
            (b"\x02", Key::Other),
            ("é".as_bytes(), Key::Char('é')),
            ("🔑".as_bytes(), Key::Char('🔑')),
            (b"\xff", Key::Other),
        ] {
            assert_eq!(all(bytes), [key], "{bytes:?}");
        }
        assert_eq!(
            all(b"ab\x1b[Bc"),
            [Key::Char('a'), Key::Char('b'), Key::Down, Key::Char('c')]
        );
        assert_eq!(all(b"\x1bx"), [Key::Escape, Key::Char('x')]);
    }

    #[test]
    fn a_key_may_come_in_pieces() {
        let mut keys = PendingKeys::default();
        assert_eq!(keys.feed(b"\x1b"), []);
        assert_eq!(keys.feed(b"["), []);
        assert_eq!(keys.feed(b"B\xc3"), [Key::Down]);
        assert_eq!(keys.feed(b"\xa9"), [Key::Char('é')]);
        assert_eq!(keys.flush(), []);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_are_the_same_keys(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut keys = PendingKeys::default();
            let mut found: Vec<Key> = bytes.iter().flat_map(|byte| keys.feed(&[*byte])).collect();
            found.extend(keys.flush());
            prop_assert_eq!(found, all(&bytes));
        }
    }
}
