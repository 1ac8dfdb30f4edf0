//! What a file really is. Its name and what the client says of it do not count: the bytes do. Nothing is taken that does something when it is
//! opened, that is two things at once, or that did not arrive whole.

mod jpeg;
mod pdf;
mod png;
#[cfg(test)]
mod tests;

use crate::db::text_enum;

text_enum! {
    /// What is taken.
    pub enum MediaType {
        /// PDF.
        Pdf = "application/pdf",
        /// JPEG.
        Jpeg = "image/jpeg",
        /// PNG.
        Png = "image/png",
    }
}

impl MediaType {
    /// How such a file's name ends.
    pub(in crate::documents) const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::documents) enum ContentFault {
    /// It is not what the client said.
    #[error("the file is not of the type that was declared")]
    OtherType,
    /// A part is missing.
    #[error("the file is cut off, or not whole in itself: scan or save it again")]
    Broken,
    /// Something follows its end, or another file is hidden in it.
    #[error("the file holds something behind its own end: save it again from the program that shows it")]
    TwoThings,
    /// It does something when it is opened, or holds other files.
    #[error("the file holds scripts, actions or other files: print it to a PDF anew")]
    Active,
    /// It cannot be looked into.
    #[error("the file is protected by a password, or packed so that it cannot be checked: print it to a PDF anew")]
    Opaque,
}

impl ContentFault {
    /// A stable code.
    pub(in crate::documents) const fn code(self) -> &'static str {
        match self {
            Self::OtherType => "other_type",
            Self::Broken => "broken",
            Self::TwoThings => "trailing_data",
            Self::Active => "active_content",
            Self::Opaque => "opaque",
        }
    }
}

/// Is the file what the client says, whole, and nothing besides?
pub(in crate::documents) fn judge(declared: MediaType, bytes: &[u8]) -> Result<(), ContentFault> {
    let begins: &[u8] = match declared {
        MediaType::Pdf => b"%PDF-",
        MediaType::Jpeg => &[0xFF, 0xD8, 0xFF],
        MediaType::Png => png::SIGNATURE,
    };
    if !bytes.starts_with(begins) {
        return Err(ContentFault::OtherType);
    }
    match declared {
        MediaType::Pdf => pdf::judge(bytes)?,
        MediaType::Jpeg => jpeg::judge(bytes)?,
        MediaType::Png => png::judge(bytes)?,
    }
    if holds_archive(bytes) { Err(ContentFault::TwoThings) } else { Ok(()) }
}

/// The file as it is kept, if that is not as it came: a picture tells where and when it was taken and by whom, and nobody asked for that
/// (row E1). What cannot be gone through for that is not kept at all.
pub(in crate::documents) fn without_traces(declared: MediaType, bytes: &[u8]) -> Result<Option<Vec<u8>>, ContentFault> {
    let kept = match declared {
        MediaType::Pdf => return Ok(None),
        MediaType::Jpeg => jpeg::without_traces(bytes),
        MediaType::Png => png::without_traces(bytes),
    };
    let kept = kept.ok_or(ContentFault::Broken)?;
    Ok((kept != bytes).then_some(kept))
}

/// A ZIP archive is read from its end, at which anything may stand before it and a comment behind it.
fn holds_archive(bytes: &[u8]) -> bool {
    const END: &[u8] = b"PK\x05\x06";
    const FARTHEST: usize = 22 + 65_535;
    let tail = bytes.get(bytes.len().saturating_sub(FARTHEST)..).unwrap_or(bytes);
    tail.windows(END.len()).any(|window| window == END)
}
