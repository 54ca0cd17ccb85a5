//! Keys that are not letters, as WebDriver writes them: <https://www.w3.org/TR/webdriver2/#keyboard-actions>.
//! Concatenate them with text: `format!("{CONTROL}a{NO_MODIFIER}{BACKSPACE}")`.

/// Lets go of all modifier keys pressed before.
pub const NO_MODIFIER: char = '\u{E000}';
/// Backspace.
pub const BACKSPACE: char = '\u{E003}';
/// Tab.
pub const TAB: char = '\u{E004}';
/// Return, the main one.
pub const ENTER: char = '\u{E006}';
/// Shift, held until [`NO_MODIFIER`].
pub const SHIFT: char = '\u{E008}';
/// Control, held until [`NO_MODIFIER`].
pub const CONTROL: char = '\u{E009}';
/// Alt, held until [`NO_MODIFIER`].
pub const ALT: char = '\u{E00A}';
/// Escape.
pub const ESCAPE: char = '\u{E00C}';
/// Page up.
pub const PAGE_UP: char = '\u{E00E}';
/// End.
pub const END: char = '\u{E010}';
/// Home.
pub const HOME: char = '\u{E011}';
/// Arrow left.
pub const LEFT: char = '\u{E012}';
/// Arrow up.
pub const UP: char = '\u{E013}';
/// Arrow right.
pub const RIGHT: char = '\u{E014}';
/// Arrow down.
pub const DOWN: char = '\u{E015}';
/// Delete.
pub const DELETE: char = '\u{E017}';
