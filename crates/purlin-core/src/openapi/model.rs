//! The parts of an OpenAPI document that an operation consists of.

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::media::MediaType;
use super::problem::{Codes, ProblemDoc};
use crate::error::Problems;
use crate::hosts::HostPattern;
use crate::named::Named;

/// One operation: a method on a path.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Operation {
    /// Unique in the document; generated clients name their functions after it.
    pub operation_id: String,
    /// One line: the first paragraph of the handler's doc comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The rest of the doc comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The groups it is shown in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether clients should stop calling it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Path, query, header and cookie parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// The body it reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<RequestBody>,
    /// What it answers, by status or `default`.
    pub responses: Named<ResponseDoc>,
    /// The alternatives of security schemes, each a scheme's name with the scopes it needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<Named<Vec<String>>>,
    /// The hosts on which it is, where it is not on all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// Where several routes answer, which hosts and conditions tell apart: each of them.
    #[serde(rename = "x-alternatives", skip_serializing_if = "Vec::is_empty")]
    pub(crate) alternatives: Vec<Alternative>,
    /// The header fields of all its answers, whatever their status.
    #[serde(skip)]
    pub(crate) answer_headers: Named<Header>,
    /// Whether its handler may fail with any status and any code.
    #[serde(skip)]
    pub(crate) open: bool,
    #[serde(skip)]
    pub(crate) schemes: Named<SecurityScheme>,
    /// How often somebody said that not every client may do this.
    #[serde(skip)]
    pub(crate) demands: usize,
}

/// One of several routes of a method and a path.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Alternative {
    /// The host on which it answers, where it is not on all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) host: Option<String>,
    /// What must hold for it to answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) conditions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) deprecated: bool,
}

impl Operation {
    /// Adds a parameter, or replaces the one of the same name and place.
    pub fn parameter(&mut self, parameter: Parameter) {
        let same = |other: &&mut Parameter| {
            other.name == parameter.name && other.within == parameter.within
        };
        match self.parameters.iter_mut().find(same) {
            Some(known) => *known = parameter,
            None => self.parameters.push(parameter),
        }
    }

    /// Documents an answer and returns it, to be added to. The first description of a status stays.
    pub fn response(
        &mut self,
        status: impl Into<StatusKey>,
        description: impl Into<Cow<'static, str>>,
    ) -> &mut ResponseDoc {
        let entry = self.responses.get_or_add(status.into().0);
        if entry.description.is_empty() {
            entry.description = description.into();
        }
        entry
    }

    /// Documents an error answer: a problem document with this code, to which members may be added.
    pub fn problem(
        &mut self,
        status: StatusCode,
        code: &str,
        description: impl Into<Cow<'static, str>>,
    ) -> &mut ProblemDoc {
        let description = description.into();
        let refuses_client = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        self.demands += usize::from(refuses_client);
        let answer = self.response(status, "");
        if answer.description.is_empty() {
            answer.description.clone_from(&description);
        } else if !answer.description.split("; ").any(|part| part == description) {
            answer.description = format!("{}; {description}", answer.description).into();
        }
        answer.problem = true;
        answer.codes.add(code, description)
    }

    /// Documents all answers of a problem type.
    pub fn problems(&mut self, problems: &Problems) {
        self.open |= problems.is_open();
        for problem in problems.iter() {
            let doc = self.problem(problem.status, &problem.code, problem.description.clone());
            for (name, describe) in &problem.members {
                doc.add_member(name.clone(), *describe);
            }
        }
    }

    /// Demands a security scheme, as an alternative to those demanded before.
    pub fn security(&mut self, name: &str, scheme: SecurityScheme, scopes: Vec<String>) {
        self.demands += 1;
        self.schemes.insert(name.to_owned(), scheme);
        let mut requirement = Named::default();
        requirement.insert(name.to_owned(), scopes);
        if !self.security.contains(&requirement) {
            self.security.push(requirement);
        }
    }
}

/// A host on which an operation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Server {
    /// The host without a scheme, which is that of the document: `//{tenant}.example.com`.
    pub url: String,
    /// The parameters of the host.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub variables: Named<ServerVariable>,
}

/// A parameter of a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServerVariable {
    /// What stands there where nothing else is said: the parameter's name.
    pub default: String,
}

impl Server {
    pub(crate) fn of_host(host: &HostPattern) -> Self {
        let mut variables = Named::default();
        for name in host.names() {
            variables.insert(name.to_owned(), ServerVariable { default: name.to_owned() });
        }
        Self { url: format!("//{host}"), variables }
    }
}

/// A key of the map of responses: a status, or `default`.
#[derive(Debug)]
pub struct StatusKey(String);

impl StatusKey {
    /// Every status that is not listed by itself.
    pub fn default_response() -> Self {
        Self("default".to_owned())
    }

