//! What is said about real providers: the list of them, and how to register an application there.

use super::wrapped::wrapped;
use oauth2_by_hand::client::providers::{OTHERS, PRESETS, Preset};

/// What `--provider list` prints.
pub fn list() -> String {
    let mut lines =
        vec!["practice   inside this program, without an account (the default)".to_owned()];
    for preset in PRESETS {
        let scope = preset.setting("OAUTH_SCOPE").unwrap_or("no scope");
        lines.push(format!("\n{:<10} {}, asks for {scope}", preset.name, preset.title));
        for (what, value) in
            [("register at", preset.register_at), ("user", preset.user), ("rests on", preset.facts)]
        {
            lines.push(wrapped(&format!("           {what}: {value}")));
        }
    }
    lines.push(wrapped(&format!("\n{OTHERS}")));
    lines.push("Offline, as each of them would answer: --provider github --like github".into());
    lines.join("\n")
}

/// How to become a client of a provider: where, what to enter there exactly, what to paste here.
pub fn how_to_register(program: &str, preset: &Preset, redirect_uri: &str) -> String {
    let Preset { name, title, register_at, registration, facts, .. } = preset;
    let paste = match cfg!(windows) {
        true => "$env:OAUTH_CLIENT_ID = '…'; $env:OAUTH_CLIENT_SECRET = '…'",
        false => "export OAUTH_CLIENT_ID='…' OAUTH_CLIENT_SECRET='…'",
    };
    // A line to copy is printed alone and is not wrapped; everything else is for reading.
    let lines = [
        wrapped(&format!(
            "{title} has to know this program first. That takes a few minutes, once.\n"
        )),
        "1. Register an application:".into(),
        format!("   {register_at}"),
        wrapped(&format!("   {registration}")),
        "2. As the redirect URI enter exactly this:".into(),
        format!("   {redirect_uri}"),
        "3. Paste this line, with the client ID and the client secret that you get:".into(),
        format!("   {paste}"),
        "4. Start again:".into(),
        format!("   cargo run --bin {program} -- --provider {name}"),
        String::new(),
        wrapped(&format!("Until then, without an account: --provider {name} --like {name}")),
        wrapped(&format!("What this rests on: {facts}")),
        String::new(),
    ];
    lines.join("\n")
}
