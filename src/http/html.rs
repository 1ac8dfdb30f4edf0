//! Answers that are pages, for print: one style, no script, nothing from elsewhere.

use super::answer::Rendered;
use super::endpoint::{Reply, ReplySpec};
use super::language::Spoken;
use crate::keys::sha256;

const MEDIA_TYPE: &str = "text/html";

/// A page in the making. Markup is written in the program; everything else is text, and is escaped.
#[derive(Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// Adds markup.
    pub fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.0.push(c),
            }
        }
        self
    }
}

/// An answer that is a page.
#[derive(Debug)]
pub struct Html(Rendered);

impl Html {
    /// A page in a language. The policy that is sent with it lets a browser apply this style and no other.
    pub fn page(language: Spoken, title: &str, style: &'static str, body: &Markup) -> Self {
        let mut page = Markup::default();
        page.markup("<!doctype html>\n<html lang=\"")
            .text(language.0.code())
            .markup("\"><head><meta charset=\"utf-8\"><title>");
        page.text(title).markup("</title><style>").markup(style).markup("</style></head><body>\n");
        page.0.push_str(&body.0);
        page.markup("</body></html>\n");
        Self(Rendered {
            status: 200,
            version: None,
            tag: None,
            location: None,
            next: None,
            body: page.0,
            content_type: format!("{MEDIA_TYPE}; charset=utf-8"),
            style: Some(sha256(&[style.as_bytes()])),
            file: None,
            replayed: false,
        })
    }
}

impl Reply for Html {
    fn spec(status: u16) -> ReplySpec {
        ReplySpec::of_file(status, "PrintedPage", MEDIA_TYPE)
    }

    fn into_rendered(self) -> Rendered {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_markup() {
        let mut page = Markup::default();
        page.markup("<td>").text("<script>\"&'</script>").markup("</td>");
        assert_eq!(page.0, "<td>&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;</td>");
    }
}
