//! The demo web app: a login button, a members' page, and a look behind the scenes.
//!
//! The practice provider runs inside it; with `--provider NAME` there is a real one, too.
//! Follow it in TUTORIAL.md, or read `webapp/login.rs` from top to bottom.

#[path = "webapp/app.rs"]
mod app;
mod cli;

use std::net::TcpListener;
use std::process::ExitCode;
use std::thread;

use app::{App, PAGES, Provider};
use cli::choose_provider::{ChosenProvider, choose_provider, environment};
use cli::screen::print;
use cli::wrapped::wrapped;
use cli::{Failure, Options};
use oauth2_by_hand::client::settings::Settings;
use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::http::{endpoint, loopback};
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::{Client, Error};

fn main() -> ExitCode {
    cli::run_with("webapp", serve)
}

fn serve(options: &Options) -> Result<(), Failure> {
    let mut chosen = choose_provider("webapp", options, environment())?;
    refuse_own_path(&chosen.client.redirect_uri)?;
    let listeners = listen(&mut chosen.client, options.port)?;
    let origin = endpoint::browsers_origin(&chosen.client.redirect_uri);

    let mut providers = vec![chosen];
    if providers.iter().all(|one| one.server.is_none()) && origin.starts_with("http://127.0.0.1") {
        // What the environment says is about the other provider.
        let practice = Options { provider: Some("practice".into()), ..options.clone() };
        let mut practice = choose_provider("webapp", &practice, Settings::new())?;
        practice.client.redirect_uri = format!("{origin}/callback");
        providers.insert(0, practice);
    }
    let notes = providers.iter().flat_map(|one| one.notes.clone()).collect::<Vec<_>>();
    let providers = providers.iter().map(|one| provider(one, options)).collect();
    let app = App::new(&origin, providers);
    let server = Server::start(listeners, move |request| app.handle(request), |_| ())
        .map_err(|error| loopback::cannot_listen(&origin, &error))?;

    print(&format!("The web app is open. Its address:\n{origin}/\n"))?;
    for note in notes {
        print(&wrapped(&format!("   {note}")))?;
    }
    for address in server.addresses() {
        print(&format!("It listens on {address}."))?;
    }
    print("Accounts and sessions live in its memory. Ctrl-C ends it, and them.")?;
    // The servers have threads of their own. This one waits for Ctrl-C.
    loop {
        thread::park();
    }
}

/// Refuses a redirect URI whose path is one of our own pages or forms.
fn refuse_own_path(redirect_uri: &str) -> Result<(), Error> {
    let (_, target) = endpoint::split(redirect_uri);
    let path = target.split('?').next().unwrap_or_default();
    if PAGES.contains(&path) || ["/login", "/logout"].contains(&path) {
        let problem = format!("its path {path} is a page of this application; /callback is free");
        return Err(Error::Configuration { setting: "OAUTH_REDIRECT_URI", problem });
    }
    Ok(())
}

/// Listens where the browser comes back to, or at `port`, where a TLS server in front forwards the requests to.
fn listen(client: &mut Client, port: Option<u16>) -> Result<Vec<TcpListener>, Error> {
    let Some(port) = port else {
        let (listeners, redirect_uri) = loopback::listen_at(&client.redirect_uri, client.any_port)?;
        client.redirect_uri = redirect_uri;
        return Ok(listeners);
    };
    let failed = |error| loopback::cannot_listen(&format!("http://127.0.0.1:{port}"), &error);
    let (listeners, port) = loopback::listen("127.0.0.1", port).map_err(failed)?;
    if client.redirect_uri.starts_with("http://") {
        let (_, target) = endpoint::split(&client.redirect_uri);
        client.redirect_uri = format!("http://127.0.0.1:{port}{target}");
    }
    Ok(listeners)
}

fn provider(chosen: &ChosenProvider, options: &Options) -> Provider {
    let (name, title) = match (&chosen.server, options.provider.as_deref()) {
        (Some(_), _) => ("practice", "Practice"),
        (None, name) => (name.unwrap_or("custom"), chosen.title.as_str()),
    };
    // A provider elsewhere on this machine may be a real one behind a port forward.
    let mask = if chosen.server.is_some() { chosen.mask(options) } else { Mask::hiding() };
    Provider { name: name.into(), title: title.into(), client: chosen.client.clone(), mask }
}
