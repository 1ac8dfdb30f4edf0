//! Which operation a request is for.

use std::sync::Arc;

use actix_web::http::Method;

use super::endpoint::Endpoint;

/// The operations by path and method. All workers share one: the time to find an operation does not grow with their number.
pub struct Router {
    paths: matchit::Router<Vec<Arc<Endpoint>>>,
}

/// What there is at a path.
pub(super) enum Found {
    /// The operation, and the values of the path's parameters in their order, percent-decoded except for `%`, `/` and `+`.
    Operation(Arc<Endpoint>, Vec<String>),
    /// Nothing with this method: what `Allow` says.
    OtherMethods(String),
    /// Nothing.
    Nothing,
}

impl Router {
    /// Puts the operations in order. Literal segments go before parameters. Fails if a path cannot be told from another, or an operation stands
    /// twice: both are defects of the program.
    pub fn new(endpoints: &[Arc<Endpoint>]) -> Result<Self, String> {
        let mut paths = matchit::Router::<Vec<Arc<Endpoint>>>::new();
        let mut seen: Vec<&str> = Vec::new();
        for endpoint in endpoints {
            let path = endpoint.path;
            if seen.contains(&path) {
                continue;
            }
            seen.push(path);
            let methods: Vec<Arc<Endpoint>> = endpoints.iter().filter(|one| one.path == path).cloned().collect();
            let twice = |one: &Arc<Endpoint>| methods.iter().filter(|other| other.method == one.method).count() > 1;
            if methods.iter().any(twice) {
                return Err(format!("{path} has a method twice"));
            }
            paths.insert(path, methods).map_err(|error| format!("{path}: {error}"))?;
        }
        Ok(Self { paths })
    }

    pub(super) fn find(&self, method: &Method, path: &str) -> Found {
        let Ok(matched) = self.paths.at(path) else { return Found::Nothing };
        let Some(endpoint) = matched.value.iter().find(|one| one.method == *method) else {
            let allow: Vec<&str> = matched.value.iter().map(|one| one.method.as_str()).collect();
            return Found::OtherMethods(allow.join(", "));
        };
        Found::Operation(Arc::clone(endpoint), matched.params.iter().map(|(_, value)| value.to_owned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use utoipa::ToSchema;

    use super::*;
    use crate::error::Result as Answered;
    use crate::http::{Answer, Public, endpoint};

    #[derive(Serialize, ToSchema)]
    struct Nothing {}

    async fn handler(_: Public) -> Answered<Answer<Nothing>> {
        Answer::ok(&Nothing {})
    }

    fn router(operations: &[(Method, &'static str)]) -> Result<Router, String> {
        let make = |(method, path): &(Method, &'static str)| endpoint(method.clone(), path, "do", "Do", handler);
        Router::new(&operations.iter().map(make).map(Arc::new).collect::<Vec<_>>())
    }

    /// What is found, in words.
    fn found(router: &Router, method: &Method, path: &str) -> String {
        match router.find(method, path) {
            Found::Operation(endpoint, values) => format!("{} {values:?}", endpoint.path),
            Found::OtherMethods(allow) => format!("allow {allow}"),
            Found::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn an_operation_is_found_by_path_and_method() {
        let router = router(&[
            (Method::GET, "/people/{person_id}"),
            (Method::PATCH, "/people/{person_id}"),
            (Method::POST, "/people/search"),
            (Method::GET, "/people/{id}/names/{name_id}"),
            (Method::GET, "/people/search/words"),
        ])
        .unwrap();
        for (method, path, expected) in [
            (Method::GET, "/people/7", "/people/{person_id} [\"7\"]"),
            (Method::PATCH, "/people/7", "/people/{person_id} [\"7\"]"),
            (Method::POST, "/people/7", "allow GET, PATCH"),
            (Method::POST, "/people/search", "/people/search []"),
            (Method::GET, "/people/search", "allow POST"),
            (Method::GET, "/people/search/names/2", "/people/{id}/names/{name_id} [\"search\", \"2\"]"),
            (Method::GET, "/people/Ə/names/b%2Fc", "/people/{id}/names/{name_id} [\"Ə\", \"b%2Fc\"]"),
            (Method::GET, "/people/", "nothing"),
            (Method::GET, "/people/7/", "nothing"),
            (Method::GET, "/people//names/2", "nothing"),
            (Method::GET, "/people/7/names", "nothing"),
            (Method::GET, "", "nothing"),
        ] {
            assert_eq!(found(&router, &method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        assert!(router(&[(Method::GET, "/a/{b}"), (Method::GET, "/a/{c}")]).is_err());
        assert!(router(&[(Method::GET, "/a"), (Method::GET, "/a")]).is_err());
    }
}
