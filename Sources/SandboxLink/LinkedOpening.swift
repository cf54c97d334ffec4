public import ScriptPermissions

/// A file to be opened, as `io.open` would.
public struct LinkedOpening: Hashable, Sendable {
    public enum Way: UInt8, Sendable, CaseIterable {
        /// `r`
        case read
        /// `w`
        case write
        /// `a`
        case append
        /// `r+`
        case update
        /// `w+`
        case rewrite
        /// `a+`
        case readAndAppend

        public var reads: Bool { self != .write && self != .append }
        public var writes: Bool { self != .read }
        public var appends: Bool { self == .append || self == .readAndAppend }
        /// Whether what was in it is gone.
        public var empties: Bool { self == .write || self == .rewrite }
        /// Whether it is made where it is not there.
        public var makes: Bool { writes && self != .update }

        /// What has to be allowed.
        public var kinds: [PermissionKind] { (reads ? [.read] : []) + (writes ? [.write] : []) }

        /// As Lua and C write it.
        public var mode: String {
            switch self {
            case .read: "r"
            case .write: "w"
            case .append: "a"
            case .update: "r+"
            case .rewrite: "w+"
            case .readAndAppend: "a+"
            }
        }

        /// - Parameter mode: as a script gives it; a `b` at its end means nothing here.
        public init?(mode: String) {
            let plain = mode.hasSuffix("b") ? String(mode.dropLast()) : mode
            guard let way = Self.allCases.first(where: { $0.mode == plain }) else { return nil }
            self = way
        }
    }

    public var way: Way
    public var path: [UInt8]

    public init(way: Way, path: [UInt8]) {
        self.way = way
        self.path = path
    }
}
