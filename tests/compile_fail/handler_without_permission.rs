//! expect: this function cannot handle an operation
//! expect: the first argument must be `Ctx<Permission>`, `Public` or `SignIn`

use sakin::error::Result;
use sakin::http::{Answer, Endpoint, Method, Path, endpoint};
use sakin::id::PersonId;

async fn show(_: Path<PersonId>) -> Result<Answer<String>> {
    Answer::ok(&String::new())
}

pub fn open_to_everybody() -> Endpoint {
    endpoint(Method::GET, "/people/{person_id}", "showPerson", "Show a person", show)
}
