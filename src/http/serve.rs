//! The one server loop, for the callback, the practice provider and whatever else listens.
//!
//! It has to be patient and bounded at once. Browsers open connections ahead of need and leave them
//! idle, so each connection has a thread of its own. Any program on this machine can open more of them, so
//! there is a cap on connections, with their threads and descriptors, and a deadline that no slow sender can move.
//!
//! ```text
//! TcpListener -> connection -> read.rs -> Request -> handler -> Response -> connection closed
//! ```
//!
//! Specification: [RFC 9112 §9.6] (closing without losing the answer).
//!
//! [RFC 9112 §9.6]: https://www.rfc-editor.org/rfc/rfc9112#section-9.6

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::json;

use super::read::{Unreadable, read_with_continue};
use super::{Request, Response};

/// How many connections, and how many of their threads, there are at one time.
///
/// A browser opens six connections to a host at most, and seldom more than two. With 64 here, 64 browsers that
/// log in at once on a busy machine cut each other off; this leaves room for them.
pub const MAX_CONNECTIONS: usize = 256;
/// For a whole request, and again for a whole response. It all happens on one machine. (Public for tests, as the number above.)
pub const DEADLINE: Duration = Duration::from_secs(10);
/// How much of what we did not read is taken off the connection before it is closed.
const MAX_DRAINED_BYTES: usize = 256 * 1024;
/// How long closing may take, and how long a stopping server waits for its last answers.
const FAREWELL: Duration = Duration::from_secs(1);
/// If no place is free after this time, one more connection is closed.
const RECONSIDER: Duration = Duration::from_millis(50);

