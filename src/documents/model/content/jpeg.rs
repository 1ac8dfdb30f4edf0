//! JPEG (ISO/IEC 10918-1): segments from SOI to EOI, at least one frame and one scan, and nothing behind.

use super::ContentFault;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;

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
