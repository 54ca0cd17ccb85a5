//! The page's words: one struct, filled once per language, so that a missing text does not compile. Kubernetes' own texts
//! (kubectl's output, events, errors) are not here: they stay English.

mod age;
mod en;
mod ko;
mod why_en;
mod way_ko;
mod why_ko;
mod writing;

use std::ops::Deref;

pub use age::age_words;
pub use writing::{Writing, writing};

use crate::session::lines::PodAction;
use crate::simulator::{Before, Field, HopRow, LinkError, Place, Placement, PodState, Reason, Relation, Upcoming, Via};

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// 한국어.
    Korean,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Korean];

    /// `en`, `ko`
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Korean => "ko",
        }
    }

    /// By a tag as browsers give it: `ko-KR`.
    pub fn parse(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// Its words.
    pub fn texts(self) -> Texts {
        Texts(match self {
            Language::English => &en::WORDS,
            Language::Korean => &ko::WORDS,
        })
    }

    /// The other one, for the toggle.
    pub fn other(self) -> Language {
        match self {
            Language::English => Language::Korean,
            Language::Korean => Language::English,
        }
    }
}

/// The words of a language; equal if it is the same language.
#[derive(Clone, Copy, Debug)]
pub struct Texts(&'static Words);

impl PartialEq for Texts {
    fn eq(&self, other: &Texts) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Deref for Texts {
    type Target = Words;
    fn deref(&self) -> &Words {
        self.0
    }
}

/// By the code of a language. Not inlined: what calls it is needed first, what it names is not.
#[inline(never)]
fn later(code: &str) -> &'static LaterWords {
    if code == "ko" { &ko::LATER } else { &en::LATER }
}

macro_rules! words {
    ($($name:ident)*; $($late:ident)*) => {
        /// The words that the page may need from its start on. Those with a part to fill in are functions.
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub struct Words {
            $(pub $name: &'static str,)*
            pub code: &'static str,
            pub language_name: &'static str,
            pub why: fn(&str, &Reason) -> (String, String),
            pub before: fn(&Before) -> String,
            pub due: fn(&Upcoming) -> String,
            pub placed: fn(&Placement) -> String,
            pub kept: fn(&str) -> String,
            pub throw_away: fn(&str) -> String,
            pub lost: fn(u8) -> String,
            pub cut_between: fn(&str) -> String,
            pub slow_between: fn(&str) -> String,
            pub lose_between: fn(&str) -> String,
            pub pods_lit: fn(usize, usize) -> String,
            pub probe_said: fn(usize, usize) -> String,
            pub requests_said: fn(u32, u32) -> String,
            pub failures_of: fn(i32, i32) -> String,
            pub relation: fn(Relation) -> &'static str,
            pub scale_to: fn(i32) -> String,
            pub not_simulated: &'static str,
            pub more_pods: fn(usize) -> String,
            pub pods_summary: fn(u32, u32) -> String,
            pub forked: fn(&str) -> String,
            pub far_ahead: fn(&str, &str) -> String,
            pub branch_name: fn(usize) -> String,
            pub only_on: fn(&str) -> String,
            pub more_of: fn(usize) -> String,
            pub power_of: fn(&str, bool) -> String,
            pub cordon_of: fn(&str, bool) -> String,
            pub take_out: fn(&str) -> String,
            pub put_under: fn(&str) -> String,
            pub shown_of: fn(usize, usize) -> String,
            pub gone: fn(&str) -> String,
            pub marks_found: fn(usize) -> String,
            pub speed_is: fn(&str) -> String,
            pub bad_link: fn(&LinkError) -> String,
            pub field: fn(Field) -> &'static str,
            pub pod_state: fn(PodState) -> &'static str,
        }

        /// Words of what opens later. They are reached by a function of their own, so that they come with the program's later part.
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub struct LaterWords {
            $(pub $late: &'static str,)*
        }

        impl Words {
            /// The words of what opens later.
            pub fn later(&self) -> &'static LaterWords {
                later(self.code)
            }

            /// All plain words by name, for tests.
            pub fn plain(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)* $((stringify!($late), self.later().$late),)*]
            }
        }
    };
}

