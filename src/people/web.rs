//! Persons over HTTP.

mod input;
mod view;

pub(crate) use self::input::NewPersonInput;
use self::input::{NameInput, NamePatch, NationalityInput, PersonPatch, SearchInput, ShowQuery};
use self::view::{CardView, PersonView, SearchView, VersionView};
use super::ops::{self, PersonFile};
use super::store::RecordRow;
use crate::access::policy::{ChangePeople, ReadPeople, RegisterPeople, SearchPeople};
use crate::db::ReadTx;
use crate::error::{Code, Error, Result};
use crate::http::{
    Answer, Bound, Ctx, Done, Endpoint, Json, Method, OnVersion, Page, PageQuery, Path, Query, Record, endpoint,
};
use crate::id::{NameId, PersonId};

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint(Method::POST, "/api/v1/people/search", "searchPeople", "Search for persons", search),
        endpoint(Method::POST, "/api/v1/people", "registerPerson", "Register a person after a search", register),
        endpoint(Method::GET, "/api/v1/people", "listPeople", "List the files one may see", list),
        endpoint(Method::GET, "/api/v1/people/{person_id}", "showPerson", "Show a person's file", show),
        endpoint(Method::PATCH, "/api/v1/people/{person_id}", "changePerson", "Change a person's particulars", change),
        endpoint(Method::POST, "/api/v1/people/{person_id}/names", "addName", "Add a name", add_name),
        endpoint(
            Method::PATCH,
            "/api/v1/people/{person_id}/names/{name_id}",
            "changeName",
            "End, correct or withdraw a name",
            change_name,
        ),
        endpoint(
            Method::POST,
            "/api/v1/people/{person_id}/nationalities",
            "addNationality",
            "Add a nationality",
            add_nationality,
        ),
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/versions",
            "listPersonVersions",
            "List the versions of a person's particulars",
            versions,
        ),
        endpoint(
            Method::GET,
            "/api/v1/people/{person_id}/versions/{version}",
            "showPersonVersion",
            "Show a file as it stood at a version",
            version,
        ),
    ]
}

