//! Opening the user's browser: without a shell, without our secrets, and not to end with this program.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::process::{Command, Stdio};
use std::thread;

/// Opens `url` in the default browser. It must be one that our own builder made.
///
/// The URL is one argument of one program: no shell reads it (RFC 6749 §10.14).
/// A missing browser is noticed only after a moment, so `failed` is called later, from another thread.
///
/// # Errors
///
/// No thread can be started to wait for the browser; then the browser is not started either.
pub fn open(url: &str, failed: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let mut command = opener();
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for (name, _) in env::vars_os().filter(|(name, _)| is_ours(name)) {
        command.env_remove(name);
    }
    own_group(&mut command);
    let opener = thread::Builder::new().name("browser".into());
    opener.spawn(move || match command.status() {
        Ok(status) if status.success() => (),
        _ => failed(),
    })?;
    Ok(())
}

/// A browser and its extensions have no use for a client secret.
fn is_ours(variable: &OsStr) -> bool {
    variable.to_string_lossy().to_ascii_uppercase().starts_with("OAUTH_")
}

fn opener() -> Command {
    if cfg!(windows) {
        // `start` would need a shell, and a shell would read the `&` in the URL.
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    }
}

/// Ctrl-C goes to every process of the terminal's group: so the browser gets a group of its own.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(windows)]
fn own_group(command: &mut Command) {
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NEW_PROCESS_GROUP);
}

#[cfg(not(any(unix, windows)))]
fn own_group(_command: &mut Command) {}
