import FoundationEssentials

/// How results are made.
public enum ClipMaker: Sendable, Hashable {
    /// The clip or picture that ships with the program, with each job's data in its metadata. Made at once, and the same
    /// bytes for the same job every time, as virtual time needs.
    case builtIn
    /// Rendered by the `ffmpeg` at that path, from the prompt or the upload; `builtIn` if that fails.
    case ffmpeg(path: String)

    /// `ffmpeg` if there is one in `PATH`, else `builtIn`.
    public static func bestAvailable() -> ClipMaker {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in path.split(separator: ":") {
            let candidate = "\(folder)/ffmpeg"
            if FileManager.default.isExecutableFile(atPath: candidate) { return .ffmpeg(path: candidate) }
        }
        return .builtIn
    }
}
