/// Where a picture or a video comes from.
public enum MediaSource: Hashable, Sendable {
    /// A file of the user's, as the script named it: relative to the folder in which the run was started.
    case path(String)
    /// An `http` or `https` address.
    case url(String)
    /// Something the script holds: a result, or bytes of its own.
    case blob(MediaBlob)

    /// A script's string: an address if it looks like one, else a path.
    public init(_ text: String) {
        let start = text.prefix(8).lowercased()
        self = start.hasPrefix("http://") || start.hasPrefix("https://") ? .url(text) : .path(text)
    }

    /// Whether it is a picture rather than a video, by its media type, else by its name's extension.
    public var isPicture: Bool {
        switch self {
        case .path(let path): Self.namesPicture(path)
        case .url(let url): Self.namesPicture(String(url.prefix { $0 != "?" && $0 != "#" }))
        case .blob(let blob):
            blob.type.hasPrefix("image/") || (!blob.type.hasPrefix("video/") && Self.namesPicture(blob.name ?? ""))
        }
    }

    private static func namesPicture(_ name: String) -> Bool {
        let file = name.split(separator: "/").last ?? ""
        guard let dot = file.lastIndex(of: ".") else { return false }
        let suffix = file[file.index(after: dot)...].lowercased()
        return ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "svg"].contains(suffix)
    }
}

/// Bytes with a media type that a renderer can show or serve. Two are equal only if they are the same object.
public final class MediaBlob: Hashable, Sendable {
    public enum Storage: Sendable {
        case memory([UInt8])
        /// A file that exists at least as long as this object, which holds its owner.
        case file(path: String, owner: any Sendable)
    }

    public let storage: Storage
    /// Bytes.
    public let size: Int
    /// The media type, such as `video/mp4`.
    public let type: String
    /// A name for the file, if one is known.
    public let name: String?
    /// The id of the job whose result it is.
    public let jobID: String?

    public init(storage: Storage, size: Int, type: String, name: String?, jobID: String? = nil) {
        self.storage = storage
        self.size = size
        self.type = type
        self.name = name
        self.jobID = jobID
    }

    public static func == (left: MediaBlob, right: MediaBlob) -> Bool { left === right }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
