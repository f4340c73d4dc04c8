//! The web app, asked without a socket: what it does for whom, and what it refuses.
//!
//! The practice provider runs on a socket, because the application really asks it. A browser here is a jar
//! of cookies, one for all ports, as in a real one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test, a panic is the answer"
)]

#[path = "../steps/webapp/app.rs"]
mod app;
mod common;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex, RwLock};
use std::thread;
use std::time::Duration;

use app::{App, Provider};
use common::{decision_at, hidden, parameter};
use oauth2_by_hand::client::settings;
use oauth2_by_hand::http::serve::Server;
use oauth2_by_hand::http::{Request, Response, loopback};
use oauth2_by_hand::show::mask::Mask;
use oauth2_by_hand::{Client, practice};

const ORIGIN: &str = "http://127.0.0.1:8080";
const MINUTE: Duration = Duration::from_secs(60);

/// The application, and the practice provider that it asks.
struct World {
    app: App,
    provider: Arc<practice::Provider>,
    token_calls: Arc<AtomicUsize>,
    _server: Server,
}

fn world() -> World {
    world_with(Vec::new())
}

fn world_with(others: Vec<Provider>) -> World {
    let token_calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&token_calls);
    let (provider, server) = practice::start(&practice::quirks::PLAIN, 0, move |seen| {
        let practice::Seen::Exchange(request, _) = seen else { return };
        counter.fetch_add(usize::from(request.path() == "/token"), Ordering::SeqCst);
    })
    .unwrap();
    let client = client(&provider.settings());
    let own = Provider {
        name: "practice".into(),
        title: "Practice".into(),
        client,
        mask: Mask::showing(),
    };
    let providers = std::iter::once(own).chain(others).collect();
    World { app: App::new(ORIGIN, providers), provider, token_calls, _server: server }
}

fn client(settings: &[(&str, String)]) -> Client {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    settings::client(&settings.collect()).unwrap()
}

impl World {
    fn token_calls(&self) -> usize {
        self.token_calls.load(Ordering::SeqCst)
    }
}

/// One browser: its cookies.
#[derive(Clone, Default)]
struct Browser {
    jar: Vec<(String, String)>,
}

impl Browser {
    fn send(&mut self, app: &App, request: Request) -> Response {
        let cookies: Vec<String> =
            self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = match cookies.is_empty() {
            true => request,
            false => request.with_header("Cookie", &cookies.join("; ")),
        };
        let response = app.handle(&request);
        self.keep_cookie(&response);
        response
    }

    fn keep_cookie(&mut self, response: &Response) {
        let Some(cookie) = response.header("set-cookie") else { return };
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        self.jar.retain(|(known, _)| known != name);
        if !cookie.contains("Max-Age=0") {
            self.jar.push((name.to_owned(), value.to_owned()));
        }
    }

    fn get(&mut self, app: &App, target: &str) -> Response {
        self.send(app, Request::get(&format!("{ORIGIN}{target}")))
    }

    /// Starts a login: the authorization URL.
    fn start(&mut self, app: &App, target: &str) -> String {
        let answer = self.get(app, target);
        assert_eq!(answer.status, 303, "{}", answer.text().unwrap());
        answer.header("location").unwrap().to_owned()
    }

    /// Answers the practice provider's question: the redirect, as path and query.
    fn answer(&mut self, world: &World, url: &str, decision: &str, person: &str) -> String {
        let page = world.provider.handle(&Request::get(url));
        self.keep_cookie(&page);
        let click = decision_at(world.provider.issuer(), &page, decision, person);
        let answer = world.provider.handle(&click);
        let location = answer.header("location").unwrap();
        location.strip_prefix(ORIGIN).unwrap().to_owned()
    }

    /// The whole login; the answer to the callback.
    fn log_in(&mut self, world: &World) -> Response {
        let url = self.start(&world.app, "/login");
        let redirect = self.answer(world, &url, "allow", "ada");
        let answer = self.get(&world.app, &redirect);
        assert_eq!(answer.status, 303, "{}", answer.text().unwrap());
        answer
    }

    fn is_logged_in(&mut self, app: &App) -> bool {
        self.clone().get(app, "/members").text().unwrap().contains("The members’ page")
    }

    fn session(&self) -> &str {
        &self.jar.iter().find(|(name, _)| name == "by_hand_session_8080").unwrap().1
    }

    fn log_out(&mut self, app: &App, form_token: &str, origin: &[&str]) -> Response {
        let request =
            Request::post_form(&format!("{ORIGIN}/logout"), &[("form_token", form_token)]);
        self.send(
            app,
            origin.iter().fold(request, |request, origin| request.with_header("Origin", origin)),
        )
    }
}

/// Lets time pass without waiting for it: sessions and pending logins grow old.
fn let_time_pass(app: &App, time: Duration) {
    app.memory.lock().unwrap().skew += time;
}

fn title(page: &Response) -> &str {
    let html = page.text().unwrap();
    html.split_once("<h1>").map_or("", |(_, after)| after.split("</h1>").next().unwrap())
}

/// A provider that says what a test wants it to say, and remembers what it was asked.
struct Canned {
    origin: String,
    user: Arc<Mutex<(u16, String)>>,
    asked: Arc<Mutex<Vec<String>>>,
    _server: Server,
}

const TOKEN: &str = r#"{"access_token":"CanaryTokenCanaryToken","token_type":"Bearer"}"#;

