/// The hosts that no proxy is used for, as `NO_PROXY` lists them, parted by commas or blanks:
///
/// | entry                          | stands for                                             |
/// |--------------------------------|--------------------------------------------------------|
/// | `*`                            | every host                                             |
/// | `example.com`, `.example.com`, `*.example.com` | that host and every host below it      |
/// | `10.0.0.7`, `[fd00::1]`        | that address                                           |
/// | any of them with `:8443`       | only that port of it                                   |
///
/// This machine itself is always among them.
struct ProxyExceptions: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        var name: String
        var port: Int?
    }

    private var entries: [Entry] = []
    private var isEverything = false

    init(_ text: String) {
        for word in text.lowercased().split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            if word == "*" { isEverything = true }
            var (name, port) = Self.split(word)
            if name.hasPrefix("*.") { name = name.dropFirst() }
            let plain = Self.plain(name.hasPrefix(".") ? name.dropFirst() : name)
            if !plain.isEmpty { entries.append(Entry(name: plain, port: port)) }
        }
    }

    func contain(host: String, port: Int) -> Bool {
        let host = Self.plain(Substring(host.lowercased()))
        if isEverything || Self.isThisMachine(host) { return true }
        return entries.contains { entry in
            (entry.port ?? port) == port && (host == entry.name || host.hasSuffix("." + entry.name))
        }
    }

    private static func isThisMachine(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func split(_ word: Substring) -> (name: Substring, port: Int?) {
        // An address of IPv6 is full of colons: its port stands behind a bracket.
        guard let colon = word.lastIndex(of: ":"), let port = Int(word[word.index(after: colon)...]) else {
            return (word, nil)
        }
        let name = word[..<colon]
        return !name.contains(":") || name.hasSuffix("]") ? (name, port) : (word, nil)
    }

    /// Without brackets, and without the dot that ends a full name.
    private static func plain(_ name: Substring) -> String {
        var name = name
        if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
        if name.hasSuffix(".") { name = name.dropLast() }
        return String(name)
    }
}
