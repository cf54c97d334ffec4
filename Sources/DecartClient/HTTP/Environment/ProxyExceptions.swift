/// The hosts that are reached without a proxy, as `NO_PROXY` lists them, separated by commas or blanks. It is read as curl
/// reads it:
///
/// | the list, or an entry         | stands for                                                    |
/// |-------------------------------|---------------------------------------------------------------|
/// | `*`, and nothing else         | every host                                                    |
/// | `example.com`, `.example.com` | that host and every host below it                             |
/// | `10.0.0.7`, `fd00::1`         | that address, however it is written; also a name's last parts |
/// | `10.0.0.0/8`, `fd00::/8`      | every address of that network; with `/0`, that address        |
///
/// An entry with a port, with brackets or with a `*` before a dot is none of these, and stands for nothing.
///
/// Other than with curl, this machine itself is always among them.
struct ProxyExceptions: Hashable, Sendable {
    /// What it is to an address, and what it is to a name.
    private struct Entry: Hashable, Sendable {
        var network: IPNetwork?
        var name: String
    }

    /// The loopback addresses.
    private static let thisMachine = [IPNetwork("127.0.0.0/8"), IPNetwork("::1")]

    private var entries: [Entry] = []
    private var isEverything = false

    init(_ text: String) {
        isEverything = text == "*"
        for word in text.lowercased().split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }) {
            let name = Self.withoutFinalDot(word)
            entries.append(
                Entry(network: IPNetwork(word), name: String(name.hasPrefix(".") ? name.dropFirst() : name)))
        }
    }

    /// - Parameter host: as a URL has it, IPv6 addresses with or without their brackets.
    func contain(host: String) -> Bool {
        var host = host.lowercased()[...]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        if isEverything { return true }
        if let address = IPNetwork(host) {
            return Self.thisMachine.contains { $0?.contains(address) ?? false }
                || entries.contains { $0.network?.contains(address) ?? false }
        }
        let name = Self.withoutFinalDot(host)
        return name == "localhost" || name.hasSuffix(".localhost")
            || entries.contains { !$0.name.isEmpty && (name == $0.name || name.hasSuffix("." + $0.name)) }
    }

    /// That dot says that a name is a whole one.
    private static func withoutFinalDot(_ name: Substring) -> Substring {
        name.hasSuffix(".") ? name.dropLast() : name
    }
}
