//! What officers do with persons.

mod heading;
mod search;

use chrono::NaiveDate;
use serde_json::json;

pub(crate) use self::heading::{acquire_nationality, heading};
pub(super) use self::search::{Criteria, Found, Hit, search};
use super::model::{FileNumber, NationalityCode, PersonName, Sex, conflicting, keys_of};
use super::store::{self, FilePart, NameKey, NameRow, NationalityRow, PersonRow, RecordRow};
use crate::access::scope::{self, Access};
use crate::calendar::partial::PartialDate;
use crate::clock::Instant;
use crate::db::{Action, Audited, Event, Reach, ReadTx, TextEnum, Viewed, WriteTx};
use crate::error::{Code, Error, Result};
use crate::id::{NameId, NationalityId, OfficeId, PersonId};
use crate::keys;

/// A name with the days on which it was borne.
#[derive(Clone, Debug)]
pub(crate) struct DatedName {
    pub(super) name: PersonName,
    pub(super) valid_from: Option<NaiveDate>,
    pub(super) valid_to: Option<NaiveDate>,
}

/// A nationality with the days on which it was held.
#[derive(Clone, Debug)]
pub(crate) struct DatedNationality {
    pub(super) code: NationalityCode,
    pub(super) valid_from: Option<NaiveDate>,
    pub(super) valid_to: Option<NaiveDate>,
}

/// Someone about to be registered.
#[derive(Clone, Debug)]
pub(crate) struct NewPerson {
    pub(super) names: Vec<DatedName>,
    pub(super) birth_date: Option<PartialDate>,
    pub(super) sex: Sex,
    pub(super) nationalities: Vec<DatedNationality>,
    pub(super) search_token: Option<String>,
}

impl NewPerson {
    /// The first day on which the person may have been born.
    pub(super) fn born(&self) -> Option<NaiveDate> {
        self.birth_date.as_ref()?.earliest()
    }
}

/// The particulars that are one value each, as they shall be.
#[derive(Clone, Debug)]
pub(super) struct Particulars {
    pub(super) birth_date: Option<String>,
    pub(super) sex: i16,
    pub(super) reason: Option<String>,
}

/// A file as the record stood at some instant.
#[derive(Clone, Debug)]
pub(super) struct PersonFile {
    pub(super) id: PersonId,
    pub(super) version: i32,
    pub(super) office: OfficeId,
    pub(super) file_number: String,
    pub(super) birth_date: Option<String>,
    pub(super) sex: i16,
    pub(super) names: Vec<FilePart>,
    pub(super) nationalities: Vec<FilePart>,
    pub(super) created_at: Instant,
    pub(super) recorded_at: Instant,
}

/// May the caller know of this person? 404 if not, the same as for a person who does not exist.
pub fn visible(tx: &mut ReadTx<'_>, person: PersonId) -> Result<()> {
    if store::is_visible(tx, person)? { Ok(()) } else { Err(Error::not_found()) }
}

/// Those of these persons the caller may know of.
pub(crate) fn visible_among(tx: &mut ReadTx<'_>, persons: &[PersonId]) -> Result<Vec<PersonId>> {
    store::visible_among(tx, persons)
}

/// When somebody was born, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Born {
    /// The first day it can have been.
    pub(crate) earliest: Option<NaiveDate>,
    /// The last day it can have been.
    pub(crate) latest: Option<NaiveDate>,
}

/// When a person was born, as the record stands.
pub(crate) fn born(tx: &mut ReadTx<'_>, person: PersonId) -> Result<Born> {
    let date = store::live_record(tx, person)?.birth_date;
    let date: Option<PartialDate> = date.map(|text| text.parse()).transpose().map_err(Error::internal)?;
    Ok(date.map_or_else(Born::default, |date| Born { earliest: date.earliest(), latest: date.latest() }))
}

/// The nationalities that are on record for these persons on a day.
pub(crate) fn nationalities_on(
    tx: &mut ReadTx<'_>,
    persons: &[PersonId],
    on: NaiveDate,
) -> Result<Vec<(PersonId, String)>> {
    let rows = store::nationalities_of(tx, persons)?;
    let held = rows
        .into_iter()
        .filter(|row| row.valid_from.is_none_or(|first| first <= on) && row.valid_to.is_none_or(|last| last >= on));
    Ok(held.map(|row| (row.person_id, row.code)).collect())
}

/// Lets one writer at a time change a person's file.
pub fn lock(tx: &mut WriteTx<'_>, person: PersonId) -> Result<()> {
    store::lock(tx, person)
}

