//! Register and case management for immigrants.
//!
//! Read in this order: `error`, `clock`, `calendar`, `id`; `db` (transactions as capabilities); `access` (the whole policy on one page); `http`
//! (one endpoint, one signature); `law` (the pure engine); then the slices, each a noun of the trade; `web` and `cli` put them together.

pub mod calendar;
pub mod clock;
pub mod config;
pub mod error;
pub mod id;
pub mod keys;

pub mod db;

pub mod access;

pub mod http;

pub mod addresses;
pub mod audit;
pub mod cases;
pub mod cli;
pub mod confidentiality;
pub mod courses;
pub mod documents;
pub mod eligibility;
pub mod families;
pub mod grounds;
pub mod identity;
pub mod law;
pub mod people;
pub mod permits;
pub mod presence;
pub mod web;
