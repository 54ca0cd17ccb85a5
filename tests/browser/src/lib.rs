//! A WebDriver client.
