internal import Hummingbird
internal import LiveDocument

/// Where to find the bytes of something that is shown, and what they are.
struct MediaContent: Sendable {
    enum Place: Sendable {
        case memory([UInt8])
        case file(String)
    }

    var place: Place
    /// Bytes.
    var size: Int
    /// The media type.
    var type: String
    /// An entity tag: if it differs, the bytes do.
    var mark: String

    /// nil if there is no such file, or it cannot be sent.
    init?(_ source: MediaSource) {
        switch source {
        case .url: return nil
        case .blob(let blob):
            switch blob.storage {
            case .memory(let bytes): place = .memory(bytes)
            case .file(let path, _): place = .file(path)
            }
            size = blob.size
            type = blob.type
            mark = "\"blob\""
        case .path(let path):
            guard let file = FileMark(path), file.isRegular else { return nil }
            place = .file(path)
            size = file.size
            type = Self.type(of: path)
            mark = "\"\(file.modified)-\(file.size)\""
        }
    }

    /// By the name's extension; browsers are told not to guess.
    private static func type(of path: String) -> String {
        let end = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        switch end {
        case "avif": return "image/avif"
        case "m4v": return "video/mp4"
        default: return MediaType.getMediaType(forExtension: .init(end))?.description ?? "application/octet-stream"
        }
    }
}
