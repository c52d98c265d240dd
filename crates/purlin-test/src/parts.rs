//! A form with files that is being written.

use bytes::Bytes;

/// The parts of a `multipart/form-data` body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts(Vec<Part>);

#[derive(Clone, Debug)]
struct Part {
    head: String,
    content: Bytes,
}

impl Parts {
    pub(crate) fn add_text(&mut self, name: &str, text: String) {
        let head = format!("Content-Disposition: form-data; name=\"{}\"", escape(name));
        self.0.push(Part { head, content: text.into() });
    }

    pub(crate) fn add_file(&mut self, name: &str, file_name: &str, content: Bytes) {
        let (name, file_name) = (escape(name), escape(file_name));
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: application/octet-stream"
        );
        self.0.push(Part { head, content });
    }

    /// The media type, with a boundary that no content holds, and the body.
    pub(crate) fn write(&self) -> (String, Bytes) {
        let mut boundary = "purlin-test".to_owned();
        while self.0.iter().any(|part| holds(&part.content, &boundary)) {
            boundary.push('-');
        }
        let mut body = Vec::new();
        for Part { head, content } in &self.0 {
            body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body.into())
    }
}

/// As browsers write names (WHATWG HTML §4.10.21.8).
fn escape(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

fn holds(content: &[u8], text: &str) -> bool {
    content.windows(text.len()).any(|window| window == text.as_bytes())
}
