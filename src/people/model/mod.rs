//! What identifies a person: names and their keys, numbers, nationalities. All of it pure: no clock, no user, no database.

pub mod birth;
pub mod document;
pub mod file_number;
pub mod name;
pub mod nationality;
pub mod search_key;
pub mod sex;
pub mod sort_key;

mod script;
mod text;

pub use self::birth::compatible;
pub use self::document::{DocumentNumber, DocumentNumberError};
pub use self::file_number::{FileNumber, FileNumberError};
pub use self::name::{NameFault, NameKind, NameParts, PatronymicForm, PersonName};
pub use self::nationality::{NationalityCode, NationalityError, conflicting};
pub use self::search_key::{Keys, MatchedOn, keys_of, rank, words};
pub use self::sex::Sex;
pub use self::sort_key::sort_key;
