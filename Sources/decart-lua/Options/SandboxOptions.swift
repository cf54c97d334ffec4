import DecartAPI
import ScriptPermissions

/// What is said of a script that is not trusted.
struct SandboxOptions: Equatable {
    enum Mode: String, CaseIterable {
        /// The kernel's walls around a process of its own.
        case kernel
        /// Lua's own walls only, in this process.
        case lua
    }

    /// Nil: the script may do what its user may.
    var mode: Mode?
    /// As they were typed: paths and programs are looked for when the run begins.
    var permissions = Permissions()
    /// Where each permission that is used is written to.
    var audit: BytePath?
    /// Whether the user is asked, on a terminal, for what is not allowed.
    var asks = true
    /// An option that means nothing without a sandbox.
    var firstPermission: String?

    /// - Parameters:
    ///   - option: as it was typed.
    ///   - value: names with commas between; "" for all.
    mutating func allow(_ kind: PermissionKind, _ option: String, _ value: String) throws(UsageError) {
        permissions[kind].allow(try names(kind, option, value))
    }

    mutating func deny(_ kind: PermissionKind, _ option: String, _ value: String) throws(UsageError) {
        permissions[kind].deny(try names(kind, option, value))
    }

    private mutating func names(
        _ kind: PermissionKind, _ option: String, _ value: String
    ) throws(UsageError) -> [[UInt8]]? {
        firstPermission = firstPermission ?? option
        if value.isEmpty { return nil }
        let parts = value.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard !parts.contains("") else { throw UsageError("'\(option)=\(value)' has an empty name in it") }
        if kind == .net, let bad = parts.first(where: { HostRule($0) == nil }) {
            throw UsageError("'\(option)' takes hosts such as example.com or example.com:8080, not '\(bad)'")
        }
        return parts.map { CommandWord.bytes(of: $0) }
    }

    mutating func allowAll(_ option: String) {
        firstPermission = firstPermission ?? option
        let everything = Permissions.everything
        for kind in PermissionKind.allCases { permissions[kind].isAll = true }
        permissions.native = everything.native
    }
}

/// What a run may use up.
struct RunLimits: Equatable {
    /// Bytes that Lua may hold.
    var memory: Int?
    /// Seconds of processor time.
    var processorSeconds: Int?
    /// Seconds.
    var seconds: Int?

    static func memory(_ text: String) throws(UsageError) -> Int {
        let units: [(String, Int)] = [("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30), ("", 1)]
        for (unit, factor) in units where text.uppercased().hasSuffix(unit) {
            let digits = text.dropLast(unit.count)
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
                case (let bytes, let overflow) = number.multipliedReportingOverflow(by: factor), !overflow
            else { break }
            // Less would not do for the program's own Lua.
            guard bytes >= 4 << 20 else { throw UsageError("'--memory' must be at least 4M, not '\(text)'") }
            return bytes
        }
        throw UsageError("'--memory' must be bytes such as 256M or 2G, not '\(text)'")
    }

    /// Whole seconds, from 1 up.
    static func seconds(_ text: String, _ option: String) throws(UsageError) -> Int {
        let units: [(String, Int)] = [("s", 1), ("m", 60), ("h", 3600)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            let digits = text.dropLast()
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits), number > 0,
                number <= 1_000_000_000
            else { break }
            return number * factor
        }
        throw UsageError("'\(option)' must be a time such as 60s, 10m or 2h, not '\(text)'")
    }
}
