//! The way of a request in Korean: what each place did, by which rule, which rules were passed over, and why. The names of rules and fields
//! keep the words that iptables and Kubernetes have for them.

use crate::simulator::{Choice, Chosen, Door, End, Kept, Loss, Masquerade, Place, Reach, Routing, Step, Translation, Verdict};

/// Where.
pub(super) fn place(place: &Place) -> String {
    match place {
        Place::Pod(namespace, name) => format!("파드 {namespace}/{name}"),
        Place::Node(name) => format!("노드 {name}"),
        Place::Client => "클라이언트".to_owned(),
        Place::ControlPlane => "컨트롤 플레인".to_owned(),
        Place::LoadBalancer(address) => format!("로드 밸런서 {address}"),
        Place::Outside(address) => format!("호스트 {address}"),
    }
}

/// What was done there.
pub(super) fn deed(step: &Step) -> &'static str {
    match step {
        Step::Sent => "보냄",
        Step::Routed(_) => "호스트와 경로로 보낼 곳을 고름",
        Step::Balanced { .. } => "노드를 고름",
        Step::Translated(translation) => match translation.masquerade {
            Masquerade::Kept(_) => "DNAT",
            _ => "DNAT + SNAT",
        },
        Step::Forwarded { .. } => "전달함",
        Step::LeftCluster => "SNAT: 노드 주소로 클러스터를 나감",
        Step::Received(_) => "받음",
        Step::Restored => "응답의 주소를 원래대로 되돌림",
        Step::Answered => "응답을 받음",
        Step::Ended(end) => match end {
            End::NoEndpoints(_) | End::NoListener => "거부함",
            End::NoRoute => "경로가 없음",
            End::NobodyThere => "받을 곳이 없음",
            _ => "버림",
        },
    }
}

/// The rule that was taken; empty if none was.
pub(super) fn rule(step: &Step) -> String {
    match step {
        Step::Routed(routing) => routed(routing),
        Step::Translated(translation) => chosen(translation),
        Step::Ended(End::NoEndpoints(rules)) => format!("\"{} has no endpoints\" -j REJECT --reject-with icmp-port-unreachable", rules.title()),
        Step::Ended(End::NoLocalEndpoints(rules, _)) => format!("\"{} has no local endpoints\" -j DROP", rules.title()),
        Step::Ended(End::Policy(verdict)) | Step::Received(Some(verdict)) => judged(verdict),
        _ => String::new(),
    }
}

fn routed(routing: &Routing) -> String {
    let (namespace, name) = &routing.ingress;
    let by = match &routing.by {
        Chosen::Path(path, kind) => format!("경로 {path} ({kind})"),
        Chosen::Default => "기본 백엔드".to_owned(),
        Chosen::Canary(_) => "카나리".to_owned(),
    };
    format!("Ingress {namespace}/{name}, 호스트 {}, {by} -> {}:{}", routing.host, routing.service, routing.port)
}

fn chosen(translation: &Translation) -> String {
    let door = match translation.door {
        Door::ClusterIp => "cluster IP",
        Door::NodePort => "node port",
        Door::ExternalIp => "external IP",
        Door::LoadBalancer => "loadbalancer IP",
    };
    let how = match translation.choice {
        Choice::Only => "엔드포인트가 하나뿐".to_owned(),
        Choice::Random { index, of } if index + 1 == of => format!("엔드포인트 {of}개 가운데 {of}번째: 마지막 규칙이 나머지를 모두 받음"),
        Choice::Random { index, of } => format!("엔드포인트 {of}개 가운데 {}번째: --probability 1/{}", index + 1, of - index),
        Choice::Affinity { ago, seconds } => format!("세션 어피니티 ClientIP: {}초 전에 간 곳이며 {seconds}초 동안 유지됨", ago.seconds()),
        Choice::Tracked => "이미 아는 연결: conntrack".to_owned(),
    };
    format!("\"{} {door}\", {how}", translation.rules.title())
}

fn judged(verdict: &Verdict) -> String {
    let way = if verdict.by_sender { "egress" } else { "ingress" };
    let (policies, pod) = (&verdict.policies, &verdict.pod);
    match verdict.rule {
        Some(rule) => format!("NetworkPolicy {policies}, 파드 {pod}에 적용됨: {way} 규칙 {rule}번이 허용함"),
        None => format!("NetworkPolicy {policies}, 파드 {pod}에 적용됨: 허용하는 {way} 규칙이 없음"),
    }
}

/// The rules that were passed over; empty if none was.
pub(super) fn not_taken(step: &Step) -> String {
    let Step::Translated(translation) = step else { return String::new() };
    let Choice::Random { index, of } = translation.choice else { return String::new() };
    let reach = if translation.reach == Reach::Local { "이 노드의 " } else { "" };
    let zone = if translation.zone.is_empty() { String::new() } else { format!(" ({} 존)", translation.zone) };
    let chance = match index {
        0 => String::new(),
        1 => format!("; 앞의 1개는 확률 1/{of}에 걸리지 않음"),
        _ => format!("; 앞의 {index}개는 확률 1/{of}~1/{}에 걸리지 않음", of - index + 1),
    };
    format!("{}의 {reach}엔드포인트 {of}개 가운데 나머지 {}개{zone}{chance}", translation.rules.title(), of - 1)
}

