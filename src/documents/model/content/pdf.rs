//! PDF (ISO 32000): a header, an end, and between them no name that makes a reader run, open or unpack something. Names are read as readers
//! read them, in compressed object streams too. It is a sieve and no parser: what comes through is still served as an attachment only.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::ContentFault;

/// Names of what acts by itself or holds other files.
const ACTIVE: &[&[u8]] = &[
    b"JavaScript",
    b"Launch",
    b"OpenAction",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"RichMedia",
    b"XFA",
    b"SubmitForm",
    b"ImportData",
];
/// Most that the object streams of a file may come to, bytes.
const UNPACKED: usize = 16 * 1024 * 1024;
/// A longer name is none of those that matter, each sign written as `#xx`.
const LONGEST: usize = 3 * 16;

pub(super) fn judge(bytes: &[u8]) -> Result<(), ContentFault> {
    let [major, b'.', minor] = bytes.get(5..8).unwrap_or_default() else { return Err(ContentFault::OtherType) };
    if !major.is_ascii_digit() || !minor.is_ascii_digit() {
        return Err(ContentFault::OtherType);
    }
    end(bytes)?;
    refuse_names(bytes)?;
    object_streams(bytes)
}

/// The last line says where the table of objects is, and the file ends behind it.
fn end(bytes: &[u8]) -> Result<(), ContentFault> {
    let Some(before) = trimmed(bytes).strip_suffix(b"%%EOF") else {
        return Err(if find(bytes, b"%%EOF").is_some() { ContentFault::TwoThings } else { ContentFault::Broken });
    };
    let before = trimmed(before);
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, offset) = before.split_at(before.len().saturating_sub(digits));
    let offset = std::str::from_utf8(offset).ok().and_then(|digits| digits.parse::<usize>().ok());
    let points_inside = offset.is_some_and(|offset| offset < bytes.len());
    if points_inside && trimmed(before).ends_with(b"startxref") { Ok(()) } else { Err(ContentFault::Broken) }
}

fn refuse_names(bytes: &[u8]) -> Result<(), ContentFault> {
    for name in names_of(bytes) {
        if ACTIVE.contains(&name.as_slice()) {
            return Err(ContentFault::Active);
        }
        if name == b"Encrypt" {
            return Err(ContentFault::Opaque);
        }
    }
    Ok(())
}

/// Every name in the bytes, with `#xx` read as the byte it stands for.
fn names_of(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at.saturating_add(1));
    starts.map(|at| {
        let behind = bytes.get(at..).unwrap_or_default().iter().copied().take(LONGEST);
        let mut raw = behind.take_while(|byte| !is_delimiter(*byte));
        let mut name = Vec::new();
        while let Some(byte) = raw.next() {
            let mut ahead = raw.clone();
            match (byte, ahead.next().and_then(digit), ahead.next().and_then(digit)) {
                (b'#', Some(high), Some(low)) => {
                    name.push((high << 4) | low);
                    raw = ahead;
                }
                _ => name.push(byte),
            }
        }
        name
    })
}

/// Unpacks what holds objects in compressed form, and refuses names that act in there.
fn object_streams(bytes: &[u8]) -> Result<(), ContentFault> {
    let mut left = UNPACKED;
    let mut rest = bytes;
    while let Some(at) = find(rest, b"stream") {
        let (before, data) = rest.split_at(at);
        let data = data.strip_prefix(b"stream").unwrap_or_default();
        let (data, behind) = data.split_at(find(data, b"endstream").unwrap_or(data.len()));
        let names: Vec<Vec<u8>> = names_of(before).collect();
        if names.iter().any(|name| name == b"ObjStm") {
            object_stream(&names, data, &mut left)?;
        }
        rest = behind.strip_prefix(b"endstream").unwrap_or_default();
    }
    Ok(())
}

fn object_stream(names: &[Vec<u8>], data: &[u8], left: &mut usize) -> Result<(), ContentFault> {
    let has = |wanted: &[u8]| names.iter().any(|name| name == wanted);
    if !has(b"Filter") {
        // Not compressed: it was read with the rest.
        return Ok(());
    }
    let other = names.iter().any(|name| name.ends_with(b"Decode") && name != b"FlateDecode");
    if other || !has(b"FlateDecode") || has(b"DecodeParms") {
        return Err(ContentFault::Opaque);
    }
    let data = data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n")).unwrap_or(data);
    let unpacked = decompress_to_vec_zlib_with_limit(data, *left).map_err(|_| ContentFault::Opaque)?;
    *left = left.saturating_sub(unpacked.len());
    refuse_names(&unpacked)
}

/// Without the white space at its end.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let space = bytes.iter().rev().take_while(|byte| is_space(**byte)).count();
    bytes.get(..bytes.len().saturating_sub(space)).unwrap_or_default()
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

const fn is_delimiter(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
