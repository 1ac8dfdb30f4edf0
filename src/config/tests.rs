use std::fs;
use std::path::{Path, PathBuf};

use super::{Config, ConfigFault, SPECS, Source, example, refusals};

fn pairs(items: &[(&str, &str)]) -> Vec<(String, String)> {
    items.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

/// A folder of its own for each test, with the configuration file in it.
struct Place(tempfile::TempDir);

impl Place {
    fn with(text: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::write(place.path("config.toml"), text).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self, flags: &[(&str, &str)], env: &[(&str, &str)]) -> Result<Config, Vec<ConfigFault>> {
        Config::load(Some(&self.path("config.toml")), &pairs(flags), pairs(env).into_iter())
    }

    fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    }
}

/// The messages of a load that must fail.
fn faults(text: &str, flags: &[(&str, &str)], env: &[(&str, &str)]) -> Vec<String> {
    Place::with(text).load(flags, env).unwrap_err().into_iter().map(|fault| fault.message).collect()
}

fn shown(config: &Config, path: &str) -> (String, Source) {
    config.sources().into_iter().find(|s| s.path == path).map(|s| (s.value, s.source)).unwrap()
}

fn values(config: &Config) -> Vec<String> {
    config.sources().into_iter().map(|s| format!("{} = {}", s.path, s.value)).collect()
}

#[test]
fn flag_beats_environment_beats_file_beats_default() {
    let place = Place::with("[server]\nworkers = 1\nmax_connections = 10\nbody_timeout_s = 20\n");
    let flags = [("server.workers", "3")];
    let env = [("SAKIN_SERVER_WORKERS", "2"), ("SAKIN_SERVER_MAX_CONNECTIONS", "11"), ("HOME", "/")];
    let config = place.load(&flags, &env).unwrap();

    assert_eq!((config.server.workers, config.server.max_connections, config.server.body_timeout_s), (3, 11, 20));
    assert_eq!(shown(&config, "server.workers").1, Source::Flag("server.workers".to_owned()));
    assert_eq!(shown(&config, "server.max_connections").1, Source::Env("SAKIN_SERVER_MAX_CONNECTIONS".to_owned()));
    assert_eq!(shown(&config, "server.body_timeout_s").1, Source::File(place.path("config.toml"), 4));
    assert_eq!(shown(&config, "server.shutdown_s"), ("30".to_owned(), Source::Default));
}

