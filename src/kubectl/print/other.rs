//! Kinds without a type of their own in `kubectl get`: their columns are data.
//! Models pkg/printers/internalversion/printers.go; CustomResourceDefinition and APIService have printers of their own servers.

use serde_json::Value;

use super::other_cells as made;
use super::table::{Context, KindTable, Shown, Shown::Always, Shown::Wide};
use crate::api::{Kind, Object, Other};
use crate::kubectl::item::Item;

/// What a cell shows.
enum Cell {
    /// The name.
    Name,
    /// The age.
    Age,
    /// When it was created.
    Created,
    /// What stands at a path, or a word if nothing does.
    At(&'static str, &'static str),
    /// How many entries there are at these paths together.
    Count(&'static [&'static str]),
    /// What has to be put together.
    Made(fn(&Other) -> String),
}

use Cell::{Age, At, Count, Created, Made, Name};

type Columns = &'static [(&'static str, Shown)];

/// A kind's columns and their cells.
struct Row {
    kind: Kind,
    table: KindTable,
    cells: &'static [Cell],
}

const fn row(kind: Kind, columns: Columns, shown: &'static [Cell], fields: &'static [(&'static str, &'static str)]) -> Row {
    assert!(columns.len() == shown.len());
    Row { kind, table: KindTable { columns, cells, fields }, cells: shown }
}

const NAME: (&str, Shown) = ("NAME", Always);
const AGE: (&str, Shown) = ("AGE", Always);
const SHORT: Columns = &[NAME, AGE];
const DATED: Columns = &[NAME, ("CREATED AT", Always)];
const SUBJECTS: Columns =
    &[NAME, ("ROLE", Always), AGE, ("USERS", Wide), ("GROUPS", Wide), ("SERVICEACCOUNTS", Wide)];
const SUBJECT_CELLS: &[Cell] = &[
    Name, Made(made::role), Age, Made(made::users), Made(made::groups), Made(made::service_accounts),
];

static PLAIN: Row = row(Kind::Binding, SHORT, &[Name, Age], &[]);

