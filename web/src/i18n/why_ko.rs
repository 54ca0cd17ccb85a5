//! Why, in Korean: what happened, then who saw what.

use crate::simulator::{Because, Before, Due, ObjectKey, ProbeKind, Rank, Reason, Upcoming, What, Who};

fn object(key: &ObjectKey) -> String {
    format!("{} {}", key.kind.name(), key.name)
}

fn what(what: &What) -> String {
    match what {
        What::Created => "생김".to_owned(),
        What::Terminating => "종료가 시작됨".to_owned(),
        What::Removed => "사라짐".to_owned(),
        What::Bound { node } => format!("{node}에 배정됨"),
        What::Adopted { by } => format!("{by}의 소유가 됨"),
        What::Released { from } => format!("{from}에서 벗어남"),
        What::Respecified => "스펙이 바뀜".to_owned(),
        What::Relabelled => "레이블이 바뀜".to_owned(),
        What::Phase(phase) => format!("{phase} 상태로 바뀜"),
        What::Ready => "준비됨".to_owned(),
        What::NotReady => "준비 안 됨으로 바뀜".to_owned(),
        What::Restarted { container, count } => format!("컨테이너 {container} 다시 시작됨({count}번째)"),
        What::Waiting { container, reason } => format!("컨테이너 {container} 대기: {reason}"),
        What::Ended { container, code, reason } => format!("컨테이너 {container} 종료됨: 코드 {code} ({reason})"),
        What::Unschedulable => "갈 노드가 없음".to_owned(),
        What::Tainted { taint } => format!("테인트 {taint} 붙음"),
        What::Untainted { taint } => format!("테인트 {taint} 떨어짐"),
        What::SwitchedOff => "꺼짐".to_owned(),
        What::SwitchedOn => "켜짐".to_owned(),
        What::CutOff => "컨트롤 플레인과 단절됨".to_owned(),
        What::Rejoined => "컨트롤 플레인과 다시 연결됨".to_owned(),
        What::AddressAdded { target } => format!("주소에 {target} 추가됨"),
        What::AddressNotReady { target } => format!("{target}, 준비 안 된 주소로 옮겨짐"),
        What::AddressRemoved { target } => format!("주소에서 {target} 빠짐"),
        What::Status => "상태가 바뀜".to_owned(),
    }
}

fn who(who: &Who) -> String {
    match who {
        Who::You { .. } => "사용자".to_owned(),
        Who::Controller { key, .. } if key.kind.name() != "Node" => object(key),
        Who::Controller { name, .. } => (*name).to_owned(),
        Who::Scheduler => "스케줄러".to_owned(),
        Who::Kubelet { node } => format!("{node}의 kubelet"),
    }
}

fn rank(rank: Rank) -> &'static str {
    match rank {
        Rank::Unassigned => "아직 노드가 없어서",
        Rank::Pending => "아직 돌지 않아서",
        Rank::NotReady => "준비되지 않아서",
        Rank::Cheaper => "삭제 비용이 낮아서",
        Rank::Crowded => "같은 노드에 같은 파드가 더 많아서",
        Rank::ReadyShorter => "준비된 지 더 짧아서",
        Rank::RestartsMore => "더 자주 다시 시작해서",
        Rank::Newer => "더 나중에 생겨서",
        Rank::Any => "서로 다를 것이 없어 아무나",
    }
}

