//! The sample file, as `config example` prints it and `config/default.toml` holds it.

use std::fmt::Write;

use super::{Config, SECTIONS, SPECS};

/// The commented sample: every setting with its default, switched off by `#`, so that a copy of it follows the defaults of
/// later releases until a line is switched on.
pub fn example() -> String {
    let mut text = String::from(
        "# Every setting of sakin and its default. Remove the # before a line to change it.\n\
         # A flag beats the environment, the environment beats this file, this file beats the default.\n\
         # The environment's name of a setting is SAKIN_<SECTION>_<KEY>, as in SAKIN_SERVER_BIND.\n",
    );
    let defaults = Config::default();
    let mut current = "";
    for (spec, value) in SPECS.iter().zip(defaults.values()) {
        let (section, key) = spec.parts();
        if section != current {
            current = section;
            text.push('\n');
            SECTIONS.iter().filter(|(name, _)| *name == section).for_each(|(_, doc)| comment(&mut text, doc));
            // Writing to a String cannot fail.
            let _ = writeln!(text, "[{section}]");
        }
        text.push('\n');
        comment(&mut text, spec.doc);
        let quote = if value.quoted() { "\"" } else { "" };
        // The one line that is on: it says which format this file has.
        let off = if key == "config_version" { "" } else { "#" };
        let _ = writeln!(text, "{off}{key} = {quote}{}{quote}", value.show());
    }
    text
}

fn comment(text: &mut String, doc: &[&str]) {
    for line in doc {
        text.push('#');
        text.push_str(line);
        text.push('\n');
    }
}
