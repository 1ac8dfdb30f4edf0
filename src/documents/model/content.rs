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
    let (begins, read): (&[u8], fn(&[u8]) -> Result<(), ContentFault>) = match declared {
        MediaType::Pdf => (b"%PDF-", pdf::judge),
        MediaType::Jpeg => (&[0xFF, 0xD8, 0xFF], jpeg::judge),
        MediaType::Png => (png::SIGNATURE, png::judge),
    };
    if !bytes.starts_with(begins) {
        return Err(ContentFault::OtherType);
    }
    read(bytes)?;
    if holds_archive(bytes) { Err(ContentFault::TwoThings) } else { Ok(()) }
}

/// A ZIP archive is read from its end, at which anything may stand before it and a comment behind it.
fn holds_archive(bytes: &[u8]) -> bool {
    const END: &[u8] = b"PK\x05\x06";
    const FARTHEST: usize = 22 + 65_535;
    let tail = bytes.get(bytes.len().saturating_sub(FARTHEST)..).unwrap_or(bytes);
    tail.windows(END.len()).any(|window| window == END)
}