#[test]
fn every_fault_of_every_layer_comes_at_once() {
    let text = "mode = \"prod\"\n[server]\nbnid = \"x\"\nworkers = \"4\"\n[databse]\nurl = \"\"\n[log]\nformat = 7\n";
    let found =
        faults(text, &[("server.body_timeout", "5")], &[("SAKIN_LOG_FILTR", "info"), ("SAKIN_AUTH_ARGON2_T", "-1")]);
    let expected = [
        "databse is no setting; did you mean database?",
        "server.bnid is no setting; did you mean server.bind?",
        "SAKIN_LOG_FILTR is no setting; did you mean SAKIN_LOG_FILTER?",
        "server.body_timeout is no setting; did you mean server.body_timeout_s?",
        "mode must be one of trial, production, not \"prod\"",
        "server.workers must be a number, without quotes",
        "auth.argon2_t must be a number from 1 to 100, not \"-1\"",
        "log.format must be written in quotes",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_fault_names_its_line() {
    let place = Place::with("\n[server]\n\nworkers = 9999\n");
    let line = place.load(&[], &[]).unwrap_err().remove(0).to_string();
    let expected = "config.toml:4: server.workers must be a number from 0 to 1024, not \"9999\"";
    assert!(line.ends_with(expected), "{line}");

    let place = Place::with("[server]\nworkers = \n[log]\n");
    let broken = place.load(&[], &[("SAKIN_NONSENSE", "1")]).unwrap_err();
    assert!(broken[0].to_string().contains("config.toml:2: not TOML"), "{broken:?}");
    assert_eq!(broken.last().unwrap().source, Source::Env("SAKIN_NONSENSE".to_owned()));
}

#[test]
fn variables_that_are_no_settings_pass() {
    let env = ["SAKIN_CONFIG", "SAKIN_TEST_POSTGRES", "SAKIN_MIGRATE"];
    let env: Vec<_> = env.iter().map(|name| (*name, "x")).collect();
    Place::with("").load(&[], &env).unwrap();
}

#[test]
fn the_file_is_the_flags_then_the_environments() {
    let (a, b) = (Place::with("[server]\nworkers = 1\n"), Place::with("[server]\nworkers = 2\n"));
    let variable = b.path("config.toml").to_string_lossy().into_owned();
    let env = pairs(&[("SAKIN_CONFIG", &variable)]);
    let load = |file: Option<&Path>| Config::load(file, &[], env.clone().into_iter()).unwrap();
    assert_eq!(load(Some(&a.path("config.toml"))).server.workers, 1);
    assert_eq!(load(None).server.workers, 2);
    assert_eq!(load(None).file, Some(b.path("config.toml")));

    let missing = Config::load(Some(&a.path("none.toml")), &[], std::iter::empty()).unwrap_err();
    assert!(missing[0].message.starts_with("cannot read "), "{missing:?}");
}

#[test]
fn a_database_address_is_recognised_or_refused() {
    for bad in ["mysql://db/x", "sakin.db", "sqlite://", "sqlite:x.db", "file:x.db", "postgress://h/d", "Sqlite://x"] {
        let found = faults("", &[], &[("SAKIN_DATABASE_URL", bad)]);
        assert_eq!(found.len(), 1, "{bad} {found:?}");
        assert!(found[0].starts_with("database.url must "), "{bad}: {}", found[0]);
    }
    let path = |url: &str| {
        let config = Place::with("").load(&[("database.url", url)], &[]).unwrap();
        config.database.url.sqlite_path(Path::new("d"))
    };
    assert_eq!(path(""), Some(PathBuf::from("d/sakin.db")));
    assert_eq!(path("sqlite:///var/x.db"), Some(PathBuf::from("/var/x.db")));
    assert_eq!(path("postgres://h/d"), None);
}

#[test]
fn passwords_never_print() {
    let canary = "s3cr3t";
    let urls = [
        "postgres://user:s3cr3t@host:5432/db?sslmode=require",
        "postgresql://user:s3cr3t@/db?host=/run/pg",
        "postgres://host/db?user=u&password=s3cr3t",
        "postgres://:s3cr3t@host/db",
    ];
    for url in urls {
        let config = Place::with("").load(&[], &[("SAKIN_DATABASE_URL", url)]).unwrap();
        let printed = format!("{config:?} {:?} {:?}", config.sources(), refusals(&config));
        assert!(!printed.contains(canary), "{printed}");
        assert!(printed.contains("••••"), "{printed}");
        let super::DatabaseUrl::Postgres(inner) = &config.database.url else { panic!("{url}") };
        assert_eq!(inner.expose(), url);
    }
    assert_eq!(
        shown(&Place::with("").load(&[], &[("SAKIN_DATABASE_URL", urls[0])]).unwrap(), "database.url").0,
        "postgres://user:••••@host:5432/db?sslmode=require"
    );
    // A password with a bare "/", "?" or "@" would be cut in two; it is refused, unprinted.
    for url in ["postgres://u:s3/cr3t@h/d", "postgres://u:x?s3cr3t@h/d", "postgres://u:x@s3cr3t@h/d", "s3cr3t://x"] {
        let found = faults("", &[], &[("SAKIN_DATABASE_URL", url)]);
        assert!(!found.concat().contains("cr3t"), "{found:?}");
    }
}

#[test]
fn passwords_are_not_taken_from_the_command_line() {
    let found = faults("", &[("database.url", "postgres://u:s3cr3t@h/d")], &[]);
    assert!(found[0].contains("command lines") && !found[0].contains("s3cr3t"), "{found:?}");
    Place::with("").load(&[("database.url", "postgres://u@h/d")], &[]).unwrap();
}

#[test]
fn a_secret_may_stand_in_a_file_of_its_own() {
    let place = Place::with("[auth]\nsecond_factor = \"required\"\n[database]\nurl = \"sqlite://lower\"\n");
    fs::write(place.path("url"), "postgres://u:p@localhost/d\n").unwrap();
    let name = place.path("url").to_string_lossy().into_owned();
    let masked = "postgres://u:••••@localhost/d";

    place.set_mode("config.toml", 0o600);
    place.set_mode("url", 0o400);
    let config = place.load(&[], &[("SAKIN_DATABASE_URL_FILE", &name)]).unwrap();
    assert_eq!(shown(&config, "database.url"), (masked.to_owned(), Source::Env("SAKIN_DATABASE_URL_FILE".to_owned())));
    assert_eq!(refusals(&config), Vec::<String>::new());
    assert_eq!(shown(&place.load(&[("database.url_file", &name)], &[]).unwrap(), "database.url").0, masked);

    place.set_mode("url", 0o444);
    let config = place.load(&[], &[("SAKIN_DATABASE_URL_FILE", &name)]).unwrap();
    assert_eq!(refusals(&config), [format!("{name} holds a secret and everybody can read it: chmod 0400 {name}")]);

    let both = place.load(&[], &[("SAKIN_DATABASE_URL", ""), ("SAKIN_DATABASE_URL_FILE", &name)]).unwrap_err();
    assert!(both[0].message.contains("keep one of them"), "{both:?}");
    let missing = place.load(&[], &[("SAKIN_DATABASE_URL_FILE", "/nowhere")]).unwrap_err();
    assert!(missing[0].message.starts_with("cannot read /nowhere"), "{missing:?}");
}

#[test]
fn production_refuses_weak_settings_one_line_each() {
    let strict = "[auth]\nsecond_factor = \"required\"\n";
    let refused = |flags: &[(&str, &str)]| refusals(&Place::with(strict).load(flags, &[]).unwrap());
    assert_eq!(refused(&[]), Vec::<String>::new());
    for (path, weak, strong) in [
        ("auth.second_factor", "offered", "required"),
        ("server.bind", "0.0.0.0:80", "[::1]:80"),
        ("auth.argon2_m_kib", "19455", "19456"),
        ("auth.argon2_t", "1", "2"),
        ("database.url", "postgres://u@db.example/d", "postgres://u@db.example/d?sslmode=verify-full"),
        ("database.url", "postgres://u@db.example/d?sslmode=require", "postgres://u@localhost:5432/d"),
        ("database.url", "postgres://127.0.0.1,db.example/d", "postgres://127.0.0.1,[::1]:5432/d"),
        ("database.url", "postgres:///d?host=db.example", "postgres:///d?host=/run/postgresql"),
        ("database.url", "postgres://h/d?sslmode=verify-full&sslmode=prefer", "postgres://%2Frun%2Fpostgresql/d"),
        ("database.url", "postgres:///d?service=far", "postgres:///d?service=far&sslmode=verify-full"),
        ("server.trusted_proxies", "10.0.0.1, 0.0.0.0/0", "10.0.0.1, 10.1.0.0/16"),
        ("server.trusted_proxies", "::/0", "::1"),
        ("log.filter", "debug", "info"),
        ("log.filter", "info,actix_http=TRACE", "info,sakin=trace"),
        ("log.filter", "info,actix_http::h1", "info,sakin::db"),
        ("log.filter", "warn,tokio=5", "warn,sakin::http=5"),
        ("log.filter", "info,[request]=debug", "info,sakin=debug,actix_http=info"),
        ("log.filter", "info,sakin::db[request]=trace", "off"),
    ] {
        let found = refused(&[(path, weak)]);
        assert_eq!(found.len(), 1, "{path} = {weak}: {found:?}");
        assert!(found[0].starts_with(path.split('_').next().unwrap()) && !found[0].contains('\n'), "{found:?}");
        assert_eq!(refused(&[(path, strong)]), Vec::<String>::new(), "{path} = {strong}");
    }
}

#[test]
fn production_takes_no_password_from_the_environment() {
    let url = "postgres://u:s3cr3t@localhost/d";
    let strict = "[auth]\nsecond_factor = \"required\"\n";
    let found = refusals(&Place::with(strict).load(&[], &[("SAKIN_DATABASE_URL", url)]).unwrap());
    assert!(
        found.len() == 1 && found[0].contains("SAKIN_DATABASE_URL_FILE") && !found[0].contains("s3cr3t"),
        "{found:?}"
    );
    let without = Place::with(strict).load(&[], &[("SAKIN_DATABASE_URL", "postgres://u@localhost/d")]).unwrap();
    assert_eq!(refusals(&without), Vec::<String>::new());
}

#[test]
fn a_misspelt_log_level_is_refused() {
    let found = faults("", &[("log.filter", "inof")], &[]);
    assert!(found[0].starts_with("log.filter must be a level"), "{found:?}");
    assert_eq!(faults("", &[("log.filter", "sakin=loud")], &[]).len(), 1);
    let config = Place::with("").load(&[("log.filter", "warn,sakin::db=debug")], &[]).unwrap();
    assert_eq!(config.log.filter.as_str(), "warn,sakin::db=debug");
}

#[test]
fn the_sample_names_every_setting_and_its_default() {
    let defaults = values(&Config::default());
    assert_eq!(values(&Place::with(&example()).load(&[], &[]).unwrap()), defaults);

    // Switched on, every line still says the default, and now every value comes from the file.
    let on: String = example()
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned() + "\n")
        .collect();
    let config = Place::with(&on).load(&[], &[]).unwrap();
    assert_eq!(values(&config), defaults);
    let from_file = config.sources().iter().filter(|s| matches!(s.source, Source::File(..))).count();
    assert_eq!(from_file, SPECS.len());
}

#[test]
fn the_sample_in_the_repository_is_the_programs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/default.toml");
    assert_eq!(fs::read_to_string(path).unwrap(), example(), "run `sakin config example > config/default.toml`");
}
