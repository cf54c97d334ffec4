import Foundation
import Testing

/// What `ffprobe` says of a file, every frame of which it has decoded.
struct Probe {
    var streams: [[String: Any]]
    var tags: [String: String]
    var duration: Double
    /// What decoding complained about; empty for a sound file.
    var complaints: String

    init(_ bytes: [UInt8], name: String) throws {
        let ffprobe = try #require(Tool.ffprobe)
        let scratch = try Scratch()
        let path = try scratch.write(bytes, to: name)
        let outcome = try Tool.run(
            ffprobe, ["-v", "error", "-of", "json", "-count_frames", "-show_streams", "-show_format", path])
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let format = try #require(object?["format"] as? [String: Any])
        streams = try #require(object?["streams"] as? [[String: Any]])
        tags = (format["tags"] as? [String: String]) ?? [:]
        duration = (format["duration"] as? String).flatMap { Double($0) } ?? 0
        complaints = outcome.errors
    }

    func text(_ key: String) -> String { streams.first.flatMap { $0[key] }.map { "\($0)" } ?? "" }
}
