//! The page's entry.

fn main() {
    podscape_web::start();
}