/// Why; empty where nothing is to be explained.
pub(super) fn reason(step: &Step) -> String {
    match step {
        Step::Balanced { of, .. } => format!("상태 검사를 통과한 노드 {of}개 가운데 무작위로 골랐고, 패킷은 그대로 둡니다"),
        Step::Routed(routing) if !routing.by_cluster_ip => "ingress-nginx는 서비스의 엔드포인트를 알고 그중 하나로 바로 보냅니다".to_owned(),
        Step::Translated(translation) => source(translation.masquerade).to_owned(),
        Step::Forwarded { behind: true } => "이 노드의 kube-proxy에는 아직 이 서비스의 규칙이 없습니다".to_owned(),
        Step::LeftCluster => "바깥에서는 파드 주소로 가는 길을 모릅니다".to_owned(),
        Step::Ended(end) => ended(end),
        Step::Restored => "연결 테이블(conntrack)에 원래 주소가 남아 있습니다".to_owned(),
        Step::Sent | Step::Routed(_) | Step::Forwarded { .. } | Step::Received(_) | Step::Answered => String::new(),
    }
}

/// What became of the sender's address, and why.
fn source(masquerade: Masquerade) -> &'static str {
    match masquerade {
        Masquerade::Kept(Kept::FromPod) => "보낸 쪽이 파드라서 그 주소를 그대로 둡니다",
        Masquerade::Kept(Kept::PolicyLocal) => "externalTrafficPolicy Local: 엔드포인트가 이 노드에 있어 보낸 쪽 주소를 그대로 둡니다",
        Masquerade::Kept(Kept::PodAtOuterDoor) => {
            "externalTrafficPolicy Local이지만 클러스터 안의 파드가 자기 노드로 요청했습니다. 모든 엔드포인트가 대상이며 주소는 그대로 둡니다"
        }
        Masquerade::Hairpin => "요청한 파드 자신에게 되돌아왔습니다. 자기 주소 그대로라면 응답이 이 길로 돌아오지 않습니다",
        Masquerade::OffCluster => "보낸 쪽이 파드 네트워크 밖에 있어 응답이 이 노드를 거쳐 돌아와야 합니다",
        Masquerade::External => "externalTrafficPolicy Cluster: 응답이 이 노드를 거쳐 돌아와야 하므로 보낸 쪽 주소가 사라집니다",
        Masquerade::LocalProcess => "이 노드의 프로세스가 요청했습니다. 모든 엔드포인트가 대상이며 노드 주소로 보냅니다",
        Masquerade::Always => "kube-proxy가 --masquerade-all로 실행 중입니다",
    }
}

fn ended(end: &End) -> String {
    match end {
        End::NoEndpoints(_) => "서비스에 준비된 엔드포인트가 없습니다".to_owned(),
        End::NoLocalEndpoints(_, Door::ClusterIp) => "internalTrafficPolicy Local인데 이 노드에 엔드포인트가 없습니다".to_owned(),
        End::NoLocalEndpoints(..) => "externalTrafficPolicy Local인데 이 노드에 엔드포인트가 없습니다".to_owned(),
        End::SourceRange(_) => "loadBalancerSourceRanges에 보낸 쪽이 들어 있지 않습니다".to_owned(),
        End::NoListener => "이 포트에서 듣고 있는 것이 없습니다".to_owned(),
        End::NoRoute => "클러스터 안쪽 네트워크로 가는 길이 없습니다".to_owned(),
        End::UnknownServiceAddress => {
            "이 주소를 가진 인터페이스가 없습니다. kube-proxy의 규칙은 서비스의 포트에만 있는데 이 포트의 규칙은 없습니다".to_owned()
        }
        End::PingOfService => {
            "이 주소를 가진 인터페이스가 없습니다. kube-proxy는 서비스 포트로 가는 TCP, UDP, SCTP만 바꾸고, ICMP에는 포트가 없어 아무도 응답하지 않습니다".to_owned()
        }
        End::NobodyThere => "이 주소를 가진 파드가 없습니다".to_owned(),
        End::Policy(_) => "파드에 NetworkPolicy가 적용되어 있고, 이 연결을 허용하는 규칙이 없습니다".to_owned(),
        End::PastTranslator => "응답이 패킷을 바꾼 노드를 거치지 않고 보낸 쪽으로 바로 갑니다. 그곳에서는 아무도 이 응답을 모릅니다".to_owned(),
        End::Fault(Loss::Dark) => "이 길에 있는 노드가 꺼져 있습니다".to_owned(),
        End::Fault(Loss::Cut) => "두 곳 사이의 네트워크가 끊겨 있습니다".to_owned(),
        End::Fault(Loss::Chance(percent)) => format!("패킷이 사라졌습니다. 두 곳 사이에서 100개 가운데 {percent}개가 사라집니다"),
        End::NoHealthyNode => "로드 밸런서의 상태 검사를 통과한 노드가 없습니다".to_owned(),
    }
}
