//! Who takes how much of the module that the page loads first: its sections, and its code by module of the program.
//!
//! A share is what its bytes take when they are compressed alone, so the shares are a little more than the whole.

use std::collections::BTreeMap;

use wasmparser::{CustomSectionReader, KnownCustom, Name, Parser, Payload, TypeRef};

use crate::failure::Failure;

/// Sections that others do not even come near.
const SECTIONS: &[(u8, &str)] = &[(10, "code"), (11, "constants")];

/// A share, and who has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Share {
    /// A section, or a module of the program.
    pub name: String,
    /// Its bytes.
    pub raw: usize,
    /// And compressed.
    pub compressed: usize,
}

/// The shares of a module with names: of its sections, and of the modules of the program in the code, the largest first.
pub fn shares(wasm: &[u8], compressed: impl Fn(&[u8]) -> usize) -> Result<(Vec<Share>, Vec<Share>), Failure> {
    let broken = |error: wasmparser::BinaryReaderError| Failure::new(error.to_string());
    let mut names = BTreeMap::new();
    let mut bodies = Vec::new();
    let mut imported = 0;
    let mut sections: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(broken)?;
        if let Some((id, range)) = payload.as_section()
            && !matches!(payload, Payload::CustomSection(_))
        {
            let named = SECTIONS.iter().find(|(number, _)| *number == id);
            let name = named.map_or("names, types and tables", |(_, name)| name);
            sections.entry(name.to_owned()).or_default().extend(&wasm[range]);
        }
        match payload {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let ty = import.map_err(broken)?.ty;
                    imported += u32::from(matches!(ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range()),
            Payload::CustomSection(custom) => {
                read_names(&custom, &mut names).map_err(broken)?;
            }
            _ => {}
        }
    }
    let mut owners: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (number, body) in (imported..).zip(bodies) {
        let name = names.get(&number).copied().unwrap_or_default();
        owners.entry(owner(name)).or_default().extend(&wasm[body]);
    }
    let sorted = |parts: BTreeMap<String, Vec<u8>>| {
        let mut shares: Vec<Share> =
            parts.into_iter().map(|(name, bytes)| Share { name, raw: bytes.len(), compressed: compressed(&bytes) }).collect();
        shares.sort_by_key(|share| std::cmp::Reverse(share.compressed));
        shares
    };
    Ok((sorted(sections), sorted(owners)))
}

/// The functions' names by their numbers.
fn read_names<'a>(section: &CustomSectionReader<'a>, names: &mut BTreeMap<u32, &'a str>) -> wasmparser::Result<()> {
    let KnownCustom::Name(parts) = section.as_known() else {
        return Ok(());
    };
    for part in parts {
        let Name::Function(functions) = part? else {
            continue;
        };
        for function in functions {
            let function = function?;
            names.insert(function.index, function.name);
        }
    }
    Ok(())
}

/// The part of the program that a function belongs to: a folder of the project's own, else a crate.
fn owner(function: &str) -> String {
    let mut words = function.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty());
    let own = |word: &&str| ["podscape", "podscape_web"].contains(word);
    let mut rest = words.clone().skip_while(|word| !own(word));
    if let (Some(package), Some(folder)) = (rest.next(), rest.next()) {
        return format!("{package}::{folder}");
    }
    let package = words.find(|word| !["as", "mut", "dyn", "impl"].contains(word) && word.len() > 1);
    package.unwrap_or("without a name").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_a_folder_or_a_crate() {
        for (function, expected) in [
            ("podscape::engine::world::World::step::h8e", "podscape::engine"),
            ("<podscape::api::pod::Pod as core::clone::Clone>::clone::h1", "podscape::api"),
            ("<alloc::vec::Vec<T> as podscape::api::json::Json>::read", "podscape::api"),
            ("podscape_web::stage::draw", "podscape_web::stage"),
            ("yew::virtual_dom::vtag::VTag::new", "yew"),
            ("<T as alloc::string::ToString>::to_string", "alloc"),
            ("", "without a name"),
        ] {
            assert_eq!(owner(function), expected, "{function}");
        }
    }
}
