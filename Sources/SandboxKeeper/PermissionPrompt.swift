public import ScriptPermissions

/// Somebody who can be asked what a script may do.
public protocol PermissionPrompt: Sendable {
    /// Blocks the calling thread until there is an answer; no answer is no.
    func ask(_ question: PermissionQuestion) -> PermissionAnswer
}

/// What a script would do, and may not: with one file, or with one host.
public struct PermissionQuestion: Hashable, Sendable {
    public var kinds: [PermissionKind]
    /// A file's whole path without symbolic links, or a host as `--allow-net` takes it.
    public var what: [UInt8]

    public init(kinds: [PermissionKind], what: [UInt8]) {
        self.kinds = kinds
        self.what = what
    }
}

public enum PermissionAnswer: Hashable, Sendable {
    /// This once.
    case once
    /// Whenever it does that again in this run.
    case always
    case no
}
