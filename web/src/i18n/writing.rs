//! The words of the editor beyond those that the page begins with, in both languages.

use crate::simulator::{Effect, FieldDoc, Hint, Mending};

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
    pub unreadable: fn(&str) -> String,
    pub bad_scenario: fn(&str, &str) -> String,
    pub close: fn(&str) -> String,
    pub rename: fn(&str) -> String,
    pub mending: fn(&Mending) -> String,
    pub hint: fn(&Hint) -> String,
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
    unreadable: |name| format!("{name} was not opened: it is no text, or longer than 1 MB."),
    bad_scenario: |name, error| format!("{name} is a scenario with a mistake and was not opened: {error}"),
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
    hint: |hint| match hint {
        Hint::Meant(name) => format!("Did you mean {name}?"),
        Hint::BelongsTo(path) if path.is_empty() => "It belongs to the top level: is the indentation right?".to_owned(),
        Hint::BelongsTo(path) => format!("It belongs to {path}: is the indentation right?"),
        Hint::Quote(value) => format!("Put it in quotes: \"{value}\"."),
        Hint::Unquote(value) => format!("Without quotes: {value}."),
        Hint::Repeated(line) => format!("It stands in line {line} already; the last one counts."),
        Hint::Closing(bracket) => format!("A , or the closing {bracket} is missing."),
        Hint::Removed(served) => format!("This version is no longer served; {served} is."),
        Hint::TooLarge => "The number is too large.".to_owned(),
        Hint::WholeNumber => "A whole number is needed.".to_owned(),
        Hint::Number => "A number is needed.".to_owned(),
        Hint::TrueOrFalse => "Either true or false is needed, without quotes.".to_owned(),
        Hint::List => "A list is needed.".to_owned(),
        Hint::Items => "A list is needed: each item begins with \"- \".".to_owned(),
        Hint::NoList => "No list is needed here: leave out the \"- \".".to_owned(),
        Hint::Mapping => "A mapping is needed: key: value lines, indented.".to_owned(),
        Hint::Manifest => "A manifest is a mapping with apiVersion, kind and metadata.".to_owned(),
        Hint::Base64 => "Values under data are base64; plain text belongs under stringData.".to_owned(),
        Hint::Quantity => "Write an amount such as 500m, 1.5, 64Mi or 2Gi.".to_owned(),
        Hint::OnlyComment => "Only a comment may follow --- in its line.".to_owned(),
        Hint::Tabs => "Indent with spaces; YAML allows no tabs here.".to_owned(),
        Hint::FirstCharacter => "A value cannot begin with this character; put it in quotes (or replace a tab by spaces).".to_owned(),
        Hint::ColonAbove => "Is a : missing in a line above, or is this line indented differently from its neighbours?".to_owned(),
        Hint::Indentation => "This line is not indented like the lines it belongs to.".to_owned(),
        Hint::ColonAndValue => "This line needs a : and a value.".to_owned(),
        Hint::ListBelow => "A list begins in a line of its own, below its key.".to_owned(),
        Hint::ClosingQuote => "A closing quote is missing.".to_owned(),
        Hint::MissingValue => "A value is missing here.".to_owned(),
        Hint::Kinds => "kubectl api-resources lists the kinds that there are.".to_owned(),
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
    unreadable: |name| format!("{name} 파일을 열지 않았습니다. 텍스트가 아니거나 1 MB를 넘습니다."),
    bad_scenario: |name, error| format!("{name} 시나리오에 잘못된 곳이 있어 열지 않았습니다: {error}"),
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
    hint: |hint| match hint {
        Hint::Meant(name) => format!("혹시 {name}인가요?"),
        Hint::BelongsTo(path) if path.is_empty() => "맨 바깥에 두는 필드입니다. 들여쓰기를 확인하세요.".to_owned(),
        Hint::BelongsTo(path) => format!("{path} 아래에 두는 필드입니다. 들여쓰기를 확인하세요."),
        Hint::Quote(value) => format!("따옴표로 묶으세요: \"{value}\""),
        Hint::Unquote(value) => format!("따옴표 없이 쓰세요: {value}"),
        Hint::Repeated(line) => format!("{line}번째 줄에 이미 있습니다. 나중 것이 쓰입니다."),
        Hint::Closing(bracket) => format!(", 또는 닫는 {bracket} 기호가 빠졌습니다."),
        Hint::Removed(served) => format!("이 버전은 더 이상 제공되지 않습니다. {served} 버전을 쓰세요."),
        Hint::TooLarge => "수가 너무 큽니다.".to_owned(),
        Hint::WholeNumber => "정수를 쓰세요.".to_owned(),
        Hint::Number => "숫자를 쓰세요.".to_owned(),
        Hint::TrueOrFalse => "true나 false를 따옴표 없이 쓰세요.".to_owned(),
        Hint::List => "목록을 쓰세요.".to_owned(),
        Hint::Items => "목록을 쓰세요. 항목은 \"- \"로 시작합니다.".to_owned(),
        Hint::NoList => "목록이 아닙니다. \"- \"를 빼세요.".to_owned(),
        Hint::Mapping => "들여쓴 key: value 줄을 쓰세요.".to_owned(),
        Hint::Manifest => "매니페스트에는 apiVersion, kind, metadata가 있어야 합니다.".to_owned(),
        Hint::Base64 => "data의 값은 base64입니다. 평문은 stringData에 쓰세요.".to_owned(),
        Hint::Quantity => "500m, 1.5, 64Mi, 2Gi처럼 쓰세요.".to_owned(),
        Hint::OnlyComment => "--- 뒤에는 주석만 쓸 수 있습니다.".to_owned(),
        Hint::Tabs => "공백으로 들여쓰세요. YAML은 여기에 탭을 허용하지 않습니다.".to_owned(),
        Hint::FirstCharacter => "값은 이 문자로 시작할 수 없습니다. 따옴표로 묶거나 탭을 공백으로 바꾸세요.".to_owned(),
        Hint::ColonAbove => "위 줄에 콜론(:)이 빠졌거나 이 줄의 들여쓰기가 이웃 줄과 다릅니다.".to_owned(),
        Hint::Indentation => "이 줄의 들여쓰기가 같은 묶음의 줄들과 다릅니다.".to_owned(),
        Hint::ColonAndValue => "이 줄에는 콜론(:)과 값이 있어야 합니다.".to_owned(),
        Hint::ListBelow => "목록은 키 아래의 새 줄에서 시작합니다.".to_owned(),
        Hint::ClosingQuote => "닫는 따옴표가 빠졌습니다.".to_owned(),
        Hint::MissingValue => "값이 빠졌습니다.".to_owned(),
        Hint::Kinds => "어떤 종류가 있는지는 kubectl api-resources로 볼 수 있습니다.".to_owned(),
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