/// The names persons go by, for lists that show nothing else of them. An organisation knows them by the names they want to have there.
pub(crate) fn current_names(tx: &mut ReadTx<'_>, persons: &[PersonId]) -> Result<Vec<(PersonId, String)>> {
    let wanted = match (tx.scope().reach, tx.scope().organisation) {
        (Reach::Organisation, Some(organisation)) => scope::consent::wanted_names(tx, organisation, persons)?,
        _ => Vec::new(),
    };
    let names = store::names_of(tx, persons)?;
    let current = persons.iter().filter_map(|person| {
        if let Some(named) = wanted.iter().find(|(of, _)| of == person) {
            return Some(named.clone());
        }
        let mut own = names.iter().filter(|name| name.person_id == *person);
        let name = own.clone().find(|name| name.kind == "current").or_else(|| own.next())?;
        Some((*person, name.full_name_as_printed.clone()))
    });
    Ok(current.collect())
}

/// Registers a person after the search that officers make by hand: for the demonstration, whose persons nobody has searched for.
pub(crate) fn register_searched(tx: &mut WriteTx<'_>, mut new: NewPerson) -> Result<Audited<PersonId>> {
    new.search_token = new.names.first().map(|dated| search::fresh_token(tx, dated.name.full_name_as_printed()));
    Ok(register(tx, &new)?.map(|file| file.id))
}

/// Registers a person; whoever does so keeps the file. 409 without the token of a search for the same name: nobody is registered twice for want of looking.
pub(super) fn register(tx: &mut WriteTx<'_>, new: &NewPerson) -> Result<Audited<PersonFile>> {
    // A file belongs to an office. Whoever belongs to none registers nobody.
    let office = tx.scope().office.ok_or_else(|| Error::new(Code::ActionNotPermitted))?;
    search::spend_token(tx, new)?;
    refuse_contradictions(&new.nationalities, |place| format!("/nationalities/{place}/code"))?;
    let now = tx.now();
    let id = PersonId::random();
    let file_number = FileNumber::generate(keys::random).compact().to_owned();
    store::insert(tx, &PersonRow { id, file_number, office_id: office, created_at: now })?;
    let record = RecordRow {
        person_id: id,
        version: 1,
        birth_date: new.birth_date.as_ref().map(ToString::to_string),
        sex: new.sex.code(),
        reason: None,
        recorded_at: now,
        recorded_by: tx.account(),
        superseded_at: None,
    };
    store::insert_record(tx, &record)?;
    for name in &new.names {
        store_name(tx, id, name, now)?;
    }
    for nationality in &new.nationalities {
        store_nationality(tx, id, nationality, now)?;
    }
    if let Some(account) = tx.account() {
        scope::assignment::assign(tx, id, account)?;
    }
    let file = load(tx, id, Instant::END)?;
    tx.record(&Event::about(Action::PersonRegistered, id), file)
}

/// The live particulars of a person the caller may see: the basis of a change.
pub(super) fn find(tx: &mut ReadTx<'_>, person: PersonId) -> Result<RecordRow> {
    visible(tx, person)?;
    store::live_record(tx, person)
}

/// The same, and why the caller sees it.
pub(super) fn show_explained(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    as_of: Instant,
) -> Result<Viewed<(PersonFile, Access)>> {
    let file = load(tx, person, as_of)?;
    let access = scope::explain(tx, person)?;
    tx.viewed(&Event::about(Action::PersonViewed, person), (file, access))
}

