//! WebDriver's JSON over HTTP: <https://www.w3.org/TR/webdriver2/>.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use crate::problem::{Problem, Result};

/// How long the driver may take to answer one request.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);
/// How long an answer may be, in bytes; a picture of a large page is the longest.
const ANSWER_SIZE: u64 = 100_000_000;

/// A path of the driver, such as `http://127.0.0.1:9515/session/ID`, and what is asked there.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    agent: Agent,
    base: String,
}

impl Wire {
    pub(crate) fn new(base: String) -> Self {
        let settings = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER_LIMIT))
            .proxy(None);
        Self {
            agent: settings.build().new_agent(),
            base,
        }
    }

    /// The same driver, further down.
    pub(crate) fn below(&self, path: &str) -> Self {
        Self {
            agent: self.agent.clone(),
            base: format!("{}/{path}", self.base),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        let mut response = self.agent.get(self.address(path)).call()?;
        read(&mut response)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self
            .agent
            .post(self.address(path))
            .header("content-type", "application/json; charset=utf-8");
        let mut response = request.send(body.to_string())?;
        read(&mut response)
    }

    /// A command without parameters.
    pub(crate) fn command(&self, path: &str) -> Result<Value> {
        self.post(path, &json!({}))
    }

    pub(crate) fn delete(&self) -> Result<Value> {
        let mut response = self.agent.delete(&self.base).call()?;
        read(&mut response)
    }

    fn address(&self, path: &str) -> String {
        if path.is_empty() {
            self.base.clone()
        } else {
            format!("{}/{path}", self.base)
        }
    }
}

fn read(response: &mut ureq::http::Response<ureq::Body>) -> Result<Value> {
    let status = response.status().as_u16();
    let text = response
        .body_mut()
        .with_config()
        .limit(ANSWER_SIZE)
        .read_to_string()?;
    value_of(status, &text)
}

/// The `value` of an answer, or the error that it describes.
fn value_of(status: u16, answer: &str) -> Result<Value> {
    let mut answer: Value = serde_json::from_str(answer)
        .map_err(|error| Problem::new(format!("{error} in \"{answer}\"")))?;
    let value = answer["value"].take();
    if status == 200 {
        return Ok(value);
    }
    let error = value["error"].as_str().unwrap_or("error");
    let message = value["message"].as_str().unwrap_or_default();
    let first = message.lines().next().unwrap_or_default();
    Err(Problem::new(format!("{error}: {first}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_values_or_errors() {
        assert_eq!(value_of(200, r#"{"value": null}"#), Ok(Value::Null));
        assert_eq!(
            value_of(200, r#"{"value": {"ready": true}}"#),
            Ok(json!({ "ready": true }))
        );
        let refusal =
            r#"{"value": {"error": "no such element", "message": "gone\n (Session info)"}}"#;
        assert_eq!(
            value_of(404, refusal),
            Err(Problem::new("no such element: gone"))
        );
        assert!(value_of(200, "<html>").is_err());
    }
}
