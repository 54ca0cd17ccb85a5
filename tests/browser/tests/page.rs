//! The built page in a real browser. `cargo xtask test` builds and serves it; without `PODSCAPE_PAGE` these
//! stories are skipped.

use podscape_browser_tests::{Result, story};

#[test]
fn the_page_loads() -> Result<()> {
    story("the_page_loads", |page| {
        page.see("body", "Podscape")?;
        assert_eq!(page.title()?, "Podscape");
        Ok(())
    })
}
