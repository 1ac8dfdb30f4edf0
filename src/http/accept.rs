//! Which form of an answer a client wants (RFC 9110, 12.5.1).

use super::csv_out;
use super::language::weight;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the operation answers.
    Own,
    /// As a table.
    Table {
        /// With a byte-order mark, by which spreadsheets know UTF-8?
        bom: bool,
    },
}

/// One range of the header.
#[derive(Clone, Copy)]
struct Range<'a> {
    media: &'a str,
    bom: bool,
    /// In thousandths.
    weight: u16,
}

/// The form that the header weighs most, and the operation's own where they weigh alike. None: nothing of what there is.
pub(super) fn chosen(accept: &str, own: &str, table: bool) -> Option<Form> {
    let ranges: Vec<Range<'_>> = accept.split(',').filter_map(range).collect();
    let own = best(&ranges, own).map_or(0, |range| range.weight);
    let table = best(&ranges, csv_out::MEDIA_TYPE).filter(|_| table);
    match table {
        Some(range) if range.weight > own => Some(Form::Table { bom: range.bom }),
        _ => (own > 0).then_some(Form::Own),
    }
}

/// The range that says most exactly what it thinks of a media type; of two alike the heavier, then the first.
fn best<'a>(ranges: &[Range<'a>], media: &str) -> Option<Range<'a>> {
    let family = media.split('/').next().unwrap_or_default();
    let named = |wanted: &str| {
        let fits = ranges.iter().rev().filter(|range| range.media.eq_ignore_ascii_case(wanted));
        fits.max_by_key(|range| range.weight).copied()
    };
    [media, &format!("{family}/*"), "*/*"].into_iter().find_map(named)
}

/// A range; none for a weight that is none, and for a character set that is not UTF-8.
fn range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let mut range = Range { media: parts.next()?, bom: false, weight: 1_000 };
    for part in parts {
        let (name, value) = part.split_once('=')?;
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => range.weight = weight(value)?,
            "bom" => range.bom = value == "true",
            "charset" if !value.trim_matches('"').eq_ignore_ascii_case("utf-8") => return None,
            _ => {}
        }
    }
    Some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Option<Form> = Some(Form::Table { bom: false });
    const WITH_BOM: Option<Form> = Some(Form::Table { bom: true });

    #[test]
    fn the_heaviest_form_wins_and_the_operation_s_own_on_a_tie() {
        for (accept, expected) in [
            ("*/*", Some(Form::Own)),
            ("application/json", Some(Form::Own)),
            ("application/*, text/csv;q=0.9", Some(Form::Own)),
            ("text/csv, application/json", Some(Form::Own)),
            ("text/csv", TABLE),
            ("TEXT/CSV; Q=0.3", TABLE),
            ("text/*", TABLE),
            ("text/csv, */*;q=0.1", TABLE),
            ("text/csv;q=0.8, application/json;q=0.7", TABLE),
            ("text/csv;q=0, */*", Some(Form::Own)),
            ("application/json;q=0, */*", TABLE),
            ("text/csv;bom=true", WITH_BOM),
            ("text/csv;bom=true;q=0.5, application/json;q=0.4", WITH_BOM),
            ("text/csv; charset=UTF-8; bom=true", WITH_BOM),
            ("text/csv;bom=false", TABLE),
            ("text/csv;q=0.2, text/csv;bom=true", WITH_BOM),
            ("text/csv;charset=windows-1251", None),
            ("text/csv;q=0", None),
            ("image/png, text/plain", None),
            ("application/json;q=2", None),
            ("", None),
        ] {
            assert_eq!(chosen(accept, "application/json", true), expected, "{accept:?}");
        }
    }

    #[test]
    fn what_is_no_list_is_no_table() {
        for (accept, expected) in [("text/csv", None), ("text/csv, */*;q=0.1", Some(Form::Own)), ("text/*", None)] {
            assert_eq!(chosen(accept, "application/json", false), expected, "{accept:?}");
        }
        assert_eq!(chosen("text/*;q=0.1", "text/html", false), Some(Form::Own));
    }
}
