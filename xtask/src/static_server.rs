//! Serves the files of one folder on a loopback port, for tests and pictures. GET only; as plain as the
//! plainest host that the page must work on.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Serves `folder` until the program ends; gives back the address of its index page.
pub fn start(folder: &Path) -> Result<String, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| Failure::new(error.to_string()))?;
    let address = listener.local_addr().map_err(|error| Failure::new(error.to_string()))?;
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            std::thread::spawn(move || answer(&folder, stream));
        }
    });
    Ok(format!("http://{address}/"))
}

/// Answers one request; the connection is closed after it. A browser that hangs up early is no error.
fn answer(folder: &Path, mut stream: TcpStream) {
    let mut lines = BufReader::new(&stream).lines().map_while(std::io::Result::ok);
    let Some(request) = lines.next() else { return };
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let file = file_for(folder, &request).and_then(|path| Some((content_type(&path), std::fs::read(path).ok()?)));
    let (status, kind, body) = match file {
        Some((kind, body)) => ("200 OK", kind, body),
        None => ("404 Not Found", "text/plain", b"not found".to_vec()),
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// The file that `GET /path?query HTTP/1.1` asks for; never one outside the folder.
fn file_for(folder: &Path, request: &str) -> Option<PathBuf> {
    let target = request.strip_prefix("GET /")?.split(' ').next()?;
    let path = target.split(['?', '#']).next()?;
    let plain = |part: &str| !part.is_empty() && part != ".." && !part.contains('\\');
    if path.is_empty() {
        return Some(folder.join("index.html"));
    }
    path.split('/').all(plain).then(|| folder.join(path))
}

/// The type by the file's ending. A browser refuses to stream-compile a module of any other type.
fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_are_served() {
        let table = [
            ("GET / HTTP/1.1", Some("/page/index.html")),
            ("GET /?l=ko HTTP/1.1", Some("/page/index.html")),
            ("GET /a/b.js?x HTTP/1.1", Some("/page/a/b.js")),
            ("GET /../secret HTTP/1.1", None),
            ("GET //etc/passwd HTTP/1.1", None),
            ("POST / HTTP/1.1", None),
            ("", None),
        ];
        for (request, path) in table {
            assert_eq!(file_for(Path::new("/page"), request), path.map(PathBuf::from), "{request}");
        }
    }
}
