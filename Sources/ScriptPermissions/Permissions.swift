/// What a script under `--sandbox` may do: a value that the command line makes, that the keeper decides by, and that the
/// script process builds its walls from.
public struct Permissions: Hashable, Sendable {
    /// What is allowed of one kind: nothing, some, or all; and what is taken away from it again, which wins.
    public struct Grant: Hashable, Sendable {
        public var isAll = false
        /// Paths, hosts, programs or names.
        public var named: [[UInt8]] = []
        public var deniesAll = false
        public var denied: [[UInt8]] = []

        public init() {}

        /// Whether nothing at all is allowed.
        public var isEmpty: Bool { deniesAll || (!isAll && named.isEmpty) }

        /// - Parameter names: nil: everything.
        public mutating func allow(_ names: [[UInt8]]?) {
            if let names { named += names } else { isAll = true }
        }

        public mutating func deny(_ names: [[UInt8]]?) {
            if let names { denied += names } else { deniesAll = true }
        }
    }

    /// Files and folders below these paths, which are whole and lead through no symbolic link.
    public var read = Grant()
    public var write = Grant()
    /// Hosts, with or without a port.
    public var net = Grant()
    /// Programs, by their whole paths.
    public var run = Grant()
    /// Environment variables.
    public var environment = Grant()
    /// Whether C modules may be loaded.
    public var native = false

    public init() {}

    /// All of it.
    public static var everything: Permissions {
        var all = Permissions()
        for kind in PermissionKind.allCases { all[kind].isAll = true }
        all.native = true
        return all
    }

    public subscript(_ kind: PermissionKind) -> Grant {
        get {
            switch kind {
            case .read: read
            case .write: write
            case .net: net
            case .run: run
            case .environment: environment
            }
        }
        set {
            switch kind {
            case .read: read = newValue
            case .write: write = newValue
            case .net: net = newValue
            case .run: run = newValue
            case .environment: environment = newValue
            }
        }
    }

    /// Whether the file or folder at `path`, a whole path without symbolic links, may be read or written.
    public func covers(_ kind: PermissionKind, path: [UInt8]) -> Bool {
        let grant = self[kind]
        guard !grant.isEmpty, !denies(kind, path: path) else { return false }
        return grant.isAll && !Self.isDevice(path) || grant.named.contains { Self.isWithin(path, $0) }
    }

    /// Whether it was taken away by name.
    public func denies(_ kind: PermissionKind, path: [UInt8]) -> Bool {
        self[kind].deniesAll || self[kind].denied.contains { Self.isWithin(path, $0) }
    }

    /// Terminals and disks are there. Whoever means them names them: all files are not meant to be these.
    public static let devices = Array("/dev".utf8)
    /// What is there and harmless.
    public static let harmlessDevices = [
        "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/shm",
    ].map { Array($0.utf8) }

    /// Other names for what a process has open already: no walls stand around that.
    private static let openAlready = ["/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd"].map { Array($0.utf8) }

    private static func isDevice(_ path: [UInt8]) -> Bool {
        isWithin(path, devices) && !(harmlessDevices + openAlready).contains { isWithin(path, $0) }
    }

    /// Whether that program, by its whole path, may be started.
    public func runs(_ program: [UInt8]) -> Bool {
        guard !run.isEmpty, !run.denied.contains(program) else { return false }
        return run.isAll || run.named.contains(program)
    }

    public func shows(variable name: [UInt8]) -> Bool {
        guard !environment.isEmpty, !environment.denied.contains(name) else { return false }
        return environment.isAll || environment.named.contains(name)
    }

    /// Whether `path` is `folder` or something in it.
    package static func isWithin(_ path: [UInt8], _ folder: [UInt8]) -> Bool {
        let slash = UInt8(ascii: "/")
        guard path.starts(with: folder) else { return false }
        return path.count == folder.count || folder.last == slash || path[folder.count] == slash
    }
}

/// The kinds that can be allowed in part.
public enum PermissionKind: String, Hashable, Sendable, CaseIterable {
    case read, write, net, run
    case environment = "env"

    /// What allows it.
    public var flag: String { "--allow-\(rawValue)" }
}
