//! A text on its way to the clipboard of whoever sits at the terminal, through SSH and tmux: OSC
//! 52, as xterm has it.

use crate::secret::Secret;

/// The control sequence. In tmux it goes once to tmux itself, which may know what to do with it
/// (`set-clipboard on`), and once through it to the terminal (`allow-passthrough on`).
pub(crate) fn osc52(text: &Secret, in_tmux: bool) -> Secret {
    let encoded = aws_smithy_types::base64::encode(text.expose());
    let sequence = format!("\u{1b}]52;c;{encoded}\u{7}");
    if !in_tmux {
        return Secret::new(sequence);
    }
    let wrapped = sequence.replace('\u{1b}', "\u{1b}\u{1b}");
    Secret::new(format!("{sequence}\u{1b}Ptmux;{wrapped}\u{1b}\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_through_tmux() {
        let text = Secret::new("https://x/?a=b");
        let plain = "\u{1b}]52;c;aHR0cHM6Ly94Lz9hPWI=\u{7}";
        assert_eq!(osc52(&text, false).expose(), plain);
        assert_eq!(
            osc52(&text, true).expose(),
            format!("{plain}\u{1b}Ptmux;\u{1b}\u{1b}]52;c;aHR0cHM6Ly94Lz9hPWI=\u{7}\u{1b}\\")
        );
    }
}
