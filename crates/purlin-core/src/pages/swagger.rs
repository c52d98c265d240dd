//! Swagger UI's files, taken out of the vendored archive while the crate is compiled.
//!
//! The archive is a zip of the whole project, 1.8 MB, and its files are deflate streams. A gzip file
//! is the same stream with another head and tail, so the three files that are needed are cut out and
//! dressed as gzip by the compiler: nothing is unpacked at run time, no crate is needed for it, and
//! the rest of the archive is not in the program. If the archive ever changes its form, this fails
//! to compile.

use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED as ZIP;

const BUNDLE_AT: Entry = Entry::find(b"/dist/swagger-ui-bundle.js");
const STYLE_AT: Entry = Entry::find(b"/dist/swagger-ui.css");
const LICENSE_AT: Entry = Entry::find(b"/LICENSE");

/// `swagger-ui-bundle.js`, as gzip.
pub(super) static BUNDLE: [u8; BUNDLE_AT.gzip_len()] = BUNDLE_AT.gzip();
/// `swagger-ui.css`, as gzip.
pub(super) static STYLE: [u8; STYLE_AT.gzip_len()] = STYLE_AT.gzip();
/// The license of both, as gzip.
pub(super) static LICENSE: [u8; LICENSE_AT.gzip_len()] = LICENSE_AT.gzip();

/// The checksum of the unpacked [`BUNDLE`].
pub(super) const BUNDLE_CHECKSUM: u32 = BUNDLE_AT.checksum;
/// The checksum of the unpacked [`STYLE`].
pub(super) const STYLE_CHECKSUM: u32 = STYLE_AT.checksum;
/// The checksum of the unpacked [`LICENSE`].
pub(super) const LICENSE_CHECKSUM: u32 = LICENSE_AT.checksum;

const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
const GZIP_TAIL: usize = 8;

const END_OF_DIRECTORY: u32 = 0x0605_4b50;
const DIRECTORY_ENTRY: u32 = 0x0201_4b50;
const DEFLATE: usize = 8;

/// Where a deflated file lies in the archive.
struct Entry {
    start: usize,
    packed: usize,
    unpacked: u32,
    checksum: u32,
}

impl Entry {
    /// Finds the first file whose path, below the archive's one folder, is this.
    const fn find(path: &[u8]) -> Self {
        let mut at = directory();
        while long(at) == DIRECTORY_ENTRY {
            let name = short(at + 28);
            if is_below_the_folder(at + 46, name, path) {
                assert!(short(at + 10) == DEFLATE, "Swagger UI's file is packed another way");
                let local = long(at + 42) as usize;
                return Self {
                    start: local + 30 + short(local + 26) + short(local + 28),
                    packed: long(at + 20) as usize,
                    unpacked: long(at + 24),
                    checksum: long(at + 16),
                };
            }
            at += 46 + name + short(at + 30) + short(at + 32);
        }
        panic!("the archive of Swagger UI lacks a file");
    }

    const fn gzip_len(&self) -> usize {
        GZIP_HEAD.len() + self.packed + GZIP_TAIL
    }

    const fn gzip<const LEN: usize>(&self) -> [u8; LEN] {
        let mut out = [0; LEN];
        let (head, rest) = out.split_at_mut(GZIP_HEAD.len());
        let (stream, tail) = rest.split_at_mut(self.packed);
        let (checksum, unpacked) = tail.split_at_mut(GZIP_TAIL / 2);
        head.copy_from_slice(&GZIP_HEAD);
        stream.copy_from_slice(ZIP.split_at(self.start).1.split_at(self.packed).0);
        checksum.copy_from_slice(&self.checksum.to_le_bytes());
        unpacked.copy_from_slice(&self.unpacked.to_le_bytes());
        out
    }
}

/// Finds where the archive's directory begins.
const fn directory() -> usize {
    let mut at = ZIP.len() - 22;
    while long(at) != END_OF_DIRECTORY {
        at -= 1;
    }
    long(at + 16) as usize
}

/// Whether the name at `at` is one folder and then `path`, which begins with a slash.
const fn is_below_the_folder(at: usize, len: usize, path: &[u8]) -> bool {
    if len <= path.len() {
        return false;
    }
    let folder = len - path.len();
    let mut index = 0;
    while index < len {
        let byte = ZIP[at + index];
        if index < folder && byte == b'/' || index >= folder && byte != path[index - folder] {
            return false;
        }
        index += 1;
    }
    true
}

const fn short(at: usize) -> usize {
    ZIP[at] as usize | (ZIP[at + 1] as usize) << 8
}

const fn long(at: usize) -> u32 {
    u32::from_le_bytes([ZIP[at], ZIP[at + 1], ZIP[at + 2], ZIP[at + 3]])
}
