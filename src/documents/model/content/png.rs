//! PNG (ISO/IEC 15948): chunks with checksums, from IHDR to IEND, and nothing behind.

use std::sync::LazyLock;

use super::ContentFault;

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) fn judge(bytes: &[u8]) -> Result<(), ContentFault> {
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or(ContentFault::OtherType)?;
    let mut first = true;
    let mut picture = false;
    loop {
        let (kind, data, behind) = chunk(rest).ok_or(ContentFault::Broken)?;
        if first != (kind == b"IHDR") {
            return Err(ContentFault::Broken);
        }
        first = false;
        match kind {
            b"IHDR" if data.len() != 13 => return Err(ContentFault::Broken),
            b"IDAT" => picture = true,
            b"IEND" if !picture || !data.is_empty() => return Err(ContentFault::Broken),
            b"IEND" if behind.is_empty() => return Ok(()),
            b"IEND" => return Err(ContentFault::TwoThings),
            _ => {}
        }
        rest = behind;
    }
}

/// Chunks beside the picture that its colours and size depend on.
const OF_THE_PICTURE: [&[u8; 4]; 9] = [b"cHRM", b"cICP", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"tRNS", b"pHYs"];

/// The same picture without what programs write beside it: texts, times, place. None for a file that is not good.
pub(super) fn without_traces(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = SIGNATURE.to_vec();
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    while !rest.is_empty() {
        let (kind, _, behind) = chunk(rest)?;
        let critical = kind.first().is_some_and(u8::is_ascii_uppercase);
        if critical || OF_THE_PICTURE.contains(&kind) {
            kept.extend(rest.get(..rest.len() - behind.len())?);
        }
        rest = behind;
    }
    Some(kept)
}

/// The next chunk's kind and data, and what is behind it. None if it is cut off or its checksum is wrong.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (checked, behind) = rest.split_at_checked(length.checked_add(4)?)?;
    let (sum, behind) = behind.split_first_chunk::<4>()?;
    let (kind, data) = checked.split_first_chunk::<4>()?;
    let whole = kind.iter().all(u8::is_ascii_alphabetic) && crc(checked) == u32::from_be_bytes(*sum);
    whole.then_some((kind, data, behind))
}

/// CRC-32 of ISO 3309.
pub(super) fn crc(bytes: &[u8]) -> u32 {
    let table: &[u32] = &TABLE;
    let step = |sum: u32, byte: &u8| {
        let [low, ..] = (sum ^ u32::from(*byte)).to_le_bytes();
        table.get(usize::from(low)).copied().unwrap_or_default() ^ (sum >> 8)
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// What each byte does to the sum.
static TABLE: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let of = |byte: u32| (0..8).fold(byte, |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 });
    (0..256).map(of).collect()
});
