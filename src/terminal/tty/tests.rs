//! What only a terminal that goes away would show.

use super::*;

const ENDS: [u8; 2] = [3, 28];

struct Gone(Option<i32>);

impl Read for Gone {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0
            .map_or(Ok(0), |number| Err(io::Error::from_raw_os_error(number)))
    }
}

#[test]
fn a_terminal_that_hangs_up_is_closed_not_an_empty_answer() {
    for gone in [Gone(None), Gone(Some(5))] {
        let answer = read_line(Keys {
            tty: gone,
            ends: [3, 28],
        });
        assert!(matches!(answer, Err(Unanswered::Closed)), "{answer:?}");
    }
    let answer = read_line(Keys {
        tty: &b"123"[..],
        ends: [3, 28],
    });
    assert!(matches!(answer, Err(Unanswered::Closed)), "{answer:?}");
    let answer = read_line(Keys {
        tty: Gone(Some(13)),
        ends: [3, 28],
    });
    assert!(matches!(answer, Err(Unanswered::Failed(_))), "{answer:?}");
}

#[test]
fn the_users_own_interrupt_key_counts() {
    let answer = read_line(Keys {
        tty: &b"12\x18"[..],
        ends: [0x18, 0],
    });
    assert!(matches!(answer, Err(Unanswered::Signal(2))), "{answer:?}");
}

#[test]
fn a_shown_line_ends_with_enter_and_takes_no_more() {
    let mut typed = &b"yes\nmore"[..];
    assert_eq!(shown_line(&mut typed, ENDS).unwrap(), "yes");
    assert_eq!(typed, b"more");
    for gone in [Gone(None), Gone(Some(5))] {
        assert!(matches!(shown_line(gone, ENDS), Err(Unanswered::Closed)));
    }
    assert!(matches!(
        shown_line(&b"ye"[..], ENDS),
        Err(Unanswered::Closed)
    ));
    for keys in [&b"ye\x03"[..], b"\x1c"] {
        assert!(matches!(
            shown_line(keys, ENDS),
            Err(Unanswered::Signal(INTERRUPT))
        ));
    }
    assert!(matches!(
        shown_line(Gone(Some(13)), ENDS),
        Err(Unanswered::Failed(_))
    ));
}
