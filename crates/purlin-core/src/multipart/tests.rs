//! Whole forms, in chunks of every size.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;

/// A part with all of its content.
type Part = (String, Option<String>, Vec<u8>);

fn parser(boundary: &str) -> Parser {
    let content_type = format!("multipart/form-data; boundary=\"{boundary}\"");
    Parser::new(&Boundary::of(content_type.as_bytes()).unwrap())
}

fn read(boundary: &str, chunks: &[&[u8]]) -> Result<Vec<Part>, ParseError> {
    let mut parser = parser(boundary);
    let mut chunks = chunks.iter();
    let mut parts: Vec<Part> = Vec::new();
    loop {
        match parser.next()? {
            None => match chunks.next() {
                Some(chunk) => parser.feed(Bytes::copy_from_slice(chunk)),
                None => parser.finish(),
            },
            Some(Event::Head(head)) => parts.push((head.name, head.file_name, Vec::new())),
            Some(Event::Data(data)) => {
                assert!(!data.is_empty());
                parts.last_mut().unwrap().2.extend_from_slice(&data);
            }
            Some(Event::PartEnd) => {}
            Some(Event::End) => return Ok(parts),
        }
    }
}

fn write(boundary: &str, parts: &[Part]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, file_name, content) in parts {
        let file = file_name.as_ref().map(|name| format!("; filename=\"{name}\""));
        let file = file.unwrap_or_default();
        form.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        let head = format!("Content-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    form
}

/// Cuts a form into chunks of the given sizes, and a last one.
fn cut<'a>(form: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = form;
    let mut chunks = Vec::new();
    for size in sizes {
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        chunks.push(chunk);
        rest = after;
    }
    chunks.push(rest);
    chunks
}

fn one(content: &[u8]) -> Vec<Part> {
    vec![("a".to_owned(), Some("f".to_owned()), content.to_vec())]
}

#[test]
fn parts_are_read_in_order_and_names_may_repeat() {
    let form = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n\
        --x\r\ncontent-disposition: form-data; name=\"b\"; filename=\"b.bin\"\r\nContent-Type: a/b\r\n\r\n\0\xff\r\n\r\n\r\n\
        --x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--x--\r\n";
    let expected: Vec<Part> = vec![
        ("a".to_owned(), None, b"one".to_vec()),
        ("b".to_owned(), Some("b.bin".to_owned()), b"\0\xff\r\n\r\n".to_vec()),
        ("a".to_owned(), None, Vec::new()),
    ];
    assert_eq!(read("x", &[form]), Ok(expected));
}

#[test]
fn what_stands_before_and_behind_the_parts_is_ignored() {
    let head = "Content-Disposition: form-data; name=a; filename=f\r\n\r\n";
    for (before, padding, behind) in [
        ("", "", ""),
        ("\r\n", "", "\r\n"),
        ("preamble --x\r\n", "", "\r\n--x\r\nepilogue"),
        ("--xy\r\n", " \t ", ""),
        ("--x-\r\n", "", "garbage"),
    ] {
        let form = format!("{before}--x{padding}\r\n{head}content\r\n--x--{behind}");
        assert_eq!(read("x", &[form.as_bytes()]), Ok(one(b"content")), "{form}");
    }
    for empty in ["--x--", "--x--\r\n", "\r\n--x--", "nothing\r\n--x--"] {
        assert_eq!(read("x", &[empty.as_bytes()]), Ok(Vec::new()), "{empty}");
    }
}

#[test]
fn a_line_that_only_begins_like_a_boundary_is_content() {
    for content in [
        &b"--x"[..],
        b"--x--",
        b"\r\n--xy",
        b"\r\n--x-\r\n",
        b"\r\n--x \r",
        b"\r\n--x\r\r\n",
        b"\n--x\n--x--\n",
        b"\r\n-\r\n--\r\n--\r\n\r\n",
        b"\r\n\r\n--X--\r\n\r\n",
    ] {
        let form = write("x", &one(content));
        for size in 1..8 {
            let chunks: Vec<&[u8]> = form.chunks(size).collect();
            assert_eq!(read("x", &chunks), Ok(one(content)), "{}", content.escape_ascii());
        }
    }
    let padded = [b"\r\n--x".to_vec(), vec![b' '; 100], b"\r\n".to_vec()].concat();
    assert_eq!(read("x", &[&write("x", &one(&padded))]), Ok(one(&padded)));
}

