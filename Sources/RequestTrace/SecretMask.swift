import Synchronization

/// Takes out of texts what nobody is to read: keys, cookies, the values in addresses that are signed.
///
/// | in                                                     | is masked                                            |
/// |--------------------------------------------------------|------------------------------------------------------|
/// | the value of a header that is named like a secret      | all of it                                            |
/// | a user name and password in a URL                      | both                                                 |
/// | a query, `?name=value&name=value` or `?value`          | the values: a signature is one                       |
/// | a URL's fragment                                       | all of it: some services put a token there           |
/// | any text                                               | the secrets that requests have had so far            |
public final class SecretMask: Sendable {
    public static let mask = "***"

    /// A header with one of these in its name has a secret as its value.
    private static let signs = [
        "authorization", "cookie", "token", "secret", "key", "signature", "passw", "pwd", "credential", "session",
        "auth", "jwt", "bearer",
    ]
    /// Headers whose value is a URL, be it one without a server.
    private static let addresses: Set = ["location", "content-location", "referer"]
    /// What is shorter is no secret, and would mask half of every text.
    private static let shortestSecret = 6
    private static let shortestWord = 8

    /// The longest first: one may be the beginning of another, whose rest would then be left standing.
    private let known: Mutex<[String]>

    /// - Parameter secrets: what is known from the start.
    public init(secrets: [String] = []) {
        known = Mutex([])
        for secret in secrets where secret.utf8.count >= Self.shortestSecret { remember(secret) }
    }

    /// Masks a header of a request, and learns a value that is a secret: a server may repeat it anywhere.
    func requestHeader(_ name: String, _ value: String) -> String {
        if Self.isSecret(name) { learn(value) }
        return header(name, value)
    }

    /// Masks a header of a reply. Nothing is learned from it: it would be as much as a server cares to send, and what
    /// stands beside a cookie, such as its host, is no secret.
    func replyHeader(_ name: String, _ value: String) -> String {
        header(name, value)
    }

    private func header(_ name: String, _ value: String) -> String {
        let name = name.lowercased()
        if Self.isSecret(name) { return Self.mask }
        return Self.addresses.contains(name) ? url(value) : text(value)
    }

    /// - Parameter url: an absolute one, or a reference relative to one.
    func url(_ url: String) -> String {
        withoutKnown(Self.maskedURL(url))
    }

    /// - Parameter text: may have URLs in it.
    func text(_ text: String) -> String {
        withoutKnown(Self.withMaskedURLs(text))
    }

    private func withoutKnown(_ text: String) -> String {
        var shown = text
        for secret in known.withLock({ $0 }) where shown.contains(secret) {
            shown = shown.replacing(secret, with: Self.mask)
        }
        return shown
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return signs.contains { name.contains($0) }
    }

    /// The value, and the words in it: `Bearer token` may come back as `token`, and a cookie without its name.
    private func learn(_ value: String) {
        if value.utf8.count >= Self.shortestSecret { remember(value) }
        for word in value.split(whereSeparator: { " ;,=".contains($0) }) where word.utf8.count >= Self.shortestWord {
            remember(String(word))
        }
    }

    private func remember(_ secret: String) {
        known.withLock { known in
            guard !known.contains(secret) else { return }
            known.insert(secret, at: known.firstIndex { $0.utf8.count < secret.utf8.count } ?? known.endIndex)
        }
    }

    // MARK: URLs

    // By bytes: a character may be a `?` and the accent on it.
    private typealias Text = ArraySlice<UInt8>

    private static func maskedURL(_ url: String) -> String {
        String(decoding: maskedURL(Array(url.utf8)[...]), as: UTF8.self)
    }

    /// A URL ends before what cannot be in one.
    private static func withMaskedURLs(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == question || $0 == at || $0 == number }) else { return text }
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let word = rest.prefix { !#" "<>"#.utf8.contains($0) && $0 != 0x09 }
            result += isLikeURL(word) ? maskedURL(word) : word
            rest = rest[word.endIndex...]
            if let end = rest.popFirst() { result.append(end) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isLikeURL(_ word: Text) -> Bool {
        word.first == slash || word.contains(question) || word.firstRange(of: "://".utf8) != nil
    }

    private static func maskedURL(_ url: Text) -> Text {
        let place = url.prefix { $0 != question && $0 != number }
        var rest = url[place.endIndex...]
        var result = withoutUser(place)
        if rest.first == question {
            let query = rest.dropFirst().prefix { $0 != number }
            let pairs = query.split(separator: ampersand, omittingEmptySubsequences: false)
            result += "?".utf8
            result += pairs.map(maskedPair).joined(separator: [ampersand])
            rest = rest[query.endIndex...]
        }
        return result + rest.prefix(1) + (rest.count > 1 ? mask.utf8 : "".utf8)
    }

    /// Without a name in front of it, a value may be all there is to a signature.
    private static func maskedPair(_ pair: Text) -> Text {
        if let equals = pair.firstIndex(of: UInt8(ascii: "=")) { return pair[...equals] + mask.utf8 }
        return pair.isEmpty ? [] : Array(mask.utf8)[...]
    }

    private static func withoutUser(_ place: Text) -> Text {
        guard let slashes = place.firstRange(of: "//".utf8) else { return place }
        let authority = place[slashes.upperBound...].prefix { $0 != slash }
        guard let end = authority.lastIndex(of: at) else { return place }
        return place[..<authority.startIndex] + mask.utf8 + place[end...]
    }

    private static let (question, number, ampersand) = (UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "&"))
    private static let (slash, at) = (UInt8(ascii: "/"), UInt8(ascii: "@"))
}
