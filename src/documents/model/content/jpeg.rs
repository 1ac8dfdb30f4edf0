//! JPEG (ISO/IEC 10918-1): segments from SOI to EOI, at least one frame and one scan, and nothing behind.

use super::ContentFault;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const EXIF: u8 = 0xE1;

pub(super) fn judge(bytes: &[u8]) -> Result<(), ContentFault> {
    let mut rest = bytes.strip_prefix(&[0xFF, SOI]).ok_or(ContentFault::OtherType)?;
    let (mut frame, mut scan) = (false, false);
    loop {
        let (marker, behind) = marker(rest).ok_or(ContentFault::Broken)?;
        rest = behind;
        match marker {
            EOI if !(frame && scan) => return Err(ContentFault::Broken),
            EOI if rest.is_empty() => return Ok(()),
            EOI => return Err(ContentFault::TwoThings),
            SOI | 0x01 | 0xD0..=0xD7 => return Err(ContentFault::Broken),
            _ => {
                rest = segment(rest).ok_or(ContentFault::Broken)?;
                // The frame headers are C0 to CF but for three that define tables.
                frame |= matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
                if marker == SOS {
                    scan = true;
                    rest = after_scan(rest).ok_or(ContentFault::Broken)?;
                }
            }
        }
    }
}

/// The same picture without what cameras and programs write beside it: place, time, device, owner, comments, small copies. Its colours stay, and
/// which way up it is. None for a file that is not good.
pub(super) fn without_traces(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = vec![0xFF, SOI];
    let mut rest = bytes.get(2..)?;
    loop {
        let (marker, behind) = marker(rest)?;
        if marker == EOI {
            kept.extend([0xFF, EOI]);
            return Some(kept);
        }
        let mut after = segment(behind)?;
        if marker == SOS {
            after = after_scan(after)?;
        }
        let whole = behind.get(..behind.len() - after.len())?;
        let data = whole.get(2..)?;
        if marker == EXIF
            && let Some(turn) = orientation(data)
        {
            kept.extend([0xFF, EXIF, 0, 34]);
            kept.extend(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
            kept.extend([turn, 0, 0, 0, 0, 0, 0]);
        } else if !tells_more(marker, data) {
            kept.extend([0xFF, marker]);
            kept.extend(whole);
        }
        rest = after;
    }
}

/// Segments of applications and comments, but for those that the colours depend on.
fn tells_more(marker: u8, data: &[u8]) -> bool {
    match marker {
        0xE0 => data.starts_with(b"JFXX"),
        0xE2 => !data.starts_with(b"ICC_PROFILE\0"),
        0xEE => !data.starts_with(b"Adobe"),
        0xE1..=0xEF | 0xFE => true,
        _ => false,
    }
}

/// Which way up the picture is (Exif 2.32, tag 0112), 1 to 8.
fn orientation(data: &[u8]) -> Option<u8> {
    let tiff = data.strip_prefix(b"Exif\0\0")?;
    let little = match tiff.first_chunk::<4>()? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk::<2>()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let bytes = *tiff.get(4..)?.first_chunk::<4>()?;
    let directory = if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
    let directory = usize::try_from(directory).ok()?;
    let entries = (0..usize::from(short(directory)?)).map(|entry| directory.saturating_add(2 + 12 * entry));
    let value = entries.into_iter().find(|at| short(*at) == Some(0x0112)).and_then(|at| short(at.saturating_add(8)))?;
    u8::try_from(value).ok().filter(|turn| (1..=8).contains(turn))
}

/// A marker, which may have filling before it, and what is behind it.
fn marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let bytes = bytes.strip_prefix(&[0xFF])?;
    let filling = bytes.iter().take_while(|byte| **byte == 0xFF).count();
    let (marker, behind) = bytes.get(filling..)?.split_first()?;
    (*marker != 0).then_some((*marker, behind))
}

/// What is behind a segment, whose length counts itself.
fn segment(bytes: &[u8]) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(*bytes.first_chunk::<2>()?));
    if length < 2 { None } else { bytes.get(length..) }
}

/// What is behind the coded picture: the next marker that is neither a stuffed byte nor a restart.
fn after_scan(bytes: &[u8]) -> Option<&[u8]> {
    let ends = |pair: &[u8]| matches!(pair, [0xFF, next] if !matches!(next, 0 | 0xD0..=0xD7 | 0xFF));
    let end = bytes.windows(2).position(ends)?;
    bytes.get(end..)
}
