//! A local server of a few recorded answers, which counts what it is asked: instance metadata, a
//! container's agent.

use std::io::Write;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use super::http::read_request;

/// What is asked, head and body; what is answered: the status, more header lines (each with its
/// line end), the body. Status 0 is no answer at all.
type Handler = dyn Fn(&str) -> (u16, String, String) + Send + Sync;

/// Serves until the test ends.
pub(crate) struct Server {
    endpoint: String,
    requests: Arc<Mutex<Vec<String>>>,
    handler: Arc<Mutex<Arc<Handler>>>,
}

impl Server {
    pub(crate) fn start(
        handler: impl Fn(&str) -> (u16, String, String) + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let handler: Arc<Mutex<Arc<Handler>>> = Arc::new(Mutex::new(Arc::new(handler)));
        let (log, answers) = (Arc::clone(&requests), Arc::clone(&handler));
        thread::spawn(move || {
            let mut unanswered = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let asked = read_request(&mut stream);
                if asked.is_empty() {
                    continue;
                }
                log.lock().unwrap().push(asked.clone());
                let answer = Arc::clone(&answers.lock().unwrap());
                let (status, headers, body) = answer(&asked);
                if status == 0 {
                    unanswered.push(stream);
                    continue;
                }
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: \
                     close\r\n\r\n"
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            }
        });
        Server {
            endpoint,
            requests,
            handler,
        }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// From now on it answers this.
    pub(crate) fn answer(
        &self,
        handler: impl Fn(&str) -> (u16, String, String) + Send + Sync + 'static,
    ) {
        *self.handler.lock().unwrap() = Arc::new(handler);
    }

    /// What was asked since the last look, as `METHOD PATH`.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = std::mem::take(&mut *self.requests.lock().unwrap());
        let line = |request: &String| {
            request
                .split(" HTTP/")
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        requests.iter().map(line).collect()
    }
}
