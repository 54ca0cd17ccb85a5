//! How much room the cards of controllers and Services take: less where the nodes would else be out of sight.

/// How much room a card takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Three lines: its name, its selector, its counts.
    #[default]
    Full,
    /// Two lines.
    Low,
    /// One line.
    Line,
    /// A name and a count.
    Chip,
}

impl Form {
    /// From the roomiest on.
    pub const ALL: [Form; 4] = [Form::Full, Form::Low, Form::Line, Form::Chip];

    /// The least width and the height of a controller's card.
    pub fn card(self) -> (f64, f64) {
        match self {
            Form::Full => (284.0, 76.0),
            Form::Low => (216.0, 50.0),
            Form::Line => (150.0, 32.0),
            Form::Chip => (104.0, 26.0),
        }
    }

    /// The least width and the height of a Service's card.
    pub fn service(self) -> (f64, f64) {
        match self {
            Form::Full => (236.0, 52.0),
            Form::Low => (206.0, 46.0),
            Form::Line => (150.0, 32.0),
            Form::Chip => (104.0, 26.0),
        }
    }

    /// What is left free between cards.
    pub fn gap(self) -> f64 {
        match self {
            Form::Full => 12.0,
            Form::Low => 8.0,
            Form::Line => 6.0,
            Form::Chip => 5.0,
        }
    }

    /// What is left free around all.
    pub fn pad(self) -> f64 {
        match self {
            Form::Full => 16.0,
            Form::Low | Form::Line | Form::Chip => 8.0,
        }
    }

    /// Of the control plane's width, the part of the controller manager.
    pub fn manager(self) -> f64 {
        match self {
            Form::Full => 0.62,
            Form::Low => 0.68,
            Form::Line | Form::Chip => 0.74,
        }
    }

    /// How much wider than the least a card among others may be.
    pub fn stretch(self) -> f64 {
        match self {
            Form::Full => 1.0,
            Form::Low | Form::Line | Form::Chip => 1.4,
        }
    }

    /// The word for it in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Form::Full => "form-full",
            Form::Low => "form-low",
            Form::Line => "form-line",
            Form::Chip => "form-line form-chip",
        }
    }

    /// The head of a node: name, state, two hairlines.
    pub fn room_head(self) -> f64 {
        match self {
            Form::Full | Form::Low => 66.0,
            Form::Line | Form::Chip => 44.0,
        }
    }
}
