//! One part of a form.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::Multipart;
use crate::config::Size;
use crate::error::{Error, Fault, FaultIn, Result};
use crate::multipart::{FileName, FormLimits, HEAD, PartHead, sniff};
use crate::upload::{Receiver, Upload};

/// One part of a [`Multipart`] form: a field of text, or a file.
///
/// Its content is read once: by [`chunk`](Self::chunk), or whole by one of the others.
#[derive(Debug)]
pub struct Field<'a>(pub(super) &'a mut Multipart);

/// What is known of the part at hand.
#[derive(Debug)]
pub(super) struct Part {
    name: String,
    /// Of a file.
    file_name: Option<FileName>,
    content_type: Option<String>,
    /// The most bytes it may have, and how many have arrived.
    limit: u64,
    size: u64,
    /// What arrived and was only looked at.
    seen: VecDeque<Bytes>,
    pub(super) is_ended: bool,
}

impl Part {
    pub(super) fn new(head: PartHead, limits: &FormLimits) -> Self {
        let PartHead { name, file_name, content_type } = head;
        let limit = if file_name.is_some() { limits.file } else { limits.field };
        let file_name = file_name.map(FileName::from);
        let seen = VecDeque::new();
        Self { name, file_name, content_type, limit, size: 0, seen, is_ended: false }
    }

    /// Counts bytes that have arrived: 0 to look at those before again.
    pub(super) fn count(&mut self, bytes: usize) -> Result {
        self.size += bytes as u64;
        if self.size > self.limit { Err(self.too_large()) } else { Ok(()) }
    }

    pub(super) fn seen_bytes(&self) -> usize {
        self.seen.iter().map(Bytes::len).sum()
    }

    pub(super) fn see(&mut self, chunk: Bytes) {
        self.seen.push_back(chunk);
    }

    pub(super) fn take_seen(&mut self) -> Option<Bytes> {
        self.seen.pop_front()
    }

    #[cold]
    fn too_large(&self) -> Error {
        let Self { name, limit, .. } = self;
        let (what, code) = match self.file_name {
            Some(_) => ("file", "file_too_large"),
            None => ("field", "field_too_large"),
        };
        let detail = format!("the {what} `{name}` is larger than the {limit} bytes it may have");
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let message = format!("must have at most {limit} bytes");
        Error::new(StatusCode::PAYLOAD_TOO_LARGE, code, detail)
            .with_member("limit", *limit)
            .with_fault(Fault::new(FaultIn::Form, pointer, "max_length", message))
    }
}

impl Field<'_> {
    /// The name of the field. Names may repeat.
    pub fn name(&self) -> &str {
        self.0.part.as_ref().map_or("", |part| &part.name)
    }

    /// Whether it is a file: a part that says a name for its file, be it an empty one.
    pub fn is_file(&self) -> bool {
        self.file_name().is_some()
    }

    /// The name that the client gave the file, made safe: it names no folder.
    pub fn file_name(&self) -> Option<&FileName> {
        self.0.part.as_ref()?.file_name.as_ref()
    }

    /// The media type that the client says it has.
    pub fn content_type(&self) -> Option<&str> {
        self.0.part.as_ref()?.content_type.as_deref()
    }

    /// The media type that its first bytes look like; see [`Upload::media_type`]. The bytes are
    /// still read by whatever comes after.
    pub async fn media_type(&mut self) -> Result<&'static str> {
        self.0.peek(HEAD).await?;
        let seen = self.0.part.iter().flat_map(|part| &part.seen);
        let head: Vec<u8> = seen.flatten().copied().take(HEAD).collect();
        Ok(sniff(&head))
    }

    /// Sets another limit for this part than the form's.
    #[must_use]
    pub fn limit(self, most: Size) -> Self {
        if let Some(part) = &mut self.0.part {
            part.limit = most.in_bytes();
        }
        self
    }

    /// The next bytes, as they arrive; `None` at the end of the part.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.0.chunk().await
    }

    /// The rest of it in memory.
    pub async fn bytes(&mut self) -> Result<Bytes> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else { return Ok(first) };
        let mut all = BytesMut::from(&first[..]);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// The rest of it as text.
    pub async fn text(&mut self) -> Result<String> {
        let bytes = self.bytes().await?;
        String::from_utf8(bytes.into()).map_err(|_| {
            let detail = format!("the field `{}` is not UTF-8", self.name());
            Error::bad_request("invalid_encoding", detail)
        })
    }

    /// The rest of it as an [`Upload`], in memory if it is small, in a temporary file otherwise.
    pub async fn upload(&mut self) -> Result<Upload> {
        let spool = self.0.spool.clone();
        let spool = spool.as_ref().map(|spool| &**spool.get());
        let mut room = self.0.room;
        let mut receiver = Receiver::new(spool, &mut room);
        while let Some(chunk) = self.0.chunk().await? {
            receiver.push(chunk).await?;
        }
        let name = self.file_name().cloned().unwrap_or_else(|| FileName::from(""));
        let content_type = self.content_type().map(str::to_owned);
        let upload = receiver.finish(name, content_type).await?;
        self.0.room = room;
        Ok(upload)
    }
}
