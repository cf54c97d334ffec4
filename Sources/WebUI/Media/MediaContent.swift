internal import Hummingbird
internal import LiveDocument

/// A file that a page is sent.
public struct OpenedFile: Sendable {
    /// Where it can be read now.
    public var path: String
    /// Keeps it there.
    public var owner: (any Sendable)?

    public init(path: String, owner: (any Sendable)?) {
        self.path = path
        self.owner = owner
    }
}

/// Where to find the bytes of something that is shown, and what they are.
struct MediaContent: Sendable {
    enum Place: Sendable {
        case memory([UInt8])
        case file(OpenedFile)
    }

    var place: Place
    /// Bytes.
    var size: Int
    /// The media type.
    var type: String
    /// An entity tag: if it differs, the bytes do.
    var mark: String

    /// nil if there is no such file, or it cannot be sent.
    /// - Parameter open: finds a file by the path that the script has named.
    init?(_ source: MediaSource, open: (String) -> OpenedFile?) {
        switch source {
        case .url: return nil
        case .blob(let blob):
            switch blob.storage {
            case .memory(let bytes): place = .memory(bytes)
            case .file(let path, let owner): place = .file(OpenedFile(path: path, owner: owner))
            }
            size = blob.size
            type = blob.type
            mark = "\"blob\""
        case .path(let path):
            guard let opened = open(path), let file = FileMark(opened.path), file.isRegular else { return nil }
            place = .file(opened)
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
