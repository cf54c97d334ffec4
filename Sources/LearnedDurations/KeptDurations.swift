/// Where what jobs took is kept from run to run.
public enum KeptDurations: Sendable, Hashable {
    /// In this file, unless a script names another or none.
    case file(String)
    /// Nowhere, unless a script names a file: a run on a queue of this machine teaches nothing about the service.
    case onlyIfAsked
    /// Nowhere: the jobs are imagined.
    case never

    /// The file that counts where a script asks for `asked`.
    public func path(asked: String?) -> String? {
        switch self {
        case .file(let path): asked ?? path
        case .onlyIfAsked: asked
        case .never: nil
        }
    }
}
