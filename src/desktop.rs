//! The desktop of the person at this machine: whether there is one, dialogs and notifications on
//! it. Nothing is linked: the programs that desktops have for scripts show them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::browser::is_remote;
use crate::env::Env;
use crate::path_search;

/// Whether a window would be seen by the person who started this.
pub(crate) fn is_there(env: &Env) -> bool {
    if cfg!(any(windows, target_os = "macos")) {
        return !is_remote(env);
    }
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env.get(name).is_some())
}

/// What shows a dialog with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialog {
    kind: DialogKind,
    program: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DialogKind {
    /// GNOME and everything with GTK.
    Zenity,
    /// KDE.
    Kdialog,
    /// macOS.
    Osascript,
    /// Windows.
    PowerShell,
}

/// What to install where [`Dialog::find`] finds nothing.
pub(crate) const DIALOG_TO_INSTALL: &str = "install zenity or kdialog";

/// `display dialog` takes its text as an argument, so that nothing in it is code.
const OSASCRIPT: &str = "on run argv
set answer to display dialog (item 1 of argv) with title \"xacct\" default answer \"\" hidden answer \
(item 2 of argv is \"hidden\")
return text returned of answer
end run";

/// The text is in a variable, so that nothing in it is code.
const POWERSHELL: &str = "$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Windows.Forms
$form = New-Object Windows.Forms.Form -Property @{ Text = 'xacct'; Width = 480; Height = 180; \
StartPosition = 'CenterScreen'; TopMost = $true; FormBorderStyle = 'FixedDialog' }
$label = New-Object Windows.Forms.Label -Property @{ Text = $env:XACCT_QUESTION; Left = 12; Top = 12; \
Width = 440; Height = 60 }
$field = New-Object Windows.Forms.TextBox -Property @{ Left = 12; Top = 76; Width = 340; \
UseSystemPasswordChar = ($env:XACCT_HIDDEN -eq '1') }
$ok = New-Object Windows.Forms.Button -Property @{ Text = 'OK'; Left = 364; Top = 74; \
DialogResult = 'OK' }
$form.Controls.AddRange(@($label, $field, $ok))
$form.AcceptButton = $ok
if ($form.ShowDialog() -eq 'OK') { [Console]::Out.WriteLine($field.Text) } else { exit 1 }";

impl Dialog {
    /// The desktop's own first; `None` where none of them is installed.
    pub(crate) fn find(env: &Env) -> Option<Dialog> {
        let is_kde = env
            .get("XDG_CURRENT_DESKTOP")
            .is_some_and(|names| names.split(':').any(|name| name == "KDE"));
        let programs: &[(DialogKind, &str)] = if cfg!(target_os = "macos") {
            &[(DialogKind::Osascript, "osascript")]
        } else if cfg!(windows) {
            &[(DialogKind::PowerShell, "powershell.exe")]
        } else if is_kde {
            &[
                (DialogKind::Kdialog, "kdialog"),
                (DialogKind::Zenity, "zenity"),
            ]
        } else {
            &[
                (DialogKind::Zenity, "zenity"),
                (DialogKind::Kdialog, "kdialog"),
            ]
        };
        programs.iter().find_map(|(kind, name)| {
            let program = path_search::find(OsStr::new(name), env).ok()?;
            Some(Dialog {
                kind: *kind,
                program,
            })
        })
    }

    /// The program's name, for messages.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            DialogKind::Zenity => "zenity",
            DialogKind::Kdialog => "kdialog",
            DialogKind::Osascript => "osascript",
            DialogKind::PowerShell => "PowerShell",
        }
    }

    /// Shows the text and a field; prints what was typed, and fails if it is closed.
    pub(crate) fn command(&self, text: &str, is_hidden: bool) -> Command {
        let mut command = Command::new(&self.program);
        match self.kind {
            DialogKind::Zenity => {
                command.args(["--entry", "--title=xacct", "--width=480"]);
                // A single underscore marks the next letter as a key.
                command.arg(format!("--text={}", text.replace('_', "__")));
                if is_hidden {
                    command.arg("--hide-text");
                }
            }
            DialogKind::Kdialog => {
                let field = if is_hidden {
                    "--password"
                } else {
                    "--inputbox"
                };
                command.args(["--title", "xacct", field]);
                command.arg(format!(
                    "<qt>{}</qt>",
                    in_markup(text).replace('\n', "<br>")
                ));
            }
            DialogKind::Osascript => {
                command.args(["-e", OSASCRIPT, text]);
                command.arg(if is_hidden { "hidden" } else { "shown" });
            }
            DialogKind::PowerShell => {
                command.args(["-NoProfile", "-STA", "-Command", POWERSHELL]);
                command.env("XACCT_QUESTION", text);
                command.env("XACCT_HIDDEN", if is_hidden { "1" } else { "0" });
            }
        }
        command
    }
}

