//! Addresses of the protocol and paths of files.

use lsp_types::Uri;

/// The path in a `file:` address, its escapes undone; the address itself where it is another kind.
pub(super) fn path_of(uri: &Uri) -> String {
    let text = uri.as_str();
    let Some(rest) = text.strip_prefix("file://") else { return text.to_owned() };
    let path = rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or(rest);
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.bytes();
    while let Some(byte) = left.next() {
        let escaped = || {
            let mut ahead = left.clone();
            let digits = [ahead.next()?, ahead.next()?];
            let digit = |byte: u8| (byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            Some(digit(digits[0])? * 16 + digit(digits[1])?)
        };
        match (byte == b'%').then(escaped).flatten() {
            Some(meant) => {
                bytes.push(meant);
                left.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    let path = String::from_utf8_lossy(&bytes).into_owned();
    // `/c:/dossier` of Windows.
    let drive = path.as_bytes().get(2) == Some(&b':') && path.starts_with('/');
    if drive { path.get(1..).unwrap_or("").to_owned() } else { path }
}

/// The address of a file.
pub(super) fn uri_of(path: &str) -> Option<Uri> {
    if path.contains("://") || path.starts_with("untitled:") {
        return path.parse().ok();
    }
    let mut text = String::from(if path.starts_with('/') { "file://" } else { "file:///" });
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(byte as char);
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text.parse().ok()
}

/// The folder and the name of a path.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once(['/', '\\']).unwrap_or(("", path))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn paths_and_addresses_go_both_ways() {
        for path in ["/a/règlement d'essai/été 100%.reglo", "C:/a b/c.reglo", "/x"] {
            assert_eq!(path_of(&uri_of(path).unwrap()), path);
        }
        assert_eq!(path_of(&"file:///c%3A/a.reglo".parse().unwrap()), "c:/a.reglo");
        assert_eq!(path_of(&"untitled:Untitled-1".parse().unwrap()), "untitled:Untitled-1");
        assert_eq!(split("/a/b.reglo"), ("/a", "b.reglo"));
    }
}
