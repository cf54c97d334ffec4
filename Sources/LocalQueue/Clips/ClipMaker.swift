import Foundation

/// How results are made.
public enum ClipMaker: Sendable, Hashable {
    /// The clip or picture that the project brings along, with each job's own data in its metadata. Made at once, and
    /// the same bytes for the same job every time: this is the one for virtual time.
    case builtIn
    /// Rendered by the `ffmpeg` at that path, from the prompt or the upload; `builtIn` where that fails.
    case ffmpeg(path: String)

    /// `ffmpeg` where `PATH` has one, else `builtIn`.
    public static func bestAvailable() -> ClipMaker {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in path.split(separator: ":") {
            let candidate = "\(folder)/ffmpeg"
            if FileManager.default.isExecutableFile(atPath: candidate) { return .ffmpeg(path: candidate) }
        }
        return .builtIn
    }
}