fn because(reason: &Reason) -> String {
    let who = who(&reason.who);
    match &reason.because {
        Because::YouAsked => match &reason.who {
            Who::You { line } => format!("사용자가 실행했습니다: {line}"),
            _ => "사용자가 요청했습니다".to_owned(),
        },
        Because::TooFew { seen, wanted } => format!("{who}: 파드가 {wanted}개 있어야 하는데 {seen}개뿐이었습니다"),
        Because::TooMany { seen, wanted, rank: why } => format!("{who}: 파드가 {wanted}개여야 하는데 {seen}개였습니다. {} 이 파드를 골랐습니다", rank(*why)),
        Because::NodeLacksDaemon { node } => format!("{who}: {node}에 자기 파드가 없었습니다"),
        Because::NodeMayNotHaveDaemon { node } => format!("{who}: {node}에는 자기 파드가 없어야 합니다"),
        Because::Outdated => format!("{who}: 그 뒤로 템플릿이 바뀌었습니다"),
        Because::JobNeedsPods { active, wanted, succeeded, completions } => {
            let done = completions.map_or(String::new(), |all| format!(", {all}번 가운데 {succeeded}번 끝났습니다"));
            format!("{who}: 일하는 파드가 {wanted}개여야 하는데 {active}개였습니다{done}")
        }
        Because::JobOver => format!("{who}: 끝났거나 멈춰 있습니다"),
        Because::ScheduleDue { schedule, time } => format!("{who}: 일정 {schedule}에 따라 {}에 할 차례였습니다", &time.rfc3339()[11..19]),
        Because::HistoryLimit { limit } => format!("{who}: {limit}개까지만 남겨 둡니다"),
        Because::TimeToLive { seconds } => format!("끝난 지 {seconds}초가 지났습니다"),
        Because::Rollout { revision } => format!("{who}: 리비전 {revision} 롤아웃을 진행하고 있습니다"),
        Because::ScaledByDeployment { replicas } => format!("{who}: 이 템플릿의 파드를 이제 {replicas}개로 맞춥니다"),
        Because::SelectorMatches => format!("{who}: 레이블이 셀렉터에 맞습니다"),
        Because::SelectorMatchesNoMore => format!("{who}: 레이블이 셀렉터에 더는 맞지 않습니다"),
        Because::BestNode { of, fitting } => format!("{who}: 노드 {of}개 가운데 맞는 {fitting}개 중 가장 좋았습니다"),
        Because::NoNode { message } => format!("{who}: {message}"),
        Because::ProbeFailed { container, probe } => format!("컨테이너 {container}의 {probe} 프로브가 너무 여러 번 실패했습니다"),
        Because::ContainerEnded { container, code, reason } => format!("컨테이너 {container} 종료됨: 코드 {code} ({reason})"),
        Because::BackOff { message, .. } | Because::ImageTrouble { message, .. } => message.to_string(),
        Because::KubeletSilent { node } => format!("{node}의 kubelet이 50초 동안 소식이 없었습니다"),
        Because::KubeletBack { node } => format!("{node}의 kubelet이 다시 소식을 보냈습니다"),
        Because::TaintNotTolerated { taint, seconds } => format!("테인트 {taint}, {seconds}초까지만 허용합니다(톨러레이션)"),
        Because::NodeGone { node } => format!("노드 {node}, 이제 없습니다"),
        Because::OwnerGone { owner } => format!("소유자인 {}, 이제 없습니다", object(owner)),
        Because::NamespaceGoing => "네임스페이스가 지워지고 있습니다".to_owned(),
        Because::NothingLeft => "안에 있던 것이 모두 지워졌습니다".to_owned(),
        Because::GraceOver => "컨테이너가 모두 끝났습니다".to_owned(),
        Because::Preempted { by } => format!("우선순위가 높은 {}에 자리를 내주었습니다", object(by)),
        Because::ContainersReady { probed: true } => "컨테이너가 모두 돌고 있고 레디니스 프로브도 통과했습니다".to_owned(),
        Because::ContainersReady { probed: false } => "컨테이너가 모두 돌고 있고, 레디니스 프로브는 없습니다".to_owned(),
        Because::ContainersRun => "컨테이너가 돌기 시작했습니다".to_owned(),
        Because::ProgramEnded => "프로그램이 스스로 끝났습니다".to_owned(),
        Because::OverMemory => "메모리를 제한보다 많이 썼습니다".to_owned(),
        Because::PodReady { pod } => format!("파드 {pod}, 준비되었습니다"),
        Because::PodNotReady { pod } => format!("파드 {pod}, 준비되지 않았습니다"),
        Because::PodGoing { pod } => format!("파드 {pod}, 삭제되고 있거나 이미 끝났습니다"),
        Because::BeingDeleted => "파드가 삭제되고 있습니다".to_owned(),
        Because::Observed => format!("{who}: 이 상태를 확인해 알렸습니다"),
    }
}

/// `kubia-x7k2p: 생김` 그리고 까닭.
pub(super) fn why(subject: &str, reason: &Reason) -> (String, String) {
    (format!("{subject}: {}", what(&reason.what)), format!("{}.", because(reason)))
}

/// `앞서: kubia-9qz4d 종료가 시작됨 (kubectl delete pod kubia-9qz4d)`
pub(super) fn before(before: &Before) -> String {
    let by = match &before.who {
        Who::You { line } => line.clone(),
        other => who(other),
    };
    format!("앞서 {} {} ({by})", before.key.name, what(&before.what))
}

/// `replication-controller: ReplicationController kubia 확인하기`
pub(super) fn due(upcoming: &Upcoming) -> String {
    let name = upcoming.about.as_ref().map(object).unwrap_or_default();
    match &upcoming.due {
        Due::Controller(controller) => format!("{controller}: {name} 확인하기"),
        Due::Scheduling => "스케줄러: 다음 파드 배정하기".to_owned(),
        Due::Probe(kind) => {
            let probe = match kind {
                ProbeKind::Startup => "startup",
                ProbeKind::Liveness => "liveness",
                ProbeKind::Readiness => "readiness",
            };
            format!("{name}: {probe} 프로브")
        }
        Due::Ending => format!("{name}: 컨테이너가 끝나거나 유예 시간이 지나기를 기다림"),
        Due::Retry => format!("{name}: 컨테이너를 다시 시도할 차례"),
        Due::Kubelet(node) => format!("{node}의 kubelet: {name} 확인하기"),
        Due::Request => "이어지는 요청의 다음 차례".to_owned(),
        Due::Command(line) => format!("앞서 한 명령: {line}"),
    }
}
