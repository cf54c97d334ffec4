/// Media types from file names, and file names from media types.
public enum MediaType {
    public static let unknown = "application/octet-stream"

    /// The first row of a type is the extension it gets in a made-up name.
    private static let rows: [(fileExtension: String, type: String)] = [
        ("mp4", "video/mp4"), ("m4v", "video/x-m4v"), ("mov", "video/quicktime"), ("webm", "video/webm"),
        ("mkv", "video/x-matroska"), ("avi", "video/x-msvideo"), ("mpg", "video/mpeg"), ("mpeg", "video/mpeg"),
        ("ogv", "video/ogg"), ("3gp", "video/3gpp"), ("wmv", "video/x-ms-wmv"), ("flv", "video/x-flv"),
        ("ts", "video/mp2t"),
        ("png", "image/png"), ("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("webp", "image/webp"),
        ("gif", "image/gif"), ("bmp", "image/bmp"), ("heic", "image/heic"), ("heif", "image/heif"),
        ("avif", "image/avif"), ("tif", "image/tiff"), ("tiff", "image/tiff"), ("svg", "image/svg+xml"),
        ("mp3", "audio/mpeg"), ("wav", "audio/wav"), ("m4a", "audio/mp4"), ("ogg", "audio/ogg"),
        ("json", "application/json"), ("txt", "text/plain"), ("html", "text/html"), ("pdf", "application/pdf"),
    ]

    /// The type by the file's extension; `application/octet-stream` if that says nothing. `name` may be a path.
    public static func ofFile(named name: String) -> String {
        let base = fileName(ofPath: name)
        guard let dot = base.lastIndex(of: "."), dot != base.startIndex else { return unknown }
        let wanted = base[base.index(after: dot)...].lowercased()
        return rows.first { $0.fileExtension == wanted }?.type ?? unknown
    }

    /// The usual extension of a type, without the dot; nil for an unknown type. Parameters (`; codecs=…`) and
    /// case do not matter.
    public static func fileExtension(of type: String) -> String? {
        let essence = type.prefix { $0 != ";" && $0 != " " }.lowercased()
        return rows.first { $0.type == essence }?.fileExtension
    }

    /// The name under which a file without one is sent (`data.mp4`, `reference_image.png`): by the type or, if that
    /// says nothing, by what the field is for.
    public static func defaultFileName(field: String, type: String, kind: InputField.Kind? = nil) -> String {
        if let fileExtension = fileExtension(of: type) { return "\(field).\(fileExtension)" }
        switch kind {
        case .videoFile: return "\(field).mp4"
        case .imageFile: return "\(field).png"
        default: return field
        }
    }

    /// The last component of a path.
    public static func fileName(ofPath path: String) -> String {
        String(path.split(separator: "/", omittingEmptySubsequences: true).last ?? "")
    }
}