#[test]
fn a_form_that_ends_early_is_incomplete() {
    let form = write("x", &one(b"content"));
    let whole = form.len() - 2;
    for end in 0..whole {
        assert_eq!(read("x", &[&form[..end]]), Err(ParseError::Incomplete), "{end}");
    }
    assert!(read("x", &[&form[..whole]]).is_ok());
}

#[test]
fn a_head_has_an_end() {
    let endless = b"--x\r\nX-Long: ".iter().copied().chain(std::iter::repeat_n(b'a', 1 << 20));
    let endless: Vec<u8> = endless.collect();
    let chunks: Vec<&[u8]> = endless.chunks(1000).collect();
    assert_eq!(read("x", &chunks), Err(ParseError::Part("has a head of more than 8 KiB")));
    assert_eq!(
        read("x", &[b"--x\r\n\r\ncontent\r\n--x--"]),
        Err(ParseError::Part("has no Content-Disposition"))
    );
}

#[test]
fn content_is_handed_on_without_a_copy() {
    let mut parser = parser("x");
    parser.feed(Bytes::from_static(b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n"));
    assert!(matches!(parser.next(), Ok(Some(Event::Head(_)))));
    let chunk = Bytes::from(vec![b'a'; 1000]);
    parser.feed(chunk.clone());
    let Ok(Some(Event::Data(data))) = parser.next() else { panic!("the chunk is content") };
    assert_eq!((data.as_ptr(), data.len()), (chunk.as_ptr(), chunk.len()));
    assert_eq!(parser.next(), Ok(None));
}

fn boundaries() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9'()+_,./:=?-]{1,70}", "[x-]{1,4}", "[a ]{0,3}a"]
}

/// Content that is likely to hold pieces of boundaries.
fn contents(boundary: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let pieces = ["\r", "\n", "\r\n", "-", "--", boundary, "x", "--\r\n", "\0", " "];
    let mut pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect();
    pieces.push(format!("\r\n--{boundary}").into_bytes());
    pieces.push(vec![0xff, 0xfe]);
    prop::collection::vec(prop::sample::select(pieces), 0..30).prop_map(|pieces| pieces.concat())
}

/// Whether content holds a whole line that is a boundary, and so cannot be sent with it.
fn holds(content: &[u8], boundary: &str) -> bool {
    // The line break behind the content ends its last line.
    let content = [b"\r\n", content, b"\r\n"].concat();
    let line = format!("\r\n--{boundary}");
    memchr::memmem::find_iter(&content, &line).any(|at| {
        let rest = &content[at + line.len()..];
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        rest.starts_with(b"--") || rest[padding..].starts_with(b"\r\n")
    })
}

fn forms() -> impl Strategy<Value = (String, Vec<Part>)> {
    boundaries().prop_flat_map(|boundary| {
        let part = ("[a-zäß;= ]{0,8}", prop::option::of("[a-z./]{0,8}"), contents(&boundary));
        (Just(boundary), prop::collection::vec(part, 0..5))
    })
}

proptest! {
    #[test]
    fn however_a_form_is_cut_its_parts_are_those_that_were_sent(
        (boundary, parts) in forms(),
        sizes in prop::collection::vec(0..20_usize, 0..200),
    ) {
        prop_assume!(parts.iter().all(|(_, _, content)| !holds(content, &boundary)));
        let form = write(&boundary, &parts);
        prop_assert_eq!(read(&boundary, &cut(&form, &sizes)), Ok(parts));
    }

    #[test]
    fn however_any_bytes_are_cut_they_mean_the_same(
        (boundary, mut form) in boundaries().prop_flat_map(|b| (Just(b.clone()), contents(&b))),
        has_part: bool,
        noise in prop::collection::vec(any::<u8>(), 0..50),
        sizes in prop::collection::vec(0..9_usize, 0..100),
    ) {
        if has_part {
            let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\n");
            form.splice(..0, head.into_bytes());
        }
        form.extend(noise);
        prop_assert_eq!(read(&boundary, &cut(&form, &sizes)), read(&boundary, &[&form]));
    }

    #[test]
    fn no_head_is_too_odd(head in prop::collection::vec(any::<u8>(), 0..200), text in "[a-zA-Z:;=\"\\\\*' \r\n%-]{0,80}") {
        let _ = PartHead::parse(&head);
        let _ = PartHead::parse(text.as_bytes());
        let known = format!("Content-Disposition: form-data; {text}\r\n\r\n");
        let _ = PartHead::parse(known.as_bytes());
        let _ = Boundary::of(&head);
        let _ = Boundary::of(format!("multipart/form-data; {text}").as_bytes());
    }
}