words! {
    tagline new new_title labs labs_title run_line share share_title close theme_system theme_light theme_dark theme_title
    language_title help help_title branches compare_title
    files add_file update_file changes changes_title tab_keys editor_leave apply apply_title editor_label editor_empty
    everything cut cut_off mend drag_node
    zoom zoom_in zoom_out zoom_fit
    stage_label controller_manager scheduler api_server tray_empty shelf_empty stopped nodes_empty
    wanted there ready not_ready no_answer cordoned powered_off start_component stop_component
    scale_up scale_down delete delete_now
    pod node
    cpu memory restarts
    play pause step step_back speed history clock to_end in_the_past
    terminal terminal_label terminal_hint prompt_busy interrupt try_these
    events
    as_table as_picture
    traffic_tab outside
    theme_projector palette
    why_tab next_tab charts_tab jump undo redo
    lens_title probe_failures probes conditions log log_empty edit_yaml
    inspector summary yaml describe inspector_empty
    hint_first hint_wait hint_jump dismiss
    mistake mistake_what mistake_again mistake_fresh
    ;
    shelf_probes shelf_replicas shelf_jobs shelf_services undone lab_opened no_lab nothing_more unsaved share_hint branch_main branch_show branch_rename
    compare compare_hint compare_same compare_field mend_all drain cut_from slow_to lose_to key_second key_pan key_zoom power_on
    power_off cordon uncordon scale_to_zero details delete_with_pods delete_alone menu_label events_empty
    event_age event_reason event_object event_message filter status namespace digest traffic_empty request_line send again
    balancer name_server no_address opening hop_back hop_on rule_taken rule_passed rule_because request_inside request_outside palette_hint share_link share_readable copy share_code share_frame share_files
    file_scenario file_picture file_manifests file_script code_too_long imported shelf_mine keep_name keep open_file why_empty scores next_empty
    chart_pods chart_restarts chart_spread chart_requests chart_nobody chart_empty waiting starting terminating ended copied copy_by_hand opened fresh
    packets_title packets_asking packets_answered packets_refused packets_lost
    refused bring_back keys_title key_play key_step key_back key_speed key_terminal key_editor key_apply key_arrows key_line key_track key_menu
    key_details key_why key_escape key_help hint_seen licences kept_before
}

/// What a hop of a request's way is told with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HopWords {
    /// What was done.
    pub deed: String,
    /// The rule taken, those passed over, and why; each empty if there is nothing to be said.
    pub notes: [String; 3],
}

/// The words of a hop. The simulator says them in English, as its `request` prints them.
pub fn hop_words(texts: &Words, row: &HopRow) -> HopWords {
    if texts.code == "ko" {
        let step = &row.step;
        let deed = if matches!(row.via, Via::Dns | Via::OuterDns) { "이름에 답함" } else { way_ko::deed(step) };
        return HopWords { deed: deed.to_owned(), notes: [way_ko::rule(step), way_ko::not_taken(step), way_ko::reason(step)] };
    }
    HopWords { deed: row.action.clone(), notes: [row.rule.clone(), row.not_taken.clone(), row.reason.clone()] }
}

/// Where a hop is.
pub fn hop_place(texts: &Words, row: &HopRow) -> String {
    match &row.via {
        Via::Dns => "DNS".to_owned(),
        Via::OuterDns => if texts.code == "ko" { "바깥의 DNS" } else { "DNS outside" }.to_owned(),
        Via::Ingress(key) => format!("{} {}", if texts.code == "ko" { "인그레스" } else { "Ingress" }, key.name),
        Via::Nothing => place_words(texts, &row.place),
    }
}

/// A place of the network.
pub fn place_words(texts: &Words, place: &Place) -> String {
    if texts.code == "ko" { way_ko::place(place) } else { place.to_string() }
}

/// The words of a pod's action.
pub fn action_label(texts: &Words, action: &PodAction) -> String {
    match action {
        PodAction::Delete => texts.delete.to_owned(),
        PodAction::DeleteNow => texts.delete_now.to_owned(),
        PodAction::TakeOut { key } => (texts.take_out)(key),
        PodAction::PutUnder { controller, .. } => (texts.put_under)(controller),
    }
}