/// What answers the requests. It is called on many threads at once.
type Handler = dyn Fn(&Request) -> Response + Send + Sync;
/// Receives the reason why something was not a request, once it was answered. It is called on many threads at once.
type OnUnreadable = dyn Fn(&'static str) + Send + Sync;

/// A running server. Dropping it closes the port and everything that is still open.
pub struct Server {
    shared: Arc<Shared>,
    addresses: Vec<SocketAddr>,
    acceptors: Vec<JoinHandle<()>>,
}

struct Shared {
    handler: Arc<Handler>,
    on_unreadable: Arc<OnUnreadable>,
    deadline: Duration,
    stopping: AtomicBool,
    connections: Mutex<Connections>,
    /// Notified whenever a connection has ended, and when the server stops.
    ended: Condvar,
}

#[derive(Default)]
struct Connections {
    /// The oldest first.
    open: VecDeque<Connection>,
    /// The threads of closed connections. Each keeps its place under the cap until it was joined.
    threads: Vec<JoinHandle<()>>,
}

struct Connection {
    stream: Arc<TcpStream>,
    thread: JoinHandle<()>,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Reading,
    /// The request was read, so an answer is owed.
    Answering,
    /// The answer was written.
    Closing,
}

impl Server {
    /// Serves each connection of the listeners on a thread of its own, until the value is dropped.
    ///
    /// # Errors
    ///
    /// What the system says when it gives no thread.
    pub fn start(
        listeners: Vec<TcpListener>,
        handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
        on_unreadable: impl Fn(&'static str) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let (handler, on_unreadable) = (Arc::new(handler), Arc::new(on_unreadable));
        Server::start_with_deadline(listeners, handler, on_unreadable, DEADLINE)
    }

    fn start_with_deadline(
        listeners: Vec<TcpListener>,
        handler: Arc<Handler>,
        on_unreadable: Arc<OnUnreadable>,
        deadline: Duration,
    ) -> io::Result<Server> {
        let shared = Arc::new(Shared {
            handler,
            on_unreadable,
            deadline,
            stopping: AtomicBool::new(false),
            connections: Mutex::default(),
            ended: Condvar::new(),
        });
        let mut server = Server { shared, addresses: Vec::new(), acceptors: Vec::new() };
        for listener in listeners {
            server.addresses.push(listener.local_addr()?);
            let shared = Arc::clone(&server.shared);
            let acceptor = thread::Builder::new().name("accept".into());
            server.acceptors.push(acceptor.spawn(move || accept(&listener, &shared))?);
        }
        Ok(server)
    }

    /// The addresses that are listened on.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        drop(self.shared.lock());
        self.shared.ended.notify_all();
        // std has no way to interrupt `accept`, so each listener gets one last connection: ours.
        for (address, acceptor) in self.addresses.iter().zip(self.acceptors.drain(..)) {
            if TcpStream::connect_timeout(address, FAREWELL).is_ok() {
                let _ = acceptor.join();
            }
        }
        // A request that has arrived is answered, and its answer may arrive; nothing waits for more requests.
        let connections = self.shared.lock();
        for connection in connections.open.iter().filter(|one| one.stage == Stage::Reading) {
            let _ = connection.stream.shutdown(Shutdown::Read);
        }
        let is_open = |all: &mut Connections| !all.open.is_empty();
        let waited = self.shared.ended.wait_timeout_while(connections, FAREWELL, is_open);
        for connection in &waited.unwrap_or_else(PoisonError::into_inner).0.open {
            let _ = connection.stream.shutdown(Shutdown::Both);
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    loop {
        let accepted = listener.accept();
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        match accepted {
            Ok((stream, _)) => shared.admit(Arc::new(stream)),
            // Out of descriptors, most likely: make room, and do not spin meanwhile.
            Err(_) => {
                shared.lock().shut_oldest();
                thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest connection is never refused: it may be the one that the user waits for.
    fn admit(self: &Arc<Shared>, stream: Arc<TcpStream>) {
        let mut connections = self.lock();
        connections.join_ended();
        while connections.open.len() >= MAX_CONNECTIONS && !self.stopping.load(Ordering::SeqCst) {
            connections.shut_oldest();
            // Not for ever: the one that was shut may have had its request already, and be answered for long.
            let waited = self.ended.wait_timeout(connections, RECONSIDER);
            connections = waited.unwrap_or_else(PoisonError::into_inner).0;
            connections.join_ended();
        }
        let (shared, own) = (Arc::clone(self), Arc::clone(&stream));
        let name = thread::Builder::new().name("connection".into());
        // Its thread needs the lock to end, so it is on the list before it ends.
        if let Ok(thread) = name.spawn(move || Serving { shared, stream: own }.serve()) {
            connections.open.push_back(Connection { stream, thread, stage: Stage::Reading });
        }
    }
}

impl Connections {
    fn join_ended(&mut self) {
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }

    /// Makes room at the expense of a connection to which no answer is owed. Its thread ends soon: it
    /// reads what has arrived already, but waits for no more.
    fn shut_oldest(&self) {
        let oldest = |stage| self.open.iter().find(|one| one.stage == stage);
        if let Some(oldest) = oldest(Stage::Reading).or_else(|| oldest(Stage::Closing)) {
            let _ = oldest.stream.shutdown(Shutdown::Read);
        }
    }
}

/// One connection, from its first byte to its last. Dropped, it is off the list, also after a panic.
struct Serving {
    shared: Arc<Shared>,
    stream: Arc<TcpStream>,
}

impl Serving {
    fn serve(self) {
        let mut stream = Timed::new(&self.stream, self.shared.deadline);
        let origin = self.stream.local_addr().map(|address| format!("http://{address}"));
        let origin = origin.unwrap_or_default();
        let send_continue = &mut || {
            // Without it the client sends the body a little later, or never, and that is seen then.
            let _ = self.write(b"HTTP/1.1 100 Continue\r\n\r\n");
        };
        let (wire, refused) = match read_with_continue(&mut stream, &origin, send_continue) {
            Ok(request) => {
                self.enter(Stage::Answering);
                let response = (self.shared.handler)(&request);
                let wire = match request.method.as_str() {
                    "HEAD" => response.head_to_wire().into_bytes(),
                    _ => response.to_wire(),
                };
                (wire, None)
            }
            Err(Unreadable::Silent) => return,
            Err(Unreadable::Refused(status, reason)) => {
                (refusal(status, reason).to_wire(), Some(reason))
            }
        };
        let written = self.write(&wire);
        if let Some(reason) = refused {
            (self.shared.on_unreadable)(reason);
        }
        if written.is_ok() {
            self.enter(Stage::Closing);
            self.close_gently();
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        Timed::new(&self.stream, self.shared.deadline).write_all(bytes)
    }

    fn enter(&self, stage: Stage) {
        let mut connections = self.shared.lock();
        let own = connections.open.iter_mut().find(|one| Arc::ptr_eq(&one.stream, &self.stream));
        if let Some(own) = own {
            own.stage = stage;
        }
    }

    /// RFC 9112 §9.6: closing while the other side still sends would destroy our answer on its way.
    fn close_gently(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
        let mut stream = Timed::new(&self.stream, FAREWELL);
        let _ = io::copy(&mut (&mut stream).take(MAX_DRAINED_BYTES as u64), &mut io::sink());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let mut connections = self.shared.lock();
        let own = connections.open.iter().position(|one| Arc::ptr_eq(&one.stream, &self.stream));
        if let Some(own) = own.and_then(|own| connections.open.remove(own)) {
            connections.threads.push(own.thread);
        }
        self.shared.ended.notify_all();
    }
}

/// JSON with the names of RFC 6749 §5.2: it may have been meant for a token endpoint, and a client shows these.
fn refusal(status: u16, reason: &str) -> Response {
    let body = json!({ "error": "invalid_request", "error_description": reason });
    Response::new(status, "application/json", format!("{body:#}\n"))
        .with_header("cache-control", "no-store")
        .with_header("pragma", "no-cache")
}

/// A stream with one deadline for all its reads and writes together, however slowly they come.
struct Timed<'a> {
    stream: &'a TcpStream,
    deadline: Instant,
}

impl Timed<'_> {
    fn new(stream: &TcpStream, time: Duration) -> Timed<'_> {
        Timed { stream, deadline: Instant::now() + time }
    }

    fn time_left(&self) -> io::Result<Option<Duration>> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.time_left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.time_left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests;
