//! Patches in tables: what is patched, with what, what comes out. The strategic rows were checked against kubectl 1.32.

use serde_json::{Value, json};

use super::*;

fn pod() -> TypeId {
    schema::kind("v1", "Pod").expect("a kind")
}

fn patched(target: &Value, patch: &Value) -> Result<Value, String> {
    let mut target = target.clone();
    strategic_merge(pod(), &mut target, patch).map(|()| target).map_err(|error| error.message)
}

/// Rows of `[original, patch, result]`, each the inside of a pod's `spec`.
fn check_spec(rows: Vec<[Value; 3]>) {
    for [original, patch, result] in rows {
        let merged = patched(&json!({ "spec": original }), &json!({ "spec": patch }));
        assert_eq!(merged, Ok(json!({ "spec": result })), "{patch}");
    }
}

#[test]
fn lists_are_merged_by_their_keys() {
    let two = json!([{"name": "a", "image": "1"}, {"name": "b", "image": "2"}]);
    check_spec(vec![
        [json!({"containers": two}), json!({"containers": [{"name": "b", "image": "3"}]}),
            json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "3"}]})],
        // What is new comes first, unless the patch names an old item before it.
        [json!({"containers": two}), json!({"containers": [{"name": "c"}]}),
            json!({"containers": [{"name": "c"}, {"name": "a", "image": "1"}, {"name": "b", "image": "2"}]})],
        [json!({"containers": two}), json!({"containers": [{"name": "b"}, {"name": "c"}]}),
            json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}, {"name": "c"}]})],
        [json!({"containers": two}), json!({"containers": [{"name": "a", "$patch": "delete"}]}),
            json!({"containers": [{"name": "b", "image": "2"}]})],
        [json!({"containers": two}), json!({"containers": [{"$patch": "replace"}, {"name": "q"}]}),
            json!({"containers": [{"name": "q"}]})],
        [json!({"containers": two}), json!({"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}),
            json!({"containers": [{"name": "b", "image": "2"}, {"name": "a", "image": "1"}]})],
        [json!({"containers": two}),
            json!({"$setElementOrder/containers": [{"name": "b"}, {"name": "c"}, {"name": "a"}], "containers": [{"name": "c"}]}),
            json!({"containers": [{"name": "b", "image": "2"}, {"name": "c"}, {"name": "a", "image": "1"}]})],
        [json!({"containers": [{"name": "a", "ports": [{"containerPort": 80, "name": "x"}, {"containerPort": 81}]}]}),
            json!({"containers": [{"name": "a", "ports": [{"containerPort": 80, "name": null, "protocol": "UDP"}]}]}),
            json!({"containers": [{"name": "a", "ports": [{"containerPort": 80, "protocol": "UDP"}, {"containerPort": 81}]}]})],
        // No merge key in the schema: the list is replaced.
        [json!({"tolerations": [{"key": "x"}]}), json!({"tolerations": [{"key": "y"}]}), json!({"tolerations": [{"key": "y"}]})],
    ]);
}

#[test]
fn null_and_directives_take_away() {
    check_spec(vec![
        [json!({"nodeName": "n", "hostname": "h"}), json!({"nodeName": null}), json!({"hostname": "h"})],
        [json!({"nodeName": "n"}), json!({"$patch": "replace", "hostname": "h"}), json!({"hostname": "h"})],
        [json!({"nodeName": "n"}), json!({"$patch": "delete"}), json!({})],
        [json!({}), json!({"affinity": {"nodeAffinity": null, "podAffinity": {"a": null}}}), json!({"affinity": {"podAffinity": {}}})],
        [json!({"nodeSelector": {"a": "b", "c": "d"}}), json!({"nodeSelector": {"a": null, "e": "f"}}),
            json!({"nodeSelector": {"c": "d", "e": "f"}})],
        [json!({"volumes": [{"name": "v", "emptyDir": {}}]}),
            json!({"volumes": [{"name": "v", "$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/x"}}]}),
            json!({"volumes": [{"name": "v", "hostPath": {"path": "/x"}}]})],
    ]);
    let lists = [
        (json!({"finalizers": ["c", "a"]}), json!(["c", "a", "b"])),
        (json!({"$deleteFromPrimitiveList/finalizers": ["a"]}), json!(["b"])),
        (json!({"finalizers": ["c"], "$deleteFromPrimitiveList/finalizers": ["a"], "$setElementOrder/finalizers": ["b", "c"]}), json!(["b", "c"])),
    ];
    for (patch, finalizers) in lists {
        let merged = patched(&json!({"metadata": {"finalizers": ["a", "b"]}}), &json!({ "metadata": patch }));
        assert_eq!(merged, Ok(json!({"metadata": {"finalizers": finalizers}})), "{patch}");
    }
}

