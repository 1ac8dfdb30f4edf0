use sakin::access::policy::ReadPeople;
use sakin::error::Result;
use sakin::http::{Answer, Ctx, Endpoint, Method, Path, endpoint};
use sakin::id::PersonId;

async fn show(_: Ctx<ReadPeople>, _: Path<PersonId>) -> Result<Answer<String>> {
    Answer::ok(&String::new())
}

pub fn open_to_some() -> Endpoint {
    endpoint(Method::GET, "/people/{person_id}", "showPerson", "Show a person", show)
}
