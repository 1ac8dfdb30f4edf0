use miniz_oxide::deflate::compress_to_vec_zlib;

use super::*;

fn pdf(body: &[u8]) -> Vec<u8> {
    [b"%PDF-1.7\n".as_slice(), body, b"\nxref\n0 1\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"].concat()
}

fn png() -> Vec<u8> {
    let chunk = |kind: &[u8], data: &[u8]| {
        let checked = [kind, data].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [length.as_slice(), &checked, &png::crc(&checked).to_be_bytes()].concat()
    };
    let header = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let picture = chunk(b"IDAT", &compress_to_vec_zlib(&[0, 0], 6));
    [png::SIGNATURE, &header, &picture, &chunk(b"IEND", b"")].concat()
}

fn jpeg() -> Vec<u8> {
    let frame = [0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0];
    let scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56];
    [[0xFF, 0xD8].as_slice(), &[0xFF, 0xE0, 0, 4, b'J', b'F'], &frame, &scan, &[0xFF, 0xD9]].concat()
}

fn object_stream(inside: &[u8], filter: &str) -> Vec<u8> {
    let head = format!("5 0 obj <</Type/ObjStm/N 1/First 4{filter}>>\nstream\r\n");
    pdf(&[head.as_bytes(), &compress_to_vec_zlib(inside, 6), b"\nendstream endobj"].concat())
}

fn samples() -> [(MediaType, Vec<u8>); 3] {
    [(MediaType::Pdf, pdf(b"1 0 obj <</Type/Catalog>> endobj")), (MediaType::Jpeg, jpeg()), (MediaType::Png, png())]
}

#[test]
fn the_checksum_is_the_standard_s() {
    assert_eq!(png::crc(b"123456789"), 0xCBF4_3926);
    assert_eq!(png::crc(b"IEND"), 0xAE42_6082);
}

#[test]
fn each_kind_is_taken_as_itself_and_as_no_other() {
    for (kind, bytes) in samples() {
        for (declared, _) in samples() {
            let expected = if declared == kind { Ok(()) } else { Err(ContentFault::OtherType) };
            assert_eq!(judge(declared, &bytes), expected, "{kind:?} as {declared:?}");
        }
    }
}

#[test]
fn what_is_none_of_them_is_told_by_its_first_bytes() {
    for bytes in [
        b"MZ\x90\0".as_slice(),
        b"",
        b"<html>",
        b"<svg xmlns='x'/>",
        b"\x7FELF",
        b"PK\x03\x04",
        b" %PDF-1.7",
        b"%PDF-x.y",
    ] {
        for (declared, _) in samples() {
            assert_eq!(judge(declared, bytes), Err(ContentFault::OtherType), "{bytes:?} as {declared:?}");
        }
    }
}

#[test]
fn every_cut_is_noticed() {
    for (kind, bytes) in samples() {
        let end = bytes.len() - usize::from(kind == MediaType::Pdf);
        for length in 0..end {
            assert!(judge(kind, &bytes[..length]).is_err(), "{kind:?} cut to {length} of {}", bytes.len());
        }
    }
}

#[test]
fn nothing_may_stand_behind_the_end() {
    for (kind, bytes) in samples() {
        for more in [b"x".as_slice(), b"<script>", b"\0\0PK\x05\x06"] {
            assert_eq!(judge(kind, &[&bytes, more].concat()), Err(ContentFault::TwoThings), "{kind:?} {more:?}");
        }
    }
    let hidden = pdf(b"PK\x03\x04 PK\x05\x06");
    assert_eq!(judge(MediaType::Pdf, &hidden), Err(ContentFault::TwoThings));
}

#[test]
fn a_changed_byte_of_a_png_is_noticed() {
    let good = png();
    for at in 8..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        assert!(judge(MediaType::Png, &bad).is_err(), "byte {at}");
    }
}

#[test]
fn pictures_without_a_picture_are_refused() {
    let no_scan = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 1, 0xFF, 0xD9];
    assert_eq!(judge(MediaType::Jpeg, &no_scan), Err(ContentFault::Broken));
    let end = png().len() - 12;
    let no_data = [&png()[..33], &png()[end..]].concat();
    assert_eq!(judge(MediaType::Png, &no_data), Err(ContentFault::Broken));
}

