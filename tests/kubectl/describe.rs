//! Objects at length.

use super::lab::{Lab, fold};

#[test]
fn a_replication_controller() {
    let mut lab = Lab::settled();
    assert_eq!(
        lab.run("kubectl describe rc kubia"),
        "Name:         kubia
Namespace:    default
Selector:     app=kubia
Labels:       team=a
Annotations:  <none>
Replicas:     2 current / 2 desired
Pods Status:  2 Running / 0 Waiting / 0 Succeeded / 0 Failed
Pod Template:
  Labels:  app=kubia
  Containers:
   main:
    Image:         luksa/kubia
    Port:          8080/TCP
    Host Port:     0/TCP
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
Events:
  Type    Reason            Age   From                    Message
  ----    ------            ----  ----                    -------
  Normal  SuccessfulCreate  10s   replication-controller  Created pod: kubia-xxxxx
  Normal  SuccessfulCreate  10s   replication-controller  Created pod: kubia-xxxxx
"
    );
}

#[test]
fn a_pod() {
    let mut lab = Lab::settled();
    let text = fold(&lab.raw("kubectl describe po bar"));
    let (head, events) = text.split_once("Events:\n").unwrap_or_default();
    let head: Vec<&str> = head.lines().filter(|line| !line.contains("IP") && !line.starts_with("Node:") && !line.contains("      NODE:")).collect();
    let expected = "Name:             bare
Namespace:        default
Priority:         0
Service Account:  default
Start Time:       Mon, 23 Nov 2026 <time>
Labels:           a=b
                  c=d
Annotations:      note: hello
Status:           Running
Containers:
  main:
    Container ID:  containerd://<64>
    Image:         luksa/kubia
    Image ID:      docker.io/luksa/kubia@sha256:<64>
    Ports:         8080/TCP, 8443/TCP
    Host Ports:    0/TCP, 0/TCP
    Args:
      one
      two
    State:          Running
      Started:      Mon, 23 Nov 2026 <time>
    Ready:          True
    Restart Count:  0
    Limits:
      memory:  128Mi
    Requests:
      cpu:     100m
      memory:  64Mi
    Liveness:  http-get http://:8080/ delay=0s timeout=1s period=10s #success=1 #failure=3
    Environment:
      A:     b
    Mounts:
      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-xxxxx (ro)
Conditions:
  Type                        Status
  PodReadyToStartContainers   True 
  Initialized                 True 
  Ready                       True 
  ContainersReady             True 
  PodScheduled                True 
Volumes:
  kube-api-access-xxxxx:
    Type:                    Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds:  3607
    ConfigMapName:           kube-root-ca.crt
    ConfigMapOptional:       <nil>
    DownwardAPI:             true
QoS Class:                   Burstable
Node-Selectors:              <none>
Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                             node.kubernetes.io/unreachable:NoExecute op=Exists for 300s";
    assert_eq!(head.join("\n"), expected);
    assert!(events.starts_with("  Type    Reason     Age   From               Message\n  ----    ------     ----  ----               -------\n  Normal  Scheduled  "), "{events}");
    assert!(text.contains(" (v1:spec.nodeName)\n    Mounts:"), "{text}");
}

#[test]
fn a_pod_that_is_being_deleted() {
    let mut lab = Lab::settled();
    let name = lab.raw("kubectl get po -l app=kubia -o jsonpath='{.items[0].metadata.name}'");
    lab.run(&format!("kubectl delete pod {name} --wait=false"));
    let text = lab.raw(&format!("kubectl describe pod {name}"));
    for line in ["Status:                    Terminating (lasts <invalid>)\n", "Termination Grace Period:  30s\n", "Controlled By:  ReplicationController/kubia\n"] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn a_namespace() {
    let mut lab = Lab::new();
    assert_eq!(
        lab.run("kubectl describe ns default"),
        "Name:         default\nLabels:       kubernetes.io/metadata.name=default\nAnnotations:  <none>\nStatus:       Active\n\nNo resource quota.\n\nNo LimitRange resource.\n"
    );
}

#[test]
fn a_node() {
    let mut lab = Lab::settled();
    let node = lab.raw("kubectl get po bare -o jsonpath='{.spec.nodeName}'");
    let text = fold(&lab.raw(&format!("kubectl describe node {node}")));
    let parts = [
        format!("Name:               {node}\nRoles:              <none>\nLabels:             beta.kubernetes.io/arch=amd64\n                    beta.kubernetes.io/os=linux\n"),
        "CreationTimestamp:  Mon, 23 Nov 2026 <time>\nTaints:             <none>\nUnschedulable:      false\nLease:\n".to_owned(),
        format!("  HolderIdentity:  {node}\n  AcquireTime:     <unset>\n  RenewTime:       Mon, 23 Nov 2026 <time>\n"),
        "  Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message\n".to_owned(),
        "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  Resource           Requests   Limits\n  --------           --------   ------\n  cpu                100m (5%)  0 (0%)\n  memory             64Mi (0%)  128Mi (0%)\n".to_owned(),
    ];
    for part in &parts {
        assert!(text.contains(part.as_str()), "{part}\n{text}");
    }
    assert!(text.contains("  default                     bare"), "{text}");
}

#[test]
fn several_objects_stand_apart_and_prefixes_are_enough() {
    let mut lab = Lab::settled();
    let text = lab.raw("kubectl describe po");
    assert_eq!(text.matches("\n\n\nName:").count(), 2, "{text}");
    // Those that begin with a name stand closer, as kubectl 1.32 prints them.
    let text = lab.raw("kubectl describe po kubia");
    assert_eq!((text.matches("\n\nName:").count(), text.matches("\n\n\nName:").count()), (1, 0), "{text}");
    assert!(text.ends_with("\n\n"), "{text}");
    assert_eq!(lab.fail("kubectl describe po nosuch"), "Error from server (NotFound): pods \"nosuch\" not found\n");
}

const STORED: &str = "\
apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {pods: 4}, scopes: [NotTerminating, BestEffort]}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: local}
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: local
  local: {path: /mnt/disk}
  nodeAffinity:
    required:
      nodeSelectorTerms:
      - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node1, node2]}, {key: disk, operator: Exists}]
";

#[test]
fn scopes_of_quotas_and_places_of_volumes() {
    // The lines of kubectl's DescribeResourceQuotas and printVolumeNodeAffinity.
    let mut lab = Lab::new();
    lab.file("stored.yaml", STORED);
    lab.run("kubectl create -f stored.yaml");
    let namespace = lab.raw("kubectl describe ns default");
    let scopes = "  Name:    q
  Scopes:  BestEffort, NotTerminating
  * Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.
  * Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.
  Resource  Used  Hard
  --------  ---   ---
";
    assert!(namespace.contains(scopes), "{namespace}");
    let volume = lab.raw("kubectl describe pv local");
    let place = "Node Affinity:     \n  Required Terms:  \n    Term 0:        kubernetes.io/hostname in [node1, node2]\n                   disk exists\n";
    let source = "Source:\n    Type:  LocalVolume (a persistent volume backed by local storage on a node)\n    Path:  /mnt/disk\n";
    assert!(volume.contains(place) && volume.contains(source), "{volume}");
}