#[test]
fn a_patch_that_does_not_fit_is_refused() {
    let target = json!({"spec": {"containers": [{"name": "a"}], "volumes": [{"name": "v"}]}});
    let rows = [
        (json!({"containers": [{"image": "z"}]}), "map: map[image:z] does not contain declared merge key: name"),
        (json!({"containers": [{"name": "a", "$patch": "x"}]}), "unknown patch type: x in map: map[$patch:x name:a]"),
        (json!({"containers": [{"name": "a", "$patch": "merge"}]}), "merging lists cannot yet be specified in the patch"),
        (json!({"containers": ["a"]}), "list element types are not identical: [[map[name:a]] [a]]"),
        (json!({"volumes": [{"name": "v", "$retainKeys": ["name"], "emptyDir": {}}]}), "invalid patch format of retainKeys"),
        (json!({"containers": [{"name": "c"}], "$setElementOrder/containers": [{"name": "b"}]}),
            "The order in patch list:\n[map[name:c]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n"),
        (json!({"$deleteFromPrimitiveList": []}), "invalid patch format of primitive list"),
        (json!({"$patch": "x"}), "unknown patch type: x in map: map[$patch:x]"),
    ];
    for (patch, message) in rows {
        assert_eq!(patched(&target, &json!({ "spec": patch })), Err(message.to_string()), "{patch}");
    }
    assert_eq!(patched(&target, &json!([1])), Err("invalid JSON document".to_string()));
    let unknown = json!({"spec": {"zzz": {"a": 1}}});
    let message = "unable to find api field in struct PodSpec for the json field \"zzz\"";
    assert_eq!(patched(&unknown, &unknown), Err(message.to_string()));
}

#[test]
fn json_merge_patches_follow_the_standard() {
    let rows = [
        (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
        (json!({"a": ["b"]}), json!({"a": ["c", null]}), json!({"a": ["c", null]})),
        (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
        (json!({"a": [1]}), json!({"a": {"b": {"c": null}}}), json!({"a": {"b": {}}})),
        (json!("x"), json!({"a": 1}), json!({"a": 1})),
        (json!({"a": 1}), json!([2]), json!([2])),
    ];
    for (mut target, patch, result) in rows {
        json_merge(&mut target, &patch);
        assert_eq!(target, result, "{patch}");
    }
}

#[test]
fn apply_changes_what_was_applied_and_leaves_the_rest() {
    // Last applied, now applied, in the cluster, patch: each the inside of a pod's `spec`.
    let rows = [
        (json!({"hostname": "a"}), json!({"hostname": "b"}), json!({"hostname": "a", "nodeName": "n"}), json!({"hostname": "b"})),
        (json!({"hostname": "a", "subdomain": "s"}), json!({"hostname": "a"}), json!({"hostname": "a", "subdomain": "s", "nodeName": "n"}),
            json!({"subdomain": null})),
        // Changed by someone else meanwhile.
        (json!({"hostname": "a"}), json!({"hostname": "a"}), json!({"hostname": "x"}), json!({"hostname": "a"})),
        (json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]}),
            json!({"containers": [{"name": "a", "image": "2"}, {"name": "c", "image": "1"}]}),
            json!({"containers": [{"name": "a", "image": "1", "terminationMessagePath": "/t"}, {"name": "b", "image": "1"}, {"name": "injected"}]}),
            json!({"$setElementOrder/containers": [{"name": "a"}, {"name": "c"}],
                "containers": [{"name": "a", "image": "2"}, {"name": "c", "image": "1"}, {"name": "b", "$patch": "delete"}]})),
        (json!({"volumes": [{"name": "v", "emptyDir": {}}]}), json!({"volumes": [{"name": "v", "hostPath": {"path": "/x"}}]}),
            json!({"volumes": [{"name": "v", "emptyDir": {}}]}),
            json!({"$setElementOrder/volumes": [{"name": "v"}],
                "volumes": [{"name": "v", "$retainKeys": ["hostPath", "name"], "hostPath": {"path": "/x"}, "emptyDir": null}]})),
        (json!({"tolerations": [{"key": "x"}]}), json!({"tolerations": []}), json!({"tolerations": [{"key": "x"}]}), json!({"tolerations": []})),
        (Value::Null, json!({"hostname": "a"}), json!({"hostname": "a", "nodeName": "n"}), json!({})),
    ];
    for (last, now, live, patch) in rows {
        let of = |spec: &Value| json!({ "spec": spec });
        let last_applied = if last.is_null() { Value::Null } else { of(&last) };
        let found = three_way_patch(pod(), &last_applied, &of(&now), &of(&live)).expect("a patch");
        let wanted = if patch == json!({}) { json!({}) } else { of(&patch) };
        assert_eq!(found, wanted, "{now}");
        let mut live = of(&live);
        strategic_merge(pod(), &mut live, &found).expect("the patch fits");
        // A second time changes nothing, though the patch may still tell an order.
        let again = three_way_patch(pod(), &of(&now), &of(&now), &live).expect("a patch");
        assert_eq!(patched(&live, &again), Ok(live));
    }
}

#[test]
fn a_patch_between_two_objects_leads_from_one_to_the_other() {
    let objects = [
        json!({"metadata": {"name": "a", "labels": {"x": "y"}, "finalizers": ["f", "g"]}}),
        json!({"metadata": {"name": "a", "finalizers": ["h", "g"]}, "spec": {"hostname": "x"}}),
        json!({"spec": {"containers": [{"name": "a", "image": "1", "env": [{"name": "E", "value": "1"}]}, {"name": "b"}]}}),
        json!({"spec": {"containers": [{"name": "c"}, {"name": "b", "image": "2"}, {"name": "a", "env": [{"name": "F"}, {"name": "E"}]}]}}),
        json!({"spec": {"containers": [], "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "emptyDir": {"medium": "Memory"}}]}}),
        json!({"spec": {"volumes": [{"name": "w", "hostPath": {"path": "/"}}], "tolerations": [{"key": "k"}]}}),
        json!({}),
    ];
    for from in &objects {
        for to in &objects {
            let patch = three_way_patch(pod(), from, to, from).expect("a patch");
            assert_eq!(patch == json!({}), from == to, "{patch}");
            assert_eq!(patched(from, &patch).as_ref(), Ok(to), "{from} {patch}");
        }
    }
}