/// A person's file as the record stood at `as_of`.
pub(super) fn show(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<Viewed<PersonFile>> {
    let file = load(tx, person, as_of)?;
    tx.viewed(&Event::about(Action::PersonViewed, person), file)
}

/// Changes the particulars that are one value each.
pub(super) fn change(tx: &mut WriteTx<'_>, before: RecordRow, after: Particulars) -> Result<Audited<PersonFile>> {
    let person = before.person_id;
    let Particulars { birth_date, sex, reason } = after;
    let next = next_version(tx, before, |row| RecordRow { birth_date, sex, reason, ..row })?;
    let file = load(tx, person, Instant::END)?;
    tx.record(&Event::about(Action::PersonChanged, person).with(json!({ "version": next.version })), file)
}

/// Adds a name the person bears or bore.
pub(super) fn add_name(tx: &mut WriteTx<'_>, before: RecordRow, name: &DatedName) -> Result<Audited<PersonFile>> {
    let person = before.person_id;
    let next = next_version(tx, before, |row| row)?;
    let id = store_name(tx, person, name, next.recorded_at)?;
    let file = load(tx, person, Instant::END)?;
    let details = json!({ "version": next.version, "name": id });
    tx.record(&Event::about(Action::PersonChanged, person).with(details), file)
}

/// Ends or corrects the days on which a name was borne, or withdraws it. The name itself is corrected by withdrawing it and adding the
/// right one.
pub(super) fn change_name(
    tx: &mut WriteTx<'_>,
    before: RecordRow,
    row: &NameRow,
    days: (Option<NaiveDate>, Option<NaiveDate>),
    withdrawn: bool,
) -> Result<Audited<PersonFile>> {
    let person = before.person_id;
    let (valid_from, valid_to) = days;
    if let (Some(first), Some(last)) = days
        && last < first
    {
        return Err(Error::days_out_of_order("/valid_to", first));
    }
    let others = store::names_of(tx, &[person])?;
    if withdrawn && others.iter().all(|other| other.id == row.id) {
        let message = "A person keeps at least one name. Add the right one first.";
        return Err(Error::invalid_at("/withdrawn", "last_name", message));
    }
    let next = next_version(tx, before, |row| row)?;
    store::close_name(tx, row, next.recorded_at)?;
    let after = NameRow {
        version: row.version.saturating_add(1),
        valid_from,
        valid_to,
        withdrawn,
        recorded_at: next.recorded_at,
        recorded_by: tx.account(),
        ..row.clone()
    };
    let keys = if withdrawn { Vec::new() } else { keys_of(&after.full_name_as_printed) };
    store::store_name(tx, &after, &keys)?;
    let file = load(tx, person, Instant::END)?;
    let details = json!({ "version": next.version, "name": row.id });
    tx.record(&Event::about(Action::PersonChanged, person).with(details), file)
}

/// A name of a person the caller may see: 404 if there is none, 410 if it was withdrawn.
pub(super) fn name(tx: &mut ReadTx<'_>, person: PersonId, id: NameId) -> Result<NameRow> {
    let row = store::name(tx, person, id)?;
    if row.withdrawn { Err(Error::new(Code::Gone)) } else { Ok(row) }
}

/// Adds a nationality the person holds or held.
pub(super) fn add_nationality(
    tx: &mut WriteTx<'_>,
    before: RecordRow,
    nationality: &DatedNationality,
) -> Result<Audited<PersonFile>> {
    let person = before.person_id;
    let mut all: Vec<DatedNationality> = Vec::new();
    for row in store::nationalities(tx, person)? {
        let code = row.code.parse().map_err(Error::internal)?;
        all.push(DatedNationality { code, valid_from: row.valid_from, valid_to: row.valid_to });
    }
    all.push(nationality.clone());
    // The others were found free of contradictions, and of what is sent the client knows one alone.
    refuse_contradictions(&all, |_| "/code".to_owned())?;
    let next = next_version(tx, before, |row| row)?;
    let id = store_nationality(tx, person, nationality, next.recorded_at)?;
    let file = load(tx, person, Instant::END)?;
    let details = json!({ "version": next.version, "nationality": id });
    tx.record(&Event::about(Action::PersonChanged, person).with(details), file)
}

/// A file on a list, with its live names.
pub(super) type Listed = (PersonRow, Vec<NameRow>);

/// A page of the files the caller may know of.
pub(super) fn list(tx: &mut ReadTx<'_>, after: Option<&str>, limit: usize) -> Result<Viewed<Vec<Listed>>> {
    let rows = store::page(tx, after, limit)?;
    let persons: Vec<PersonId> = rows.iter().map(|row| row.id).collect();
    let mut names = store::names_of(tx, &persons)?;
    let listed = rows
        .into_iter()
        .map(|row| {
            let (own, others) = names.drain(..).partition(|name: &NameRow| name.person_id == row.id);
            names = others;
            (row, own)
        })
        .collect();
    tx.viewed(&Event::about_page(Action::PeopleListed, persons, limit), listed)
}

/// Versions of the particulars, newest first.
pub(super) fn versions(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    below: i32,
    limit: usize,
) -> Result<Viewed<Vec<RecordRow>>> {
    visible(tx, person)?;
    let mut rows = store::records(tx, person, below, limit)?;
    if tx.scope().reach == Reach::Own {
        // Which officer it was is not for the person: the office answers for it.
        rows.iter_mut().for_each(|row| row.recorded_by = None);
    }
    tx.viewed(&Event::about(Action::PersonHistoryViewed, person), rows)
}

/// The file as it stood when a version was recorded.
pub(super) fn version(tx: &mut ReadTx<'_>, person: PersonId, version: i32) -> Result<Viewed<PersonFile>> {
    visible(tx, person)?;
    let file = at_version(tx, person, version)?.ok_or_else(Error::not_found)?;
    let details = json!({ "version": version });
    tx.viewed(&Event::about(Action::PersonHistoryViewed, person).with(details), file)
}

/// The file as it stood when a version was recorded.
pub(super) fn at_version(tx: &mut ReadTx<'_>, person: PersonId, version: i32) -> Result<Option<PersonFile>> {
    let row = store::record_version(tx, person, version)?;
    row.map(|row| load(tx, person, row.recorded_at)).transpose()
}

/// The whole file in one statement. 404 outside the caller's scope, and before the file existed.
fn load(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<PersonFile> {
    let mut head = None;
    let (mut names, mut nationalities) = (Vec::new(), Vec::new());
    for part in store::file(tx, person, as_of)? {
        match part {
            FilePart::Record { .. } => head = Some(part),
            FilePart::Name { .. } => names.push(part),
            FilePart::Nationality { .. } => nationalities.push(part),
        }
    }
    match head {
        Some(FilePart::Record { office, version, file_number, birth_date, sex, created_at, recorded_at }) => {
            Ok(PersonFile {
                id: person,
                version,
                office,
                file_number,
                birth_date,
                sex,
                names,
                nationalities,
                created_at,
                recorded_at,
            })
        }
        _ => Err(Error::not_found()),
    }
}

/// Closes the live particulars and stores the next version.
fn next_version(
    tx: &mut WriteTx<'_>,
    before: RecordRow,
    change: impl FnOnce(RecordRow) -> RecordRow,
) -> Result<RecordRow> {
    let now = tx.now().after(before.recorded_at);
    store::close_record(tx, &before, now)?;
    let version = before.version.saturating_add(1);
    let recorded_by = tx.account();
    let next = change(RecordRow { reason: None, ..before });
    let next = RecordRow { version, recorded_at: now, recorded_by, superseded_at: None, ..next };
    store::insert_record(tx, &next)?;
    Ok(next)
}

fn store_name(tx: &mut WriteTx<'_>, person: PersonId, dated: &DatedName, at: Instant) -> Result<NameId> {
    let id = NameId::random();
    let name = &dated.name;
    let row = NameRow {
        person_id: person,
        id,
        version: 1,
        kind: name.kind().text().to_owned(),
        full_name_as_printed: name.full_name_as_printed().to_owned(),
        given: name.given().map(str::to_owned),
        surname: name.surname().map(str::to_owned),
        patronymic: name.patronymic().map(str::to_owned),
        patronymic_form: name.patronymic_form().map(|form| form.text().to_owned()),
        no_surname: name.no_surname(),
        script: name.script().map(str::to_owned),
        language: name.language().map(str::to_owned),
        valid_from: dated.valid_from,
        valid_to: dated.valid_to,
        withdrawn: false,
        recorded_at: at,
        recorded_by: tx.account(),
        superseded_at: None,
    };
    let keys: Vec<NameKey> = keys_of(name.full_name_as_printed());
    store::store_name(tx, &row, &keys)?;
    Ok(id)
}

fn store_nationality(
    tx: &mut WriteTx<'_>,
    person: PersonId,
    dated: &DatedNationality,
    at: Instant,
) -> Result<NationalityId> {
    let id = NationalityId::random();
    let row = NationalityRow {
        person_id: person,
        id,
        version: 1,
        code: dated.code.to_string(),
        valid_from: dated.valid_from,
        valid_to: dated.valid_to,
        withdrawn: false,
        recorded_at: at,
        recorded_by: tx.account(),
        superseded_at: None,
    };
    store::store_nationality(tx, &row)?;
    Ok(id)
}

/// Stateless excludes every other nationality on the same day.
fn refuse_contradictions(all: &[DatedNationality], pointer: impl Fn(usize) -> String) -> Result<()> {
    let dated: Vec<_> = all.iter().map(|one| (one.code, one.valid_from, one.valid_to)).collect();
    match conflicting(&dated) {
        None => Ok(()),
        Some((one, other)) => Err(Error::invalid_at(
            pointer(other),
            "contradiction",
            format!("Nationality {other} and nationality {one} exclude each other on the same day."),
        )),
    }
}
