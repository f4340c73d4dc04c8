//! The same crate at a provider that cheats: what came of it. That is printed and fails nothing, since this crate
//! leaves the redirect to the application; the case is that every trick was played.

use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, Scope, TokenResponse};

use super::{Failure, Provider, ask, click, client, must, send, user};

pub fn play() -> Result<(), Failure> {
    let lock = include_str!("../Cargo.lock").split("name = \"oauth2\"\nversion = \"").nth(1);
    let version = lock.and_then(|rest| rest.split('"').next()).ok_or("no version")?;
    let provider = Provider::start(&["--like", "mallory", "--port", "0"])?;
    for _ in 0..12 {
        log_in(&provider.issuer)?;
    }
    let report = ask(&format!("{}/mallory", provider.issuer), "GET", &[], "")?.body;
    let rows = report.lines().skip(2).filter(|line| !line.starts_with(' '));
    let rows: Vec<(&str, &str)> = rows.filter_map(|line| line.split_once(' ')).collect();
    for (trick, outcome) in &rows {
        println!(
            "info    oauth2 crate {version} at a provider that cheats: {trick}: {}",
            outcome.trim()
        );
    }
    must(rows.len() == 12 && !report.contains("not played yet"), &report)
}

fn log_in(issuer: &str) -> Result<(), Failure> {
    let client = client(issuer, "workshop", Some("workshop-secret"))?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state) = client
        .authorize_url(CsrfToken::new_random)
        .add_scope(Scope::new("read:user".into()))
        .set_pkce_challenge(challenge)
        .url();
    let location = click(url.as_str(), "allow")?;
    let mut redirects = vec![location.clone()];
    if location.starts_with(&format!("{issuer}/mallory/answers")) {
        let page = ask(&location, "GET", &[], "")?.body;
        let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        redirects = links.map(|link| link.replace("&amp;", "&")).collect();
    }
    for redirect in redirects {
        let redirect = oauth2::url::Url::parse(&redirect)?;
        let value = |name| redirect.query_pairs().find(|(key, _)| key == name).map(|(_, it)| it);
        // As in the crate's own example, which compares the state and looks at nothing else.
        if value("state").as_deref() == Some(state.secret()) {
            let code = AuthorizationCode::new(value("code").ok_or("no code")?.into_owned());
            let verifier = oauth2::PkceCodeVerifier::new(verifier.secret().clone());
            if let Ok(token) = client.exchange_code(code).set_pkce_verifier(verifier).request(&send)
            {
                user(issuer, token.access_token().secret())?;
            }
            break;
        }
    }
    Ok(())
}
