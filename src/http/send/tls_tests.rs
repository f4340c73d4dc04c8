//! TLS against servers that are not who they should be: refused, and told nothing.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use ureq::tls::{RootCerts, TlsConfig};

use super::*;

/// An authority of our own, which only these tests know.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Authority { certificate, issuer: Issuer::new(params, key) }
}

/// A certificate for that name, good until that year.
fn params(name: &str, last_year: i32) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2001, 1, 1);
    params.not_after = rcgen::date_time_ymd(last_year, 1, 1);
    params
}

/// A server with that certificate. It tells how much of a request it could read, connection by connection.
fn server(certificate: &Certificate, key: &KeyPair) -> (String, Receiver<Vec<u8>>) {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let (sender, received) = channel();
    thread::spawn(move || {
        for tcp in listener.incoming() {
            let mut tcp = tcp.unwrap();
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = Stream::new(&mut connection, &mut tcp);
            let mut request = Vec::new();
            let mut piece = [0; 1024];
            while !request.ends_with(b"code=canary-code") {
                match tls.read(&mut piece) {
                    Ok(length) if length > 0 => request.extend_from_slice(&piece[..length]),
                    _ => break,
                }
            }
            if !request.is_empty() {
                tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").unwrap();
            }
            sender.send(request).unwrap();
        }
    });
    (origin, received)
}

/// Sends a code there; with `root`, in a world in which that authority is known.
fn send_code(origin: &str, root: Option<&Authority>) -> Result<Response, Error> {
    let request = Request::post_form(&format!("{origin}/token"), &[("code", "canary-code")]);
    let Some(root) = root else {
        return send(&request);
    };
    let endpoint = endpoint::parse(&request.url()).unwrap();
    let root = ureq::tls::Certificate::from_der(root.certificate.der()).to_owned();
    let known = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root])).build();
    deliver(&request, config(&endpoint, TIMEOUT).tls_config(known).build())
}

/// The start of the likely cause that the user reads, up to the end of its line.
fn cause(refused: &Result<Response, Error>) -> String {
    let text = refused.as_ref().unwrap_err().to_string();
    let (_, cause) = text.split_once("\n  Likely cause: ").unwrap();
    cause.split(' ').take(9).collect::<Vec<_>>().join(" ").trim_end_matches(" from").to_owned()
}

/// RFC 6749 §10.9: "the client MUST validate the authorization server's TLS certificate".
#[test]
fn a_server_with_a_certificate_that_is_not_its_own_gets_no_byte_of_the_request() {
    let (ours, other) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let signed = |params: CertificateParams| params.signed_by(&key, &ours.issuer).unwrap();
    let self_signed = params("localhost", 2199).self_signed(&key).unwrap();
    let good = signed(params("localhost", 2199));
    let rows = [
        ("nobody signed it", &self_signed, Some(&ours)),
        ("it is over", &signed(params("localhost", 2002)), Some(&ours)),
        ("it is of another name", &signed(params("login.example.com", 2199)), Some(&ours)),
        ("another authority is known", &good, Some(&other)),
        ("the world's authorities are known", &good, None),
    ];
    for (what, certificate, root) in rows {
        let (origin, received) = server(certificate, &key);

        let refused = send_code(&origin, root);

        let Err(Error::Network { reason, .. }) = &refused else { panic!("{what}: {refused:?}") };
        assert!(reason.starts_with("its TLS certificate or protocol was refused"), "{reason}");
        assert_eq!(cause(&refused), "the certificate is self-signed, has expired, or comes");
        assert_eq!(received.recv().unwrap(), b"", "{what}");
    }
}

/// The test above would be worthless if the server could not be reached at all.
#[test]
fn the_server_that_it_should_be_gets_the_request() {
    let ours = authority();
    let key = KeyPair::generate().unwrap();
    let good = params("localhost", 2199).signed_by(&key, &ours.issuer).unwrap();
    let (origin, received) = server(&good, &key);

    let answer = send_code(&origin, Some(&ours)).unwrap();

    assert_eq!((answer.status, answer.body.as_slice()), (200, b"hi".as_slice()));
    assert!(received.recv().unwrap().starts_with(b"POST /token HTTP/1.1\r\n"));
}

/// A client that speaks TLS to a server that does not, and the other way round.
#[test]
fn a_server_that_speaks_no_tls_gets_no_byte_of_the_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let plain = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut received = Vec::new();
        let _ = stream.read_to_end(&mut received);
        received
    });

    let refused = send_code(&format!("https://localhost:{port}"), None);

    assert_eq!(cause(&refused), "https:// where the port speaks plain http, or something");
    let received = plain.join().unwrap();
    assert!(!received.windows(6).any(|six| six == b"canary"));
}
