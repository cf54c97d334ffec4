import Foundation
import TestSupport
import Testing

/// What `ffprobe` says of a file, every frame of which it has decoded.
struct Probe {
    var streams: [[String: Any]]
    var tags: [String: String]
    var duration: Double
    /// What decoding complained about; empty for a sound file.
    var complaints: String

    /// `ffmpeg` and `ffprobe` where this machine has them.
    static let ffmpeg = ChildProgram.find("ffmpeg")
    static let ffprobe = ChildProgram.find("ffprobe")

    init(_ bytes: [UInt8], name: String) async throws {
        let ffprobe = try #require(Self.ffprobe)
        let scratch = try ScratchFolder()
        let path = try scratch.write(name, bytes: bytes)
        let outcome = try await ChildProgram(ffprobe).run(
            ["-v", "error", "-of", "json", "-count_frames", "-show_streams", "-show_format", path])
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let format = try #require(object?["format"] as? [String: Any])
        streams = try #require(object?["streams"] as? [[String: Any]])
        tags = (format["tags"] as? [String: String]) ?? [:]
        duration = (format["duration"] as? String).flatMap { Double($0) } ?? 0
        complaints = outcome.errors
    }

    func text(_ key: String) -> String { streams.first.flatMap { $0[key] }.map { "\($0)" } ?? "" }
}