#[test]
fn what_acts_is_refused_however_it_is_written() {
    for name in [
        "/JavaScript",
        "/J#61vaScript",
        "/#4a#61#76#61#53#63#72#69#70#74",
        "/Launch",
        "/OpenAction",
        "/EmbeddedFile",
        "/EmbeddedFiles",
    ] {
        let plain = pdf(format!("1 0 obj <</S{name}>> endobj").as_bytes());
        assert_eq!(judge(MediaType::Pdf, &plain), Err(ContentFault::Active), "{name}");
        let packed = object_stream(format!("1 0 <</S{name}/A 1>>").as_bytes(), "/Filter/FlateDecode");
        assert_eq!(judge(MediaType::Pdf, &packed), Err(ContentFault::Active), "{name}");
    }
    for harmless in ["/JavaScripts", "/Title (a JavaScript book)", "/J#6", "/Launcher", "/#"] {
        assert_eq!(judge(MediaType::Pdf, &pdf(harmless.as_bytes())), Ok(()), "{harmless}");
    }
}

#[test]
fn what_cannot_be_looked_into_is_refused() {
    let inside = b"1 0 <</Type/Catalog>>";
    assert_eq!(judge(MediaType::Pdf, &object_stream(inside, "/Filter/FlateDecode")), Ok(()));
    for filter in [
        "/Filter/LZWDecode",
        "/Filter[/ASCIIHexDecode/FlateDecode]",
        "/Filter 7 0 R",
        "/Filter/FlateDecode/DecodeParms<</Predictor 12>>",
    ] {
        assert_eq!(judge(MediaType::Pdf, &object_stream(inside, filter)), Err(ContentFault::Opaque), "{filter}");
    }
    assert_eq!(judge(MediaType::Pdf, &pdf(b"<</Encrypt 3 0 R>>")), Err(ContentFault::Opaque));
    let bomb = object_stream(&vec![b' '; 17 * 1024 * 1024], "/Filter/FlateDecode");
    assert_eq!(judge(MediaType::Pdf, &bomb), Err(ContentFault::Opaque));
}

/// What a phone writes beside a photo of a paper.
fn photo() -> Vec<u8> {
    let segment = |marker: u8, data: &[u8]| {
        let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], length.as_slice(), data].concat()
    };
    // Two entries: who made the camera, and which way up the picture is.
    let entries = [b"\x0F\x01\x02\0\x06\0\0\0CANA".as_slice(), b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"].concat();
    let exif = [b"Exif\0\0II*\0\x08\0\0\0\x02\0".as_slice(), &entries, &[0; 4]].concat();
    let beside = [
        segment(0xE1, &exif),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>CANARY</x>"),
        segment(0xE2, b"ICC_PROFILE\0colours"),
        segment(0xE2, b"MPF\0CANARY"),
        segment(0xEE, b"Adobe\0d"),
        segment(0xFE, b"CANARY"),
    ];
    [&jpeg()[..2], &beside.concat(), &jpeg()[2..]].concat()
}

#[test]
fn a_picture_keeps_its_colours_and_no_trace_of_who_took_it() {
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let photo = photo();
    assert_eq!(judge(MediaType::Jpeg, &photo), Ok(()));
    let kept = without_traces(MediaType::Jpeg, &photo).unwrap().unwrap();
    assert_eq!(judge(MediaType::Jpeg, &kept), Ok(()));
    assert!(!has(&kept, b"CANA") && has(&kept, b"ICC_PROFILE") && has(&kept, b"Adobe"), "{kept:02X?}");
    // Turned as before: tag 0112, one short, 6.
    assert!(has(&kept, &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]), "{kept:02X?}");
    assert_eq!(without_traces(MediaType::Jpeg, &kept), Ok(None), "nothing more is to be taken away");

    let chunk = |kind: &[u8], data: &[u8]| {
        let checked = [kind, data].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [length.as_slice(), &checked, &png::crc(&checked).to_be_bytes()].concat()
    };
    let behind_header = png::SIGNATURE.len() + 25;
    let beside =
        [chunk(b"gAMA", &[0, 0, 1, 1]), chunk(b"tEXt", b"Author\0CANARY"), chunk(b"eXIf", b"MM\0*CANARY")].concat();
    let picture = [&png()[..behind_header], &beside, &png()[behind_header..]].concat();
    assert_eq!(judge(MediaType::Png, &picture), Ok(()));
    let kept = without_traces(MediaType::Png, &picture).unwrap().unwrap();
    assert_eq!(judge(MediaType::Png, &kept), Ok(()));
    assert!(!has(&kept, b"CANARY") && has(&kept, b"gAMA"), "{kept:02X?}");

    for (kind, bytes) in samples() {
        assert_eq!(without_traces(kind, &bytes), Ok(None), "{kind:?} has nothing beside it");
        if kind != MediaType::Pdf {
            assert_eq!(without_traces(kind, &bytes[..bytes.len() - 3]), Err(ContentFault::Broken), "{kind:?}");
        }
    }
}
