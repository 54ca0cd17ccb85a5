//! The words of the editor beyond those that the page begins with, in both languages.

use crate::simulator::{Effect, FieldDoc, Mending};

/// The words of the editor.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Writing {
    pub templates: &'static str,
    pub from_labs: &'static str,
    pub closed_files: &'static str,
    pub empty_file: &'static str,
    pub from_disk: &'static str,
    pub clean: &'static str,
    pub fixes: &'static str,
    pub changes_none: &'static str,
    pub changes_wrong: &'static str,
    pub phrases: &'static str,
    pub closed: fn(&str) -> String,
    pub close: fn(&str) -> String,
    pub rename: fn(&str) -> String,
    pub mending: fn(&Mending) -> String,
    pub effect: fn(&Effect) -> &'static str,
    pub counted: fn(usize, usize, usize) -> String,
    pub facts: fn(&FieldDoc) -> String,
    pub fields: fn(&str) -> String,
}

/// By the code of a language. Not inlined: what calls it is needed first, what it names is not.
#[inline(never)]
pub fn writing(code: &str) -> &'static Writing {
    if code == "ko" { &KOREAN } else { &ENGLISH }
}

static ENGLISH: Writing = Writing {
    templates: "Templates",
    from_labs: "Files of a lab",
    closed_files: "Closed files",
    empty_file: "Empty file",
    from_disk: "From this computer…",
    clean: "A cluster printed this. Take out what it wrote (status, uid, managed fields …)",
    fixes: "Corrections",
    changes_none: "Nothing is written here.",
    changes_wrong: "Mend the marked places first.",
    phrases: "{}",
    closed: |name| format!("{name} is closed."),
    close: |name| format!("Close {name}"),
    rename: |name| format!("New name for {name}"),
    mending: |mending| match mending {
        Mending::Rename(name) => format!("Write {name}"),
        Mending::Move(path) if path.is_empty() => "Move it to the top level".to_owned(),
        Mending::Move(path) => format!("Move it into {path}"),
        Mending::Version(version) => format!("Use apiVersion {version}"),
        Mending::Kind(kind) => format!("Use kind {kind}"),
        Mending::Quote => "Put it in quotes".to_owned(),
        Mending::Unquote => "Take the quotes off".to_owned(),
        Mending::Word(word) => format!("Use {word}"),
        Mending::List => "Make it a list".to_owned(),
        Mending::Indent => "Indent it like its neighbours".to_owned(),
        Mending::Spaces => "Replace tabs by spaces".to_owned(),
        Mending::Colon => "Put the colon right".to_owned(),
        Mending::Selector => "Add a selector for the template’s labels".to_owned(),
        Mending::Labels => "Give the template the selector’s labels".to_owned(),
    },
    effect: |effect| match effect {
        Effect::Created => "created",
        Effect::Configured => "configured",
        Effect::Unchanged => "unchanged",
        Effect::Refused(_) => "refused",
    },
    counted: |created, configured, unchanged| format!("{created} created, {configured} configured, {unchanged} unchanged"),
    facts: |doc| {
        let mut parts = vec![doc.go_type.clone()];
        if doc.required {
            parts.push("required".to_owned());
        }
        if let Some(default) = doc.default {
            parts.push(format!("if not set: {default}"));
        }
        if let Some(key) = doc.merge_key {
            parts.push(format!("items are told apart by {key}"));
        }
        if !doc.words.is_empty() {
            parts.push(format!("one of {}", doc.words.join(", ")));
        }
        parts.join(" · ")
    },
    fields: |names| format!("Fields: {names}"),
};

static KOREAN: Writing = Writing {
    templates: "템플릿",
    from_labs: "실습의 파일",
    closed_files: "닫은 파일",
    empty_file: "빈 파일",
    from_disk: "이 컴퓨터에서…",
    clean: "클러스터가 출력한 내용입니다. 클러스터가 쓴 것(status, uid, managedFields 등)을 걷어내기",
    fixes: "고치기",
    changes_none: "아직 쓴 내용이 없습니다.",
    changes_wrong: "표시된 곳을 먼저 고치세요.",
    phrases: r#"{"Find":"찾기","Replace":"바꾸기","next":"다음","previous":"이전","all":"모두","match case":"대소문자 구분","regexp":"정규식","by word":"단어 단위","replace":"바꾸기","replace all":"모두 바꾸기","close":"닫기","Completions":"자동 완성","Diagnostics":"진단","No diagnostics":"진단 없음","Fold line":"접기","Unfold line":"펼치기","Go to line":"줄로 가기","go":"가기"}"#,
    closed: |name| format!("{name} 파일을 닫았습니다."),
    close: |name| format!("{name} 닫기"),
    rename: |name| format!("{name}의 새 이름"),
    mending: |mending| match mending {
        Mending::Rename(name) => format!("{name}(으)로 쓰기"),
        Mending::Move(path) if path.is_empty() => "맨 바깥으로 옮기기".to_owned(),
        Mending::Move(path) => format!("{path} 안으로 옮기기"),
        Mending::Version(version) => format!("apiVersion을 {version}(으)로"),
        Mending::Kind(kind) => format!("kind를 {kind}(으)로"),
        Mending::Quote => "따옴표로 묶기".to_owned(),
        Mending::Unquote => "따옴표 떼기".to_owned(),
        Mending::Word(word) => format!("{word} 쓰기"),
        Mending::List => "목록으로 만들기".to_owned(),
        Mending::Indent => "이웃 줄에 맞춰 들여쓰기".to_owned(),
        Mending::Spaces => "탭을 공백으로 바꾸기".to_owned(),
        Mending::Colon => "콜론 바로잡기".to_owned(),
        Mending::Selector => "템플릿 레이블에 맞는 셀렉터 넣기".to_owned(),
        Mending::Labels => "템플릿에 셀렉터의 레이블 달기".to_owned(),
    },
    effect: |effect| match effect {
        Effect::Created => "생성",
        Effect::Configured => "변경",
        Effect::Unchanged => "그대로",
        Effect::Refused(_) => "거부",
    },
    counted: |created, configured, unchanged| format!("생성 {created}, 변경 {configured}, 그대로 {unchanged}"),
    facts: |doc| {
        let mut parts = vec![doc.go_type.clone()];
        if doc.required {
            parts.push("필수".to_owned());
        }
        if let Some(default) = doc.default {
            parts.push(format!("쓰지 않으면 {default}"));
        }
        if let Some(key) = doc.merge_key {
            parts.push(format!("항목은 {key}(으)로 구별"));
        }
        if !doc.words.is_empty() {
            parts.push(format!("{} 중 하나", doc.words.join(", ")));
        }
        parts.join(" · ")
    },
    fields: |names| format!("필드: {names}"),
};
