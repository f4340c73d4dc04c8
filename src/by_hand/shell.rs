//! Settings as lines to paste into a shell.
//!
//! The reader pastes values that a stranger's server has chosen, and `https://e/';touch$IFS'x` is a legal URL.
//! Between these quotes each value is text, and no part of it is a command.

/// The line for the shell of this machine: PowerShell on Windows, a POSIX shell elsewhere.
pub fn line(name: &str, value: &str) -> String {
    if cfg!(windows) { powershell_line(name, value) } else { posix_line(name, value) }
}

/// Between single quotes a POSIX shell reads everything as it is, except the quote itself.
pub fn posix_line(name: &str, value: &str) -> String {
    format!("export {name}='{}'", value.replace('\'', r"'\''"))
}

/// PowerShell also ends a quoted text at typographic quotes; doubled, each stands for itself.
pub fn powershell_line(name: &str, value: &str) -> String {
    let mut quoted = value.to_owned();
    for quote in ["'", "‘", "’", "‚", "‛"] {
        quoted = quoted.replace(quote, &quote.repeat(2));
    }
    format!("$env:{name} = '{quoted}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that ends its quotes would be a command in the reader's own shell.
    #[test]
    fn no_value_gets_out_of_its_quotes() {
        let value = "a'; $(rm) `x` \"y\" $HOME \\";

        assert_eq!(posix_line("N", value), r#"export N='a'\''; $(rm) `x` "y" $HOME \'"#);
        assert_eq!(powershell_line("N", value), r#"$env:N = 'a''; $(rm) `x` "y" $HOME \'"#);
    }

    #[test]
    fn powershell_takes_typographic_quotes_for_quotes() {
        assert_eq!(powershell_line("N", "‘a’ ‚b‛"), "$env:N = '‘‘a’’ ‚‚b‛‛'");
        assert_eq!(posix_line("N", "‘a’"), "export N='‘a’'");
    }

    /// A URL that `endpoint::parse` takes, and values that it does not: nothing runs, and the value is whole.
    #[cfg(unix)]
    #[test]
    fn a_shell_that_reads_the_lines_runs_nothing_and_has_the_values() {
        let folder = std::env::temp_dir().join(format!("pasted-lines-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for value in [
            "https://e/';touch$IFS'x';'",
            "https://e/?a='$(touch$IFS'x')'&b=1",
            "'; touch x; '",
            "$(touch x) `touch x` ; touch x & \\",
            "'\\''; touch x #",
            "",
        ] {
            let script = posix_line("N", value) + "\nprintf %s \"$N\"";
            let mut shell = std::process::Command::new("sh");
            let output = shell.args(["-c", &script]).current_dir(&folder).output().unwrap();

            assert_eq!(String::from_utf8_lossy(&output.stdout), value);
            assert_eq!(String::from_utf8_lossy(&output.stderr), "");
            assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "{value}");
        }
        std::fs::remove_dir(&folder).unwrap();
    }
}