fn canned(token: (u16, &'static str), user: (u16, String)) -> Canned {
    canned_that(user, move || token)
}

/// The same, with a token endpoint that does something before it answers.
fn canned_that(
    user: (u16, String),
    token: impl Fn() -> (u16, &'static str) + Send + Sync + 'static,
) -> Canned {
    let (listeners, _) = loopback::listen("127.0.0.1", 0).unwrap();
    let origin = format!("http://{}", listeners[0].local_addr().unwrap());
    let (user, asked) = (Arc::new(Mutex::new(user)), Arc::new(Mutex::new(Vec::new())));
    let (answer, log) = (Arc::clone(&user), Arc::clone(&asked));
    let handler = move |request: &Request| {
        log.lock().unwrap().push(request.path().to_owned());
        let (status, body) = match request.path() {
            "/token" => {
                let (status, body) = token();
                (status, body.to_owned())
            }
            _ => answer.lock().unwrap().clone(),
        };
        Response::new(status, "application/json", body)
    };
    let server = Server::start(listeners, handler, |_| ()).unwrap();
    Canned { origin, user, asked, _server: server }
}

impl Canned {
    /// From now on the user is this one.
    fn set_user(&self, body: &str) {
        *self.user.lock().unwrap() = (200, body.to_owned());
    }
}

/// That provider as the application knows it, under the name of a real one and masked like one.
fn real(name: &str, origin: &str) -> Provider {
    real_at(name, origin, "/callback")
}

/// The same, with a redirect URI of its own.
fn real_at(name: &str, origin: &str, target: &str) -> Provider {
    let client = client(&[
        ("OAUTH_REDIRECT_URI", format!("{ORIGIN}{target}")),
        ("OAUTH_CLIENT_ID", "us".into()),
        ("OAUTH_CLIENT_SECRET", "CanarySecretCanary".into()),
        ("OAUTH_AUTHORIZE_URL", format!("{origin}/authorize")),
        ("OAUTH_TOKEN_URL", format!("{origin}/token")),
        ("OAUTH_USERINFO_URL", format!("{origin}/user")),
    ]);
    Provider { name: name.into(), title: "Real".into(), client, mask: Mask::hiding() }
}

/// A login at the canned provider: the answer to the callback, and the browser.
fn log_in_at(canned: &Canned) -> (App, Browser, Response) {
    let app = App::new(ORIGIN, vec![real("real", &canned.origin)]);
    let mut browser = Browser::default();
    let answer = log_in_real(&app, &mut browser, "real");
    (app, browser, answer)
}

fn log_in_real(app: &App, browser: &mut Browser, name: &str) -> Response {
    let url = browser.start(app, &format!("/login?provider={name}"));
    let state = parameter(&url, "state").unwrap();
    browser.get(app, &format!("/callback?code=CanaryCodeCanaryCode&state={state}"))
}

fn user_named(name: &str) -> String {
    serde_json::json!({"id": 7, "name": name, "bio": name, "avatar_url": name, "email": "a@example.org"}).to_string()
}

// The way that everything goes well.

#[test]
fn a_login_ends_with_name_bio_and_picture() {
    let world = world();
    let mut browser = Browser::default();
    let answer = browser.log_in(&world);
    assert_eq!(answer.header("location"), Some("/welcome"));

    let page = browser.get(&world.app, "/welcome");
    let html = page.text().unwrap();
    let avatar = format!("src=\"{}/avatar.svg?person=ada\"", world.provider.issuer());
    for part in ["Ada Winter", "Keeps bees and very tidy notebooks.", &avatar, "<code>1815</code>"]
    {
        assert!(html.contains(part), "{part}");
    }
}

/// A9.
#[test]
fn the_callback_ends_in_303_to_an_address_without_the_code() {
    let world = world();
    let answer = Browser::default().log_in(&world);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/welcome")));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.body.is_empty());
}

#[test]
fn whoever_is_not_logged_in_is_offered_the_login_and_comes_back() {
    let world = world();
    for path in ["/members", "/welcome", "/behind-the-scenes"] {
        let mut browser = Browser::default();
        let page = browser.get(&world.app, path);
        let link = format!("href=\"/login?provider=practice&amp;next=%2F{}\"", &path[1..]);
        assert!(
            title(&page) == "Please log in first" && page.text().unwrap().contains(&link),
            "{path}"
        );
        let url = browser.start(&world.app, &format!("/login?provider=practice&next={path}"));
        let redirect = browser.answer(&world, &url, "allow", "ada");
        assert_eq!(browser.get(&world.app, &redirect).header("location"), Some(path));
    }
}

// A1 to A4: the session and its cookie.

#[test]
fn a1_a_session_id_of_somebody_elses_choice_is_never_adopted() {
    let world = world();
    let planted = "A".repeat(43);
    let mut browser = Browser { jar: vec![("by_hand_session_8080".into(), planted.clone())] };
    let url = browser.start(&world.app, "/login");
    assert_ne!(browser.session(), planted);
    assert_eq!(browser.session().len(), 43);
    let redirect = browser.answer(&world, &url, "allow", "ada");
    assert_eq!(browser.get(&world.app, &redirect).status, 303);
    assert_ne!(browser.session(), planted);
}

#[test]
fn a2_the_login_gives_a_new_id_and_the_old_one_is_dead() {
    let world = world();
    let mut browser = Browser::default();
    let url = browser.start(&world.app, "/login");
    let before = browser.clone();
    let redirect = browser.answer(&world, &url, "allow", "ada");
    browser.get(&world.app, &redirect);
    assert_ne!(before.session(), browser.session());
    assert!(browser.is_logged_in(&world.app) && !before.clone().is_logged_in(&world.app));
    // Not as a visitor either: its next login is under another id.
    let mut again = before.clone();
    again.start(&world.app, "/login");
    assert_ne!(again.session(), before.session());
}

#[test]
fn a2_a_copy_of_the_cookie_is_worth_nothing_after_logging_out() {
    let world = world();
    let mut browser = Browser::default();
    browser.log_in(&world);
    let mut copy = browser.clone();
    let form_token = hidden(browser.get(&world.app, "/welcome").text().unwrap(), "form_token");
    let answer = browser.log_out(&world.app, &form_token, &[ORIGIN]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    assert!(!browser.jar.iter().any(|(name, _)| name == "by_hand_session_8080"));
    assert!(!copy.is_logged_in(&world.app));
}

#[test]
fn a3_the_cookies_attributes_are_these() {
    let world = world();
    let mut browser = Browser::default();
    let answer = browser.get(&world.app, "/login");
    let expected =
        format!("by_hand_session_8080={}; HttpOnly; SameSite=Lax; Path=/", browser.session());
    assert_eq!(answer.header("set-cookie"), Some(expected.as_str()));
    let answer = Browser::default().log_in(&world);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/"), "{cookie}");
}

#[test]
fn a3_under_https_the_cookie_is_secure_and_its_name_holds_it_to_its_host() {
    let app = App::new("https://app.example", vec![real("real", "https://idp.example")]);
    let answer = app.handle(&Request::get("https://app.example/login"));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-by_hand_session_443="), "{cookie}");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/; Secure"), "{cookie}");
}

/// Ports share cookies: with one name, the provider's login would end ours.
#[test]
fn a4_application_and_provider_do_not_share_a_cookie_name() {
    let world = world();
    let mut browser = Browser::default();
    browser.log_in(&world);
    let names: BTreeSet<&str> = browser.jar.iter().map(|(name, _)| name.as_str()).collect();
    let [own, of_the_provider] = names.into_iter().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(own, "by_hand_session_8080");
    assert!(of_the_provider.starts_with("practice_session_"), "{of_the_provider}");
}

#[test]
fn two_cookies_of_our_name_are_none() {
    let world = world();
    let mut browser = Browser::default();
    browser.log_in(&world);
    browser.jar.push(("by_hand_session_8080".into(), "planted".into()));
    assert!(!browser.is_logged_in(&world.app));
}

// A5 to A8: which redirect belongs to whom.

/// Login CSRF: Authlib's GHSA-fg6f-75jq-6523, with two cookie jars.
#[test]
fn a5_a_callback_from_another_browser_is_refused_and_costs_its_owner_nothing() {
    let world = world();
    let mut owner = Browser::default();
    let url = owner.start(&world.app, "/login");
    let redirect = owner.answer(&world, &url, "allow", "ada");

    let mut without_cookie = Browser::default();
    let mut with_another = Browser::default();
    with_another.start(&world.app, "/login");
    for (victim, words) in [
        (&mut without_cookie, "We do not know this browser"),
        (&mut with_another, "This login is not yours"),
    ] {
        let page = victim.get(&world.app, &redirect);
        assert_eq!((page.status, title(&page)), (400, words));
        assert!(!victim.is_logged_in(&world.app));
    }
    assert_eq!(world.token_calls(), 0);
    assert_eq!(owner.get(&world.app, &redirect).status, 303);
}

#[test]
fn a5_a_state_that_is_nobodys_is_refused() {
    let world = world();
    let mut browser = Browser::default();
    let state = parameter(&browser.start(&world.app, "/login"), "state").unwrap();
    for wrong in ["x", &state[1..], &format!("{state}x"), &state.to_lowercase()] {
        let page = browser.get(&world.app, &format!("/callback?code=c&state={wrong}"));
        assert_eq!((page.status, title(&page)), (400, "This login is not yours"), "{wrong}");
    }
    assert_eq!(browser.get(&world.app, "/callback?code=c").status, 400);
    assert_eq!(
        browser.get(&world.app, &format!("/callback?code=c&state={state}&state=x")).status,
        400
    );
    assert_eq!(browser.get(&world.app, &format!("/callback?code=%z1&state={state}")).status, 400);
    assert_eq!(world.token_calls(), 0);
}

#[test]
fn a6_a_pending_login_ends_after_ten_minutes() {
    let world = world();
    for (minutes, status) in [(9, 303), (10, 400)] {
        let mut browser = Browser::default();
        let url = browser.start(&world.app, "/login");
        let redirect = browser.answer(&world, &url, "allow", "ada");
        let_time_pass(&world.app, minutes * MINUTE);
        assert_eq!(browser.get(&world.app, &redirect).status, status, "{minutes} minutes");
    }
}

/// A tab that is opened later keeps the session young, but not the older tab's login.
#[test]
fn a6_a_new_tab_does_not_keep_an_old_login_alive() {
    let world = world();
    let mut browser = Browser::default();
    let url = browser.start(&world.app, "/login");
    let redirect = browser.answer(&world, &url, "allow", "ada");
    let_time_pass(&world.app, 6 * MINUTE);
    browser.start(&world.app, "/login");
    let_time_pass(&world.app, 6 * MINUTE);
    let page = browser.get(&world.app, &redirect);
    assert_eq!((page.status, title(&page)), (400, "This login is not yours"));
    assert_eq!(world.token_calls(), 0);
}

#[test]
fn a6_the_fifth_tab_takes_the_place_of_the_first() {
    let world = world();
    let mut browser = Browser::default();
    let urls: Vec<String> = (0..5).map(|_| browser.start(&world.app, "/login")).collect();
    let redirects: Vec<String> =
        urls.iter().map(|url| browser.answer(&world, url, "allow", "ada")).collect();
    assert_eq!(title(&browser.get(&world.app, &redirects[0])), "This login is not yours");
    assert_eq!(browser.get(&world.app, &redirects[1]).status, 303);
}

#[test]
fn a6_a_failed_login_is_over() {
    let world = world();
    let mut browser = Browser::default();
    let url = browser.start(&world.app, "/login");
    let redirect = browser.answer(&world, &url, "deny", "ada");
    assert_eq!(title(&browser.get(&world.app, &redirect)), "No login this time");
    let state = parameter(&redirect, "state").unwrap();
    let answer = browser.get(&world.app, &format!("/callback?code=c&state={state}"));
    assert_eq!((answer.status, answer.header("location")), (303, Some("/welcome")));
    assert!(!browser.is_logged_in(&world.app));
    assert_eq!(world.token_calls(), 0);
}

#[test]
fn a6_a_flood_of_begun_logins_logs_nobody_out() {
    let world = world();
    let mut member = Browser::default();
    member.log_in(&world);
    let mut early = Browser::default();
    let url = early.start(&world.app, "/login");
    let redirect = early.answer(&world, &url, "allow", "ada");
    for _ in 0..1000 {
        Browser::default().start(&world.app, "/login");
    }
    assert!(member.is_logged_in(&world.app));
    // The oldest of those that were only begun had to make room.
    assert_eq!(title(&early.get(&world.app, &redirect)), "This login is not yours");
}

#[test]
fn a7_each_tab_finds_its_own_verifier() {
    for first in [0, 1] {
        let world = world();
        let mut browser = Browser::default();
        let urls = [browser.start(&world.app, "/login"), browser.start(&world.app, "/login")];
        assert_ne!(parameter(&urls[0], "code_challenge"), parameter(&urls[1], "code_challenge"));
        let redirects = urls.map(|url| browser.answer(&world, &url, "allow", "ada"));

        assert_eq!(browser.get(&world.app, &redirects[first]).status, 303);
        let late = browser.get(&world.app, &redirects[1 - first]);
        assert_eq!((late.status, late.header("location")), (303, Some("/welcome")));
        assert!(browser.is_logged_in(&world.app));
        assert_eq!(world.token_calls(), 1);
    }
}

#[test]
fn a7_two_tabs_that_come_back_at_the_same_instant_make_one_session() {
    let world = world();
    let mut browser = Browser::default();
    let urls = [browser.start(&world.app, "/login"), browser.start(&world.app, "/login")];
    let redirects = urls.map(|url| browser.answer(&world, &url, "allow", "ada"));
    let barrier = Barrier::new(2);
    let arrive = |redirect: &str| {
        let mut tab = browser.clone();
        barrier.wait();
        tab.get(&world.app, redirect)
    };
    let answers = thread::scope(|scope| {
        let tabs = redirects.each_ref().map(|redirect| scope.spawn(|| arrive(redirect)));
        tabs.map(|tab| tab.join().unwrap())
    });
    let sessions = answers.iter().filter(|answer| answer.header("set-cookie").is_some()).count();
    assert_eq!(sessions, 1);
    assert!(answers.iter().all(|answer| answer.header("location") == Some("/welcome")));
}

#[test]
fn a8_a_replayed_callback_logs_nobody_in_and_no_token_is_asked_for() {
    let world = world();
    let mut browser = Browser::default();
    let url = browser.start(&world.app, "/login?next=/members");
    let redirect = browser.answer(&world, &url, "allow", "ada");
    let before = browser.clone();
    browser.get(&world.app, &redirect);
    assert_eq!(world.token_calls(), 1);

    // A reload or a second click on Allow: by the browser itself, and with the cookie from before.
    for mut replaying in [browser.clone(), before.clone()] {
        let answer = replaying.get(&world.app, &redirect);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/members")));
        assert!(answer.header("set-cookie").is_none());
    }
    assert!(!before.clone().is_logged_in(&world.app), "the old cookie is worth nothing");

    // By a browser without a cookie, and by another one.
    let mut other = Browser::default();
    other.start(&world.app, "/login");
    for (mut replaying, words) in
        [(Browser::default(), "We do not know this browser"), (other, "This login is not yours")]
    {
        let page = replaying.get(&world.app, &redirect);
        assert_eq!((page.status, title(&page)), (400, words));
        assert!(page.header("set-cookie").is_none());
    }
    assert_eq!(world.token_calls(), 1);
}

/// A double click, 60 to 100 ms apart: the second redirect comes while the first one's token request is under way.
#[test]
fn a8_a_second_click_on_allow_is_no_error_and_no_second_token_request() {
    let world = world();
    let mut browser = Browser::default();
    let url = browser.start(&world.app, "/login");
    let redirect = browser.answer(&world, &url, "allow", "ada");
    let (clicks, barrier) = (4, Barrier::new(4));
    let answers: Vec<Response> = thread::scope(|scope| {
        let click = || {
            let mut tab = browser.clone();
            barrier.wait();
            tab.get(&world.app, &redirect)
        };
        let clicks: Vec<_> = (0..clicks).map(|_| scope.spawn(click)).collect();
        clicks.into_iter().map(|click| click.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| answer.header("location") == Some("/welcome")));
    let sessions = answers.iter().filter(|answer| answer.header("set-cookie").is_some()).count();
    assert_eq!((sessions, world.token_calls()), (1, 1));
}

/// After Deny, too, and when the login failed: what was used is told apart from what never was ours.
#[test]
fn a8_a_state_that_was_used_for_a_failed_login_leads_back_to_the_start() {
    let world = world();
    let mut browser = Browser::default();
    let url = browser.start(&world.app, "/login?next=/behind-the-scenes");
    let redirect = browser.answer(&world, &url, "deny", "ada");
    assert_eq!(title(&browser.get(&world.app, &redirect)), "No login this time");

    let again = browser.get(&world.app, &redirect);

    assert_eq!((again.status, again.header("location")), (303, Some("/behind-the-scenes")));
    assert_eq!(world.token_calls(), 0);
}

#[test]
fn a8_a_good_callback_does_not_change_who_is_logged_in() {
    let world = world();
    let mut browser = Browser::default();
    let url = browser.start(&world.app, "/login");
    let as_zoe = browser.answer(&world, &url, "allow", "zoe");
    let mut member = Browser::default();
    member.log_in(&world);
    let answer = member.get(&world.app, &as_zoe);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/welcome")));
    assert_eq!(world.token_calls(), 1);
    assert!(member.get(&world.app, "/welcome").text().unwrap().contains("Ada Winter"));
}

// A10: where a login leads to.

/// Prefixes that make one of `HOSTS` the host, in some reader's eyes. After the kinds of tricks that
/// oauth2-proxy collects (`testdata/openredirects.txt`); the rows are our own.
const TRICKS: [&str; 40] = [
    "//",
    "///",
    "////",
    "/\\",
    "\\/",
    "\\\\",
    "\\",
    "/\\/",
    "//\\",
    "/%2f",
    "/%2F/",
    "%2f%2f",
    "/%5c",
    "%5c%5c",
    "/%09/",
    "/\t/",
    "/\n/",
    "/\r\n/",
    "\t//",
    " //",
    "%20//",
    "/%00/",
    "/\0/",
    "/./",
    "/.//",
    "/..//",
    "/;/",
    "/\u{2f}/",
    "/\u{ff0f}",
    "\u{2215}\u{2215}",
    "/\u{200b}/",
    "http:",
    "https:/",
    "http://",
    "https://",
    "HTTPS://",
    "//a@",
    "https://members@",
    "/members//",
    "/members@",
];

const HOSTS: [&str; 16] = [
    "evil.example",
    "evil.example/",
    "evil.example/members",
    "evil.example/..",
    "evil.example/%2e%2e",
    "evil.example:80",
    "evil%E3%80%82example",
    "evil\u{3002}example",
    "user:pw@evil.example",
    "127.0.0.1:8080@evil.example",
    "2130706433",
    "0x7f000001",
    "[::ffff:127.0.0.1]",
    "xn--vil-fma.example",
    "evil.example?/members",
    "evil.example#/members",
];

const SPELLINGS: [&str; 48] = [
    "",
    "/",
    "members",
    "/members/",
    "/members?",
    "/members#",
    "/members?next=//evil.example",
    "/members/..//evil.example",
    "/Members",
    "/MEMBERS",
    "/memb%65rs",
    "/%6dembers",
    "/members%00",
    "/members\0",
    "/members ",
    " /members",
    "/members\r\nset-cookie: a=b",
    "/members%0d%0alocation: //evil.example",
    "./members",
    "../members",
    "/./members",
    "/x/../members",
    "//members",
    "///members",
    "\\members",
    "/\\members",
    "/logout",
    "/login",
    "/login?next=//evil.example",
    "/callback",
    "/tutorial",
    "/style.css",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "javascript://127.0.0.1:8080/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "mailto:a@evil.example",
    "http://127.0.0.1:8080/members",
    "http:members",
    "//127.0.0.1:8080/members",
    "http://localhost:8080/members",
    "\u{202e}srebmem/",
    "/members\u{200b}",
    "/mem\u{301}bers",
    "/welcome,/members",
];

#[test]
fn a10_a_login_leads_to_a_path_of_the_list_and_nowhere_else() {
    let tricks =
        TRICKS.iter().flat_map(|trick| HOSTS.iter().map(move |host| format!("{trick}{host}")));
    let rows: BTreeSet<String> = tricks.chain(SPELLINGS.map(str::to_owned)).collect();
    assert!(rows.len() >= 600, "{} rows", rows.len());
    let world = world();
    let mut member = Browser::default();
    member.log_in(&world);
    for row in &rows {
        let raw = row.replace(['\0', '\t', '\n', '\r', ' ', '#'], "");
        let encoded = form_urlencoded::byte_serialize(row.as_bytes()).collect::<String>();
        for next in [encoded, raw] {
            let answer = member.get(&world.app, &format!("/login?next={next}"));
            let location = answer.header("location").unwrap_or_default();
            // Some rows, left as they are, do come out as a path of the list: that is no way out.
            let listed = ["/welcome", "/members", "/behind-the-scenes"].contains(&location);
            assert!(listed || answer.status == 400, "{row:?} leads to {location:?}");
        }
    }
}

#[test]
fn a10_only_the_exact_paths_are_in_the_list() {
    let world = world();
    let mut member = Browser::default();
    member.log_in(&world);
    for (next, expected) in [
        ("%2Fmembers", "/members"),
        ("/behind-the-scenes", "/behind-the-scenes"),
        ("/members/", "/welcome"),
        ("/members&next=/members", "/welcome"),
        ("/members%3Fa", "/welcome"),
        ("//evil.example", "/welcome"),
    ] {
        let answer = member.get(&world.app, &format!("/login?next={next}"));
        assert_eq!(answer.header("location"), Some(expected), "{next}");
    }
}

// A11 and A12: what a provider says of a person.

#[test]
fn a11_a_name_is_only_ever_words() {
    let hostile = "<script>alert(1)</script>\"' onerror=x <img src=//evil.example> {{form_token}} \u{202e}\u{1b}[2J";
    let canned = canned((200, TOKEN), (200, user_named(hostile)));
    let (app, mut browser, _) = log_in_at(&canned);
    for path in ["/", "/welcome", "/members", "/behind-the-scenes"] {
        let page = browser.get(&app, path);
        let html = page.text().unwrap();
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{path}");
        for raw in ["<script", "\"' onerror", "<img src=//", "\u{202e}", "\u{1b}"] {
            assert!(!html.contains(raw), "{path}: {raw:?}");
        }
    }
}

/// `OWN` stands for the provider's origin.
#[test]
fn a12_only_a_picture_that_may_be_shown_is_shown() {
    for (url, expected) in [
        ("https://pictures.example/a.png?size=9", Some("https://pictures.example")),
        ("https://pictures.example:8443/a", Some("https://pictures.example:8443")),
        ("https://pictures.example/'", Some("https://pictures.example")),
        ("OWN/a.png", Some("OWN")),
        ("http://pictures.example/a.png", None),
        ("http://127.0.0.1:1/a.png", None),
        ("//pictures.example/a.png", None),
        ("javascript:alert(1)", None),
        ("data:image/svg+xml,<svg/>", None),
        ("https://user@pictures.example/", None),
        ("https://user:pw@pictures.example/", None),
        ("https:///a.png", None),
        ("https://", None),
        ("https://pictures.example/a b", None),
        ("https://pictures.example/\"onerror=x", None),
        ("https://pictures.example;script-src/*", None),
        ("https://pictures.example script-src", None),
        ("https://*/", None),
        ("https://[::1]/a.png", None),
        ("https://pictures.example/#a", None),
        ("HTTPS://pictures.example/a", None),
        ("file:///etc/passwd", None),
        ("", None),
    ] {
        let canned = canned((200, TOKEN), (200, String::new()));
        canned.set_user(&user_named(&url.replace("OWN", &canned.origin)));
        let (app, mut browser, answer) = log_in_at(&canned);
        assert_eq!(answer.status, 303, "{url}");
        let page = browser.get(&app, "/welcome");

        let expected = expected.map(|origin| origin.replace("OWN", &canned.origin));
        let policy = page.header("content-security-policy").unwrap();
        let pictures = policy.split("img-src ").nth(1).unwrap().split(';').next().unwrap();
        let allowed = expected.iter().fold("'self'".to_owned(), |own, origin| own + " " + origin);
        assert_eq!(pictures, allowed, "{url}");
        assert_eq!(page.text().unwrap().contains("<img class"), expected.is_some(), "{url}");
        assert_eq!(policy.matches(';').count(), 5, "{url}");
        // The server itself has asked for nothing but these (SSRF: Gitea's CVE-2026-23603).
        assert_eq!(*canned.asked.lock().unwrap(), ["/token", "/user"], "{url}");
    }
}

#[test]
fn of_a_person_no_more_is_kept_than_a_page_has_room_for() {
    let canned = canned((200, TOKEN), (200, user_named(&"ä".repeat(100_000))));
    let (app, mut browser, _) = log_in_at(&canned);
    let page = browser.get(&app, "/welcome");
    assert!(page.text().unwrap().contains(&"ä".repeat(200)));
    assert!(page.body.len() < 10_000, "{}", page.body.len());

    for (length, status) in [(255, 303), (256, 502)] {
        canned.set_user(&serde_json::json!({"id": "7".repeat(length)}).to_string());
        assert_eq!(log_in_real(&app, &mut Browser::default(), "real").status, status, "{length}");
    }
}

#[test]
fn a_person_without_name_bio_and_picture_is_welcome_too() {
    let canned = canned((200, TOKEN), (200, r#"{"id":7,"name":null,"bio":null}"#.into()));
    let (app, mut browser, _) = log_in_at(&canned);
    let html = browser.get(&app, "/welcome").text().unwrap().to_owned();
    assert!(html.contains("No name") && html.contains("No word about themselves."));
}

// A13: changes.

#[test]
fn a13_only_a_form_of_ours_logs_out() {
    let world = world();
    let mut browser = Browser::default();
    browser.log_in(&world);
    let form_token = hidden(browser.get(&world.app, "/welcome").text().unwrap(), "form_token");
    let mut other = Browser::default();
    other.log_in(&world);
    let of_another = hidden(other.get(&world.app, "/welcome").text().unwrap(), "form_token");

    for (token, origin) in [
        ("", &[ORIGIN][..]),
        (&of_another, &[ORIGIN]),
        (&form_token[1..], &[ORIGIN]),
        (&form_token[1..], &[]),
        (&of_another, &[]),
        (&form_token, &["null"]),
        (&form_token, &["http://127.0.0.1:8081"]),
        (&form_token, &["http://localhost:8080"]),
        (&form_token, &["https://evil.example"]),
        (&form_token, &[ORIGIN, "https://evil.example"]),
    ] {
        let page = browser.log_out(&world.app, token, origin);
        assert_eq!((page.status, title(&page)), (403, "Still logged in"), "{token} {origin:?}");
        assert!(browser.is_logged_in(&world.app));
    }
    browser.log_out(&world.app, &form_token, &[ORIGIN]);
    assert!(!browser.is_logged_in(&world.app) && other.is_logged_in(&world.app));
    // w3m and lynx send no Origin. The form's token is enough then.
    other.log_out(&world.app, &of_another, &[]);
    assert!(!other.is_logged_in(&world.app));

    // The button in a second tab, which still shows the page from before.
    let again = browser.log_out(&world.app, &form_token, &[ORIGIN]);
    assert_eq!((again.status, again.header("location")), (303, Some("/")));
}

#[test]
fn a13_a_link_to_logout_changes_nothing() {
    let world = world();
    let mut browser = Browser::default();
    browser.log_in(&world);
    let page = browser.get(&world.app, "/logout");
    assert_eq!((page.status, page.header("allow")), (405, Some("POST")));
    assert!(browser.is_logged_in(&world.app));
}

/// RFC 9110 §9.3.2: HEAD is GET without the body. Link checkers and start scripts send it.
#[test]
fn head_is_answered_where_a_page_can_be_looked_at_and_uses_up_nothing() {
    let world = world();
    let mut browser = Browser::default();
    let url = browser.start(&world.app, "/login");
    let redirect = browser.answer(&world, &url, "allow", "ada");
    let mut send = |method: &str, target: &str| {
        let mut request = Request::get(&format!("{ORIGIN}{target}"));
        request.method = method.to_owned();
        let answer = browser.send(&world.app, request);
        (answer.status, answer.header("allow").map(str::to_owned))
    };
    for page in ["/", "/tutorial", "/handout", "/style.css", "/icon.svg", "/members"] {
        assert_eq!(send("HEAD", page), (200, None), "{page}");
        assert_eq!(send("POST", page), (405, Some("GET, HEAD".into())), "{page}");
    }
    for changes in [&*redirect, "/login"] {
        assert_eq!(send("HEAD", changes), (405, Some("GET".into())), "{changes}");
        assert_eq!(send("POST", changes), (405, Some("GET".into())), "{changes}");
    }
    assert_eq!(send("HEAD", "/logout"), (405, Some("POST".into())));
    assert_eq!(send("HEAD", "/nowhere"), (404, None));
    assert_eq!(world.token_calls(), 0);
    assert_eq!(send("GET", &redirect), (303, None));
}

// A14: headers.

#[test]
fn a14_every_page_has_its_headers_and_no_script() {
    let world = world();
    let mut member = Browser::default();
    member.log_in(&world);
    let paths = [
        "/",
        "/welcome",
        "/members",
        "/behind-the-scenes",
        "/tutorial",
        "/handout",
        "/logout",
        "/nowhere",
        "/callback?state=x",
        "/callback?%",
    ];
    for path in paths {
        for (browser, referrer, pictures) in [
            (&mut Browser::default(), "no-referrer", "'self'"),
            (&mut member, "same-origin", &format!("'self' {}", world.provider.issuer())),
        ] {
            let page = browser.get(&world.app, path);
            if page.status == 303 {
                // A member's browser that comes back once more is led on, without a page.
                assert!(path.starts_with("/callback") && referrer == "same-origin", "{path}");
                continue;
            }
            let policy = format!(
                "default-src 'none'; style-src 'self'; img-src {pictures}; form-action 'self'; \
                 frame-ancestors 'none'; base-uri 'none'"
            );
            let found = |name| page.header(name).unwrap_or_default();
            assert_eq!(found("content-security-policy"), policy, "{path}");
            assert_eq!(found("x-frame-options"), "DENY", "{path}");
            assert_eq!(found("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(found("cache-control"), "no-store", "{path}");
            assert_eq!(found("referrer-policy"), referrer, "{path}");
            let html = page.text().unwrap();
            for never in ["<script", " style=", " onclick", "{{", "}}", "<style"] {
                assert!(!html.contains(never), "{path}: {never}");
            }
        }
    }
}

// A15: what may be seen of a login.

#[test]
fn a15_no_secret_of_a_real_provider_is_in_any_page_or_cookie() {
    let canned = canned((200, TOKEN), (200, user_named("Ada")));
    let (app, mut browser, answer) = log_in_at(&canned);
    let mut seen = String::from_utf8(answer.to_wire()).unwrap();
    for path in ["/", "/welcome", "/members", "/behind-the-scenes"] {
        seen += browser.get(&app, path).text().unwrap();
    }
    for secret in ["CanaryToken", "CanaryCode", "CanarySecret", "a@example.org"] {
        assert!(!seen.contains(secret), "{secret}");
    }
    assert!(seen.contains("code=Cana…") && seen.contains("Authorization: Bearer Cana…"));
    assert!(seen.contains("Secrets are cut off after four characters."));
}

/// A link of a stranger's starts the login, with as many values as it likes: they take no secret's room in the mask.
#[test]
fn a15_a_login_address_full_of_codes_shows_no_secret() {
    let token = r#"{"access_token":"CanaryTokenCanaryToken","token_type":"Bearer","scope":"CanaryCodeCanaryCode CanarySecretCanary"}"#;
    let canned = canned((200, token), (200, user_named("Ada")));
    let app = App::new(ORIGIN, vec![real("real", &canned.origin)]);
    let mut browser = Browser::default();
    let many: String = (0..40).map(|number| format!("&code=stranger-{number:020}")).collect();
    let url = browser.start(&app, &format!("/login?provider=real{many}"));
    let state = parameter(&url, "state").unwrap();
    browser.get(&app, &format!("/callback?code=CanaryCodeCanaryCode&state={state}"));

    let page = browser.get(&app, "/behind-the-scenes");
    let html = page.text().unwrap();
    assert!(html.contains("&quot;scope&quot;: &quot;Cana… Cana…&quot;"), "{html}");
    assert!(!html.contains(&state), "{html}");
}

#[test]
fn a15_the_practice_providers_token_is_shown_behind_the_scenes_and_nowhere_else() {
    let world = world();
    let mut browser = Browser::default();
    let answer = browser.log_in(&world);
    let page = browser.get(&world.app, "/behind-the-scenes");
    let html = page.text().unwrap();
    let (_, after) = html.split_once("Authorization: Bearer ").unwrap();
    let token = after.lines().next().unwrap().trim_end_matches("</pre>");
    assert_eq!(token.len(), 43, "{token}");

    let mut elsewhere = String::from_utf8(answer.to_wire()).unwrap();
    for path in ["/", "/welcome", "/members"] {
        elsewhere += browser.get(&world.app, path).text().unwrap();
    }
    assert!(!elsewhere.contains(token));
}

/// The cookie is kept from scripts, so it must not stand in a page.
#[test]
fn a15_the_id_of_a_live_session_is_in_no_page() {
    let world = world();
    let mut browser = Browser::default();
    browser.log_in(&world);
    for path in ["/", "/welcome", "/members", "/behind-the-scenes"] {
        let page = browser.get(&world.app, path);
        assert!(!page.text().unwrap().contains(browser.session()), "{path}");
    }
}

#[test]
fn behind_the_scenes_has_every_message_in_its_order_and_no_foreign_cookie() {
    let world = world();
    let mut browser = Browser { jar: vec![("jupyter".into(), "of-another-program".into())] };
    browser.log_in(&world);
    let page = browser.get(&world.app, "/behind-the-scenes");
    let html = page.text().unwrap();
    let mut rest = html;
    for message in [
        "<pre>GET /login HTTP/1.1\n",
        &format!("location: {}/authorize?<span class=\"pair\">", world.provider.issuer()),
        "<pre>GET /callback?<span class=\"pair\"><mark class=\"code\">code=",
        "<pre>POST /token HTTP/1.1\n",
        "&quot;access_token&quot;: &quot;",
        "<pre>GET /user HTTP/1.1\n",
        "&quot;name&quot;: &quot;Ada Winter&quot;",
        "location: /welcome\n",
        "set-cookie: by_hand_session_8080=…; HttpOnly; SameSite=Lax; Path=/",
    ] {
        let (_, after) = rest
            .split_once(message)
            .unwrap_or_else(|| panic!("{message} is missing or out of order"));
        rest = after;
    }
    assert!(!html.contains("of-another-program"));
    assert_eq!(html.matches("<details>").count(), 8);
}

/// The eye can follow each of the four from one message to the next, also where the mask has cut them off.
#[test]
fn behind_the_scenes_marks_what_returns_shown_or_masked() {
    let shown = world();
    let mut browser = Browser::default();
    browser.log_in(&shown);
    let canned = canned((200, TOKEN), (200, user_named("Ada")));
    let (app, mut other, _) = log_in_at(&canned);
    for html in
        [browser.get(&shown.app, "/behind-the-scenes"), other.get(&app, "/behind-the-scenes")]
    {
        let html = html.text().unwrap();
        let count = |name: &str| html.matches(&format!("<mark class=\"{name}\">{name}=")).count();
        // The redirect to the provider, the redirect back, the token request.
        assert_eq!(["state", "code", "code_challenge", "code_verifier"].map(count), [2, 2, 1, 1]);
    }
}

#[test]
fn behind_the_scenes_folds_away_what_a_browser_says_in_every_request() {
    let world = world();
    let mut browser = Browser::default();
    let login = Request::get(&format!("{ORIGIN}/login")).with_header("Sec-Fetch-Mode", "navigate");
    let url = browser.send(&world.app, login).header("location").unwrap().to_owned();
    let redirect = browser.answer(&world, &url, "allow", "ada");
    browser.get(&world.app, &redirect);
    let html = browser.get(&world.app, "/behind-the-scenes").text().unwrap().to_owned();

    let (_, folded) = html.split_once("<details class=\"others\">").unwrap();
    let (folded, after) = folded.split_once("</details>").unwrap();
    assert!(folded.contains("Sec-Fetch-Mode: navigate"), "{folded}");
    assert!(!after.contains("Sec-Fetch-Mode"));
    // Of our own requests, which the tutorial explains header by header, nothing is folded away.
    assert!(
        after.contains("<pre>POST /token HTTP/1.1\nHost: ") && after.contains("\nUser-Agent: ")
    );
}

#[test]
fn behind_the_scenes_keeps_8_kib_of_a_message() {
    for long in [
        Request::get(&format!("{ORIGIN}/login")).with_header("X-Long", &"ä".repeat(10_000)),
        Request::get(&format!("{ORIGIN}/login?{}", "x".repeat(20_000))),
    ] {
        let world = world();
        let mut browser = Browser::default();
        let url = browser.send(&world.app, long).header("location").unwrap().to_owned();
        let redirect = browser.answer(&world, &url, "allow", "ada");
        browser.get(&world.app, &redirect);
        let page = browser.get(&world.app, "/behind-the-scenes");
        assert!(page.text().unwrap().contains("more bytes are not kept)"));
        assert!(page.body.len() < 40_000, "{}", page.body.len());
    }
}

/// A message of exactly 8 KiB is kept whole; of a longer one it is said how much is missing.
#[test]
fn behind_the_scenes_says_how_much_of_a_message_is_missing() {
    let scenes = |length: usize| {
        let world = world();
        let mut browser = Browser::default();
        let login = Request::get(&format!("{ORIGIN}/login"));
        let login = login.with_header("X-Long", &"x".repeat(length));
        let url = browser.send(&world.app, login).header("location").unwrap().to_owned();
        let redirect = browser.answer(&world, &url, "allow", "ada");
        browser.get(&world.app, &redirect);
        browser.get(&world.app, "/behind-the-scenes").text().unwrap().to_owned()
    };
    // The header's name has six bytes.
    assert!(scenes(9_000).contains("(9006 more bytes are not kept)"));
    let fits = (7_900..8_192).rev().find(|length| !scenes(*length).contains("not kept")).unwrap();
    let missing = format!("({} more bytes are not kept)", fits + 7);
    assert!(
        fits < 8_180 && scenes(fits + 1).contains(&missing),
        "{fits} and a short head are 8,192"
    );
}

// A16: our own address.

#[test]
fn a16_the_redirect_uri_is_the_configured_one_whatever_the_headers_say() {
    let world = world();
    let lying = Request::get(&format!("{ORIGIN}/login"))
        .with_header("X-Forwarded-Host", "evil.example")
        .with_header("X-Forwarded-Proto", "https")
        .with_header("Forwarded", "host=evil.example");
    let answer = world.app.handle(&lying);
    let url = answer.header("location").unwrap();
    assert_eq!(parameter(url, "redirect_uri").as_deref(), Some("http://127.0.0.1:8080/callback"));
    assert!(!answer.header("set-cookie").unwrap().contains("Domain"));
}

#[test]
fn opened_as_localhost_it_leads_to_its_configured_host() {
    let world = world();
    for host in ["localhost:8080", "[::1]:8080"] {
        let answer = world.app.handle(&Request::get(&format!("http://{host}/login?next=/members")));
        assert_eq!(
            answer.header("location"),
            Some("http://127.0.0.1:8080/login?next=/members"),
            "{host}"
        );
        assert!(answer.header("set-cookie").is_none());
    }
}

/// RFC 3986 §3.2.2, §3.2.3: host names have no case, and a default port may be left out.
#[test]
fn the_case_of_a_host_and_its_default_port_make_no_difference() {
    for (origin, host, status) in [
        ("https://app.example", "App.Example", 200),
        ("https://app.example", "app.example:443", 200),
        ("https://app.example", "app.example:80", 421),
        ("https://app.example", "localhost", 421),
        ("http://127.0.0.1", "127.0.0.1", 200),
        ("http://127.0.0.1", "127.0.0.1:80", 200),
        ("http://127.0.0.1", "LOCALHOST", 303),
        ("http://127.0.0.1", "[::1]:80", 303),
        ("http://127.0.0.1", "127.0.0.1:8080", 421),
    ] {
        let app = App::new(origin, vec![]);
        let answer = app.handle(&Request::get(&format!("http://{host}/style.css")));
        assert_eq!(answer.status, status, "{origin} {host}");
    }
}

/// DNS rebinding, and the other ports of this machine.
#[test]
fn any_other_host_is_misdirected() {
    let world = world();
    for host in [
        "evil.example:8080",
        "127.0.0.1",
        "127.0.0.1:8081",
        "localhost:80",
        "localhost",
        "127.0.0.1:8080.evil.example",
        "evil.localhost:8080",
    ] {
        let answer = world.app.handle(&Request::get(&format!("http://{host}/login")));
        assert_eq!(answer.status, 421, "{host}");
        assert!(answer.header("set-cookie").is_none() && answer.header("location").is_none());
    }
    let twice = Request::get(&format!("{ORIGIN}/")).with_header("Host", "127.0.0.1:8080");
    assert_eq!(world.app.handle(&twice).status, 421);
    let mut none = Request::get(&format!("{ORIGIN}/"));
    none.headers.clear();
    assert_eq!(world.app.handle(&none).status, 421);
    let post = Request::post_form("http://localhost:8080/logout", &[]);
    assert_eq!(world.app.handle(&post).status, 421);
}

// A17: accounts.

#[test]
fn a17_an_account_is_found_again_by_provider_and_id_under_any_name() {
    let canned = canned((200, TOKEN), (200, String::new()));
    let app = App::new(ORIGIN, vec![real("real", &canned.origin)]);
    for (user, number, login) in [
        (r#"{"id":7,"name":"Old Name","email":"a@example.org"}"#, 1, 1),
        (r#"{"id":"7","name":"New Name","email":"b@example.org"}"#, 1, 2),
        // The name and the address have changed hands: this is somebody else.
        (r#"{"id":8,"name":"Old Name","email":"a@example.org"}"#, 2, 1),
    ] {
        canned.set_user(user);
        let mut browser = Browser::default();
        log_in_real(&app, &mut browser, "real");
        let page = browser.get(&app, "/welcome");
        let html = page.text().unwrap();
        assert!(html.contains(&format!("<dd>Number {number} ")), "{user}");
        assert!(html.contains(&format!("login number {login}.")), "{user}");
    }
}

#[test]
fn a17_the_same_id_at_another_provider_is_another_person() {
    let canned = canned((200, TOKEN), (200, r#"{"id":1815,"name":"Mallory"}"#.into()));
    let world = world_with(vec![real("real", &canned.origin)]);
    let mut ada = Browser::default();
    ada.log_in(&world);
    let mut mallory = Browser::default();
    log_in_real(&world.app, &mut mallory, "real");
    assert!(mallory.get(&world.app, "/welcome").text().unwrap().contains("<dd>Number 2 "));
    assert!(ada.get(&world.app, "/welcome").text().unwrap().contains("Ada Winter"));
}

/// Zoom's `account_id` is the company; `id` is the person.
#[test]
fn c51_two_people_of_one_company_do_not_share_an_account() {
    let canned = canned((200, TOKEN), (200, String::new()));
    let app = App::new(ORIGIN, vec![real("real", &canned.origin)]);
    for (user, number, login) in [
        (r#"{"id":"KDcu","account_id":"q6gB","first_name":"Ada"}"#, 1, 1),
        (r#"{"id":"zJKy","account_id":"q6gB","first_name":"Zoe"}"#, 2, 1),
        (r#"{"id":"zJKy","account_id":"moved","first_name":"Zoe"}"#, 2, 2),
    ] {
        canned.set_user(user);
        let mut browser = Browser::default();
        log_in_real(&app, &mut browser, "real");
        let html = browser.get(&app, "/welcome").text().unwrap().to_owned();
        assert!(html.contains(&format!("<dd>Number {number} ")), "{user}");
        assert!(html.contains(&format!("login number {login}.")), "{user}");
    }
}

/// A member of the application at the canned provider, who has just logged in.
fn member(app: &App, canned: &Canned, id: usize) -> Browser {
    canned.set_user(&format!(r#"{{"id":{id}}}"#));
    let mut browser = Browser::default();
    assert_eq!(log_in_real(app, &mut browser, "real").status, 303);
    browser
}

#[test]
fn p29_a_thousand_logins_of_one_person_log_nobody_else_out() {
    let canned = canned((200, TOKEN), (200, String::new()));
    let app = App::new(ORIGIN, vec![real("real", &canned.origin)]);
    let mut others = [1, 2].map(|id| member(&app, &canned, id));

    let mut sessions: Vec<Browser> = (0..1000).map(|_| member(&app, &canned, 7)).collect();
    member(&app, &canned, 3);

    assert!(others.iter_mut().all(|other| other.is_logged_in(&app)));
    // Of one person's, the newest hundred are kept.
    let kept: Vec<bool> = sessions.iter_mut().map(|one| one.is_logged_in(&app)).collect();
    assert_eq!(kept, [vec![false; 900], vec![true; 100]].concat());
}

#[test]
fn p29_where_no_place_is_left_a_second_session_takes_the_place_of_the_persons_first() {
    let canned = canned((200, TOKEN), (200, String::new()));
    let app = App::new(ORIGIN, vec![real("real", &canned.origin)]);
    let mut people: Vec<Browser> = (0..1000).map(|id| member(&app, &canned, id)).collect();

    for _ in 0..3 {
        let mut again = member(&app, &canned, 999);
        assert!(again.is_logged_in(&app) && !people[999].is_logged_in(&app));
        people[999] = again;
    }
    assert!(people.iter_mut().all(|one| one.is_logged_in(&app)));

    // Only somebody new takes the place of another person.
    member(&app, &canned, 1000);
    assert!(!people[0].is_logged_in(&app) && people[1].is_logged_in(&app));
}

/// Places that are free again are nobody's: logging out and in many times takes none from others.
#[test]
fn p29_a_session_that_has_ended_takes_no_place() {
    let canned = canned((200, TOKEN), (200, String::new()));
    let app = App::new(ORIGIN, vec![real("real", &canned.origin)]);
    let mut first = member(&app, &canned, 7);
    for _ in 0..150 {
        let mut browser = member(&app, &canned, 7);
        let form_token = hidden(browser.get(&app, "/welcome").text().unwrap(), "form_token");
        browser.log_out(&app, &form_token, &[ORIGIN]);
    }
    assert!(first.is_logged_in(&app));
}

#[test]
fn a17_without_an_id_nobody_is_logged_in() {
    let canned = canned((200, TOKEN), (200, r#"{"name":"Ada","email":"ada@example.org"}"#.into()));
    let (app, mut browser, answer) = log_in_at(&canned);
    assert_eq!((answer.status, title(&answer)), (502, "We could not find out who you are"));
    assert!(!browser.is_logged_in(&app));
}

// A18: the link that starts a login.

#[test]
fn a18_a_click_on_log_in_changes_nothing_for_who_is_logged_in() {
    let world = world();
    let mut browser = Browser::default();
    browser.log_in(&world);
    let session = browser.session().to_owned();
    let answer = browser.get(&world.app, "/login?next=/members");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/members")));
    assert!(answer.header("set-cookie").is_none());
    assert_eq!(browser.session(), session);
    assert!(browser.is_logged_in(&world.app));
}

#[test]
fn a18_a_login_starts_with_a_link_and_no_form() {
    let world = world();
    let page = Browser::default().get(&world.app, "/");
    let html = page.text().unwrap();
    assert!(
        html.contains("href=\"/login?provider=practice&amp;next=%2Fwelcome\"")
            && !html.contains("<form")
    );
}

// P29: a provider that does not answer.

/// While the gate is held shut, the canned token endpoint hangs; each request to it is reported.
#[test]
fn p29_with_64_callbacks_waiting_the_next_one_is_told_to_come_back_and_its_login_is_kept() {
    let gate = Arc::new(RwLock::new(()));
    let shut = gate.write().unwrap();
    let (arrived, arrivals) = channel();
    let canned = canned_that((200, user_named("Ada")), {
        let gate = Arc::clone(&gate);
        move || {
            arrived.send(()).unwrap();
            drop(gate.read().unwrap());
            (200, TOKEN)
        }
    });
    let app = App::new(ORIGIN, vec![real("real", &canned.origin)]);
    let app = &app;
    let begin = |_| {
        let mut browser = Browser::default();
        let url = browser.start(app, "/login");
        (browser, format!("/callback?code=c&state={}", parameter(&url, "state").unwrap()))
    };
    let begun: Vec<_> = (0..64).map(begin).collect();
    let (mut late, late_redirect) = begin(64);
    let mut stranger = Browser::default();

    thread::scope(|scope| {
        let come_back = |(mut browser, redirect): (Browser, String)| {
            scope.spawn(move || browser.get(app, &redirect).status)
        };
        let waiting: Vec<_> = begun.into_iter().map(come_back).collect();
        (0..64).for_each(|_| arrivals.recv_timeout(MINUTE).unwrap());

        for _ in 0..3 {
            let page = late.get(app, &late_redirect);
            assert_eq!((page.status, title(&page)), (503, "Not now"));
            assert_eq!(page.header("retry-after"), Some("10"));
            assert!(page.text().unwrap().contains("href=\"\">Try again</a>"));
        }
        assert!(arrivals.try_recv().is_err(), "its code was sent");
        assert_eq!(stranger.get(app, "/").status, 200);

        drop(shut);
        assert!(waiting.into_iter().all(|one| one.join().unwrap() == 303));
    });
    assert_eq!(late.get(app, &late_redirect).status, 303);
    assert!(late.is_logged_in(app));
}

/// A place that a failed login has had is free again.
#[test]
fn p29_callbacks_that_fail_leave_their_places() {
    let canned = canned((500, "{}"), (200, String::new()));
    let app = App::new(ORIGIN, vec![real("real", &canned.origin)]);
    for _ in 0..100 {
        assert_eq!(log_in_real(&app, &mut Browser::default(), "real").status, 502);
        assert_eq!(Browser::default().get(&app, "/callback?code=c&state=x").status, 400);
    }
    let mut browser = Browser::default();
    browser.start(&app, "/login");
    for _ in 0..100 {
        assert_eq!(browser.get(&app, "/callback?code=c&state=x").status, 400);
    }
}

// C27: two providers.

/// next-auth's GHSA-x445-f3h2-j279: state and verifier of one provider, accepted at another.
#[test]
fn c27_an_answer_of_one_provider_never_reaches_another() {
    let canned = canned((200, TOKEN), (200, user_named("Mallory")));
    let world = world_with(vec![real("real", &canned.origin)]);

    // The login was begun at the real provider; the practice provider's answer arrives.
    let mut browser = Browser::default();
    let state = parameter(&browser.start(&world.app, "/login?provider=real"), "state").unwrap();
    let iss = world.provider.issuer();
    let page = browser.get(&world.app, &format!("/callback?code=c&state={state}&iss={iss}"));
    assert_eq!((page.status, title(&page)), (400, "This answer was not accepted"));

    // The other way round: the real provider does not say who it is, or says it.
    for iss in ["", "&iss=", "&iss=https://real.example"] {
        let state =
            parameter(&browser.start(&world.app, "/login?provider=practice"), "state").unwrap();
        let page = browser.get(&world.app, &format!("/callback?code=c&state={state}{iss}"));
        assert_eq!((page.status, title(&page)), (400, "This answer was not accepted"), "{iss}");
    }
    assert!(canned.asked.lock().unwrap().is_empty());
    assert_eq!(world.token_calls(), 0);
}

/// RFC 9700 §4.4.2.2: none of the three says who it is, so the address at which an answer arrives tells it.
#[test]
fn c27_a_code_that_arrives_at_the_address_of_another_provider_is_sent_nowhere() {
    let canned = ["a", "b", "c"].map(|_| canned((200, TOKEN), (200, user_named("Mallory"))));
    let targets = ["/callback/a", "/callback/b", "/c?tenant=a+b"];
    let providers = (0..3).map(|n| real_at(&n.to_string(), &canned[n].origin, targets[n]));
    let app = App::new(ORIGIN, providers.collect());

    for (asked, arrives_at) in [
        (0, "/callback/b?"),
        (0, "/c?tenant=a+b&"),
        (1, "/callback/a?"),
        (1, "/c?"),
        (2, "/callback/a?tenant=a+b&"),
        (2, "/c?"),
        (2, "/c?tenant=evil&"),
        (2, "/c?tenant=evil&tenant=a+b&"),
    ] {
        let mut browser = Browser::default();
        let url = browser.start(&app, &format!("/login?provider={asked}"));
        let state = parameter(&url, "state").unwrap();
        let page = browser.get(&app, &format!("{arrives_at}code=CanaryCode&state={state}"));
        assert_eq!((page.status, title(&page)), (400, "This answer was not accepted"));
        assert!(page.text().unwrap().contains(">Go on</a>") && !browser.is_logged_in(&app));
        let asked = canned.iter().map(|canned| canned.asked.lock().unwrap().len());
        assert_eq!(asked.sum::<usize>(), 0, "{arrives_at}");
    }
}

#[test]
fn c27_an_answer_at_the_address_of_its_own_provider_logs_in_however_its_query_is_spelled() {
    let canned = canned((200, TOKEN), (200, user_named("Ada")));
    let targets = ["/callback/a", "/callback/b", "/c?tenant=a+b"];
    let providers = (0..3).map(|n| real_at(&n.to_string(), &canned.origin, targets[n]));
    let app = App::new(ORIGIN, providers.collect());

    for (asked, arrives_at) in [
        (0, "/callback/a?code=c"),
        (0, "/callback/a?tenant=any&code=c"),
        (1, "/callback/b?code=c"),
        (2, "/c?tenant=a+b&code=c"),
        (2, "/c?code=c&tenant=a%20b"),
    ] {
        let mut browser = Browser::default();
        let url = browser.start(&app, &format!("/login?provider={asked}"));
        let state = parameter(&url, "state").unwrap();
        assert_eq!(browser.get(&app, &format!("{arrives_at}&state={state}")).status, 303);
        assert!(browser.is_logged_in(&app), "{arrives_at}");
    }
}

/// RFC 9700 §4.4.2: without an issuer and at one address, an answer of one would pass for one of the other.
#[test]
fn c27_no_login_begins_at_a_provider_whose_answers_nothing_tells_apart_from_anothers() {
    let with_issuer = |mut provider: Provider, issuer: &str| {
        provider.client.issuer = Some(issuer.into());
        provider.client.requires_issuer = !issuer.ends_with("sometimes.example");
        provider
    };
    let at = |name, target| real_at(name, "https://idp.example", target);
    let (first, second) = ("https://1.example", "https://2.example");
    // Two whose names are known and that leave them out as they like.
    let (third, fourth) = ("https://3.sometimes.example", "https://4.sometimes.example");
    for (providers, refused) in [
        (vec![at("a", "/callback"), at("b", "/callback"), at("c", "/c")], "ab"),
        (vec![at("a", "/callback"), at("b", "/b"), at("c", "/callback?")], "ac"),
        // The address of b has all that the address of a has; not the other way round.
        (vec![at("a", "/callback"), at("b", "/callback?tenant=b"), at("c", "/c")], "a"),
        (vec![at("a", "/callback?tenant=a"), at("b", "/callback?tenant=b"), at("c", "/c")], ""),
        (vec![at("a", "/callback"), with_issuer(at("b", "/callback"), first), at("c", "/c")], ""),
        (
            vec![
                with_issuer(at("a", "/callback"), first),
                with_issuer(at("b", "/callback"), second),
                at("c", "/callback"),
            ],
            "",
        ),
        (
            vec![
                with_issuer(at("a", "/callback"), first),
                with_issuer(at("b", "/callback"), first),
                at("c", "/callback"),
            ],
            "ab",
        ),
        (
            vec![
                with_issuer(at("a", "/callback"), third),
                with_issuer(at("b", "/callback"), fourth),
                with_issuer(at("c", "/callback"), first),
            ],
            "ab",
        ),
        (
            vec![
                with_issuer(at("a", "/callback"), third),
                at("b", "/b"),
                with_issuer(at("c", "/callback"), second),
            ],
            "",
        ),
    ] {
        let app = App::new(ORIGIN, providers);
        for name in ["a", "b", "c"] {
            let page = Browser::default().get(&app, &format!("/login?provider={name}"));
            if refused.contains(name) {
                assert_eq!((page.status, title(&page)), (500, "This login is switched off"));
                assert!(page.text().unwrap().contains("give each a redirect URI of its own"));
                assert!(page.header("set-cookie").is_none());
            } else {
                assert_eq!(page.status, 303, "{name} of which {refused:?} are refused");
            }
        }
    }
}

#[test]
fn each_provider_has_its_button() {
    let world = world_with(vec![real("real", "https://idp.example")]);
    let html = Browser::default().get(&world.app, "/members").text().unwrap().to_owned();
    assert!(html.contains(">Log in with Practice</a>") && html.contains(">Log in with Real</a>"));
    let page = Browser::default().get(&world.app, "/login?provider=faceboook");
    assert_eq!((page.status, title(&page)), (404, "An unknown provider"));
}

// What can go wrong: each is a page with a way on.

#[test]
fn deny_is_a_friendly_page_with_another_try() {
    let world = world();
    let mut browser = Browser::default();
    let url = browser.start(&world.app, "/login?next=/members");
    let redirect = browser.answer(&world, &url, "deny", "ada");
    let page = browser.get(&world.app, &redirect);
    assert_eq!((page.status, title(&page)), (200, "No login this time"));
    assert!(
        page.text()
            .unwrap()
            .contains("href=\"/login?provider=practice&amp;next=%2Fmembers\">Try again</a>")
    );
    assert!(!browser.is_logged_in(&world.app));
}

#[test]
fn each_failure_of_the_provider_is_told_apart_and_logs_nobody_in() {
    let user = || (200, user_named("Ada"));
    for (token, user, words) in [
        (
            (200, r#"{"error":"bad_verification_code"}"#),
            user(),
            "We could not find out who you are",
        ),
        ((200, r#"{"scope":"read:user"}"#), user(), "We could not find out who you are"),
        ((400, r#"{"error":"invalid_grant"}"#), user(), "We could not find out who you are"),
        ((500, "{}"), user(), "The provider does not answer"),
        ((200, TOKEN), (503, "{}".into()), "The provider does not answer"),
        ((200, "not JSON"), user(), "We could not find out who you are"),
        ((200, TOKEN), (401, "{}".into()), "We could not find out who you are"),
        ((200, TOKEN), (302, "{}".into()), "We could not find out who you are"),
        ((200, TOKEN), (200, "[]".into()), "We could not find out who you are"),
    ] {
        let canned = canned(token, user);
        let (app, mut browser, page) = log_in_at(&canned);
        assert_eq!((page.status, title(&page)), (502, words), "{token:?}");
        assert!(page.text().unwrap().contains(">Try again</a>") && !browser.is_logged_in(&app));
    }
}

#[test]
fn a_provider_that_is_down_or_reports_an_error_is_told_apart() {
    let app = App::new(ORIGIN, vec![real("real", "http://127.0.0.1:9")]);
    let mut browser = Browser::default();
    let page = log_in_real(&app, &mut browser, "real");
    assert_eq!((page.status, title(&page)), (502, "The provider does not answer"));

    let state = parameter(&browser.start(&app, "/login"), "state").unwrap();
    let page = browser.get(&app, &format!("/callback?error=server_error&state={state}"));
    assert_eq!((page.status, title(&page)), (502, "The provider could not log you in"));
}

/// Nothing was sent yet, but the provider knows the secret anyway.
#[test]
fn no_secret_is_in_the_page_of_an_error_that_came_with_the_redirect() {
    let app = App::new(ORIGIN, vec![real("real", "http://127.0.0.1:9")]);
    let mut browser = Browser::default();
    let state = parameter(&browser.start(&app, "/login"), "state").unwrap();
    let page = browser.get(
        &app,
        &format!("/callback?error=server_error&error_description=CanarySecretCanary&state={state}"),
    );
    assert_eq!(title(&page), "The provider could not log you in");
    assert!(!page.text().unwrap().contains("CanarySecret"));
}

/// A server's words may repeat what we sent.
#[test]
fn no_secret_is_in_an_error_page() {
    let canned = canned(
        (
            400,
            r#"{"error":"invalid_client","error_description":"CanarySecretCanary CanaryCodeCanaryCode <b>"}"#,
        ),
        (200, user_named("Ada")),
    );
    let (_, _, page) = log_in_at(&canned);
    let html = page.text().unwrap();
    assert!(html.contains("invalid_client") && html.contains("&lt;b&gt;"));
    assert!(!html.contains("CanarySecret") && !html.contains("CanaryCode"), "{html}");
}

#[test]
fn nobody_is_logged_in_for_longer_than_eight_hours() {
    let world = world();
    let mut browser = Browser::default();
    browser.log_in(&world);
    let_time_pass(&world.app, 8 * 60 * MINUTE - MINUTE);
    assert!(browser.is_logged_in(&world.app));
    let_time_pass(&world.app, MINUTE);
    assert!(!browser.is_logged_in(&world.app));
}

#[test]
fn an_account_that_nobody_uses_is_forgotten_after_thirty_days() {
    let world = world();
    Browser::default().log_in(&world);
    let_time_pass(&world.app, 30 * 24 * 60 * MINUTE);
    let mut browser = Browser::default();
    browser.log_in(&world);
    let html = browser.get(&world.app, "/welcome").text().unwrap().to_owned();
    assert!(html.contains("<dd>Number 2 ") && html.contains("login number 1."));
}

#[test]
fn the_page_says_that_memory_is_all_there_is() {
    let world = world();
    let html = Browser::default().get(&world.app, "/").text().unwrap().to_owned();
    assert!(html.contains("Accounts and sessions live in memory here"));
}

#[test]
fn the_style_sheet_is_there_and_fetches_nothing() {
    let world = world();
    let answer = Browser::default().get(&world.app, "/style.css");
    assert_eq!((answer.status, answer.media_type().as_str()), (200, "text/css"));
    let style = answer.text().unwrap();
    assert!(style.contains("body {") && !style.contains("url(") && !style.contains("@import"));
}

/// A room sees by the mark and the colour on which of the two sites it is.
#[test]
fn application_and_provider_have_a_name_a_mark_and_a_colour_each() {
    let world = world();
    let provider =
        |path| world.provider.handle(&Request::get(&format!("{}{path}", world.provider.issuer())));
    let ours = Browser::default().get(&world.app, "/icon.svg");
    let theirs = provider("/icon.svg");
    for icon in [&ours, &theirs] {
        assert_eq!((icon.status, icon.media_type().as_str()), (200, "image/svg+xml"));
        assert_eq!(icon.header("content-security-policy"), Some("default-src 'none'"));
    }
    assert!(ours.text().unwrap().contains("fill=\"#7a5bd0\""));
    assert!(theirs.text().unwrap().contains("fill=\"#14808a\""));

    let home = Browser::default().get(&world.app, "/").text().unwrap().to_owned();
    assert!(home.contains(">OAuth by hand</a>") && home.contains("<body class=\"application\">"));
    let home = provider("/").text().unwrap().to_owned();
    assert!(home.contains(">Practice provider</a>") && home.contains("<body>"));
}

#[test]
fn the_links_to_the_tutorial_lead_to_it() {
    let world = world();
    let answer = Browser::default().get(&world.app, "/tutorial");
    assert_eq!((answer.status, answer.media_type().as_str()), (200, "text/html"));
    let tutorial = answer.text().unwrap();
    assert!(tutorial.contains("<pre class=\"text\"># OAuth 2.0 by hand: the tutorial\n"));
    for chapter in [
        "## 4. Step 1: authorize",
        "## 5. Step 2: fetch the access token",
        "## 6. Step 3: get the user",
    ] {
        assert!(tutorial.contains(chapter), "{chapter}");
    }
}
