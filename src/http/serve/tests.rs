//! The server loop under attack, with a deadline that a test can wait for.

use std::sync::atomic::AtomicUsize;

use super::*;

const DEADLINE_HERE: Duration = Duration::from_millis(400);

/// It answers everything with `hello`.
fn server(deadline: Duration) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let handler = |_: &Request| Response::new(200, "text/plain", "hello");
    Server::start_with_deadline(vec![listener], Arc::new(handler), Arc::new(|_| ()), deadline)
        .unwrap()
}

fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.addresses()[0]).unwrap()
}

/// Everything that comes until the other side closes, and how long that took.
fn until_closed(mut stream: TcpStream) -> (Vec<u8>, Duration) {
    let start = Instant::now();
    stream.set_read_timeout(Some(DEADLINE * 2)).unwrap();
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received);
    (received, start.elapsed())
}

/// Waits until a request was read and its answer is under way.
fn until_answering(server: &Server) {
    while !server.shared.lock().open.iter().any(|one| one.stage == Stage::Answering) {
        thread::yield_now();
    }
}

/// RFC 9110 §9.3.2. The handler answers as for GET.
#[test]
fn the_answer_to_head_ends_with_its_head() {
    let server = server(DEADLINE);
    for (method, body) in [("HEAD", ""), ("GET", "hello")] {
        let mut stream = connect(&server);
        stream.write_all(format!("{method} / HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
        let answer = String::from_utf8(until_closed(stream).0).unwrap();
        assert!(answer.contains("content-length: 5\r\n"), "{answer}");
        assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{method}: {answer}");
    }
}

/// Slowloris: each byte comes before a read times out, so only a deadline for the whole helps.
#[test]
fn a_slow_sender_cannot_move_the_deadline() {
    let server = server(DEADLINE_HERE);
    let stream = connect(&server);
    let mut slow = stream.try_clone().unwrap();
    let sender = thread::spawn(move || {
        let mut sent = 0;
        while slow.write_all(b"x").is_ok() {
            sent += 1;
            thread::sleep(DEADLINE_HERE / 20);
        }
        sent
    });

    let (answer, took) = until_closed(stream);

    assert!(answer.starts_with(b"HTTP/1.1 400 "), "{}", answer.escape_ascii());
    assert!(took < DEADLINE_HERE + FAREWELL * 4, "{took:?}");
    assert!(sender.join().unwrap() > 2, "it was slow, not silent");
}

#[test]
fn an_idle_connection_is_closed_at_the_deadline_without_an_answer() {
    let server = server(DEADLINE_HERE);
    let (answer, took) = until_closed(connect(&server));
    assert_eq!(answer, b"");
    assert!(took < DEADLINE_HERE + FAREWELL * 4, "{took:?}");
}

/// A reader that takes nothing must not hold a thread and a megabyte for ever.
#[test]
fn a_reader_that_takes_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let handler = |_: &Request| Response::new(200, "text/plain", vec![b'x'; 64 << 20]);
    let server = Server::start_with_deadline(
        vec![listener],
        Arc::new(handler),
        Arc::new(|_| ()),
        DEADLINE_HERE,
    )
    .unwrap();
    let mut stream = connect(&server);
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();

    let open = |connections: &mut Connections| !connections.open.is_empty();
    until_answering(&server);
    let connections = server.shared.lock();
    let (_left, waited) =
        server.shared.ended.wait_timeout_while(connections, DEADLINE, open).unwrap();
    assert!(!waited.timed_out(), "the connection is still open");
}

/// The answer is larger than what the system keeps for both sides, so our writing fails, each time at another point.
#[test]
fn a_visitor_that_leaves_within_the_answer_costs_its_own_connection_only() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let handler = move |request: &Request| {
        counter.fetch_add(1, Ordering::SeqCst);
        let length = if request.path() == "/large" { 16 << 20 } else { 5 };
        Response::new(200, "text/plain", vec![b'x'; length])
    };
    // With the long deadline: no client is given up for being slow.
    let server = Server::start(vec![listener], handler, |_| ()).unwrap();
    // Who leaves before the first byte may leave before the question is read.
    for chunks in 1..=64 {
        let mut stream = connect(&server);
        stream.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        for _ in 0..chunks {
            stream.read_exact(&mut [0; 32 * 1024]).unwrap();
        }
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    }
    let start = Instant::now();
    while !server.shared.lock().open.is_empty() {
        assert!(start.elapsed() < DEADLINE / 2, "a connection is held for no client");
        thread::yield_now();
    }
    let mut next = connect(&server);
    next.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(until_closed(next).0.ends_with(b"\r\n\r\nxxxxx"));
    assert_eq!(asked.load(Ordering::SeqCst), 65, "nobody was answered twice");
}

