//! Bodies that are files: read whole, compared with the digest that came with them (RFC 9530), and sent back as attachments that no browser
//! shows as a page.

use std::time::Duration;

use actix_web::http::header::HeaderName;
use actix_web::web::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::answer::{File, Rendered};
use super::call::Parts;
use super::endpoint::{Extract, Reply, ReplySpec, Spec};
use crate::db::TextEnum;
use crate::error::{Code, Error, Fault, Result};
use crate::keys::hex;

/// Largest file, bytes.
pub const MOST: usize = 10 * 1024 * 1024;
/// A slow line needs as long for each of these as for a JSON body.
const STRETCH: usize = 1024 * 1024;

pub(super) static REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

pub(super) const LENGTH: &str = "Say how many bytes are sent.";
pub(super) const MISMATCH: &str = "The file did not arrive as it was sent. Send it again.";
const DIGEST: &str = "Send the SHA-256 of the file, for example sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

/// A file as it arrived, whole.
pub(super) struct Sent {
    pub(super) media_type: String,
    pub(super) bytes: Bytes,
    pub(super) sha256: [u8; 32],
}

/// The body as a file whose media type is one of `T`. What it really is, its slice judges.
#[derive(Debug)]
pub struct Upload<T> {
    /// As the client declared it.
    pub media_type: T,
    /// The file.
    pub bytes: Bytes,
    /// Its SHA-256, which is the one that the client sent.
    pub sha256: [u8; 32],
}

impl<T: TextEnum> Extract for Upload<T> {
    fn describe(spec: &mut Spec) {
        spec.upload = T::TEXTS;
    }

    fn extract(parts: &mut Parts, faults: &mut Vec<Fault>) -> Option<Self> {
        let read = parts.sent.take().and_then(|sent| {
            let Sent { media_type, bytes, sha256 } = sent;
            Some(Self { media_type: T::of(&media_type)?, bytes, sha256 })
        });
        if read.is_none() {
            faults.push(Fault::header("Content-Type", "not_in_list", format!("{} is expected.", T::TEXTS.join(", "))));
        }
        read
    }
}

/// 415 with what is taken.
pub(super) fn not_accepted(expected: &[&str]) -> Error {
    Error::new(Code::UnsupportedMediaType).with_member("expected", expected.join(", "))
}

/// 400 for one header.
pub(super) fn header_fault(name: &str, code: &'static str, message: &str) -> Error {
    Error::new(Code::InvalidHeader).with_faults(vec![Fault::header(name, code, message)])
}

/// How long a file of this size may take to arrive.
pub(super) fn time(of_one: Duration, length: usize) -> Duration {
    let stretches = u32::try_from(length.div_ceil(STRETCH)).unwrap_or(u32::MAX).max(1);
    of_one.saturating_mul(stretches)
}

/// The SHA-256 of a `Repr-Digest` header; other algorithms beside it are passed over.
pub(super) fn digest(header: Option<&str>) -> Result<[u8; 32]> {
    let header = header.ok_or_else(|| header_fault("Repr-Digest", "required", DIGEST))?;
    let mut named = header.split(',').filter_map(|member| member.trim().strip_prefix("sha-256="));
    let read = named.next_back().and_then(|value| {
        let text = value.strip_prefix(':')?.strip_suffix(':')?;
        STANDARD.decode(text).ok()?.try_into().ok()
    });
    read.ok_or_else(|| header_fault("Repr-Digest", "invalid", DIGEST))
}

/// A SHA-256 as a `Repr-Digest` header.
pub(super) fn digest_of(sha256: &[u8; 32]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256))
}

const ANY: &str = "application/octet-stream";

/// An answer that is a file. It is an attachment of no particular type, whatever was handed in: nothing of it runs in a browser.
#[derive(Debug)]
pub struct Download(Rendered);

impl Download {
    /// The file, with its digest as the tag.
    pub fn of(file: File) -> Self {
        Self(Rendered {
            status: 200,
            version: None,
            tag: Some(hex(&file.sha256)),
            location: None,
            next: None,
            body: String::new(),
            content_type: ANY.to_owned(),
            style: None,
            file: Some(file),
            replayed: false,
        })
    }
}

impl Reply for Download {
    fn spec(status: u16) -> ReplySpec {
        ReplySpec::of_file(status, "FileContent", ANY)
    }

    fn into_rendered(self) -> Rendered {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let empty = crate::keys::sha256(&[b""]);
        assert_eq!(digest_of(&empty), EMPTY);
        for header in [EMPTY.to_owned(), format!("sha-512=:AA==:, {EMPTY}"), format!("{EMPTY},md5=:AA==:")] {
            assert_eq!(digest(Some(&header)).unwrap(), empty, "{header}");
        }
    }

    #[test]
    fn what_is_no_sha_256_is_refused() {
        assert_eq!(digest(None).unwrap_err().faults[0].code, "required");
        for header in
            ["", "sha-256=", "sha-256=::", "sha-256=:AA==:", "sha-512=:AA==:", &EMPTY[..40], &EMPTY.replace(':', "")]
        {
            assert_eq!(digest(Some(header)).unwrap_err().faults[0].code, "invalid", "{header}");
        }
    }

    #[test]
    fn a_large_file_may_take_longer() {
        let ten = Duration::from_secs(10);
        assert_eq!(time(ten, 0), ten);
        assert_eq!(time(ten, STRETCH), ten);
        assert_eq!(time(ten, STRETCH + 1), 2 * ten);
        assert_eq!(time(ten, MOST), 10 * ten);
    }
}