    /// The words that are registered for it.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        StatusCode::from_bytes(self.0.as_bytes()).ok()?.canonical_reason()
    }

    /// Every redirect: OpenAPI's range of statuses.
    pub fn redirect() -> Self {
        Self("3XX".to_owned())
    }
}

impl From<StatusCode> for StatusKey {
    fn from(status: StatusCode) -> Self {
        Self(status.as_str().to_owned())
    }
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ParameterIn {
    /// In a cookie.
    Cookie,
    /// In a header field.
    Header,
    /// In the path.
    Path,
    /// In the query string.
    Query,
}

/// A parameter outside the body.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Parameter {
    /// The name on the wire.
    pub name: String,
    /// Where it stands.
    #[serde(rename = "in")]
    pub within: ParameterIn,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the request is refused without it.
    pub required: bool,
    /// Whether clients should stop sending it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// What its value may be.
    pub schema: Value,
}

impl Parameter {
    /// A required parameter.
    pub fn new(name: impl Into<String>, within: ParameterIn, schema: Value) -> Self {
        Self {
            name: name.into(),
            within,
            description: None,
            required: true,
            deprecated: false,
            schema,
        }
    }

    /// Makes it optional.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Says what it means.
    #[must_use]
    pub fn described(mut self, description: Option<String>) -> Self {
        self.description = description;
        self
    }
}

/// The body an operation reads.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct RequestBody {
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the request is refused without it.
    pub required: bool,
    /// Its media types.
    pub content: Named<MediaType>,
}

impl RequestBody {
    /// A required body of one media type.
    pub fn new(media_type: &str, schema: Value) -> Self {
        let media = MediaType { schema, ..MediaType::default() };
        let mut content = Named::default();
        content.insert(media_type.to_owned(), media);
        Self { description: None, required: true, content }
    }
}

/// One answer of an operation.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ResponseDoc {
    /// What it means.
    pub description: Cow<'static, str>,
    /// Its header fields.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub headers: Named<Header>,
    /// Its media types.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub content: Named<MediaType>,
    /// Whether it may also come without a body, which OpenAPI has no word for.
    #[serde(rename = "x-may-be-empty", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) may_be_empty: bool,
    #[serde(skip)]
    pub(crate) problem: bool,
    #[serde(skip)]
    pub(crate) codes: Codes,
}

impl ResponseDoc {
    /// Adds a media type. A second schema for the same one becomes an alternative.
    pub fn content(&mut self, media_type: &str, schema: Value) -> &mut Self {
        let entry = self.content.get_or_add(media_type.to_owned());
        if entry.schema.is_null() || entry.schema == schema {
            entry.schema = schema;
        } else if let Some(Value::Array(alternatives)) = entry.schema.get_mut("anyOf") {
            if !alternatives.contains(&schema) {
                alternatives.push(schema);
            }
        } else {
            entry.schema = serde_json::json!({ "anyOf": [entry.schema.take(), schema] });
        }
        self
    }

    /// Adds a header field that may be there.
    pub fn header(&mut self, name: &str, description: &'static str, schema: Value) -> &mut Self {
        let header = Header { description: description.into(), required: false, schema };
        self.headers.insert(name.to_owned(), header);
        self
    }

    /// Adds a header field that is always there.
    pub fn required_header(
        &mut self,
        name: &str,
        description: &'static str,
        schema: Value,
    ) -> &mut Self {
        let header = Header { description: description.into(), required: true, schema };
        self.headers.insert(name.to_owned(), header);
        self
    }
}

/// A header field of an answer.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Header {
    /// What it means.
    pub description: Cow<'static, str>,
    /// Whether it is always there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// What its value may be.
    pub schema: Value,
}

/// How a client proves who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[non_exhaustive]
pub enum SecurityScheme {
    /// A key in a header, the query or a cookie.
    ApiKey {
        /// The name of the header, query parameter or cookie.
        name: String,
        /// `header`, `query` or `cookie`.
        #[serde(rename = "in")]
        within: String,
    },
    /// A scheme of the `Authorization` header: `basic`, `bearer`.
    #[serde(rename_all = "camelCase")]
    Http {
        /// The scheme in lower case.
        scheme: String,
        /// What the bearer token is, for people.
        #[serde(skip_serializing_if = "Option::is_none")]
        bearer_format: Option<String>,
    },
}

impl SecurityScheme {
    /// `Authorization: Bearer …`.
    pub fn bearer() -> Self {
        Self::Http { scheme: "bearer".to_owned(), bearer_format: None }
    }

    /// `Authorization: Basic …`.
    pub fn basic() -> Self {
        Self::Http { scheme: "basic".to_owned(), bearer_format: None }
    }
}
