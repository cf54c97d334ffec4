import CPostgres
import SQLJournal

/// Where a database is, as people write it: `postgres://user@host:5432/database?sslmode=require`. What it leaves out,
/// libpq takes from the environment, a service file and the password file.
public struct PostgresAddress: Hashable, Sendable, CustomStringConvertible {
    private let text: String

    /// nil for what is no such address.
    public init?(_ text: String) {
        guard Self.isMeant(by: text), let scheme = text.firstRange(of: "://"),
            ["postgres", "postgresql"].contains(String(text[..<scheme.lowerBound])), !text.utf8.contains(0)
        else { return nil }
        self.text = text
    }

    /// Whether somebody who writes this has a database in mind, be it well written or not.
    public static func isMeant(by text: String) -> Bool {
        text.hasPrefix("postgres:") || text.hasPrefix("postgresql:")
    }

    /// Without its password, and without whatever may be a part of it.
    public var description: String { Self.shown(text) }

    /// Any text that was meant to be an address, in the same way.
    public static func shown(_ text: String) -> String {
        guard let colon = text.firstIndex(of: ":") else { return text }
        let scheme = text[..<colon]
        var rest = text[text.index(after: colon)...].drop { $0 == "/" }
        let isWhole = text[colon...].hasPrefix("://")
        var user = ""
        // A password that was not percent-encoded may itself have any of these signs: the last one counts.
        if let at = rest.lastIndex(of: "@") {
            let name = rest[..<at].prefix { !":/?#@".contains($0) }
            if !name.isEmpty { user = "\(name)@" }
            rest = rest[rest.index(after: at)...]
        }
        var place = rest.prefix { $0 != "?" }[...]
        let parameters = rest.dropFirst(place.count + 1).split(separator: "&").filter {
            !$0.prefix { $0 != "=" }.lowercased().contains("pass")
        }
        // postgres:///database: the host is the usual one.
        if user.isEmpty, text[colon...].hasPrefix(":///") { place = "/" + place }
        let query = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
        return "\(scheme):\(isWhole ? "//" : "")\(user)\(place)\(query)"
    }

    /// Whether a password seems to have signs in it that end it for libpq, which would take the rest for a host or a
    /// port, and say so aloud.
    private var hasStraySigns: Bool {
        guard let slashes = text.firstRange(of: "://"), let at = text.lastIndex(of: "@") else { return false }
        let before = text[slashes.upperBound..<at]
        guard let stray = before.firstIndex(where: { "/?#@".contains($0) }) else { return false }
        return before[..<stray].contains(":")
    }

    /// The address as libpq takes it, and the password in it, if there is one.
    ///
    /// - Throws: what is no address to libpq. Its own words may quote a part of a password, and are not passed on.
    func parsed(by library: PostgresLibrary) throws(SQLError) -> (text: String, password: String?) {
        var reason: UnsafeMutablePointer<CChar>?
        guard !hasStraySigns, let options = library.pq.parse(text, &reason) else {
            library.pq.free_memory(reason)
            throw SQLError(
                .badAddress,
                "its address cannot be read: write it as postgres://USER@HOST:PORT/DATABASE, and signs such as / ? # "
                    + "@ : % in a name or a password as %2F and so on")
        }
        defer { library.pq.free_options(options) }
        var password: String?
        var option = options
        while let keyword = option.pointee.keyword {
            if String(cString: keyword) == "password", let value = option.pointee.value {
                password = String(cString: value)
            }
            option += 1
        }
        return (text, password)
    }
}
