//! `migrations!("migrations")`: the `.sql` files of a folder, embedded in the binary.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::mistake::mistake;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let parsed = syn::parse2::<LitStr>(input).and_then(|folder| emit(&folder));
    parsed.unwrap_or_else(|error| error.to_compile_error())
}

fn emit(folder: &LitStr) -> syn::Result<TokenStream> {
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let path = Path::new(&root).join(folder.value());
    let files = sql_files(&path).map_err(|error| {
        let message = format!("cannot read `{}`: {error}", path.display());
        mistake(folder, message, "name a folder beside `Cargo.toml`: `\"migrations\"`")
    })?;
    let mut entries = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (number, title) =
            parse_name(&name).map_err(|(message, help)| mistake(folder, message, help))?;
        let text = file.to_string_lossy().into_owned();
        entries.push((number, quote!((#number, #title, ::core::include_str!(#text)))));
    }
    entries.sort_by_key(|(number, _)| *number);
    if let Some(pair) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let message = format!("two migrations have the number {}", pair[0].0);
        return Err(mistake(folder, message, "give one of them the next free number"));
    }
    let entries = entries.into_iter().map(|(_, entry)| entry);
    Ok(quote!(::purlin::data::Migrations::new(&[#(#entries),*])))
}

fn sql_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// `0001_create_books` is number 1, "create books". A name that is written in another way is refused
/// with a message and what to do: what is told of a migration names its file.
fn parse_name(name: &str) -> Result<(i64, String), (String, String)> {
    let parts = name.split_once('_');
    let parts = parts.and_then(|(number, title)| Some((number.parse::<i64>().ok()?, title)));
    let Some((number, title)) = parts else {
        let message = format!("`{name}.sql` does not begin with its number");
        return Err((message, "name it as `0001_create_books.sql` is named".to_owned()));
    };
    let expected = format!("{number:04}_{}", title.replace(' ', "_"));
    if name != expected {
        let message = format!("`{name}.sql` is not named as migrations are");
        return Err((message, format!("name it `{expected}.sql`")));
    }
    Ok((number, title.replace('_', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_number_of_four_digits_and_a_title() {
        assert_eq!(parse_name("0012_add_isbn"), Ok((12, "add isbn".to_owned())));
        assert_eq!(parse_name("20261121_add_isbn"), Ok((20_261_121, "add isbn".to_owned())));
        for name in ["12_add_isbn", "0012_add isbn", "012_add isbn", "+12_add_isbn"] {
            let (_, help) = parse_name(name).unwrap_err();
            assert_eq!(help, "name it `0012_add_isbn.sql`", "{name}");
        }
        assert!(parse_name("add_isbn").is_err());
    }
}