impl Record for RecordRow {
    fn version(&self) -> i32 {
        self.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<serde_json::Value>> {
        let file = ops::at_version(tx, self.person_id, version)?;
        file.map(|file| serde_json::to_value(PersonView::from(&file)).map_err(Error::internal)).transpose()
    }
}

fn location(file: &PersonFile) -> String {
    format!("/api/v1/people/{}", file.id)
}

fn changed(file: &PersonFile) -> Done<PersonView> {
    Done::changed(file.version, PersonView::from(file))
}

async fn search(ctx: Ctx<SearchPeople>, Json(input): Json<SearchInput>) -> Result<Answer<SearchView>> {
    let criteria = input.0;
    let found = ctx.view(move |tx| ops::search(tx, &criteria)).await?;
    Answer::ok(&SearchView::from(found))
}

async fn register(ctx: Ctx<RegisterPeople>, Json(input): Json<NewPersonInput>) -> Result<Answer<PersonView>> {
    let new = input.0;
    ctx.refuse_future(new.born(), "birth_date")?;
    ctx.create(
        |_| Ok(()),
        move |tx, ()| {
            let registered = ops::register(tx, &new)?;
            Ok(registered.map(|file| Done::created(location(&file), file.version, PersonView::from(&file))))
        },
    )
    .await
}

async fn list(ctx: Ctx<ReadPeople>, Query(query): Query<PageQuery>) -> Result<Answer<Page<CardView>>> {
    let bound = Bound { keys: ctx.keys(), account: ctx.standing().account.id, list: "/api/v1/people".to_owned() };
    let after = query.after.as_ref().map(|cursor| bound.open(cursor)).transpose()?;
    let after = after.map(String::from_utf8).transpose().map_err(|_| Error::new(Code::InvalidCursor))?;
    let limit = query.limit;
    let rows = ctx.view(move |tx| ops::list(tx, after.as_deref(), limit + 1)).await?;
    let shown = rows.get(..limit).unwrap_or(&rows);
    let last = shown.last().filter(|_| rows.len() > limit);
    let next = last.map(|(person, _)| bound.next(person.file_number.as_bytes(), limit)).transpose()?;
    let items = shown.iter().map(|(person, names)| CardView::of(person, names)).collect();
    Ok(Answer::ok(&Page { items, next: next.clone(), clock: None })?.with_next(next))
}

async fn show(
    ctx: Ctx<ReadPeople>,
    Path(person): Path<PersonId>,
    Query(query): Query<ShowQuery>,
) -> Result<Answer<PersonView>> {
    let clock = query.time.fix(ctx.now(), ctx.law())?;
    let (as_of, valid_at, asked) = (clock.record, query.time.valid_at, query.time.is_asked());
    if query.explain.is_some() {
        let (file, access) = ctx.view(move |tx| ops::show_explained(tx, person, as_of)).await?;
        return Answer::ok(&PersonView::from(&file).on(valid_at, asked.then_some(clock)).explained(&access));
    }
    let file = ctx.view_hot(move |tx| ops::show(tx, person, as_of)).await?;
    if asked {
        // What depends on the day it is asked has no tag that names a version.
        return Answer::ok(&PersonView::from(&file).on(valid_at, Some(clock)));
    }
    Ok(Answer::ok(&PersonView::from(&file))?.with_version(file.version))
}

async fn change(
    ctx: Ctx<ChangePeople, OnVersion>,
    Path(person): Path<PersonId>,
    Json(patch): Json<PersonPatch>,
) -> Result<Answer<PersonView>> {
    ctx.refuse_future(patch.born(), "birth_date")?;
    ctx.change(
        move |tx| ops::find(tx, person),
        move |tx, before| {
            let after = patch.apply(&before);
            Ok(ops::change(tx, before, after)?.map(|file| changed(&file)))
        },
    )
    .await
}

async fn add_name(
    ctx: Ctx<ChangePeople, OnVersion>,
    Path(person): Path<PersonId>,
    Json(name): Json<NameInput>,
) -> Result<Answer<PersonView>> {
    ctx.change(
        move |tx| ops::find(tx, person),
        move |tx, before| Ok(ops::add_name(tx, before, &name.0)?.map(|file| changed(&file))),
    )
    .await
}

async fn change_name(
    ctx: Ctx<ChangePeople, OnVersion>,
    Path((person, name)): Path<(PersonId, NameId)>,
    Json(patch): Json<NamePatch>,
) -> Result<Answer<PersonView>> {
    ctx.change(
        move |tx| {
            let record = ops::find(tx, person)?;
            ops::name(tx, person, name).map(|_| record)
        },
        move |tx, before| {
            let row = ops::name(tx, person, name)?;
            let days = (patch.valid_from.apply(row.valid_from), patch.valid_to.apply(row.valid_to));
            Ok(ops::change_name(tx, before, &row, days, patch.withdrawn)?.map(|file| changed(&file)))
        },
    )
    .await
}

async fn add_nationality(
    ctx: Ctx<ChangePeople, OnVersion>,
    Path(person): Path<PersonId>,
    Json(nationality): Json<NationalityInput>,
) -> Result<Answer<PersonView>> {
    ctx.change(
        move |tx| ops::find(tx, person),
        move |tx, before| Ok(ops::add_nationality(tx, before, &nationality.0)?.map(|file| changed(&file))),
    )
    .await
}

async fn versions(
    ctx: Ctx<ReadPeople>,
    Path(person): Path<PersonId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<VersionView>>> {
    let list = format!("/api/v1/people/{person}/versions");
    let bound = Bound { keys: ctx.keys(), account: ctx.standing().account.id, list };
    let key = query.after.as_ref().map(|cursor| bound.open(cursor)).transpose()?;
    let below = match key {
        None => i32::MAX,
        Some(key) => {
            let text = String::from_utf8(key).ok().and_then(|text| text.parse().ok());
            text.ok_or_else(|| Error::new(Code::InvalidCursor))?
        }
    };
    let limit = query.limit;
    let rows = ctx.view(move |tx| ops::versions(tx, person, below, limit + 1)).await?;
    let shown = rows.get(..limit).unwrap_or(&rows);
    let end = shown.last().filter(|_| rows.len() > limit);
    let next = end.map(|row| bound.next(row.version.to_string().as_bytes(), limit)).transpose()?;
    let items = shown.iter().map(VersionView::from).collect();
    Ok(Answer::ok(&Page { items, next: next.clone(), clock: None })?.with_next(next))
}

async fn version(ctx: Ctx<ReadPeople>, Path((person, version)): Path<(PersonId, i32)>) -> Result<Answer<PersonView>> {
    let file = ctx.view(move |tx| ops::version(tx, person, version)).await?;
    Ok(Answer::ok(&PersonView::from(&file))?.with_version(file.version))
}