/// Tests that fill the cap take turns: together they would need more descriptors than a process often has.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn at_the_cap_the_oldest_idle_connection_goes_and_the_newest_is_served() {
    let _alone = alone();
    // With the long deadline: only the cap can have closed them.
    let server = server(DEADLINE);
    let idle: Vec<TcpStream> = (0..MAX_CONNECTIONS + 64).map(|_| connect(&server)).collect();
    let mut newest = connect(&server);
    newest.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();

    let (answer, took) = until_closed(newest);

    assert!(answer.ends_with(b"hello"));
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(server.shared.lock().open.len() <= MAX_CONNECTIONS);
    drop(idle);
}

/// RFC 9112 §9.6: closed with bytes unread, a connection is reset, and on some systems the answer is lost.
/// Linux hands out what had come before the reset, and then an error.
#[test]
fn the_answer_arrives_whole_although_not_all_that_was_sent_is_read() {
    let server = server(DEADLINE);
    let mut stream = connect(&server);
    let surplus = "x".repeat(200 * 1024);
    stream.write_all(format!("GET / HTTP/1.1\r\nHost: x\r\n\r\n{surplus}").as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    let ended = stream.read_to_string(&mut answer).map_err(|error| error.kind());
    assert_eq!(ended, Ok(answer.len()));
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
}

/// A client that opens idle connections must not cut off an answer that is on its way.
#[test]
fn at_the_cap_a_connection_that_is_being_answered_stays() {
    let _alone = alone();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = Mutex::new(released);
    let handler = move |request: &Request| {
        if request.path() == "/slow" {
            let _ = released.lock().unwrap().recv();
        }
        Response::new(200, "text/plain", "hello")
    };
    let server = Server::start(vec![listener], handler, |_| ()).unwrap();
    let mut oldest = connect(&server);
    oldest.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    until_answering(&server);
    let idle: Vec<TcpStream> = (0..MAX_CONNECTIONS + 8).map(|_| connect(&server)).collect();
    let mut newest = connect(&server);
    newest.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(until_closed(newest).0.ends_with(b"hello"));

    release.send(()).unwrap();

    assert!(until_closed(oldest).0.ends_with(b"hello"));
    drop(idle);
}

/// 800 callbacks of the web app, while the token endpoint hangs, were 804 threads and 1,605 descriptors once.
#[test]
fn at_the_cap_no_request_is_dropped_and_no_thread_is_added() {
    let _alone = alone();
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (counters, released) = ((Arc::clone(&running), Arc::clone(&most)), Mutex::new(released));
    let handler = move |_: &Request| {
        let (running, most) = &counters;
        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let _ = released.lock().unwrap().recv();
        running.fetch_sub(1, Ordering::SeqCst);
        Response::new(200, "text/plain", "hello")
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start(vec![listener], handler, |_| ()).unwrap();
    let visitors: Vec<TcpStream> = (0..MAX_CONNECTIONS + 40)
        .map(|_| {
            let mut stream = connect(&server);
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            stream
        })
        .collect();
    while running.load(Ordering::SeqCst) < MAX_CONNECTIONS {
        thread::yield_now();
    }
    // What must not happen gets time to happen.
    let watch_until = Instant::now() + Duration::from_millis(300);
    while running.load(Ordering::SeqCst) == MAX_CONNECTIONS && Instant::now() < watch_until {
        thread::yield_now();
    }

    drop(release);

    for visitor in visitors {
        let (answer, took) = until_closed(visitor);
        assert!(answer.ends_with(b"hello"), "{} after {took:?}", answer.escape_ascii());
    }
    assert_eq!(most.load(Ordering::SeqCst), MAX_CONNECTIONS);
}

/// A bug in one answer must not end the login.
#[test]
fn a_panic_in_one_answer_costs_one_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let handler = |request: &Request| match request.path() {
        "/panic" => panic!("on purpose"),
        _ => Response::new(200, "text/plain", "hello"),
    };
    let server = Server::start(vec![listener], handler, |_| ()).unwrap();
    for (path, expected) in [("/panic", ""), ("/", "hello")] {
        let mut stream = connect(&server);
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
        let (answer, _) = until_closed(stream);
        assert!(answer.ends_with(expected.as_bytes()));
        assert_eq!(answer.is_empty(), expected.is_empty());
    }
    while !server.shared.lock().open.is_empty() {
        thread::yield_now();
    }
}

/// A browser may send its redirect twice at once: the first copy ends the login, and the second one is owed a page.
/// Other systems than Linux drop what was not read.
#[cfg(target_os = "linux")]
#[test]
fn a_request_that_has_arrived_when_the_server_stops_is_answered_and_an_idle_connection_is_cut_off()
{
    let server = server(DEADLINE);
    let mut streams: Vec<TcpStream> = (0..20).map(|_| connect(&server)).collect();
    while server.shared.lock().open.len() < streams.len() {
        thread::yield_now();
    }
    let idle = streams.split_off(18);
    for stream in &mut streams {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    }

    drop(server);

    for stream in streams {
        let (answer, _) = until_closed(stream);
        assert!(answer.ends_with(b"hello"), "{}", answer.escape_ascii());
    }
    for stream in idle {
        assert_eq!(until_closed(stream).0, b"");
    }
}
