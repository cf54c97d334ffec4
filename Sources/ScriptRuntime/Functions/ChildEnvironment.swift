import Glibc

/// The variables of a child process, byte for byte: neither names nor values need be UTF-8.
struct ChildEnvironment: Sendable {
    /// By name; nil takes a variable away.
    var changes: [[UInt8]: [UInt8]?] = [:]

    /// `NAME=value` entries, each with a zero byte behind it: the inherited ones in their order, then those that are new.
    func entries(inheriting inherited: [[UInt8]]) -> [[UInt8]] {
        let kept = inherited.filter { entry in
            // A name may begin with "=", as some shells have it.
            let name = entry.dropFirst().firstIndex(of: UInt8(ascii: "=")).map { Array(entry[..<$0]) } ?? entry
            return changes[name] == nil
        }
        let own = changes.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .compactMap { name, value in value.map { name + [UInt8(ascii: "=")] + $0 } }
        return (kept + own).map { $0 + [0] }
    }

    /// This process's own.
    static var inherited: [[UInt8]] {
        var entries: [[UInt8]] = []
        var next = environ
        while let entry = next.pointee {
            entries.append(Array(UnsafeRawBufferPointer(start: entry, count: strlen(entry))))
            next += 1
        }
        return entries
    }
}
