//! After the first visit the page works without a network.

mod cluster;

use cluster::{all_ready, click, hook};
use podscape_browser_tests::{Result, story};

#[test]
fn a_second_visit_needs_no_network() -> Result<()> {
    story("a_second_visit_needs_no_network", |page| {
        all_ready(page, 3)?;
        page.run_async("await navigator.serviceWorker.register('offline.js'); await navigator.serviceWorker.ready;", &[])?;
        page.set_offline(true)?;
        page.reload()?;
        all_ready(page, 3)?;
        cluster::rich_editor(page)?;
        page.set_offline(false)?;
        // Labs are kept once they were looked at.
        page.reload()?;
        all_ready(page, 3)?;
        click(page, "labs")?;
        page.until("the labs", |page| Ok(page.count(".lab.waiting")? == 0 && page.count("a.lab")? >= 15))?;
        page.until("all to be kept", |page| {
            let script = "const cache = await caches.open('podscape'); return (await cache.keys()).length;";
            Ok(page.run_async(script, &[])?.as_u64().unwrap_or_default() >= 20)
        })?;
        page.set_offline(true)?;
        page.reload()?;
        all_ready(page, 3)?;
        click(page, "labs")?;
        click(page, "lab-template")?;
        page.see(&hook("guide"), "the pods keep theirs")?;
        page.set_offline(false)
    })
}