/// What shows a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notifier {
    program: PathBuf,
}

/// It never waits for an answer, and takes its text as an argument.
const NOTIFICATION: &str = "on run argv
display notification (item 1 of argv) with title \"xacct\"
end run";

impl Notifier {
    /// `None` where there is no desktop, or nothing that shows notifications on it.
    pub(crate) fn find(env: &Env) -> Option<Notifier> {
        let name = if cfg!(target_os = "macos") {
            "osascript"
        } else {
            "notify-send"
        };
        if !is_there(env) {
            return None;
        }
        let program = path_search::find(OsStr::new(name), env).ok()?;
        Some(Notifier { program })
    }

    /// Shows the text for a few seconds.
    pub(crate) fn command(&self, text: &str) -> Command {
        let mut command = Command::new(&self.program);
        if is_named(&self.program, "osascript") {
            command.args(["-e", NOTIFICATION, text]);
        } else {
            command.args(["--app-name=xacct", "--", "xacct"]);
            command.arg(in_markup(text));
        }
        command
    }
}

fn is_named(program: &Path, name: &str) -> bool {
    program.file_stem().is_some_and(|stem| stem == name)
}

fn in_markup(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "AWS refused that code\nMFA code for mfa/you_two (profile <b>&c)";

    fn shown(kind: DialogKind, is_hidden: bool) -> Vec<String> {
        let dialog = Dialog {
            kind,
            program: "x".into(),
        };
        words(&dialog.command(TEXT, is_hidden))
    }

    fn words(command: &Command) -> Vec<String> {
        let words = command.as_std().get_args();
        words
            .map(|word| word.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn each_program_shows_the_text_as_it_is() {
        let zenity = "--text=AWS refused that code\nMFA code for mfa/you__two (profile <b>&c)";
        assert_eq!(
            shown(DialogKind::Zenity, true),
            [
                "--entry",
                "--title=xacct",
                "--width=480",
                zenity,
                "--hide-text"
            ]
        );
        let kdialog = "<qt>AWS refused that code<br>MFA code for mfa/you_two (profile \
                       &lt;b&gt;&amp;c)</qt>";
        assert_eq!(
            shown(DialogKind::Kdialog, true),
            ["--title", "xacct", "--password", kdialog]
        );
        assert_eq!(shown(DialogKind::Kdialog, false)[2], "--inputbox");
        assert_eq!(
            shown(DialogKind::Osascript, false),
            ["-e", OSASCRIPT, TEXT, "shown"]
        );
        let powershell = shown(DialogKind::PowerShell, true);
        assert!(!powershell.iter().any(|word| word.contains("you_two")));
    }

    #[test]
    fn a_notification_is_no_markup_and_no_option() {
        let notifier = Notifier {
            program: "/usr/bin/notify-send".into(),
        };
        assert_eq!(
            words(&notifier.command("--touch <key>")),
            ["--app-name=xacct", "--", "xacct", "--touch &lt;key&gt;"]
        );
    }

    #[test]
    #[cfg(all(unix, not(target_os = "macos")))]
    fn a_desktop_is_where_windows_can_be_shown() {
        for (variables, is) in [
            (&[("DISPLAY", ":0")][..], true),
            (&[("WAYLAND_DISPLAY", "wayland-0")], true),
            (&[("DISPLAY", "")], false),
            (&[], false),
        ] {
            assert_eq!(is_there(&Env::of(variables)), is, "{variables:?}");
        }
    }
}