static ROWS: &[Row] = &[
    row(Kind::ConfigMap, &[NAME, ("DATA", Always), AGE], &[Name, Count(&["data", "binaryData"]), Age], &[]),
    row(Kind::Secret, &[NAME, ("TYPE", Always), ("DATA", Always), AGE], &[Name, At("type", ""), Count(&["data"]), Age], &[("type", "")]),
    row(Kind::ServiceAccount, &[NAME, ("SECRETS", Always), AGE], &[Name, Count(&["secrets"]), Age], &[]),
    row(Kind::LimitRange, DATED, &[Name, Created], &[]),
    row(
        Kind::ResourceQuota,
        &[NAME, AGE, ("REQUEST", Always), ("LIMIT", Always)],
        &[Name, Age, Made(made::quota_requests), Made(made::quota_limits)],
        &[],
    ),
    row(
        Kind::PersistentVolume,
        &[
            NAME, ("CAPACITY", Always), ("ACCESS MODES", Always), ("RECLAIM POLICY", Always), ("STATUS", Always), ("CLAIM", Always),
            ("STORAGECLASS", Always), ("VOLUMEATTRIBUTESCLASS", Always), ("REASON", Always), AGE, ("VOLUMEMODE", Wide),
        ],
        &[
            Name, At("spec.capacity.storage", "0"), Made(made::volume_modes), At("spec.persistentVolumeReclaimPolicy", ""),
            Made(made::phase), Made(made::claim), Made(made::storage_class), At("spec.volumeAttributesClassName", "<unset>"),
            At("status.reason", ""), Age, At("spec.volumeMode", "<unset>"),
        ],
        &[],
    ),
    row(
        Kind::PersistentVolumeClaim,
        &[
            NAME, ("STATUS", Always), ("VOLUME", Always), ("CAPACITY", Always), ("ACCESS MODES", Always), ("STORAGECLASS", Always),
            ("VOLUMEATTRIBUTESCLASS", Always), AGE, ("VOLUMEMODE", Wide),
        ],
        &[
            Name, Made(made::phase), At("spec.volumeName", ""), Made(made::claim_capacity), Made(made::claim_modes),
            Made(made::storage_class), At("spec.volumeAttributesClassName", "<unset>"), Age, At("spec.volumeMode", "<unset>"),
        ],
        &[],
    ),
    row(
        Kind::PodTemplate,
        &[NAME, ("CONTAINERS", Always), ("IMAGES", Always), ("POD LABELS", Always)],
        &[Name, Made(made::template_containers), Made(made::template_images), Made(made::template_labels)],
        &[],
    ),
    row(
        Kind::StatefulSet,
        &[NAME, ("READY", Always), AGE, ("CONTAINERS", Wide), ("IMAGES", Wide)],
        &[Name, Made(made::ready), Age, Made(made::containers), Made(made::images)],
        &[],
    ),
    row(
        Kind::HorizontalPodAutoscaler,
        &[
            NAME, ("REFERENCE", Always), ("TARGETS", Always), ("MINPODS", Always), ("MAXPODS", Always), ("REPLICAS", Always), AGE,
        ],
        &[
            Name, Made(made::scale_target), Made(made::metrics), At("spec.minReplicas", "<unset>"), At("spec.maxReplicas", "0"),
            At("status.currentReplicas", "0"), Age,
        ],
        &[],
    ),
    row(
        Kind::CertificateSigningRequest,
        &[
            NAME, AGE, ("SIGNERNAME", Always), ("REQUESTOR", Always), ("REQUESTEDDURATION", Always), ("CONDITION", Always),
        ],
        &[
            Name, Age, At("spec.signerName", "<none>"), At("spec.username", ""), Made(made::duration), Made(made::request_condition),
        ],
        &[("spec.signerName", "")],
    ),
    row(
        Kind::ComponentStatus,
        &[NAME, ("STATUS", Always), ("MESSAGE", Always), ("ERROR", Always)],
        &[Name, Made(made::health), Made(made::health_message), Made(made::health_error)],
        &[],
    ),
    row(Kind::Lease, &[NAME, ("HOLDER", Always), AGE], &[Name, At("spec.holderIdentity", ""), Age], &[]),
    row(Kind::RuntimeClass, &[NAME, ("HANDLER", Always), AGE], &[Name, At("handler", ""), Age], &[]),
    row(
        Kind::PodDisruptionBudget,
        &[NAME, ("MIN AVAILABLE", Always), ("MAX UNAVAILABLE", Always), ("ALLOWED DISRUPTIONS", Always), AGE],
        &[Name, At("spec.minAvailable", "N/A"), At("spec.maxUnavailable", "N/A"), At("status.disruptionsAllowed", "0"), Age],
        &[],
    ),
    row(Kind::RoleBinding, SUBJECTS, SUBJECT_CELLS, &[]),
    row(Kind::ClusterRoleBinding, SUBJECTS, SUBJECT_CELLS, &[]),
    row(Kind::Role, DATED, &[Name, Created], &[]),
    row(Kind::ClusterRole, DATED, &[Name, Created], &[]),
    row(Kind::CustomResourceDefinition, DATED, &[Name, Created], &[]),
    row(
        Kind::APIService,
        &[NAME, ("SERVICE", Always), ("AVAILABLE", Always), AGE],
        &[Name, Made(made::api_service), Made(made::available), Age],
        &[],
    ),
    row(
        Kind::PriorityClass,
        &[NAME, ("VALUE", Always), ("GLOBAL-DEFAULT", Always), AGE, ("PREEMPTIONPOLICY", Always)],
        &[Name, At("value", "0"), At("globalDefault", "false"), Age, At("preemptionPolicy", "")],
        &[],
    ),
    row(
        Kind::StorageClass,
        &[
            NAME, ("PROVISIONER", Always), ("RECLAIMPOLICY", Always), ("VOLUMEBINDINGMODE", Always),
            ("ALLOWVOLUMEEXPANSION", Always), AGE,
        ],
        &[
            Made(made::class_name), At("provisioner", ""), At("reclaimPolicy", "Delete"), At("volumeBindingMode", "Immediate"),
            At("allowVolumeExpansion", "false"), Age,
        ],
        &[],
    ),
    row(
        Kind::CSIDriver,
        &[
            NAME, ("ATTACHREQUIRED", Always), ("PODINFOONMOUNT", Always), ("STORAGECAPACITY", Always), ("TOKENREQUESTS", Always),
            ("REQUIRESREPUBLISH", Always), ("MODES", Always), AGE,
        ],
        &[
            Name, At("spec.attachRequired", "true"), At("spec.podInfoOnMount", "false"), At("spec.storageCapacity", "false"),
            Made(made::audiences), At("spec.requiresRepublish", "false"), Made(made::lifecycle_modes), Age,
        ],
        &[],
    ),
    row(Kind::CSINode, &[NAME, ("DRIVERS", Always), AGE], &[Name, Count(&["spec.drivers"]), Age], &[]),
    row(
        Kind::CSIStorageCapacity,
        &[NAME, ("STORAGECLASSNAME", Always), ("CAPACITY", Always)],
        &[Name, At("storageClassName", ""), At("capacity", "<unset>")],
        &[],
    ),
    row(
        Kind::VolumeAttachment,
        &[NAME, ("ATTACHER", Always), ("PV", Always), ("NODE", Always), ("ATTACHED", Always), AGE],
        &[
            Name, At("spec.attacher", ""), At("spec.source.persistentVolumeName", ""), At("spec.nodeName", ""),
            At("status.attached", "false"), Age,
        ],
        &[],
    ),
    row(Kind::MutatingWebhookConfiguration, &[NAME, ("WEBHOOKS", Always), AGE], &[Name, Count(&["webhooks"]), Age], &[]),
    row(Kind::ValidatingWebhookConfiguration, &[NAME, ("WEBHOOKS", Always), AGE], &[Name, Count(&["webhooks"]), Age], &[]),
    row(
        Kind::ValidatingAdmissionPolicy,
        &[NAME, ("VALIDATIONS", Always), ("PARAMKIND", Always), AGE],
        &[Name, Count(&["spec.validations"]), Made(made::parameter_kind), Age],
        &[],
    ),
    row(
        Kind::ValidatingAdmissionPolicyBinding,
        &[NAME, ("POLICYNAME", Always), ("PARAMREF", Always), AGE],
        &[Name, At("spec.policyName", ""), Made(made::parameter), Age],
        &[],
    ),
    row(
        Kind::FlowSchema,
        &[
            NAME, ("PRIORITYLEVEL", Always), ("MATCHINGPRECEDENCE", Always), ("DISTINGUISHERMETHOD", Always), AGE,
            ("MISSINGPL", Always),
        ],
        &[
            Name, At("spec.priorityLevelConfiguration.name", ""), At("spec.matchingPrecedence", "1000"),
            At("spec.distinguisherMethod.type", "<none>"), Age, Made(made::dangling),
        ],
        &[],
    ),
    row(
        Kind::PriorityLevelConfiguration,
        &[
            NAME, ("TYPE", Always), ("NOMINALCONCURRENCYSHARES", Always), ("QUEUES", Always), ("HANDSIZE", Always),
            ("QUEUELENGTHLIMIT", Always), AGE,
        ],
        &[
            Name, At("spec.type", ""), At("spec.limited.nominalConcurrencyShares", "<none>"),
            At("spec.limited.limitResponse.queuing.queues", "<none>"), At("spec.limited.limitResponse.queuing.handSize", "<none>"),
            At("spec.limited.limitResponse.queuing.queueLengthLimit", "<none>"), Age,
        ],
        &[],
    ),
];

fn row_of(kind: Kind) -> &'static Row {
    ROWS.iter().find(|row| row.kind == kind).unwrap_or(&PLAIN)
}

/// How a kind without a type of its own is listed.
pub(super) fn table_of(kind: Kind) -> &'static KindTable {
    &row_of(kind).table
}

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    match item {
        Item::Object(Object::Other(object)) => row_of(object.kind).cells.iter().map(|cell| text(cell, object, context)).collect(),
        Item::Object(object) => vec![object.meta().name.to_string(), context.age(object.meta().creation)],
        Item::Event(event) => vec![event.name().to_string(), String::new()],
    }
}

fn text(cell: &Cell, object: &Other, context: &Context<'_>) -> String {
    match cell {
        Name => object.meta.name.to_string(),
        Age => context.age(object.meta.creation),
        Created => object.meta.creation.rfc3339(),
        At(path, absent) => made::shown(made::at(object, path), absent),
        Count(paths) => paths.iter().map(|path| count(made::at(object, path))).sum::<usize>().to_string(),
        Made(make) => make(object),
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Object(map) => map.len(),
        _ => 0,
    }
}
