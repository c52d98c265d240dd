//! Receiving a file: in memory as long as there is room, on disk from there on.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::{Content, Inner, Spool, SpoolWriter, Upload};
use crate::error::{Error, Result};
use crate::multipart::{FileName, HEAD, ImageProbe, sniff};

/// A file that is being received. Dropped before its end, it leaves nothing behind.
pub(crate) struct Receiver<'a> {
    spool: Option<&'a dyn Spool>,
    /// How many bytes of the form's files may still be held in memory.
    room: &'a mut u64,
    head: Vec<u8>,
    probe: ImageProbe,
    size: u64,
    kept: Kept,
}

enum Kept {
    Memory(Vec<Bytes>),
    Spooled(Box<dyn SpoolWriter>),
}

impl<'a> Receiver<'a> {
    pub(crate) fn new(spool: Option<&'a dyn Spool>, room: &'a mut u64) -> Self {
        Self {
            spool,
            room,
            head: Vec::new(),
            probe: ImageProbe::default(),
            size: 0,
            kept: Kept::Memory(Vec::new()),
        }
    }

    /// Takes the next bytes.
    pub(crate) async fn push(&mut self, chunk: Bytes) -> Result {
        let missing = HEAD - self.head.len();
        self.head.extend_from_slice(&chunk[..chunk.len().min(missing)]);
        self.probe.push(&chunk);
        self.size += chunk.len() as u64;
        let written = match (&mut self.kept, self.spool) {
            (Kept::Spooled(file), _) => file.write(chunk).await,
            (Kept::Memory(chunks), Some(spool)) if self.size > *self.room => {
                chunks.push(chunk);
                let chunks = std::mem::take(chunks);
                let spilled = spill(spool, chunks).await;
                spilled.map(|file| self.kept = Kept::Spooled(file))
            }
            (Kept::Memory(chunks), _) => {
                chunks.push(chunk);
                Ok(())
            }
        };
        written.map_err(not_kept)
    }

    /// Ends the file.
    pub(crate) async fn finish(
        self,
        name: FileName,
        content_type: Option<String>,
    ) -> Result<Upload> {
        let content = match self.kept {
            Kept::Spooled(file) => Content::Spooled(file.finish().await.map_err(not_kept)?),
            Kept::Memory(chunks) => {
                *self.room = self.room.saturating_sub(self.size);
                Content::Memory(joined(chunks))
            }
        };
        Ok(Upload(Arc::new(Inner {
            name,
            content_type,
            media_type: sniff(&self.head),
            image: self.probe.image(),
            size: self.size,
            content,
        })))
    }
}

async fn spill(spool: &dyn Spool, chunks: Vec<Bytes>) -> std::io::Result<Box<dyn SpoolWriter>> {
    let mut file = spool.begin().await?;
    for chunk in chunks {
        file.write(chunk).await?;
    }
    Ok(file)
}

fn joined(mut chunks: Vec<Bytes>) -> Bytes {
    if chunks.len() <= 1 {
        return chunks.pop().unwrap_or_default();
    }
    let mut all = BytesMut::with_capacity(chunks.iter().map(Bytes::len).sum());
    for chunk in &chunks {
        all.extend_from_slice(chunk);
    }
    all.freeze()
}

fn not_kept(error: std::io::Error) -> Error {
    Error::from(error).context("an upload could not be written to disk")
}
