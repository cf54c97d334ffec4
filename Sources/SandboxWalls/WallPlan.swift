internal import CSandboxWalls
import Glibc
public import ScriptPermissions

/// What is left to a script process: the files that its permissions name, and its limits.
public struct WallPlan: Sendable {
    public struct Rule: Hashable, Sendable {
        public var path: [UInt8]
        public var reads = false
        public var writes = false
        public var executes = false
        /// Which names there are in folders.
        public var lists = false

        public init(
            _ path: [UInt8], reads: Bool = false, writes: Bool = false, executes: Bool = false, lists: Bool = false
        ) {
            self.path = path
            self.reads = reads
            self.writes = writes
            self.executes = executes
            self.lists = lists
        }
    }

    public private(set) var rules: [Rule] = []
    private let runsPrograms: Bool
    private let changesModes: Bool
    /// Of private memory, in bytes; nil: no limit.
    public var memory: Int?
    /// Nil: no limit.
    public var processorSeconds: Int?

    /// - Parameter temporaryFolder: one of the process's own, to do with as it likes.
    public init(_ permissions: Permissions, temporaryFolder: [UInt8]? = nil) {
        runsPrograms = !permissions.run.isEmpty
        changesModes = !permissions.write.isEmpty || temporaryFolder != nil
        for path in Self.roots(permissions.read) { rules.append(Rule(path, reads: true)) }
        for path in Self.roots(permissions.write) { rules.append(Rule(path, writes: true)) }
        // All but the devices leaves no rule for the root itself.
        if permissions.read.isAll, !permissions.read.isEmpty, permissions.read.denied.isEmpty {
            rules.append(Rule([UInt8(ascii: "/")], lists: true))
        }
        if let temporaryFolder { rules.append(Rule(temporaryFolder, reads: true, writes: true)) }
        if runsPrograms || permissions.native {
            // Programs and modules need the libraries of the system, and what leads to them.
            for path in Self.libraries where Self.exists(path) { rules.append(Rule(path, reads: true)) }
            rules.append(Rule(Array("/dev/null".utf8), reads: true, writes: true))
        }
        if permissions.run.isAll {
            for path in Self.libraries where Self.exists(path) { rules.append(Rule(path, executes: true)) }
            for path in Self.roots(permissions.read) { rules.append(Rule(path, executes: true)) }
        } else if runsPrograms {
            for program in permissions.run.named where permissions.runs(program) {
                rules.append(Rule(program, reads: true, executes: true))
            }
            // The loader that starts them.
            for path in Self.loaders where Self.exists(path) { rules.append(Rule(path, reads: true, executes: true)) }
        }
    }

    private static let libraries = [
        "/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache",
        "/etc/alternatives",
    ].map { Array($0.utf8) }
    private static let loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"].map { Array($0.utf8) }

    private static func exists(_ path: [UInt8]) -> Bool { access(cString(path), F_OK) == 0 }

    private static func cString(_ path: [UInt8]) -> [CChar] { path.map { CChar(bitPattern: $0) } + [0] }

    /// What to allow so that all of a grant is, and nothing that is denied. The kernel can only add: of a folder with
    /// something denied in it, what is in it now is allowed one by one.
    private static func roots(_ grant: Permissions.Grant) -> [[UInt8]] {
        guard !grant.isEmpty else { return [] }
        let named = grant.named.flatMap { parts(of: $0, without: grant.denied) }
        guard grant.isAll else { return named }
        return parts(of: [UInt8(ascii: "/")], without: grant.denied + [Permissions.devices])
            + Permissions.harmlessDevices.flatMap { parts(of: $0, without: grant.denied) } + named
    }

    private static func parts(of path: [UInt8], without denied: [[UInt8]]) -> [[UInt8]] {
        if denied.contains(where: { Permissions.isWithin(path, $0) }) { return [] }
        guard denied.contains(where: { Permissions.isWithin($0, path) }) else { return exists(path) ? [path] : [] }
        guard let folder = opendir(cString(path)) else { return [] }
        defer { closedir(folder) }
        var found: [[UInt8]] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name == [0x2E] || name == [0x2E, 0x2E] { continue }
            // What a symbolic link leads to is allowed where it is, or not.
            if entry.pointee.d_type == UInt8(DT_LNK) { continue }
            found += parts(of: path + (path.last == 0x2F ? [] : [0x2F]) + name, without: denied)
        }
        return found
    }

    /// Raises the walls around this process, which can never be taken down again.
    ///
    /// - Throws: what could not be done.
    public func raise() throws(WallFailure) {
        guard walls_thread_count() == 1 else { throw WallFailure("it has threads already, which walls would not hold") }
        // The pointers live until the walls are up.
        let paths = rules.map { strdup(Self.cString($0.path)) }
        defer { for path in paths { free(path) } }
        let made = zip(rules, paths).map { rule, path in
            walls_rule(
                path: path,
                rights: (rule.reads ? WALLS_READ : 0)
                    | (rule.writes ? WALLS_WRITE : 0)
                    | (rule.executes ? WALLS_EXECUTE : 0)
                    | (rule.lists ? WALLS_LIST : 0))
        }
        var failed: UnsafePointer<CChar>?
        var path: UnsafePointer<CChar>?
        let failure = made.withUnsafeBufferPointer { rules in
            var plan = walls_plan()
            plan.rules = rules.baseAddress
            plan.rule_count = rules.count
            plan.runs_programs = runsPrograms
            plan.changes_modes = changesModes
            plan.memory = UInt64(memory ?? 0)
            plan.processor_seconds = UInt64(processorSeconds ?? 0)
            plan.descriptors = 1024
            return walls_raise(&plan, &failed, &path)
        }
        guard failure == 0 else {
            let place = path.map { " at \(String(cString: $0))" } ?? ""
            let what = failed.map { String(cString: $0) } ?? "raise its walls"
            throw WallFailure("it cannot \(what)\(place): \(String(cString: strerror(failure)))")
        }
    }
}

/// Why there are no walls.
public struct WallFailure: Error, Hashable, Sendable {
    public var reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    public init(errno code: Int32, _ what: String) {
        reason = "\(what): \(String(cString: strerror(code)))"
    }
}
