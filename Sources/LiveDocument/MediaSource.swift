/// Where a picture or a video comes from.
public enum MediaSource: Hashable, Sendable {
    /// A file of the user's, as the script named it: relative to the folder the run was started in.
    case path(String)
    /// An `http` or `https` address.
    case url(String)
    /// What the script holds: a result, or bytes of its own.
    case blob(MediaBlob)

    /// A script's string: an address if it begins like one, else a path.
    public init(_ text: String) {
        let start = text.prefix(8).lowercased()
        self = start.hasPrefix("http://") || start.hasPrefix("https://") ? .url(text) : .path(text)
    }

    /// Whether it is a picture rather than a video, by its media type, else by the end of its name.
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

/// Bytes with a media type that a face may show or serve. Two are the same only if they are the same object.
public final class MediaBlob: Hashable, Sendable {
    public enum Storage: Sendable {
        case memory([UInt8])
        /// A file that is there at least as long as this object, which holds its owner.
        case file(path: String, owner: any Sendable)
    }

    public let storage: Storage
    /// Bytes.
    public let size: Int
    /// The media type, such as `video/mp4`.
    public let type: String
    /// A name for the file, where one is known.
    public let name: String?

    public init(storage: Storage, size: Int, type: String, name: String?) {
        self.storage = storage
        self.size = size
        self.type = type
        self.name = name
    }

    public static func == (left: MediaBlob, right: MediaBlob) -> Bool { left === right }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
